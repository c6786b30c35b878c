"""A region that might behave unlike the rest.

It is formed on rows that do not judge it, and can then be asked which of any rows it holds.
"""

from collections.abc import Callable
from typing import NamedTuple

from .region_rows import Array, RegionRows

ROWS_AT_LEAST = 20  # of a region, on each side, among held-out rows


class Candidate(NamedTuple):
    """A region that can be asked which rows it holds."""

    family: str  # "class" | "group" | "slice" | "cluster" | "learnt_cluster"
    name: str
    columns: int  # that its description needs; the fewer, the simpler
    holds: Callable[[RegionRows], Array]  # rows → (n,) bool


# The order in which families are simple: the first of two that say the same is reported.
SIMPLE = ("class", "group", "slice", "cluster", "learnt_cluster")

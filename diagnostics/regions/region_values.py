"""Which values carry a region that is a category without one of its values, such as ``site≠a``."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from .region_candidate import Candidate
from .region_choice import Placed, large_enough
from .region_gaps import Side
from .region_rows import Columns
from .region_slices import within

_MOST = 5  # values of a region that are told


def with_values(
    placed: Sequence[Placed], named: Iterable[int], choosing: Side, judging: Side, columns: Columns
) -> tuple[list[Placed], set[int]]:
    """All regions, with the values that regions such as ``site≠a`` hold: ``site=b``, ``site=c``.

    A region that holds another value besides may stand for one that alone suffers, as it explains
    as much, or as the limits of its many rows are narrower. So its values are shown, which claims
    nothing of them. Of many those with the most error on the held-out rows that choose; none that
    has too few rows to be a region.

    Args:
        placed: the regions.
        named: places of those that are reported.
        choosing: the rows that choose.
        judging: the rows that judge.
        columns: what the inputs are.

    Returns:
        The regions, those that are new behind the others, and the places of the values.
    """
    found, places = list(placed), set()
    there = {it.candidate.name: place for place, it in enumerate(placed)}
    for it in sorted(named):
        region, errors = placed[it].candidate, choosing.held_out.errors
        if region.columns != 1:
            continue
        values = large_enough(list(_values(region.name, columns)), choosing, judging)
        values.sort(key=lambda value: -float(np.sum(errors[value.choosing[1]])))
        for value in values[:_MOST]:
            if value.candidate.name not in there:
                there[value.candidate.name] = len(found)
                found.append(value)
            places.add(there[value.candidate.name])
    return found, places


def _values(name: str, columns: Columns) -> Iterator[Candidate]:
    category, _, without = name.partition("≠")
    for column, value in enumerate(columns.names):
        if without and value.startswith(f"{category}=") and value != f"{category}={without}":
            yield Candidate("slice", value, 1, within(columns, ((column, 0.5, np.inf),)))

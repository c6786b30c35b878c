"""Numbers as the tables hold them."""

import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Double, Integer, Table


def finite(number: float | None) -> float | None:
    """The number, or ``None`` if it is NaN or infinite: the tables hold finite numbers only."""
    if number is None or not math.isfinite(number):
        return None
    return float(number)


def row_of(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that ``table`` has columns for, by their kinds, to be inserted.

    Numpy's numbers become Python's: SQLite would store an integer of numpy's as bytes.
    """
    return {c.name: _held(c.type, values[c.name]) for c in table.columns if c.name in values}


def _held(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Double):
        return finite(value)
    return int(value) if isinstance(kind, Integer) else value

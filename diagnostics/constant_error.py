"""The error of one answer to all rows: what a network must beat to have learnt anything."""

from collections.abc import Sequence

from .units import Task, Unit


def constant_error(rows: Sequence[int] | None, unit: Unit) -> float | None:
    """The error of always answering the commonest class; ``None`` where there are no classes.

    Args:
        rows: of each class; ``None`` where that is not known.
        unit: of the error.
    """
    if unit.task is not Task.CLASSIFICATION or not rows or not sum(rows):
        return None
    return 1 - (1 / sum(map(bool, rows)) if unit.balanced else max(rows) / sum(rows))

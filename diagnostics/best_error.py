"""The lowest validation error of a study that may still be running, and how sure it is."""

from .error_text import error_range, error_text
from .units import Task, Unit


def best_error_text(error: float, validation_rows: int, task: Task, *, balanced: bool) -> str:
    """The error: in classification with its 95 % Wilson interval, ``1.9 % (0.9–4.0 %)``.

    Elsewhere, and where it is the balanced one, the error alone tells of none. The best of many is
    flattered; by how much, a diagnosis says.

    Args:
        error: of the best trial on the validation rows.
        validation_rows: how many they are.
        task: what is learnt.
        balanced: whether it counts classes alike.
    """
    # Only here, since it takes scipy, which a table of studies does without.
    from .statistics.intervals import wilson

    unit, limits = Unit(task), ""
    if balanced:
        limits = " balanced error"
    elif task is Task.CLASSIFICATION:
        interval = wilson(round(error * validation_rows), validation_rows)
        limits = f" ({error_range(interval.low, interval.high, unit)})"
    return error_text(error, unit) + limits

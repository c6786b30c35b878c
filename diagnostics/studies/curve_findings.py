"""What the best trial's curves show: whether it was still improving, and whether it overfitted."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from scipy.special import ndtr, ndtri

from ...storage.records.results import Curves
from ..error_text import error_text, loss_text, loss_unit
from ..findings import Finding, FindingKind, Severity
from ..number_text import percent
from ..statistics.grouped import Grouping
from ..units import CLASSIFICATION, Task, Unit
from .curve_shapes import (
    DEVIATIONS,
    EPOCHS_AT_LEAST,
    Rise,
    chance_of_fall,
    finite,
    last_quarter,
    rise_after_minimum,
)

_SLOPE_P = 0.01
MATERIAL_FALL = 0.02  # of the loss, over the last quarter of the epochs
_MATERIAL_RISE = 0.05  # of the validation loss
# Paired on the same rows, the most favourable case is k rows newly wrong and none newly right;
# six are the fewest that a fair coin gives in under 2 % (0.5⁶).
_ROWS_AT_LEAST = 6


class _Fall(NamedTuple):
    """A curve that still fell at its end."""

    epochs: int
    compared: int  # of them, at the end
    size: float  # from the first to the last of those
    relative: float  # to the first
    p_value: float
    last: float


def still_improving(
    curves: Curves,
    bias_is_high: bool,
    unit: Unit = CLASSIFICATION,
    points: str = "epochs",
    least_fall: float | None = None,
    among: int = 1,
) -> Finding | None:
    """Find whether training loss or validation error fell over the last quarter of the epochs.

    Criterion: a line fitted there falls with p < 0.01 against the epochs' scatter about it, to a
    mean below that of any earlier stretch as long, and by at least 2 % of the loss, or by
    ``least_fall`` of the error. It is a warning where bias is, or may well be, high or the
    validation error fell; elsewhere a lower training loss would cure nothing.

    Args:
        curves: of a trial, or of another's log.
        bias_is_high: by the verdict; or open, and above the tolerance as measured.
        unit: of the errors.
        points: what the text calls the curves' points.
        least_fall: of the validation error, in its unit: neighbouring epochs resemble one another,
            so that their scatter alone is no measure of chance; ``None``: it is not looked at.
        among: of how many tasks' curves these are one: p < 0.01 is divided by them (Bonferroni).
    """
    chance = _SLOPE_P / among
    fell = _still_falling(curves.training_loss, MATERIAL_FALL, chance)
    error = None if least_fall is None else _still_falling(curves.validation_error, 0.0, chance)
    if error and least_fall is not None and error.size < least_fall:
        error = None
    seen = fell or error
    if seen is None:
        return None
    parts = []
    if fell:
        parts.append(
            f"The training loss was still falling at the end: over the last {fell.compared} of "
            f"{fell.epochs} {points} by {percent(fell.relative)} of itself, to "
            f"{loss_text(fell.last)}{loss_unit(unit)}."
        )
    if error and fell:
        parts.append(f"The validation error fell with it, to {error_text(error.last, unit)}.")
    elif error:
        parts.append(
            f"The validation error was still falling at the end, over the last {error.compared} of "
            f"{error.epochs} {points} to {error_text(error.last, unit)}, though the training loss "
            "was not."
        )
    evidence = {
        "epochs": seen.epochs,
        "epochs_compared": seen.compared,
        "relative_fall": fell.relative if fell else None,
        "p_value": fell.p_value if fell else None,
        "training_loss": fell.last if fell else None,
        "validation_fall": error.size if error else None,
        "validation_p_value": error.p_value if error else None,
    }
    severity = Severity.WARNING if bias_is_high or error else Severity.INFO
    return Finding(FindingKind.STILL_IMPROVING, severity, evidence, " ".join(parts))


def overfitted_after(
    curves: Curves,
    validation_rows: int | None,
    unit: Unit = CLASSIFICATION,
    epoch_name: Callable[[int], str] = "epoch {}".format,
    among: int = 1,
    grouped: Grouping | None = None,
    least_rise: float | None = None,
) -> Finding | None:
    """Find whether validation error or loss rose after its minimum, and from which epoch.

    Criterion: the mean over the last epochs exceeds that over the lowest window of equal length by
    more than 3 standard errors, taken from the curve's own epoch-to-epoch noise; and by at least 6
    rows and ``least_rise`` (error) or 5 % while the training loss fell (loss). The predictions of
    single epochs are not kept, so that a paired test of the two errors is impossible; 6 rows are
    the fewest that could pass one. In regression, where error and loss are one number in two units,
    the error alone is looked at, and held against ``least_rise`` and 5 % of itself; so is an error
    of unknown rows, or of several tasks.

    Args:
        curves: of a trial, or of another's log.
        validation_rows: that the validation error was measured on; ``None``: unknown.
        unit: of the errors.
        epoch_name: what the text calls the epoch of that number, from 1.
        among: of how many tasks' curves these are one: the chance of 3 standard errors is divided
            by them (Bonferroni).
        grouped: how validation rows hang together where they come in groups: a rise must then be of
            as many as tell as much as 6 independent ones.
        least_rise: of the error, in its unit, as other rows would make it of two errors by chance:
            neighbouring epochs resemble one another, so that an error that wavers slowly exceeds
            many of its own standard errors; ``None``: it is not known.
    """
    deviations = -float(ndtri(ndtr(-DEVIATIONS) / among))
    error = rise_after_minimum(finite(curves.validation_error), deviations)
    if error is not None and error.last - error.lowest < (least_rise or 0.0):
        error = None
    if unit.balanced:  # no whole number of rows
        validation_rows = None
    if unit.task in (Task.REGRESSION, Task.MULTITASK):
        if error is None or not _material(error, curves.training_error):
            return None
        return _overfitting(error, None, None, unit, epoch_name, deviations)
    if error is not None and not _counts(error, curves, validation_rows, grouped):
        error = None
    loss = rise_after_minimum(finite(curves.validation_loss), deviations)
    if loss is not None and not _material(loss, curves.training_loss):
        loss = None
    if error is None and loss is None:
        return None
    fell = _learnt_by(curves)[0]
    return _overfitting(error, loss, validation_rows, unit, epoch_name, deviations, fell)


def _still_falling(curve: Sequence[float | None], material: float, chance: float) -> _Fall | None:
    values = finite(curve)
    if values is None or len(values) < EPOCHS_AT_LEAST:
        return None
    part = last_quarter(values)
    p_value = chance_of_fall(values)
    relative = 1 - part[-1] / part[0] if part[0] > 0 else 0.0
    if not (p_value < chance and relative >= material):
        return None
    return _Fall(len(values), len(part), part[0] - part[-1], relative, p_value, part[-1])


def _material(rise: Rise, training: Sequence[float | None]) -> bool:
    """Whether a rise is at least 5 %, and the same of the training rows fell meanwhile."""
    values = finite(training)
    fell = values is not None and values[-1] < values[rise.epoch - 1]
    return fell and rise.last > rise.lowest * (1 + _MATERIAL_RISE)


def _counts(error: Rise, curves: Curves, rows: int | None, grouped: Grouping | None) -> bool:
    """Whether a rise of the error is of enough rows."""
    if rows is None:
        return _material(error, _learnt_by(curves)[1])
    telling = rows / grouped.effect if grouped else rows
    return round((error.last - error.lowest) * telling) >= _ROWS_AT_LEAST


def _learnt_by(curves: Curves) -> tuple[str, Sequence[float | None]]:
    """What shows that training went on: its error or, where a log lacks that, its loss."""
    if any(value is not None for value in curves.training_error):
        return "error", curves.training_error
    return "loss", curves.training_loss


def _overfitting(
    error: Rise | None,
    loss: Rise | None,
    rows: int | None,
    unit: Unit,
    epoch_name: Callable[[int], str],
    deviations: float,
    fell: str = "error",
) -> Finding:
    epoch = error.epoch if error else loss.epoch if loss else 0
    said = []
    if error:
        lowest, last = (error_text(e, unit) for e in (error.lowest, error.last))
        counted = _counted(error, rows, unit) or f" while the training {fell} fell"
        said.append(f"the validation error rose from {lowest} to {last}{counted}")
    if loss:
        said.append(
            f"the validation loss rose from {loss_text(loss.lowest)} to "
            f"{loss_text(loss.last)}{loss_unit(unit)} while the training loss fell"
        )
    evidence = {
        "epoch": epoch,
        "shown_by": "both" if error and loss else "error" if error else "loss",
        "validation_error_lowest": error.lowest if error else None,
        "validation_error_last": error.last if error else None,
        "validation_loss_lowest": loss.lowest if loss else None,
        "validation_loss_last": loss.last if loss else None,
        "criterion": f"a rise of more than {deviations:.2g} standard errors of the curve's own "
        "noise",
    }
    text = f"After about {epoch_name(epoch)} {', and '.join(said)}."
    # A loss that rises alone means overconfidence: answers are no more often wrong, and no epoch
    # before the last is chosen for it.
    severity = Severity.WARNING if error else Severity.INFO
    return Finding(FindingKind.OVERFITTED_AFTER, severity, evidence, text)


def _counted(rise: Rise, rows: int | None, unit: Unit) -> str:
    """The rise in rows, or in labels where a row has several; empty where none are known."""
    if rows is None:
        return ""
    answers = rows * unit.columns
    of = "rows" if unit.task is Task.CLASSIFICATION else "labels"
    return f" ({round((rise.last - rise.lowest) * answers)} of {answers:,} {of})"

"""The curves of a training log, found by the names that they go by in other frameworks."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ..findings import DiagnosisError
from .log_names import ACCURACIES, BARE, CURVES, NAMES, WANTED, plain_name
from .training_log import LOSSES, Curve, TrainingLog

Entry = Mapping[str, Any]  # what was logged at once, by name

_MISSING = {"", "-", "na", "n/a", "none", "null"}  # text that stands for no number
KERAS = "Keras History"  # an entry of its lists is an epoch
AXES = ("epoch", "step", "global_step", "iteration")
_ORDER = ("training_loss", "training_error", "validation_loss", "validation_error")


def log_of(source: str, layout: str, entries: Sequence[Entry]) -> TrainingLog:
    """Find the curves by their names, and put them on common points.

    Args:
        source: how messages call the log.
        layout: as ``TrainingLog`` has it.
        entries: in their order.

    Raises:
        DiagnosisError: no curve is known, or one holds text or no fractions.
    """
    cleaned = [{plain_name(str(k)): v for k, v in entry.items()} for entry in entries]
    known = list(dict.fromkeys(name for entry in cleaned for name in entry))
    curves, names, from_accuracy = _named(cleaned, known)
    notes = _assigned(curves, names, source)
    for name in known:
        # A column "error" may hold messages.
        if name in CURVES and (name in names.values() or name != "error"):
            _refuse_text(cleaned, name, source)
    if not names:
        written = dict.fromkeys(str(name) for entry in entries for name in entry)
        raise DiagnosisError(
            f"{source} has no curve that is known; it has {', '.join(written) or 'no names'}. "
            f"Give its curves names that are known: {WANTED}."
        )
    unnamed = "epoch" if layout == KERAS else "entry"
    axis = next((name for name in AXES if any(name in entry for entry in cleaned)), unnamed)
    validated = curves["validation_loss"] or curves["validation_error"]
    trained = curves["training_loss"] or curves["training_error"]
    marks = validated or trained or []
    ends = [place for place, value in enumerate(marks) if value is not None]
    at = [_position(cleaned, axis, end) for end in ends]
    belongs = _points(cleaned, axis, ends, at)
    return TrainingLog(
        source,
        layout,
        axis.removeprefix("global_"),
        tuple(at),
        *(_gathered(name, curves[name], belongs, ends) for name in _ORDER),
        names=names,
        from_accuracy=from_accuracy,
        diverged_at={name: _diverged_at(curves[name] or (), belongs, len(ends)) for name in LOSSES},
        notes=notes,
    )


def _points(
    entries: Sequence[Entry], axis: str, ends: Sequence[int], at: Sequence[float]
) -> list[int]:
    """The point that each entry belongs to, from 0; ``len(ends)`` behind the last.

    That is the next validation. By the epochs where these tell: Lightning writes an epoch's
    training mean below its validation.
    """
    told = axis == "epoch" and all(before < after for before, after in pairwise(at))
    epochs = [_number(entry.get(axis)) if told else None for entry in entries]
    return [
        bisect_left(ends, place) if epoch is None or math.isnan(epoch) else bisect_left(at, epoch)
        for place, epoch in enumerate(epochs)
    ]


def _gathered(
    name: str,
    values: Sequence[float | None] | None,
    belongs: Sequence[int],
    ends: Sequence[int],
) -> Curve | None:
    """A curve's value at each point; of training the mean of what belongs to the point."""
    if values is None:
        return None
    if name.startswith("validation"):
        return tuple(_mean(values[end : end + 1]) for end in ends)
    since: list[list[float | None]] = [[] for _ in range(len(ends) + 1)]
    for point, value in zip(belongs, values, strict=True):
        since[point].append(value)
    return tuple(map(_mean, since[: len(ends)]))


def _diverged_at(values: Sequence[float | None], belongs: Sequence[int], points: int) -> int | None:
    """The first point from which on nothing that was logged is finite; ``None`` if there is none.

    Args:
        values: of each entry, ``None`` where none was logged; none at all of a curve not logged.
        belongs: the point of each entry, from 0.
        points: how many there are.
    """
    logged = [place for place, value in enumerate(values) if value is not None]
    finite = max((p for p in logged if math.isfinite(values[p] or 0.0)), default=-1)
    first = next((place for place in logged if place > finite), None)
    return None if first is None or belongs[first] == points else belongs[first] + 1


def _refuse_text(entries: list[dict[str, Any]], name: str, source: str) -> None:
    """Refuse a curve with a value that is neither a number nor missing: it would not be drawn."""
    for place, entry in enumerate(entries, 1):
        value = entry.get(name)
        if not _is_missing(value) and _number(value) is None:
            raise DiagnosisError(
                f"{source}: {name} is {value!r} in entry {place:,}, which is no number. Write "
                "numbers with a decimal point (nan where one is not finite), or nothing where "
                "there is none."
            )


def _named(
    entries: list[dict[str, Any]], known: Sequence[str]
) -> tuple[dict[str, list[float | None] | None], dict[str, str], bool]:
    """Each curve's value in every entry, ``None`` where an entry has none; NaN where not finite."""
    curves: dict[str, list[float | None] | None] = dict.fromkeys(_ORDER)
    names: dict[str, str] = {}
    from_accuracy = False
    for curve in _ORDER:
        direct = _fullest(NAMES[curve], entries, known)
        accuracy = _fullest(ACCURACIES.get(curve, ()), entries, known)
        name = direct or accuracy
        if name is None:
            continue
        values = [_number(entry.get(name)) for entry in entries]
        if direct is None:
            from_accuracy = True
            values = [None if v is None else 1 - v for v in values]
        if curve.endswith("error"):
            values = _fractions(values, name)
        curves[curve], names[curve] = values, name
    return curves, names, from_accuracy


def _assigned(
    curves: dict[str, list[float | None] | None], names: dict[str, str], source: str
) -> tuple[str, ...]:
    """Settle whose a name without a split is, beside losses that name theirs; say what is open.

    Of Keras' ``loss`` and ``accuracy`` both are of the training rows. fastai's ``accuracy`` beside
    ``train_loss`` and ``valid_loss`` is of the validation rows; elsewhere nobody can tell.
    """
    name, trained = names.get("training_error"), names.get("training_loss")
    told = trained in BARE or "validation_error" in names
    if name not in BARE or told or not (trained or "validation_loss" in names):
        return ()
    values, curves["training_error"] = curves["training_error"], None
    del names["training_error"]
    if (trained, names.get("validation_loss")) == ("train_loss", "valid_loss"):
        curves["validation_error"], names["validation_error"] = values, name
        return ()
    return (
        f"Whose {name} is: beside {trained or names['validation_loss']} it may be of the training "
        f"or of the validation rows, and it was left out. Call it train_{name} or val_{name} in "
        f"{source}.",
    )


def _fullest(
    names: Sequence[str], entries: list[dict[str, Any]], known: Sequence[str]
) -> str | None:
    """The name with the most numbers, the first of equals; a ``train_loss`` at the end is none."""
    counts = {n: sum(_number(e.get(n)) is not None for e in entries) for n in names if n in known}
    best = max(counts, key=counts.__getitem__, default=None)
    return best if best and counts[best] else None


def _fractions(values: list[float | None], name: str) -> list[float | None]:
    """Refuse errors that are no fractions: percentages and squared errors would be misread."""
    for value in values:
        if value is not None and math.isfinite(value) and not 0 <= value <= 1:
            raise DiagnosisError(
                f"{name} holds {value if 'acc' not in name else 1 - value:g}; errors and "
                "accuracies must be fractions from 0 to 1. Divide percentages by 100; leave "
                "squared errors to the loss."
            )
    return values


def _is_missing(value: Any) -> bool:
    text = value.strip().lower() if isinstance(value, str) else None
    return value is None or isinstance(value, bool) or text in _MISSING


def _number(value: Any) -> float | None:
    """A number of an entry; ``None`` where there is none, NaN where it is not finite."""
    if _is_missing(value):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _position(entries: list[dict[str, Any]], axis: str, place: int) -> float:
    number = _number(entries[place].get(axis))
    return place + 1.0 if number is None else number


def _mean(values: Sequence[float | None]) -> float | None:
    """The mean of what there is; ``None`` where that is nothing, or not finite."""
    given = [value for value in values if value is not None]
    mean = sum(given) / len(given) if given else math.nan
    return mean if math.isfinite(mean) else None

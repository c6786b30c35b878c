"""The curves of a training log, found by the names that they go by in other frameworks."""

import math
from collections.abc import Sequence
from typing import Any, NoReturn

from ..findings import DiagnosisError
from .log_names import ACCURACIES, AXES, BARE, CURVES, NAMES, WANTED, plain_name
from .log_points import (
    Entry,
    anew,
    diverged_at,
    ends_of,
    gathered,
    is_missing,
    left_out,
    number,
    points_of,
    positions,
)
from .log_shapes import flattened, of_one_run, with_splits
from .training_log import LOSSES, TrainingLog

KERAS = "Keras History"  # an entry of its lists is an epoch
_TESTED = (
    "Validation: the log has none; taken for it: {}, which were logged along with the training."
)
_ROUNDING = 1e-6  # a mean of 32-bit ones may lie so far above 1
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
    flat = of_one_run(with_splits([flattened(entry) for entry in entries]), source)
    cleaned, tested = _validated([_cleaned(entry) for entry in flat])
    known = list(dict.fromkeys(name for entry in cleaned for name in entry))
    curves, names, from_accuracy = _named(cleaned, known)
    notes = _assigned(curves, names, source)
    if tested:
        names = {curve: tested.get(name, name) for curve, name in names.items()}
        notes += (_TESTED.format(", ".join(tested.values())),)
    for name in known:
        # A column "error" may hold messages.
        if name in CURVES and (name in (*names.values(), *tested) or name != "error"):
            _refuse_text(cleaned, name, source)
    if not names:
        _refuse_all(entries, source)
    unnamed = "epoch" if layout == KERAS else "entry"
    axis = next((name for name in AXES if any(name in entry for entry in cleaned)), unnamed)
    validated = curves["validation_loss"] or curves["validation_error"]
    trained = curves["training_loss"] or curves["training_error"]
    ends = ends_of(cleaned, validated, trained)
    at = positions(cleaned, axis, ends)
    belongs = points_of(cleaned, axis, ends, at)
    axis = axis.removeprefix("global_")
    notes += left_out(curves, names, belongs, (axis, at, source))
    begun = anew(axis, at, source)
    if begun:
        axis, at = "point", [float(place) for place in range(1, len(ends) + 1)]
    return TrainingLog(
        source,
        layout,
        axis,
        tuple(at),
        *(gathered(name, curves[name], belongs, ends) for name in _ORDER),
        names=names,
        from_accuracy=from_accuracy,
        diverged_at={name: diverged_at(curves[name] or (), belongs, len(ends)) for name in LOSSES},
        notes=notes + begun,
    )


def _refuse_all(entries: Sequence[Entry], source: str) -> NoReturn:
    """Refuse a log without a known curve, and tell what it has."""
    written = dict.fromkeys(name for entry in entries for name in flattened(entry))
    raise DiagnosisError(
        f"{source} has no curve that is known; it has {', '.join(written) or 'no names'}. "
        f"Give its curves names that are known: {WANTED}."
    )


def _cleaned(entry: Entry) -> dict[str, Any]:
    """An entry by plain names; of two that become one the first that holds something."""
    found: dict[str, Any] = {}
    for name, value in entry.items():
        plain = plain_name(name)
        if is_missing(found.get(plain)):
            found[plain] = value
    return found


def _validated(entries: Sequence[dict[str, Any]]) -> tuple[Sequence[Entry], dict[str, str]]:
    """Call test rows validation rows where they were looked at along the training, as these are.

    Also the names that were given, each with the one that it had. A test after the training, of
    one number, is no curve.
    """
    every = {n for entry in entries for n, value in entry.items() if number(value) is not None}
    validation = {n for n in CURVES - BARE if not n.startswith("train")}
    if every & validation:
        return entries, {}
    given = {name.replace("test_", "val_", 1): name for name in sorted(every)}
    often = {n for n in every if sum(number(e.get(n)) is not None for e in entries) > 1}
    tested = {n: old for n, old in given.items() if n in validation and n != old and old in often}
    back = {old: new for new, old in tested.items()}
    return [{back.get(n, n): v for n, v in entry.items()} for entry in entries], tested


def _refuse_text(entries: Sequence[Entry], name: str, source: str) -> None:
    """Refuse a curve with a value that is neither a number nor missing: it would not be drawn."""
    for place, entry in enumerate(entries, 1):
        value = entry.get(name)
        if not is_missing(value) and number(value) is None:
            raise DiagnosisError(
                f"{source}: {name} is {value!r} in entry {place:,}, which is no number. Write "
                "numbers with a decimal point (nan where one is not finite), or nothing where "
                "there is none."
            )


def _named(
    entries: Sequence[Entry], known: Sequence[str]
) -> tuple[dict[str, list[float | None] | None], dict[str, str], bool]:
    """Each curve's value in every entry, ``None`` where an entry has none; NaN where not finite."""
    curves: dict[str, list[float | None] | None] = dict.fromkeys(_ORDER)
    names: dict[str, str] = {}
    accuracies: dict[str, list[float | None]] = {}
    for curve in _ORDER:
        direct = _fullest(NAMES[curve], entries, known)
        accuracy = _fullest(ACCURACIES.get(curve, ()), entries, known)
        name = direct or accuracy
        if name is None:
            continue
        values = [number(entry.get(name)) for entry in entries]
        curves[curve], names[curve] = values, name
        if direct is None:
            accuracies[curve] = values
        elif curve.endswith("error"):
            _refuse_others(values, name)
    percentages = bool(accuracies) and all(map(_are_percentages, accuracies.values()))
    for curve, values in accuracies.items():
        shares = [v and v / 100 if percentages else v for v in values]
        shares = [1.0 if v is not None and 1 < v <= 1 + _ROUNDING else v for v in shares]
        _refuse_others(shares, names[curve])
        curves[curve] = [None if v is None else 1 - v for v in shares]
    return curves, names, bool(accuracies)


def _are_percentages(accuracies: Sequence[float | None]) -> bool:
    """Whether some lie beyond 1, as no fraction does, and all below 100."""
    given = [v for v in accuracies if v is not None and math.isfinite(v)]
    return max(given, default=0.0) > 1 + _ROUNDING and 0 <= min(given) <= max(given) <= 100


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


def _fullest(names: Sequence[str], entries: Sequence[Entry], known: Sequence[str]) -> str | None:
    """The name with the most numbers, the first of equals; a ``train_loss`` at the end is none."""
    counts = {n: sum(number(e.get(n)) is not None for e in entries) for n in names if n in known}
    best = max(counts, key=counts.__getitem__, default=None)
    return best if best and counts[best] else None


def _refuse_others(values: Sequence[float | None], name: str) -> None:
    """Refuse what is no fraction: percentages and squared errors would be misread."""
    for value in values:
        if value is not None and math.isfinite(value) and not 0 <= value <= 1:
            raise DiagnosisError(
                f"{name} holds {value:g}; errors and accuracies must be fractions from 0 to 1. "
                "Divide percentages by 100; leave squared errors to the loss."
            )

"""The tables of a report: searched ranges, the ten best trials, the best trial's curves."""

from typing import NamedTuple

from ...storage.records.study import StudyRecord
from ..charts.chart_scales import drawn_limits, drawn_value
from ..charts.curve_chart import with_curves
from ..charts.search_chart import TOP
from ..error_text import error_text, loss_text
from ..number_text import MISSING, duration, plain_number
from ..studies.trial_choice import Shown, Trained, thinned
from ..units import CLASSIFICATION, Task, Unit

_CURVE_ROWS = 25  # epochs


class Table(NamedTuple):
    """Text in rows and columns."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def ranges_table(study: StudyRecord, shown: Shown) -> Table:
    """One row a searched parameter: where the best and the ten best lie in its range."""
    rows = []
    for searched in study.ranges:
        name = searched.name
        values = [t.trial.parameters[name] for t in shown.ranked if name in t.trial.parameters]
        best = plain_number(values[0]) if values else MISSING
        if searched.law == "choice":
            limits = " | ".join(plain_number(c) for c in searched.choices)
            held = ", ".join(sorted({plain_number(v) for v in values[:TOP]}))
        elif searched.law == "int":
            whole = [int(v) for v in values[:TOP]]
            limits = f"{plain_number(searched.low)} to {plain_number(searched.high)}"
            held = f"{plain_number(min(whole))} to {plain_number(max(whole))}" if whole else MISSING
        else:
            low, high = drawn_limits(searched)
            drawn = [float(drawn_value(searched, v)) for v in values[:TOP]]
            best = plain_number(drawn[0], 3) if drawn else MISSING
            limits = _from_to(low, high)
            held = _from_to(min(drawn), max(drawn)) if drawn else MISSING
        label = f"1 − {name}" if searched.law == "one_minus_log" else name
        law = "log" if searched.law == "one_minus_log" else searched.law
        rows.append((label.replace("_", " "), best, held or MISSING, limits, law))
    return Table(("parameter", "best trial", "ten best", "searched", "scale"), tuple(rows))


def _from_to(low: float, high: float) -> str:
    return f"{plain_number(low, 2)} to {plain_number(high, 2)}"


def top_table(study: StudyRecord, shown: Shown, unit: Unit = CLASSIFICATION) -> Table:
    """The ten best trials with their errors and all that was searched."""
    fixed = ["learning_rate", "weight_decay", "momentum"]
    more = [r.name for r in study.ranges if r.name not in fixed]
    header = ("trial", "validation error", "training error", "test error")
    header += tuple(name.replace("_", " ") for name in fixed + more)
    rows = tuple(_top_row(t, more, unit) for t in shown.ranked[:TOP])
    return Table((*header, "best epoch", "epochs", "time"), rows)


def _top_row(trained: Trained, more: list[str], unit: Unit) -> tuple[str, ...]:
    trial, result = trained
    return (
        str(trial.number),
        error_text(result.validation_error, unit),
        error_text(result.training_error, unit),
        error_text(result.test_error, unit),
        plain_number(result.learning_rate),
        plain_number(result.weight_decay),
        plain_number(result.momentum),
        *(plain_number(trial.parameters.get(name)) for name in more),
        plain_number(result.best_epoch),
        plain_number(result.epochs),
        duration(result.seconds),
    )


def curves_table(shown: Shown, best: int, unit: Unit = CLASSIFICATION) -> Table:
    """One row an epoch of the given trial, at most 25; empty when its curves were not kept."""
    header = ("epoch", "training loss", "validation loss", "training error", "validation error")
    rows = []
    for trained in with_curves(shown.ranked, best, 1):
        c = trained.result.curves
        every = zip(
            c.training_loss, c.validation_loss, c.training_error, c.validation_error, strict=True
        )
        for epoch, (a, b, x, y) in thinned(list(enumerate(every, start=1)), _CURVE_ROWS):
            losses, errors = (
                (loss_text(a), loss_text(b)),
                (error_text(x, unit), error_text(y, unit)),
            )
            rows.append((str(epoch), *losses, *errors))
    return Table(header, tuple(rows))


def task_curves_table(study: StudyRecord, trial: int) -> Table:
    """One row an epoch of a trial, at most 25, with the errors of each task.

    Without rows where there is one task, or the trial's curves were not kept.
    """
    tasks = study.provenance.tasks if study.provenance else ()
    units = {task.name: Unit(Task(task.kind)) for task in tasks}
    result = next((t.result for t in study.trials if t.number == trial), None)
    curves = result.task_curves if result else ()
    header = [f"{it.task}, {split}" for it in curves for split in ("training", "validation")]
    columns = [
        [error_text(error, units[it.task]) for error in errors]
        for it in curves
        for errors in (it.training_error, it.validation_error)
    ]
    every = list(enumerate(zip(*columns, strict=True), start=1))
    rows = tuple((str(epoch), *errors) for epoch, errors in thinned(every, _CURVE_ROWS))
    return Table(("epoch", *header), rows)

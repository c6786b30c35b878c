"""One trial on a terminal: parameters, result, curves."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..diagnostics.error_text import loss_text, loss_unit
from ..diagnostics.number_text import duration
from ..diagnostics.units import Task, Unit
from ..search.trial_facts import TrialFacts, trial_document
from ..storage.records.results import Outcome
from ..storage.records.study import StudyRecord
from .output import (
    Column,
    Format,
    errors_of,
    moment,
    print_csv,
    print_json,
    print_rows,
    printable,
    room,
    task_of,
    three_digits,
)
from .sparkline import Spark, sparkline
from .task_view import print_tasks, task_sparks

SPARKS = 40  # characters of a sparkline at most
NOTE_WIDTH = 88  # characters of a line of prose at most
_SPLITS = ("training", "bridge", "validation", "test")


def epoch_columns(study: StudyRecord, names: Sequence[str]) -> tuple[Column, ...]:
    """What is known of each epoch, errors as the study's task has them."""
    errors = errors_of(task_of(study))

    def text(name: str) -> Callable[[Any], str]:
        if name.endswith("_loss"):
            return loss_text
        return errors if name.endswith("_error") else three_digits

    titles = [(name, name.replace("_", "\n")) for name in names]
    return tuple(Column(name, title, text(name), right=True) for name, title in titles)


def print_trial(
    study: StudyRecord, standing: str, stopping: str, known: TrialFacts, to: Format
) -> None:
    """Print one trial on stdout.

    Args:
        study: that it is one of.
        standing: how the trial stands.
        stopping: what early stopping did; empty without it.
        known: of the trial.
        to: table, JSON (everything) or CSV (the epochs).
    """
    if to is Format.CSV:
        print_csv(known.epoch_columns, known.epochs)
        return
    if to is Format.JSON:
        print_json(trial_document(study.name, known))
        return
    task, facts, epochs = task_of(study), known.values, known.epochs
    stands = _outcome(standing, stopping, facts)
    print(f"Trial {facts['number']} of {printable(study.name)}: {stands}\n")
    given = {name: value for name, value in known.parameters.items() if value is not None}
    if facts["outcome"] is None and facts["value"] is not None:  # all that another worker tells
        given["value"] = facts["value"]
    _print_pairs({name: three_digits(value) for name, value in given.items()})
    if facts["outcome"] is not None:
        _print_result(facts, task)
    print_tasks(known.tasks, min(NOTE_WIDTH, room()))
    if epochs:
        columns = epoch_columns(study, known.epoch_columns)
        print()
        _print_sparks({**_sparks(columns, epochs), **task_sparks(known.tasks)})
        print()
        print_rows(columns, epochs, to)


def _outcome(standing: str, stopping: str, facts: Mapping[str, Any]) -> str:
    if stopping:
        return f"{standing}, {stopping}"
    if facts["outcome"] == Outcome.PRUNED:
        return f"{standing} after epoch {facts['epochs']}"
    if facts["diverged_epoch"] is not None:
        return f"{standing} in epoch {facts['diverged_epoch']}"
    return standing


def _print_result(facts: Mapping[str, Any], task: str) -> None:
    print()
    splits = [s for s in _SPLITS if s != "bridge" or facts["bridge_error"] is not None]
    columns = [Column("of", ""), *(Column(s, s, right=True) for s in splits)]

    def errors(kind: str) -> list[str]:
        return [kind, *(errors_of(task)(facts[f"{s}_{kind.replace(' ', '_')}"]) for s in splits)]

    balanced = [errors("balanced error")] if facts["training_balanced_error"] is not None else []
    losses = [loss_text(facts[f"{split}_loss"]) for split in splits]
    losses_of = {" nats": "loss (nats)", " (summed over tasks)": "loss (summed)"}
    loss = losses_of.get(loss_unit(Unit(Task(task))), "loss (standardised)")
    print_rows(columns, [errors("error"), *balanced, [loss, *losses]], Format.TABLE)
    print()
    best = facts["best_epoch"]
    _print_pairs(
        {
            "epochs": f"{facts['epochs']:,}" + ("" if best is None else f", the best was {best}"),
            "network": f"{facts['parameters']:,} trainable numbers",
            "time": f"{duration(facts['seconds'])}, with {facts['lanes']} × {facts['strategy']}",
            "ended (UTC)": moment(facts["completed"]),
        }
    )


def _sparks(columns: Sequence[Column], epochs: Sequence[Sequence[Any]]) -> dict[str, Spark]:
    lines = {}
    for place, column in enumerate(columns[1:], start=1):
        values = [row[place] for row in epochs]
        lines[column.name] = Spark(values, f"{column.text(values[0])} → {column.text(values[-1])}")
    return lines


def _print_sparks(sparks: Mapping[str, Spark]) -> None:
    """Each curve beside its ends; on a narrow terminal as short as it must be, or left out."""
    name, ends = max(map(len, sparks)), max(len(spark.ends) for spark in sparks.values())
    width = min(SPARKS, room() - 2 - name - 2 - 2 - ends)
    drawn = {
        title: f"{sparkline(spark.values, width)}  {spark.ends}" if width > 3 else spark.ends
        for title, spark in sparks.items()
    }
    _print_pairs(drawn)


def _print_pairs(pairs: Mapping[str, str]) -> None:
    width = max(map(len, pairs), default=0)
    beside = 2 + width + 2 + max(map(len, pairs.values()), default=0) <= room()
    for name, text in pairs.items():
        title = printable(name).replace("_", " ")
        print(f"  {title:<{width}}  {text}" if beside else f"  {title}\n    {text}")

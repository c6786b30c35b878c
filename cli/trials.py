"""``trials``, ``best`` and ``show``: the trials of one study."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import DEFAULT_STORAGE, Storage, StudyName, To
from .output import Column, Format, errors_of, note, print_rows, shown, task_of, three_digits

if TYPE_CHECKING:
    from ..search.export import Rows
    from ..storage import StudyRecord, TrialRecord, TrialStore


class Standing(StrEnum):
    """How a trial stands: its outcome or, without one, Optuna's state in words."""

    COMPLETED = "completed"
    PRUNED = "pruned"
    DIVERGED = "diverged"
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"


_OF_STATE = {
    "COMPLETE": Standing.COMPLETED,
    "FAIL": Standing.FAILED,
    "PRUNED": Standing.PRUNED,
    "RUNNING": Standing.RUNNING,
    "WAITING": Standing.WAITING,
}
# After the parameters; left out from the right where the terminal is too narrow.
_SPLITS = ("training", "validation", "test")
_MEASURED = (
    Column("best_epoch", "best\nepoch", right=True, optional=True),
    Column("seconds", "seconds", three_digits, right=True, optional=True),
)


def trials(
    study: StudyName,
    sort: Annotated[
        str,
        typer.Option(
            "--sort", metavar="COLUMN", help="Sort by a column; -COLUMN: the largest first."
        ),
    ] = "number",
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Print the first N only.")
    ] = None,
    state: Annotated[
        list[Standing] | None,
        typer.Option("--state", help="Print only trials that stand so; repeatable."),
    ] = None,
    storage: Storage = DEFAULT_STORAGE,
    to: To = Format.TABLE,
) -> None:
    """List a study's trials; JSON and CSV hold every column and digit."""
    from ..search.export import trial_rows
    from ..storage import TrialStore

    with TrialStore(storage) as store:
        record = store.load_study(study, curves_of=0)
    table = trial_rows(record)
    place, falling = _sort_place(sort, table.columns)
    rows = [row for row in table.rows if not state or _standing(table.columns, row) in state]
    rows = _sorted(rows, place, falling=falling)[:limit]
    if to is not Format.TABLE:
        print_rows([Column(name, name) for name in table.columns], rows, to)
        return
    if not rows:
        note(f"The study {study!r} has no such trial." if state else f"{study!r} has no trial yet.")
        return
    columns = _table_columns(table, record)
    if record.spec is None:  # netclinic's own columns say nothing of a study of Optuna's alone
        known = dict(zip(table.columns, zip(*rows, strict=True), strict=True))
        columns = [c for c in columns if any(value is not None for value in known[c.name])]
    raw = [dict(zip(table.columns, row, strict=True)) for row in rows]
    for cells, row in zip(raw, rows, strict=True):
        cells["state"] = _standing(table.columns, row)
    print_rows(columns, [[cells[c.name] for c in columns] for cells in raw], to)


def best(study: StudyName, storage: Storage = DEFAULT_STORAGE, to: To = Format.TABLE) -> None:
    """Show the best trial: the one with the lowest validation error.

    Where the study minimises the balanced error, by that.
    """
    from ..search.trial_facts import best_trial
    from ..storage import TrialStore

    with TrialStore(storage) as store:
        record = store.load_study(study, curves_of=0)
        _show(store, record, best_trial(record), to)


def show(
    study: StudyName,
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=0, help="The trial's number.")],
    storage: Storage = DEFAULT_STORAGE,
    to: To = Format.TABLE,
) -> None:
    """Show one trial: its parameters, its result, its curves by epoch.

    CSV has the curves only, one row an epoch.
    """
    from ..search.trial_facts import numbered_trial
    from ..storage import TrialStore

    with TrialStore(storage) as store:
        record = store.load_study(study, curves_of=0)
        _show(store, record, numbered_trial(record, number), to)


def _show(store: "TrialStore", study: "StudyRecord", trial: "TrialRecord", to: Format) -> None:
    from ..diagnostics.studies.stopping import stopping_text
    from ..search.trial_facts import trial_facts
    from .trial_view import print_trial

    facts = trial_facts(store, study, trial)
    standing = _standing(facts.columns, facts.row)
    stopping = stopping_text(study.spec, trial.result) if trial.result else ""
    print_trial(study, standing, stopping, facts, to)


def _table_columns(table: "Rows", study: "StudyRecord") -> list[Column]:
    errors = errors_of(task_of(study))
    kind = "balanced_error" if study.minimises_balanced else "error"
    start, end = table.columns.index("value") + 1, table.columns.index("training_error")
    parameters = [
        Column(name, shown(name).replace("_", "\n", 1), three_digits, True, place > start + 2)
        for place, name in enumerate(table.columns[start:end], start)
    ]
    return [
        Column("number", "trial", right=True),
        Column("state", "state"),
        *(() if study.spec else (Column("value", "value", three_digits, right=True),)),
        *parameters,
        *(
            Column(name, name.replace("_", "\n"), errors, right=True)
            for name in (f"{split}_{kind}" for split in _SPLITS)
        ),
        *_MEASURED,
    ]


def _standing(columns: Sequence[str], row: Sequence[Any]) -> Standing:
    outcome, state = row[columns.index("outcome")], row[columns.index("state")]
    return _OF_STATE[state] if outcome is None else Standing(outcome)


def _sort_place(sort: str, columns: Sequence[str]) -> tuple[int, bool]:
    name = sort.removeprefix("-")
    if name not in columns:
        import difflib

        near = difflib.get_close_matches(name, columns, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        text = f"no column {name!r}; {hint}allowed are {', '.join(columns)}"
        raise typer.BadParameter(text, param_hint="--sort")
    return columns.index(name), sort.startswith("-")


def _sorted(rows: Sequence[Sequence[Any]], place: int, *, falling: bool) -> list[Sequence[Any]]:
    """Rows by one column, numbers before text; where there is no value, last either way."""
    there = [row for row in rows if row[place] is not None]
    missing = [row for row in rows if row[place] is None]

    def key(row: Sequence[Any]) -> tuple[bool, Any]:
        return isinstance(row[place], str), row[place]

    return [*sorted(there, key=key, reverse=falling), *missing]

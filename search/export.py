"""A study as files that need neither netclinic nor a database to be read."""

import csv
import errno
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from ..models.folder_lock import LOCK, reading
from ..models.transfer_source import DESCRIPTION
from ..storage.records.results import BalancedCurves, Curves, TaskCurves, TrialResult
from ..storage.records.study import StudyRecord
from ..storage.records.trials import TrialRecord
from .file_errors import naming, write_file

BEST = "best"  # the folder of the best network, in the source and in the export
_AGAIN = "Once that is mended, export it again with --force."
_RESULT = (
    "training_error",
    "validation_error",
    "test_error",
    "bridge_error",
    "training_balanced_error",
    "validation_balanced_error",
    "test_balanced_error",
    "bridge_balanced_error",
    "training_loss",
    "validation_loss",
    "test_loss",
    "bridge_loss",
    "best_epoch",
    "diverged_epoch",
    "epochs",
    "parameters",
    "seconds",
    "lanes",
    "strategy",
    "convolution",
)
# Held by every result; also searched, as a rule, and then a parameter's column already.
_HYPERPARAMETERS = ("learning_rate", "weight_decay", "momentum")
_FIXED = ("number", "state", "outcome", "value", *_RESULT, "started", "completed")


class Rows(NamedTuple):
    """Raw values in rows and named columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def export_study(
    name: str, url: str, source: Path, target: Path, *, overwrite: bool = False
) -> list[Path]:
    """Write a study's spec, trials, curves, diagnosis, reports and best network into a folder.

    The diagnosis and the reports are made anew from what is stored; they are left out where no
    diagnosis can be made, as is the network where ``source`` has none, that of another trial, as
    while several workers train, or that of another study.

    Args:
        name: of the study.
        url: of the database.
        source: the folder that ``best/`` is copied from.
        target: the folder to write to; it is made when it is not there.
        overwrite: whether files that are there may be replaced.

    Returns:
        What was written: files, and the folder of the network.

    Raises:
        StorageError: no such study, or the database cannot be read.
        FileExistsError: one of the files is there, and ``overwrite`` is false.
        NotADirectoryError: ``target`` is a file.
        OSError: the folder cannot be written.
    """
    from ..storage import TrialStore
    from .study_folder import is_of

    with TrialStore(url) as store:
        study = store.load_study(name)
        ours = is_of(source, name, store)
    files = {**_specs(study), **_tables(study), **_reports(study)}
    network = source / BEST
    names = [*files, BEST] if ours and _is_of(network, study.best()) else list(files)
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, _elsewhere(errno.ENOTDIR), str(target))
    for there in (target / file for file in names):
        if there.exists() and not overwrite:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(there))
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        code = error.errno or errno.EIO
        raise OSError(code, _elsewhere(code), str(target)) from error
    for file, text in files.items():
        write_file(target / file, text, _AGAIN)
    if BEST in names and network.resolve() != (target / BEST).resolve():
        shutil.rmtree(target / BEST, ignore_errors=True)
        with reading(network):
            _copy(network, target / BEST)
    return [target / file for file in names]


def _is_of(network: Path, best: TrialRecord | None) -> bool:
    """Whether a folder holds a network of the best trial, as far as its description tells."""
    try:
        trial = json.loads((network / DESCRIPTION).read_text())["trial"]
    except (OSError, ValueError, KeyError):
        return network.is_dir()
    return best is None or trial == best.number


def _elsewhere(code: int) -> str:
    return f"{os.strerror(code)}. Make room or name another folder: --to FOLDER"


def _copy(folder: Path, target: Path) -> None:
    """Copy the files of a folder, all but its lock; the first that fails ends it."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != LOCK:
            copied = target / file.relative_to(folder)
            copied.parent.mkdir(parents=True, exist_ok=True)
            with naming(copied, _AGAIN):
                shutil.copy2(file, copied)


def trial_rows(study: StudyRecord) -> Rows:
    """One row a trial, by number, with a column for every parameter that any trial has.

    A parameter of a foreign study that is called like one of the other columns is put under
    ``param_NAME``.
    """
    searched = dict.fromkeys(r.name for r in study.ranges)
    searched |= dict.fromkeys(name for trial in study.trials for name in trial.parameters)
    names = [f"param_{name}" if name in _FIXED else name for name in searched]
    more = [name for name in _HYPERPARAMETERS if name not in searched]
    split = _FIXED.index("value") + 1
    return Rows(
        (*_FIXED[:split], *names, *more, *_FIXED[split:]),
        tuple(_trial_row(trial, list(searched), more) for trial in study.trials),
    )


def curve_rows(study: StudyRecord) -> Rows:
    """One row a trial and epoch, both in order; epochs count from 1."""
    rows = (
        (trial.number, epoch, *values)
        for trial in study.trials
        if trial.result is not None
        for epoch, values in enumerate(zip(*_every_curve(trial.result), strict=True), start=1)
    )
    balanced = (f"{split}_balanced_error" for split in BalancedCurves._fields)
    return Rows(("number", "epoch", *Curves._fields, *balanced), tuple(rows))


def task_curve_rows(study: StudyRecord) -> Rows:
    """One row a trial, task and epoch, in order; no rows where there is only one task."""
    rows = (
        (trial.number, curves.task, epoch, *values)
        for trial in study.trials
        if trial.result is not None
        for curves in trial.result.task_curves
        for epoch, values in enumerate(zip(*curves[1:], strict=True), start=1)
    )
    return Rows(("number", "task", "epoch", *TaskCurves._fields[1:]), tuple(rows))


def _every_curve(result: TrialResult) -> tuple[Sequence[float | None], ...]:
    missing = ((None,) * len(result.curves.training_loss),) * len(BalancedCurves._fields)
    return (*result.curves, *(result.balanced_curves or missing))


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """RFC 4180 with plain line feeds: what is missing is empty, lists are joined by commas.

    Floats have every digit, naive times are marked as UTC.
    """
    lines = []
    for row in (columns, *rows):
        line = io.StringIO()
        # With CRLF as its line end, the writer quotes a field that holds either of the two.
        csv.writer(line, lineterminator="\r\n").writerow([_field(value) for value in row])
        lines.append(line.getvalue().removesuffix("\r\n") + "\n")
    return "".join(lines)


def _field(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ",".join(str(_field(v)) for v in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.tzinfo is None else "")
    return value.hex() if isinstance(value, bytes) else value


def _trial_row(trial: TrialRecord, searched: Sequence[str], more: Sequence[str]) -> tuple[Any, ...]:
    result: TrialResult | None = trial.result

    def measured(names: Sequence[str]) -> list[Any]:
        return [getattr(result, name, None) for name in names]

    return (
        trial.number,
        trial.state,
        None if result is None else result.outcome.value,
        trial.value,
        *(_parameter(trial, name) for name in searched),
        *measured(more),
        *measured(_RESULT),
        trial.started,
        trial.completed,
    )


def _parameter(trial: TrialRecord, name: str) -> Any:
    """A parameter's value; None among Optuna's choices is one, in words, and no missing value."""
    value = trial.parameters.get(name)
    return "None" if value is None and name in trial.parameters else value


def _specs(study: StudyRecord) -> dict[str, str]:
    """The spec as it was written, and with every default and override filled in."""
    from .resolved_text import RESOLVED, resolved_text

    if study.spec_text is None or study.spec is None:
        return {}  # the study of a stock Optuna worker
    return {"spec.toml": study.spec_text, RESOLVED: resolved_text(study.spec)}


def _tables(study: StudyRecord) -> dict[str, str]:
    tables = {"trials.csv": trial_rows(study), "curves.csv": curve_rows(study)}
    if (of_tasks := task_curve_rows(study)).rows:
        tables["task_curves.csv"] = of_tasks
    return {file: csv_text(*table) for file, table in tables.items()}


def _reports(study: StudyRecord) -> Mapping[str, str]:
    from ..diagnostics import diagnose
    from ..diagnostics.findings import DiagnosisError
    from .conclusion import REPORTS

    try:
        diagnosis = diagnose(study)
    except DiagnosisError:
        return {}
    return {name: render(study, diagnosis) for name, render in REPORTS.items()}

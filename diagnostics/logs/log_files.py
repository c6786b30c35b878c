"""Training logs that others wrote: CSV, JSON, Keras, Hugging Face, TensorBoard, printed text."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..findings import DiagnosisError
from .log_curves import KERAS, log_of
from .log_events import LAYOUT as TENSORBOARD
from .log_events import is_event_log, read_events
from .log_names import AXES, CURVES, TESTED, WANTED, plain_name
from .log_points import Entry
from .log_printed import LAYOUT as PRINTED
from .log_printed import printed_entries
from .log_shapes import flattened
from .training_log import TrainingLog

LISTS = "JSON lists"
_COMMA = re.compile(r"\s*[+-]?\d+,\d+(?:[eE][+-]?\d+)?\s*%?\s*$")
LAYOUTS = (
    "a .csv with a header, JSON lines with an object an entry, Keras' History.history as JSON, "
    "Hugging Face's trainer_state.json, TensorBoard's event file or folder, or what a training "
    "printed, in which lines say the epoch, loss: 0.9 and val_loss: 1.0"
)


def read_log(path: Path) -> TrainingLog:
    """Read a training log, whichever of the layouts it has.

    Raises:
        DiagnosisError: the file cannot be read, or holds no curve that is known.
    """
    if is_event_log(path):
        return log_of(path.name or str(path), TENSORBOARD, read_events(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DiagnosisError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DiagnosisError(f"{path.name} is no text. It can be {LAYOUTS}.") from error
    layout, entries = _entries(path, text)
    return log_of(path.name, layout, entries)


def _entries(path: Path, text: str) -> tuple[str, list[Entry]]:
    """Tell the layout, and give what was logged in its order."""
    if path.suffix.lower() in (".csv", ".tsv"):
        return "CSV", _from_csv(path, text)
    try:
        whole = json.loads(text)
    except ValueError:
        if not text.lstrip().startswith(("{", "[{")) and (printed := printed_entries(text)):
            return PRINTED, printed
        return "JSON lines", _from_lines(path, text)
    if isinstance(whole, dict) and isinstance(whole.get("log_history"), list):
        return "Hugging Face Trainer", _objects(path, whole["log_history"])
    columns = flattened(whole) if isinstance(whole, dict) else {}
    if any(isinstance(values, list) for values in columns.values()):
        return (KERAS if "loss" in columns else LISTS), _from_columns(path, columns)
    if isinstance(whole, list):
        return "JSON", _objects(path, whole)
    if isinstance(whole, dict):
        return "JSON lines", [whole]
    raise DiagnosisError(f"{path.name} holds no training log. It can be {LAYOUTS}.")


def _from_csv(path: Path, text: str) -> list[Entry]:
    try:
        dialect = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    reader = csv.DictReader(text.splitlines(), dialect=dialect)
    # A training that was resumed may have written the header once more.
    again = ({name: name for name in reader.fieldnames or ()},)
    rows: list[Entry] = [
        {name: value for name, value in row.items() if name} for row in reader if row not in again
    ]
    if dialect.delimiter != ",":  # so that commas may stand for decimal points
        rows = [{name: _with_point(value) for name, value in row.items()} for row in rows]
    if not rows:
        raise DiagnosisError(f"{path.name} has no row below a header of names: {WANTED}.")
    return rows


def _with_point(value: Any) -> Any:
    """``0,25`` → ``0.25``, as spreadsheets of many countries write numbers; others unchanged."""
    return value.replace(",", ".") if isinstance(value, str) and _COMMA.match(value) else value


def _from_lines(path: Path, text: str) -> list[Entry]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(json.loads(line))
        except ValueError as error:
            raise DiagnosisError(
                f"{path.name}, line {number}, is no JSON: {error}. {_python(line)}"
                f"It can be {LAYOUTS}."
            ) from error
    return _objects(path, found)


def _python(line: str) -> str:
    """What to write instead of a printed dict; empty of other lines."""
    if not line.lstrip().startswith("{'"):
        return ""
    return "It is a dict as Python prints it; write it with json.dump(history, file). "


def _from_columns(path: Path, columns: Mapping[str, Any]) -> list[Entry]:
    every = {name: values for name, values in columns.items() if isinstance(values, list)}
    # Others, such as a confusion matrix, may have any length; without a curve all are told.
    lists = {n: its for n, its in every.items() if plain_name(n) in {*CURVES, *AXES}} or every
    lengths = {name: len(values) for name, values in lists.items()}
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise DiagnosisError(
            f"{path.name}: the lists differ in length: {got}. Which values belong together is not "
            "told. Write a list of the same length for each, with null where nothing was measured; "
            "Keras' CSVLogger does so."
        )
    # A test as long as the training was logged along with it: xgboost's evals_result.
    long = set(lengths.values())
    lists |= {n: its for n, its in every.items() if plain_name(n) in TESTED and {len(its)} == long}
    return [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]


def _objects(path: Path, entries: Sequence[Any]) -> list[Entry]:
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        raise DiagnosisError(
            f"{path.name} must hold an object an entry, such as "
            '{"epoch": 1, "loss": 0.9, "val_loss": 1.0}.'
        )
    return list(entries)

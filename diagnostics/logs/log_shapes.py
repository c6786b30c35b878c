"""Entries of a training log as they are written, made flat: an object of names and numbers each."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..findings import DiagnosisError
from .log_names import BARE, CURVES, SPLITS, plain_name
from .log_points import Entry

_SPLIT_KEYS = ("split", "phase", "mode", "stage", "subset")  # whose value says of which rows
_EXTREMES = ("__MIN", "__MAX")  # Weights & Biases', beside the values that it averaged


def flattened(entry: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Join the names of nested objects: ``{"val": {"loss": 1}}`` → ``{"val/loss": 1}``.

    An object of numbered values, as ``DataFrame.to_json`` writes a column, becomes a list.
    """
    found: dict[str, Any] = {}
    for name, value in entry.items():
        if isinstance(value, Mapping) and value:
            numbered = all(str(key).isdecimal() for key in value)
            inner = {before + name: list(value.values())} if numbered else None
            found |= inner or flattened(value, f"{before}{name}/")
        else:
            found[before + name] = value
    return found


def with_splits(entries: Sequence[Entry]) -> list[Entry]:
    """Put into the names what a column says of the rows: ``{"mode": "val", "loss": 1}``.

    Else one curve would be drawn through training and validation in turn.
    """
    return [_with_split(entry) for entry in entries]


def _with_split(entry: Entry) -> Entry:
    said = [v for name, v in entry.items() if plain_name(name) in _SPLIT_KEYS]
    split = next((v.strip().lower() for v in said if isinstance(v, str)), "")
    if split not in {*SPLITS, "test"}:
        return entry
    return {f"{split}_{n}" if plain_name(n) in BARE else n: v for n, v in entry.items()}


def of_one_run(entries: Sequence[Entry], source: str) -> list[Entry]:
    """Drop the run's name that Weights & Biases writes before a curve's: ``calm-sky-7 - loss``.

    Raises:
        DiagnosisError: there are several runs.
    """
    runs: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for name in dict.fromkeys(name for entry in entries for name in entry):
        run, dash, curve = name.rpartition(" - ")
        if dash and plain_name(name) not in CURVES and plain_name(curve) in CURVES:
            runs[run], renamed[name] = name, curve
    if len(runs) > 1:
        raise DiagnosisError(
            f"{source} holds {len(runs)} runs: {', '.join(list(runs)[:8])}"
            f"{' …' if len(runs) > 8 else ''}. Keep the columns of one, such as "
            f"{next(iter(runs.values()))!r}."
        )
    return [
        {renamed.get(n, n): v for n, v in entry.items() if not n.endswith(_EXTREMES)}
        for entry in entries
    ]

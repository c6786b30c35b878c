"""One trial on a terminal: parameters, result, curves."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..diagnostics.number_text import duration, nats
from ..storage.records import Outcome
from .output import (
    Column,
    Format,
    moment,
    percent,
    print_csv,
    print_json,
    print_rows,
    printable,
    three_digits,
)
from .sparkline import sparkline

EPOCH_COLUMNS = (
    Column("epoch", "epoch", right=True),
    Column("training_loss", "training\nloss", nats, right=True),
    Column("validation_loss", "validation\nloss", nats, right=True),
    Column("training_error", "training\nerror", percent, right=True),
    Column("validation_error", "validation\nerror", percent, right=True),
    Column("gradient_norm", "gradient\nnorm", three_digits, right=True),
)
SPARKS = 40  # characters of a sparkline at most


def print_trial(
    study: str,
    standing: str,
    facts: Mapping[str, Any],
    parameters: Mapping[str, Any],
    epochs: Sequence[Sequence[Any]],
    to: Format,
) -> None:
    """Print one trial on stdout.

    Args:
        study: its name.
        standing: how the trial stands.
        facts: every column of the trial, raw.
        parameters: those of them that were searched or fixed.
        epochs: one row an epoch, as ``EPOCH_COLUMNS`` has it.
        to: table, JSON (everything) or CSV (the epochs).
    """
    names = [column.name for column in EPOCH_COLUMNS]
    if to is Format.CSV:
        print_csv(names, epochs)
        return
    if to is Format.JSON:
        rest = {k: v for k, v in facts.items() if k not in parameters}
        rest["parameter_count"] = rest.pop("parameters")
        curves = [dict(zip(names, row, strict=True)) for row in epochs]
        print_json({"study": study, **rest, "parameters": parameters, "curves": curves})
        return
    print(f"Trial {facts['number']} of {printable(study)}: {_outcome(standing, facts)}\n")
    _print_pairs({name: three_digits(value) for name, value in parameters.items()})
    if facts["outcome"] is not None:
        _print_result(facts)
    if epochs:
        print()
        _print_sparks(epochs)
        print()
        print_rows(EPOCH_COLUMNS, epochs, to)


def _outcome(standing: str, facts: Mapping[str, Any]) -> str:
    if facts["outcome"] == Outcome.PRUNED:
        return f"{standing} after epoch {facts['epochs']}"
    if facts["diverged_epoch"] is not None:
        return f"{standing} in epoch {facts['diverged_epoch']}"
    return standing


def _print_result(facts: Mapping[str, Any]) -> None:
    print()
    columns = [Column("of", ""), *(Column(s, s, right=True) for s in _SPLITS)]
    errors = [percent(facts[f"{split}_error"]) for split in _SPLITS]
    losses = [nats(facts[f"{split}_loss"]) for split in _SPLITS]
    print_rows(columns, [["error", *errors], ["loss (nats)", *losses]], Format.TABLE)
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


_SPLITS = ("training", "validation", "test")


def _print_sparks(epochs: Sequence[Sequence[Any]]) -> None:
    lines = {}
    for place, column in enumerate(EPOCH_COLUMNS[1:], start=1):
        values = [row[place] for row in epochs]
        ends = f"{column.text(values[0])} → {column.text(values[-1])}"
        lines[column.name] = f"{sparkline(values, SPARKS)}  {ends}"
    _print_pairs(lines)


def _print_pairs(pairs: Mapping[str, str]) -> None:
    width = max(map(len, pairs), default=0)
    for name, text in pairs.items():
        print(f"  {printable(name).replace('_', ' '):<{width}}  {text}")

"""How columns were read that a source hides: those of one value, and numbers that are text."""

import numpy as np

from .dataset import MISSING, DataWarning
from .rows import Rows, blocks
from .splits import SplitRows
from .text_columns import are_numbers
from .wording import counted, listed

_FIRST = 100  # training rows that most columns are ruled out by


def constant_columns(rows: Rows, splits: SplitRows) -> tuple[DataWarning, ...]:
    """Look for columns that have one value in all training rows; of pixels that is ordinary.

    Args:
        rows: of the source.
        splits: row numbers; rows in none of them are left out.
    """
    if rows.shape is not None or len(splits.train) < 2:
        return ()
    columns = np.array([it is None or set(it) != {MISSING} for it in rows.categories])
    places = _constant(rows, splits.train, np.flatnonzero(columns))
    if not len(places):
        return ()
    value = np.asarray(rows.inputs[splits.train[:1]])[0, places]
    held_out = np.concatenate([splits.validation, splits.test])
    parts = (part[:, places] != value for part in blocks(rows.inputs, held_out))
    other = sum(int(part.any(axis=1).sum()) for part in parts)
    of_all = f"{len(places):,} of {counted(int(columns.sum()), 'column')}"
    verb, them = ("has", "it") if len(places) == 1 else ("have", "them")
    text = (
        f"{of_all} {verb} one value in all {len(splits.train):,} training rows, so nothing is "
        f"learnt from {them}: {listed(repr(rows.columns[it]) for it in places)}."
    )
    if other:
        has = "has" if other == 1 else "have"
        text += (
            f" {other:,} of {counted(len(held_out), 'held-out row')} {has} another value there, "
            "which the network has never met."
        )
    return (DataWarning("constant_columns", len(splits.train), text),)


def _constant(rows: Rows, train: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Those of some columns that have one value in the training rows."""
    inputs = rows.inputs
    one = np.asarray(inputs[train[:1]])[0]
    first = np.asarray(inputs[train[:_FIRST]])
    likely = places[(first == one).all(axis=0)[places]]
    if not len(likely):
        return likely
    same = np.full(len(likely), True)
    for part in blocks(inputs, train):
        same &= (part[:, likely] == one[likely]).all(axis=0)
    return likely[same]


def numbers_as_text(rows: Rows) -> tuple[DataWarning, ...]:
    """Look for text columns all of whose few values are numbers, each now a category of its own."""
    found = []
    for name, categories in zip(rows.columns, rows.categories, strict=True):
        values = [it for it in categories or () if it != MISSING]
        if are_numbers(values):
            found.append(f"{name!r} ({len(values):,} values, such as {values[0]!r})")
    if not found:
        return ()
    one = len(found) == 1
    text = (
        f"{'A column' if one else f'{len(found):,} columns'} of text "
        f"{'holds' if one else 'hold'} numbers, each of which is a category of its own: "
        f"{listed(found)}. Where they are quantities, write them as numbers alone: so far the "
        "network is not told which of two is more."
    )
    return (DataWarning("numbers_as_text", len(rows.inputs), text),)

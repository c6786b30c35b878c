"""Columns that are samples of a signal, or pixels of a picture, in their order."""

import json
import math

import numpy as np

from .dataset import DataWarning
from .rows import Rows
from .splits import SplitRows
from .wording import counted

LEAST_COLUMNS = 16
LEAST_ROWS = 50
LEAST_SHARE = 0.8  # of three columns in a row, in which the outer two are least alike
LEAST_CONTRAST = 0.1  # of neighbours' correlation above that of any two columns
_BELOW = 0.03  # of pixels above one another above that of pixels half a row apart
_NUMBERS = 1_000_000  # rows × columns that are looked at
_FEWEST_ROWS = 100


def ordered_columns(rows: Rows, splits: SplitRows) -> tuple[DataWarning, ...]:
    """Tell whether neighbouring columns are alike, the more the nearer they are.

    Of three columns in a row the outer two must be the least correlated in four fifths of cases (of
    columns in any order: in a third), and neighbours more than any two by 0.1 on average. Of a row
    without a shape whose length is a square it is looked for along both sides of the picture, too.

    Args:
        rows: of which training rows are looked at, by chance, 1,000,000 numbers or 100 rows; in
            a table with a column of categories nothing is looked for.
        splits: numbers of rows.
    """
    columns = len(rows.columns)
    if columns < LEAST_COLUMNS or any(it is not None for it in rows.categories):
        return ()
    drawn = np.random.default_rng(0).permutation(splits.train)
    scaled = _scaled(rows.inputs[np.sort(drawn[: max(_FEWEST_ROWS, _NUMBERS // columns)])])
    if scaled is None:
        return ()
    shape = _shape(scaled, rows.shape)
    if shape is None:
        return ()
    sides = [size for size in shape[:2] if size > 1]
    image = len(sides) == 2
    what = "a picture" if image else "a signal"
    given = "" if rows.shape == shape or len(shape) == 1 else json.dumps(shape)
    sizes = " of " + " × ".join(f"{size:,}" for size in sides) if image else ""
    return (
        DataWarning(
            "ordered_columns",
            columns,
            f"{counted(columns, 'column')} are in the order of {what}{sizes}: the nearer two are, "
            "the more alike they are.",
            {"shape": given, "what": what},
        ),
    )


def _scaled(inputs: np.ndarray) -> np.ndarray | None:
    """Columns at mean 0 and variance 1, constant ones at 0; ``None`` of too few rows."""
    if len(inputs) < LEAST_ROWS:
        return None
    values = inputs.astype(np.float64)
    values -= values.mean(axis=0)
    spread = np.sqrt((values**2).mean(axis=0))
    constant = spread <= 1e-9 * np.abs(inputs).max(axis=0, initial=0)
    return np.where(constant, 0, values / np.where(constant, 1, spread)).astype(np.float32)


def _shape(scaled: np.ndarray, known: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """The shape by which neighbours are alike, as [network] has it; ``None``: by none."""
    columns = scaled.shape[1]
    if known is not None:
        sides = known[:2]
        holds = [_holds(scaled, known, axis, 0) for axis in range(len(sides))]
        if all(holds):
            return known
        # Of two axes alone the second may be channels, as of several sensors.
        return (known[0], 1, known[1]) if len(known) == 2 and holds[0] else None
    side = math.isqrt(columns)
    if side**2 == columns and _is_square(scaled, side):
        return side, side
    return (columns,) if _holds(scaled, (columns,), 0) else None


def _is_square(scaled: np.ndarray, side: int) -> bool:
    """Whether pixels above one another are neighbours, and not only near as in a slow signal."""
    if not all(_holds(scaled, (side, side), axis) for axis in range(2)):
        return False
    # A slow signal is more alike within half a row than a whole one on.
    below, between = (_alike(scaled[:, lag:], scaled[:, :-lag]) for lag in (side, side // 2))
    return float(np.mean(below)) - float(np.mean(between)) >= _BELOW


def _holds(
    scaled: np.ndarray, shape: tuple[int, ...], axis: int, contrast: float = LEAST_CONTRAST
) -> bool:
    """Whether columns next to one another along an axis are alike as samples of a signal are."""
    values = np.moveaxis(scaled.reshape(len(scaled), *shape), axis + 1, 1)
    values = values.reshape(len(scaled), shape[axis], -1)
    if shape[axis] < 3:
        return False
    near = _alike(values[:, 1:], values[:, :-1])
    far = _alike(values[:, 2:], values[:, :-2])
    varies = np.any(values, axis=0)
    told = varies[2:] & varies[1:-1] & varies[:-2]
    if told.sum() < max(LEAST_COLUMNS - 2, told.size / 4):
        return False
    ordered = np.minimum(near[1:], near[:-1]) > far
    if ordered[told].mean() < LEAST_SHARE:
        return False
    pairs = varies[1:] & varies[:-1]
    return float(near[pairs].mean()) - _any_two(scaled) >= contrast


def _alike(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Correlations of scaled columns, those of one array with those in the same place."""
    return np.einsum("n...,n...->...", first, second) / len(first)


def _any_two(scaled: np.ndarray) -> float:
    """The mean correlation of any two columns that vary."""
    count = int(np.any(scaled, axis=0).sum())
    every = float((scaled.sum(axis=1, dtype=np.float64) ** 2).mean())
    return (every - count) / (count * (count - 1)) if count > 1 else 1.0

"""Numbers of which a part is in another unit, as metres are among kilometres."""

import math
from typing import NamedTuple

import numpy as np

from .dataset import DataWarning
from .rows import Rows
from .wording import counted, listed, quantity

LEAST_ROWS = 100
LEAST_OTHER = 20  # rows in the rarer unit,
LEAST_SHARE = 0.01  # and this share of them
LEAST_VALUES = 15  # different ones in either unit
CLEAR = 2.0  # times the next largest gap between two numbers, that the gap between the units is
# Of the factor's logarithm; of other units of the difference
MOST_ERROR = 0.1
NEAR = 2.5  # standard errors that the means may be apart, once in one unit
MOST_SOURCES = 5  # categories of one column that are named
ALIKE = 1.36  # Kolmogorov and Smirnov's limit of 5 %
_SCREENED = 2000  # rows that most columns are ruled out by,
_NUMBERS = 4_000_000  # of so many numbers
_LEAST_SCREENED = 500  # and of so many rows at least

Array = np.ndarray


class Unit(NamedTuple):
    """Another unit, in which a number is ``factor`` times what it was, and ``offset`` more."""

    factor: float  # ≥ 1
    offset: float
    example: str


_TENS = tuple(Unit(10.0**power, 0.0, "") for power in range(1, 7))
# These are asked for a gap as wide as either part: there are many of them, so that one is near by
# chance.
_OTHERS = (
    Unit(2.54, 0.0, "centimetres and inches"),
    Unit(30.48, 0.0, "centimetres and feet"),
    Unit(3.28084, 0.0, "feet and metres"),
    Unit(1.609344, 0.0, "kilometres and miles"),
    Unit(2.204623, 0.0, "pounds and kilograms"),
    Unit(28.349523, 0.0, "grams and ounces"),
    Unit(12.0, 0.0, "months and years"),
    Unit(24.0, 0.0, "hours and days"),
    Unit(60.0, 0.0, "minutes and hours"),
    Unit(3600.0, 0.0, "seconds and hours"),
    Unit(18.016, 0.0, "mg/dl and mmol/l of glucose"),
    Unit(1.8, 32.0, "degrees Fahrenheit and Celsius"),
    Unit(1.0, 273.15, "kelvins and degrees Celsius"),
)


def mixed_units(rows: Rows) -> tuple[DataWarning, ...]:
    """Look for numeric columns of which a part is like the rest, but in another unit.

    Args:
        rows: of the source; pixels are no columns.
    """
    count, columns = rows.inputs.shape
    if count < LEAST_ROWS or rows.shape is not None:
        return ()
    screened = min(_SCREENED, max(_LEAST_SCREENED, _NUMBERS // columns))
    some = np.sort(np.random.default_rng(0).permutation(count)[:screened])
    numeric = [place for place, it in enumerate(rows.categories) if it is None]
    few = np.asarray(rows.inputs[some][:, numeric], np.float64)
    found = (
        in_units(
            f"Column {rows.columns[place]!r}", np.asarray(rows.inputs[:, place], np.float64), rows
        )
        for place, values in zip(numeric, few.T, strict=True)
        if count == len(some) or _may_be_mixed(values)
    )
    return tuple(warning for it in found for warning in it)


def in_units(who: str, values: Array, rows: Rows | None = None) -> tuple[DataWarning, ...]:
    """What is said of some numbers: one warning, or none.

    Args:
        who: has them; begins a sentence.
        values: (n,) float64; NaN is none.
        rows: of the numbers, where a category may tell those in another unit.
    """
    numbers = np.sort(values[~np.isnan(values)])
    if len(numbers) < LEAST_ROWS:
        return ()
    nearest: tuple[float, Unit, Array, Array] | None = None
    for part in (True, False):
        there = numbers[numbers != 0] if part else numbers  # 0 is 0 in either
        if part and (not len(there) or there[0] <= 0):
            continue
        gap = _gap(np.log(there) if part else there)
        if gap is None:
            continue
        low, high = there[: gap.at], there[gap.at :]
        for unit in (*_TENS, *_OTHERS):
            if part == (unit.offset == 0) and (unit in _TENS or gap.is_wide):
                away = _away(unit, low, high)
                if away is not None and (nearest is None or away < nearest[0]):
                    nearest = away, unit, low, high
    if nearest is None:
        return ()
    _, unit, low, high = nearest
    fewer = min(low, high, key=len)
    there = np.flatnonzero(~np.isnan(values))
    inside = (values[there] >= fewer[0]) & (values[there] <= fewer[-1])
    source = "" if rows is None else _source(rows, there, inside)
    return (_warning(who, len(numbers), unit, low, high, source),)


class _Gap(NamedTuple):
    """The largest gap between two of some numbers."""

    at: int  # of the first number above it
    is_wide: bool  # as either part ranges


def _gap(ordered: Array, least: int | None = None, clear: float = CLEAR) -> _Gap | None:
    """The gap that parts numbers clearly, with enough on either side.

    Args:
        ordered: (n,) rising.
        least: rows on either side; of all rows by default.
        clear: times the next largest gap.
    """
    count = len(ordered)
    if least is None:
        least = max(LEAST_OTHER, math.ceil(LEAST_SHARE * count))
    if count < max(2 * least, 3):  # of one gap none is the next largest
        return None
    gaps = np.diff(ordered)
    at = int(gaps.argmax()) + 1
    if not least <= at <= count - least or np.partition(gaps, -2)[-2] * clear > gaps[at - 1]:
        return None
    if min(np.count_nonzero(gaps[: at - 1]), np.count_nonzero(gaps[at:])) + 1 < LEAST_VALUES:
        return None
    ranges = ordered[at - 1] - ordered[0], ordered[-1] - ordered[at]
    return _Gap(at, bool(gaps[at - 1] >= max(ranges)))


def _may_be_mixed(values: Array) -> bool:
    """Whether some rows of a column, (m,), leave it open."""
    numbers = np.sort(values[~np.isnan(values)])
    positive = numbers[numbers > 0]
    least = max(1, int(LEAST_SHARE * len(numbers) / 2))
    return any(_gap(it, least, 1.0) is not None for it in (np.log(positive), numbers))


def _away(unit: Unit, low: Array, high: Array) -> float | None:
    """How many standard errors apart two parts of a column are in one unit.

    ``None`` where that is too many, or too uncertain, or they are of another shape.
    """
    if unit.offset:
        one, two = unit.factor * low + unit.offset, high
        size = abs(float(high.mean() - low.mean()))
    else:
        one, two, size = np.log(low) + math.log(unit.factor), np.log(high), 1.0
    n, m = len(one), len(two)
    error = math.sqrt(float(one.var()) / n + float(two.var()) / m)
    apart = abs(float(one.mean() - two.mean()))
    if error > MOST_ERROR * size or apart > NEAR * error:
        return None
    every = np.concatenate([one, two])
    shares = [np.searchsorted(it, every, "right") / len(it) for it in (one, two)]
    if np.abs(shares[0] - shares[1]).max() * math.sqrt(n * m / (n + m)) > ALIKE:
        return None
    return apart / error


def _source(rows: Rows, there: Array, inside: Array) -> str:
    """A sentence on the category that the rows in another unit have, and no others; or empty.

    Args:
        rows: of the source.
        there: (n,) places of the rows with a number.
        inside: (n,) whether it is in the rarer unit.
    """
    for place, names in enumerate(rows.categories):
        if names is None:
            continue
        codes = np.asarray(rows.inputs[:, place])[there].astype(int)
        theirs = np.unique(codes[inside])
        if len(theirs) <= MOST_SOURCES and not np.isin(codes[~inside], theirs).any():
            told = listed([repr(names[code]) for code in theirs if code < len(names)])
            return f" They are the rows with {told} in column {rows.columns[place]!r}, all of them."
    return ""


def _warning(who: str, count: int, unit: Unit, low: Array, high: Array, source: str) -> DataWarning:
    fewer, others = (low, high) if len(low) <= len(high) else (high, low)
    ranges = [f"{quantity(float(it[0]))} to {quantity(float(it[-1]))}" for it in (fewer, others)]
    if unit.example:
        what = f"differ as {unit.example} do"
    else:
        what = f"would be alike if the smaller ones were {quantity(unit.factor, 7)} times as large"
    return DataWarning(
        "mixed_units",
        len(fewer),
        f"{who} is {ranges[0]} in {len(fewer):,} of {counted(count, 'row')}, {ranges[1]} in the "
        f"others, and never in between. They {what}, so these rows may be in another unit.{source}",
    )

"""What text columns hold: categories; identifiers, dates and numbers spelt wrong are refused."""

import json
import re
from collections.abc import Sequence

from .dataset import MISSING, DataError
from .wording import counted, listed

MOST_CATEGORIES = 1000  # of one column; more are taken for an identifier
# Fewer distinct values may be categories, whatever they look like and however few rows there are.
_AT_LEAST = 20
_ORDERED = 3  # values: two are told apart by one number as well as by another
_MOST_ODD = 5  # distinct values that are no numbers; codes of letters and digits have more
_NUMBER = re.compile(r"\s*[+-]?(\d+(,\d+)*(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)
# As "12.5%", "$1,200" or "36 months": no letter before, which is how codes are told from numbers.
_WITH_UNIT = re.compile(
    rf"\s*[+-]?(?P<before>[$€£¥]?){_NUMBER.pattern}(?P<after>[%$€£¥]|(?<=\s)[^\W\d_]+)?\s*",
    re.IGNORECASE,
)
# As "1,005", "$1,200.50" or "1'005": whatever stands between groups of three digits.
_GROUPED = re.compile(
    r"\s*[+-]?[$€£¥]?\s*\d{1,3}(?P<between>[,'’ \u00a0\u202f])\d{3}((?P=between)\d{3})*(\.\d*)?"
    r"\s*([%$€£¥]|[^\W\d_]+)?\s*"
)
_DATE = re.compile(r"\s*(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})([ T]\d{1,2}:\d{2}.*)?\s*")


def check_categories(
    values: Sequence[str], first: Sequence[int], rows: int, name: str, where: str, left_out: str
) -> None:
    """Refuse a text column that would become one-hot features which say nothing about new rows.

    Args:
        values: the distinct ones.
        first: of each the first row that has it.
        rows: of the column.
        name: of the column.
        where: how messages call the table.
        left_out: what to write so that the column is no feature, see ``ignoring``.

    Raises:
        DataError: numbers with something between thousands; of more than ``_AT_LEAST`` values
            dates, numbers with commas or a unit, numbers but for a few values, more than
            ``MOST_CATEGORIES`` values, or more than half as many as rows.
    """
    told = [place for place, value in enumerate(values) if value != MISSING]
    values, first = [values[place] for place in told], [first[place] for place in told]
    if grouped := _grouped(values):
        example, between = grouped
        raise DataError(
            f"{where}: column {name!r} holds numbers with {between!r} between thousands, "
            f"{example!r} for one, and each would be a feature of its own. Write them with nothing "
            f"between thousands (pandas: read_csv with thousands={between!r}), nor with a unit; "
            "put a letter in front of each if they are codes; or leave the column out: "
            f"{left_out}"
        )
    if len(values) <= _AT_LEAST:
        return
    if why := _no_categories(values, first):
        raise DataError(f"{where}: column {name!r} holds {why}: {left_out}")
    if len(values) > min(MOST_CATEGORIES, rows / 2):
        limit = f"{MOST_CATEGORIES:,}" if len(values) > MOST_CATEGORIES else "half as many"
        raise DataError(
            f"{where}: text column {name!r} has {len(values):,} distinct values in "
            f"{counted(rows, 'row')}, more than {limit}. If it is an identifier or free text, "
            f"leave it out: {left_out} If it holds numbers, some of them are spelt wrong."
        )


def _no_categories(values: Sequence[str], first: Sequence[int]) -> str | None:
    """What many values are by their spelling, and what to do; ``None`` for categories."""
    if all(map(_is_date, values)):
        return (
            f"dates, {values[0]!r} for one, and each would be a feature of its own. Turn it into "
            "numbers (into days, say), or leave it out"
        )
    odd = [place for place, value in enumerate(values) if not _NUMBER.fullmatch(value)]
    if not odd and (comma := next((value for value in values if "," in value), None)):
        return (
            f"numbers with commas, {comma!r} for one. Write them with decimal points and nothing "
            "between thousands (pandas: read_csv with decimal=','), or leave the column out"
        )
    if unit := _unit_of(values):
        return (
            f"numbers with {unit!r}, {values[0]!r} for one, and each would be a feature of its "
            "own. Write the numbers alone, nothing between thousands, or leave the column out"
        )
    if not 0 < len(odd) <= _MOST_ODD:
        return None
    return (
        f"numbers but for {listed(repr(values[place]) for place in odd)}, the first in row "
        f"{min(first[place] for place in odd)} (rows count from 0). Correct them or drop their "
        "rows; put a letter in front of each number if they are codes; or leave the column out"
    )


def _grouped(values: Sequence[str]) -> tuple[str, str] | None:
    """The first value with groups of digits, and what stands between them, if all are numbers.

    >>> _grouped(["950", "1,005"]), _grouped(["$1,200.50", "$7"]), _grouped(["1'005"])
    (('1,005', ','), ('$1,200.50', ','), ("1'005", "'"))
    >>> _grouped(["1", "1,2", "2"]), _grouped(["1,005", "none"]), _grouped(["0,5"])
    (None, None, None)
    """
    found = [_GROUPED.fullmatch(value) for value in values]
    if not all(it or _WITH_UNIT.fullmatch(v) for it, v in zip(found, values, strict=True)):
        return None
    return next(((it[0], it["between"]) for it in found if it), None)


def _unit_of(values: Sequence[str]) -> str:
    """Return what stands beside the number in all values, or nothing.

    >>> _unit_of(["12.5%", "-3%"]), _unit_of(["$1,200.50", "$7"]), _unit_of(["36 months"])
    ('%', '$', 'months')
    >>> _unit_of(["3%", "7"]), _unit_of(["12", "7"]), _unit_of(["A12"])
    ('', '', '')
    """
    found = map(_WITH_UNIT.fullmatch, values)
    units = {(it["before"] + (it["after"] or "")) if it else "" for it in found}
    return units.pop() if len(units) == 1 else ""


def are_numbers(values: Sequence[str]) -> bool:
    """Whether all values are numbers, alone or with one unit, and so many that their order counts.

    >>> are_numbers(["12.5%", "-3%", "4%"]), are_numbers(["36 months", "60 months"])
    (True, False)
    >>> are_numbers(["1", "2", "3"]), are_numbers(["1 A", "2 B", "3 C"])
    (True, False)
    """
    if len(values) < _ORDERED or not all(map(_WITH_UNIT.fullmatch, values)):
        return False
    return bool(_unit_of(values)) or all(map(_NUMBER.fullmatch, values))


def _is_date(text: str) -> bool:
    """Whether the text is a day, with or without a time, in one of the usual orders.

    >>> [_is_date(it) for it in ("31.12.2024", "12/31/24 9:30", "2024-12-31", "1.10.2")]
    [True, True, True, False]
    """
    found = _DATE.fullmatch(text)
    if not found:
        return False
    first, _, second, third, _ = found.groups()
    year, days = (first, (second, third)) if len(first) == 4 else (third, (first, second))
    month, day = sorted(map(int, days))
    return len(year) in (2, 4) and 1 <= month <= 12 and day <= 31


def ignoring(column: str, ignored: Sequence[str] = ()) -> str:
    """What to write so that a column is no feature, beside those that are ignored already.

    >>> ignoring("signup", ["id"])
    'write, under [data], ignore = ["id", "signup"].'
    """
    return f"write, under [data], ignore = {json.dumps([*ignored, column], ensure_ascii=False)}."

import csv
import io
import json
import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.cli.output import (
    Column,
    Format,
    errors_of,
    fitting,
    print_rows,
    printable,
    shown,
    three_digits,
)

COLUMNS = (
    Column("name", "study"),
    Column("error", "best\nerror", errors_of("classification"), right=True),
)
texts = st.text(alphabet=st.characters(exclude_categories=("Cs",)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0123456, "0.0123"),
        (1.234e-5, "1.23e-5"),
        (1e-10, "1e-10"),
        (12345.0, "1.23e4"),
        (0.0, "0"),
        (7, "7"),
        (123456, "123456"),
        (True, "True"),
        (None, "–"),
        ("relu", "relu"),
        (math.inf, "inf"),
    ],
)
def test_three_digits(value, text: str) -> None:
    assert three_digits(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0334, "3.3 %"), (1.0, "100.0 %"), (None, "–"), (-12.34, "-12.3")]
)
def test_fractions_are_percentages(value, text: str) -> None:
    assert errors_of("classification")(value) == errors_of("multilabel")(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0334, "0.0334"), (2934.4, "2,934"), (None, "–")])
def test_squares_are_not(value, text: str) -> None:
    assert errors_of("regression")(value) == text


def test_a_table_is_for_people(capsys) -> None:
    print_rows(COLUMNS, [["digits", 0.0334], ["a [bold]name[/]", None]], Format.TABLE)
    assert capsys.readouterr().out == (
        "                  best\n"
        "study            error\n"
        "──────────────────────\n"
        "digits           3.3 %\n"
        "a [bold]name[/]      –\n"
    )


def test_json_holds_raw_values(capsys) -> None:
    rows = [["a", 1 / 3], ["b", math.nan], ["c", None], [datetime(2025, 1, 2, 3), ("x", "y")]]
    print_rows(COLUMNS, rows, Format.JSON)
    assert json.loads(capsys.readouterr().out) == [
        {"name": "a", "error": 1 / 3},
        {"name": "b", "error": None},
        {"name": "c", "error": None},
        {"name": "2025-01-02T03:00:00Z", "error": ["x", "y"]},
    ]


@given(st.lists(st.tuples(texts, st.floats(allow_nan=False) | st.none()), max_size=5))
def test_csv_is_read_back_as_it_was(rows) -> None:
    from contextlib import redirect_stdout

    with redirect_stdout(io.StringIO()) as printed:
        print_rows(COLUMNS, rows, Format.CSV)
    header, *read = csv.reader(io.StringIO(printed.getvalue(), newline=""))
    assert header == ["name", "error"]
    assert read == [[name, "" if error is None else repr(error)] for name, error in rows]


@given(texts)
def test_nothing_that_is_shown_can_command_a_terminal(text: str) -> None:
    assert printable(text).isprintable()
    assert shown(text).isprintable()
    if text.isprintable():
        assert printable(text) == text


@given(
    st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=8),
    st.integers(10, 120),
)
def test_optional_columns_give_way_from_the_right(columns, limit: int) -> None:
    widths, optional = [w for w, _ in columns], [o for _, o in columns]
    kept = fitting(widths, optional, limit)

    def width(places) -> int:
        return sum(widths[i] for i in places) + 2 * (len(places) - 1)

    gone = [i for i in range(len(widths)) if i not in kept]
    assert all(optional[i] for i in gone)
    if width(kept) > limit:
        assert not any(optional[i] for i in kept)
    if gone:
        assert width(sorted([*kept, gone[0]])) > limit, "nothing is left out without need"
        assert all(not optional[i] or i < gone[0] for i in kept)


@pytest.mark.parametrize("columns", [40, 200])
def test_a_narrow_terminal(capsys, monkeypatch, columns: int) -> None:
    from netclinic.cli import output
    from rich.console import Console

    def terminal(width=None):
        return Console(force_terminal=True, no_color=True, width=width or columns)

    monkeypatch.setattr(output, "stdout", terminal)
    wide = [Column("a", "a"), Column("b", "b", optional=True)]
    print_rows(wide, [["x" * 30, "y" * 30]], Format.TABLE)
    printed = capsys.readouterr()
    assert ("y" * 30 in printed.out) == (columns == 200)
    assert ("too narrow for b; -f csv" in printed.err) == (columns == 40)
    print_rows([Column("a", "a"), Column("b", "b b")], [["x" * 30, "y" * 30]], Format.TABLE)
    records = f"a    {'x' * 30}\nb b  {'y' * 30}\n"
    assert (capsys.readouterr().out == records) == (columns == 40)

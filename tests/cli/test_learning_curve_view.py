"""A learning curve on a terminal."""

import io
from dataclasses import replace

import pytest
from netclinic.cli.diagnosis_view import diagnosis_view
from netclinic.cli.learning_curve_view import learning_curve_view, print_learning_curve
from netclinic.cli.output import UNBROKEN
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.report.report_content import report_content
from rich.console import Console

from tests.diagnostics.conftest import make_study
from tests.diagnostics.learning_curves import FORECAST, RISING


def seen(picture, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(picture)
    return console.file.getvalue().replace(UNBROKEN, " ")


@pytest.fixture(scope="module")
def diagnosis():
    return diagnose(replace(make_study(), learning_curve=FORECAST))


def test_the_curve_is_told_with_all_its_points(diagnosis) -> None:
    text = seen(learning_curve_view(diagnosis))
    assert text.startswith("digits, trial 50: error against training rows\n")
    assert "✓ More rows help. With twice the rows (2,154)" in text
    lines = {
        line.split(" rows")[0].strip(): line for line in text.splitlines() if " rows  " in line
    }
    assert list(lines) == ["67", "117", "203", "353", "615", "1,077", "2,154", "4,308", "8,616"]
    assert "5.5 % (4.5–6.7 %)" in lines["1,077"]
    assert "●" in lines["67"]
    assert "An error of 3.0 % takes about 4,300 rows" in text


def test_a_narrow_terminal_cuts_no_number(diagnosis) -> None:
    for width in range(36, 100, 7):
        text = seen(learning_curve_view(diagnosis), width)
        assert "…" not in text
        assert max(map(len, text.splitlines())) <= width
        assert "4.0 % (3.2–5.0 %)" in text
        lines = [line.split(" rows")[0].strip() for line in text.splitlines()]
        assert lines.index("1,077") < lines.index("forecast") < lines.index("2,154")


def test_without_a_forecast_it_says_why(diagnosis) -> None:
    text = seen(learning_curve_view(replace(diagnosis, learning_curve=RISING)))
    assert "? Nothing is forecast. What more rows would bring cannot be told" in text
    assert "2,154" not in text
    assert "forecast" not in [line.strip() for line in text.splitlines()]


def test_it_is_printed_on_stdout(diagnosis, capsys) -> None:
    print_learning_curve(diagnosis)
    assert "More rows help." in capsys.readouterr().out


def test_a_diagnosis_has_it(diagnosis) -> None:
    study = make_study()
    text = seen(diagnosis_view(report_content(study, diagnosis), diagnosis))
    assert "What more data would bring\n  ✓ More rows help. With twice" in text
    bare = diagnose(study)
    assert "What more data would bring" not in seen(
        diagnosis_view(report_content(study, bare), bare)
    )

"""``netclinic learning-curve``: what it prints, in every form, and what it refuses."""

import json
import shutil

import pytest
from netclinic.diagnostics.statistics import learning_curve

from .conftest import run_here

pytestmark = pytest.mark.usefixtures("undrawn")
OPTIONS = ("--repeats", "3", "--no-progress")


@pytest.fixture(scope="module")
def measured(made_once, finished):
    def fill(folder) -> None:
        shutil.copytree(finished, folder, dirs_exist_ok=True)
        told = run_here("learning-curve", "tiny", *OPTIONS, folder=folder)
        assert told.code == 0, told.err
        (folder / "stdout").write_text(told.out)
        (folder / "stderr").write_text(told.err)

    return made_once("measured", fill)


@pytest.fixture
def studied(measured, tmp_path):
    shutil.copytree(measured, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_curve_is_measured_and_told(measured) -> None:
    told, beside = ((measured / name).read_text() for name in ("stdout", "stderr"))
    assert told.startswith("tiny, trial ")
    assert "training rows" in " ".join(told.split())
    assert "netclinic-out/tiny/report.html" in beside
    assert "What more data would bring" in (measured / "netclinic-out/tiny/report.html").read_text()


def test_a_curve_is_told_where_no_report_can_be_written(call, studied) -> None:
    (studied / "netclinic-out/tiny/report.html").unlink()
    (studied / "netclinic-out/tiny/report.html").mkdir()
    told = call("learning-curve", "tiny", *OPTIONS)
    assert told.code == 1
    assert told.out == (studied / "stdout").read_text()
    assert told.err.startswith("error: netclinic-out/tiny/report.html: Is a directory.")


def test_programs_get_every_number(call, studied) -> None:
    told = json.loads(call("learning-curve", "tiny", *OPTIONS, "-f", "json").out)
    assert [set(point) >= {"train_rows", "test_error"} for point in told["points"]] == [True] * 7
    assert told["repeats"] == 3
    header, *rows = call("learning-curve", "tiny", *OPTIONS, "-f", "csv").out.splitlines()
    assert header.startswith("train_rows,forecast,")
    assert len(rows) == 7 + len(told["forecasts"])


def test_a_target_of_a_refused_curve_is_answered(call, studied, monkeypatch) -> None:
    monkeypatch.setattr(learning_curve, "_is_rising", lambda _: True)
    told = call("learning-curve", "tiny", *OPTIONS, "--target", "0.1")
    assert told.code == 0
    assert "Nothing is forecast" in told.out
    assert "How many rows an error of 0.1 takes cannot be told" in told.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("tinny",), 1, "no study 'tinny'"),
        (("tiny", "--repeats", "2"), 2, "from 3"),
        (("tiny", "--target", "-1"), 2, "0"),
    ],
)
def test_what_cannot_be_measured_says_what_to_type(call, studied, arguments, code, message) -> None:
    told = call("learning-curve", *arguments)
    assert (told.code, told.out) == (code, "")
    assert message in " ".join(told.err.split())
    assert "Traceback" not in told.err

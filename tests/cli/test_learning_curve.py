"""``netclinic learning-curve``: what it prints, in every form, and what it refuses."""

import json
import shutil

import pytest

OPTIONS = ("--repeats", "3", "--no-progress")


@pytest.fixture
def studied(finished, tmp_path):
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_curve_is_measured_and_told(call, studied) -> None:
    told = call("learning-curve", "tiny", *OPTIONS)
    assert told.code == 0
    assert told.out.startswith("tiny, trial ")
    said = " ".join(told.out.split())
    assert "training rows" in said
    assert "netclinic-out/tiny/report.html" in told.err
    assert (studied / "netclinic-out/tiny/report.html").exists()


def test_programs_get_every_number(call, studied) -> None:
    told = json.loads(call("learning-curve", "tiny", *OPTIONS, "-f", "json").out)
    assert [set(point) >= {"train_rows", "test_error"} for point in told["points"]] == [True] * 7
    assert told["repeats"] == 3
    header, *rows = call("learning-curve", "tiny", *OPTIONS, "-f", "csv").out.splitlines()
    assert header.startswith("train_rows,forecast,")
    assert len(rows) == 7 + len(told["forecasts"])


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

"""``netclinic compare``: what it prints, in every form, and what it refuses."""

import json
import shutil

import pytest

from .conftest import run_here

pytestmark = pytest.mark.usefixtures("undrawn")
OPTIONS = ("--seeds", "2", "--no-progress")


def run_two(finished):
    def fill(folder) -> None:
        shutil.copytree(finished, folder, dirs_exist_ok=True)
        for name, change in (("wide", "network.hidden=[16]"), ("seeded", "study.seed=9")):
            changes = ("-S", f"study.name={name}", "-S", change)
            done = run_here("run", "tiny.toml", "--no-progress", *changes, folder=folder)
            assert done.code == 0, done.err

    return fill


@pytest.fixture
def studied(finished, made_once, tmp_path):
    shutil.copytree(made_once("compared", run_two(finished)), tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_two_studies_are_compared_and_told(call, studied) -> None:
    told = call("compare", "tiny", "wide", *OPTIONS)
    assert told.code == 0
    assert told.out.startswith("wide beside tiny\n")
    said = " ".join(told.out.split())
    assert "An idea of your own. Test error" in said
    assert "Study wide: -S 'network.hidden=[16]'" in said
    assert "netclinic-out/tiny/report.html" in told.err
    page = (studied / "netclinic-out/tiny/report.html").read_text()
    assert "Studies that were compared with this one" in page
    assert "Study wide" in call("diagnose", "tiny").out


def test_a_comparison_is_told_where_no_report_can_be_written(call, studied) -> None:
    (studied / "netclinic-out/tiny/report.html").unlink()
    (studied / "netclinic-out/tiny/report.html").mkdir()
    told = call("compare", "tiny", "wide", *OPTIONS)
    assert told.code == 1
    assert told.out.startswith("wide beside tiny\n")
    assert told.err.startswith("error: netclinic-out/tiny/report.html: Is a directory.")


def test_programs_get_every_number(call, studied) -> None:
    told = json.loads(call("compare", "tiny", "wide", *OPTIONS, "-f", "json").out)
    assert told["treated_study"] == "wide"
    header, row = call("compare", "tiny", "wide", *OPTIONS, "-f", "csv").out.splitlines()
    assert header.split(",") == list(told)
    assert row.startswith("own,network.hidden=[16],wide,error,")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("tiny", "wde"), 1, "no study 'wde'"),
        (("tinny", "wide"), 1, "no study 'tinny'"),
        (("tiny", "tiny"), 1, "got study 'tiny' twice"),
        (("tiny", "seeded"), 1, "-S study.seed=0"),
        (("tiny",), 2, "OTHER"),
        (("tiny", "wide", "--seeds", "1"), 2, "from 2"),
    ],
)
def test_what_cannot_be_compared_says_what_to_type(call, studied, arguments, code, message) -> None:
    told = call("compare", *arguments)
    assert (told.code, told.out) == (code, "")
    assert message in " ".join(told.err.split())
    assert "Traceback" not in told.err

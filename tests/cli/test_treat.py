"""``netclinic treat``: what it prints, in every form, and what it refuses."""

import json
import shutil

import pytest
from netclinic.search.spec_errors import Problem, SpecError
from netclinic.search.treatment import treat_study
from netclinic.search.treatment_plan import advised_plans
from netclinic.storage import TrialStore

from ..diagnostics.tried import TRIED

pytestmark = pytest.mark.usefixtures("undrawn")
# Small: what is tested here is the front door.
OPTIONS = ("--seeds", "2", "--no-progress")
IDEA = ("-S", "network.hidden=[16]")


@pytest.fixture
def studied(finished, tmp_path):
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_an_idea_is_tried_and_told(call, studied) -> None:
    told = call("treat", "tiny", *IDEA, *OPTIONS)
    assert told.code == 0
    assert told.out.startswith("tiny-own beside tiny\n")
    said = " ".join(told.out.split())
    assert "An idea of your own. Test error" in said
    assert "Study tiny-own: -S 'network.hidden=[16]'" in said
    assert "trained with 2 fresh seeds" in said
    assert "netclinic-out/tiny-own/report.html" in told.err
    assert (studied / "netclinic-out/tiny-own/report.html").exists()
    again = call("diagnose", "tiny")
    assert "What was tried" in again.out
    assert "An idea of your own" in again.out


def test_programs_get_every_number(call, studied) -> None:
    told = json.loads(call("treat", "tiny", *IDEA, *OPTIONS, "-f", "json").out)
    assert told["treated_study"] == "tiny-own"
    assert told["lower_by"] == pytest.approx(told["error"] - told["treated_error"], abs=1e-9)
    assert told["effect"] in ("helps", "harms", "in_vain", "open")
    header, row = call("treat", "tiny", *IDEA, *OPTIONS, "-f", "csv").out.splitlines()
    assert header.split(",") == list(told)
    assert row.startswith("own,network.hidden=[16],tiny-own,error,")


def test_files_go_beside_those_of_the_study(call, studied) -> None:
    told = call("treat", "tiny", *IDEA, *OPTIONS, "--output", "here/mine")
    assert told.code == 0
    assert (studied / "here/mine/report.html").exists()
    assert (studied / "here/mine-own/report.html").exists()


def test_all_that_was_tried_is_told_when_nothing_is_left(call, studied) -> None:
    with TrialStore("sqlite:///netclinic.db") as store:
        study = store.load_study("tiny")
        each = advised_plans(study, ()).plans
        assert len(each) > 1
        for plan in each:
            kind, change, *_ = plan.tried
            record = TRIED._replace(remedy=kind, spec_change=change, treated_study=plan.name)
            store.save_treatment(study.study_id, record)
    told = call("treat", "tiny", "--all", *OPTIONS)
    assert told.code == 0
    assert "Nothing that is advised is left to try." in told.err
    said = " ".join(told.out.split())
    assert said.startswith("What was tried on tiny ✓ Helps: ")
    assert all(f"Study {plan.name}: " in said for plan in each)
    assert f"→ Go on from study {each[0].name}: " in said
    rows = json.loads(call("treat", "tiny", "--all", *OPTIONS, "-f", "json").out)
    assert [row["treated_study"] for row in rows] == [plan.name for plan in each]
    header, *lines = call("treat", "tiny", "--all", *OPTIONS, "-f", "csv").out.splitlines()
    assert header.split(",") == list(rows[0])
    assert len(lines) == len(each)


def test_one_of_all_that_fails_is_told_at_the_end(call, studied, monkeypatch) -> None:
    with TrialStore("sqlite:///netclinic.db") as store:
        study = store.load_study("tiny")
        first, second, *rest = advised_plans(study, ()).plans
        for plan in rest:
            kind, change, *_ = plan.tried
            record = TRIED._replace(remedy=kind, spec_change=change, treated_study=plan.name)
            store.save_treatment(study.study_id, record)

    def fails_once(name, plan, *rest, **options):
        if plan.name == first.name:
            raise SpecError([Problem("SPEC", "training", "batch_size", "got 9")])
        yield from treat_study(name, plan, *rest, **options)

    monkeypatch.setattr("netclinic.search.all_remedies.treat_study", fails_once)
    told = call("treat", "tiny", "--all", *OPTIONS)
    assert told.code == 1
    assert f"Study {second.name}: " in " ".join(told.out.split())
    why = f"Not tried is {first.tried.remedy}: SPEC: [training] batch_size: got 9."
    assert told.err.rstrip().endswith(why)
    assert "Report" in told.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("treat", "tiny", "l2", "--all"), 2, "tries 'l2', too"),
        (("treat", "tiny", "--all", "-S", "study.name=b"), 1, "leave out -S study.name"),
        (("treat", "tinny"), 1, "no study 'tinny'"),
        (("treat", "tiny", "nothing"), 1, "got remedy 'nothing'"),
        (("treat", "tiny", "-S", "network.hiden=[4]"), 2, "hidden"),
        (("treat", "tiny", "-S", "data.test=0.4"), 1, "makes the test rows other ones"),
        (("treat", "tiny", *IDEA, "--seeds", "1"), 2, "from 2"),
    ],
)
def test_what_cannot_be_tried_says_what_to_type(call, studied, arguments, code, message) -> None:
    told = call(*arguments)
    assert (told.code, told.out) == (code, "")
    assert message in " ".join(told.err.split())
    assert "Traceback" not in told.err


def test_a_remedy_without_a_network_to_compare_says_so(call, studied) -> None:
    rates = "search.learning_rate={choice=[1e20]}"
    told = call("treat", "tiny", "-S", rates, *OPTIONS)
    assert told.code == 3
    assert "there is nothing to compare" in told.err


def test_when_the_time_is_up_the_same_command_goes_on(call, studied) -> None:
    """The first segment is over before the time is looked at again."""
    late = ("-S", "study.timeout=0.000001")
    told = call("treat", "tiny", *IDEA, *late, *OPTIONS)
    assert told.code == 1
    assert "The time was up. Stored: 0 trials of tiny-own." in told.err
    assert call("treat", "tiny", *IDEA, *OPTIONS).code == 0

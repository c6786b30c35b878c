"""Two studies are compared as a remedy's is with the one without it, or it is said why not."""

import shutil
import threading
from pathlib import Path

import pytest
from netclinic.search import (
    Folders,
    Phase,
    StudyError,
    TreatmentError,
    Wanted,
    compare_studies,
    plan_comparison,
    plan_of,
    treat_study,
)
from netclinic.storage import TrialStore
from netclinic.storage.records.treatments import FRESH

from .conftest import SMALL, UNSEEN, load, run, url_in

SEEDS = 2


def make(folder: Path) -> None:
    run(folder, UNSEEN)
    run(folder, UNSEEN, "study.name=wide", "network.hidden=[16]")


@pytest.fixture(scope="module")
def two(made_once) -> Path:
    return made_once("two", make)


@pytest.fixture
def folder(two, tmp_path) -> Path:
    return Path(shutil.copytree(two, tmp_path / "studies"))


def compare(folder: Path, other: str = "wide", stop_at: int | None = None) -> list:
    url, stop, found = url_in(folder), threading.Event(), []
    tried = plan_comparison("small", other, url)
    both = "small", other
    for progress in compare_studies(both, tried, url, folder / "out", stop, SEEDS):
        found.append(progress)
        if stop_at and len([it for it in found if it.phase is Phase.JUDGING]) == stop_at:
            stop.set()
    return found


def fresh(folder: Path, name: str) -> list:
    record = load(folder, name)
    return [r._replace(seconds=0.0) for r in record.replicates if r.kind == FRESH]


def test_two_studies_compare_as_a_remedy_does(folder) -> None:
    it = compare(folder)[-1].treated
    url, folders = url_in(folder), Folders(folder / "out", folder / "treated")
    plan = plan_of("small", url, Wanted(None, ("network.hidden=[16]",)))
    stop = threading.Event()
    *_, last = treat_study("small", plan, url, folders, stop, seeds=SEEDS)
    assert last.treated == it._replace(treated_study="small-own")
    assert load(folder).treatments == (it, last.treated)
    assert load(folder, "wide").treatments == ()
    assert "What was tried" in (folder / "out" / "report.md").read_text()


def test_stopped_and_begun_again_nothing_is_trained_twice(folder) -> None:
    assert compare(folder, stop_at=1)[-1].treated is None
    assert load(folder).treatments == ()
    before = fresh(folder, "small")
    last = compare(folder)[-1]
    assert fresh(folder, "small")[: len(before)] == before
    looks = compare(folder)
    assert not any(it.phase is Phase.JUDGING for it in looks)
    assert looks[-1].treated == last.treated


def test_what_the_other_study_does_otherwise_is_told(folder) -> None:
    patient = ("training.patience=2", "data.train_rows=80", "compute.lanes=2", "study.trials=2")
    run(folder, UNSEEN, "study.name=small-early-stopping", *patient)
    url = url_in(folder)
    told = plan_comparison("small", "small-early-stopping", url)
    assert told.remedy == "early_stopping"
    assert told.spec_change == "data.train_rows=80 -S training.patience=2"
    back = plan_comparison("small-early-stopping", "small", url)
    assert back[:2] == ("own", "~data.train_rows -S ~training.patience")


def test_the_same_spec_again_differs_by_nothing(folder) -> None:
    run(folder, UNSEEN, "study.name=again")
    it = compare(folder, "again")[-1].treated
    assert (it.spec_change, it.lower_by, it.pair_lower_by) == ("", 0.0, 0.0)


def test_what_a_diagnosis_predicted_is_told_beside(folder) -> None:
    with TrialStore(url_in(folder)) as store:
        record = store.load_study("small")
        gain = {"error": "training", "low": 0.0, "high": 0.2}
        l2 = {"kind": "l2", "rank": 1, "addresses": "high_variance", "reason": "", "gain": gain}
        advised = {**(record.diagnosis or {}), "remedies": [l2]}
        store.save_diagnosis(record.study_id, advised)
    run(folder, UNSEEN, "study.name=small-l2", "study.trials=2")
    told = plan_comparison("small", "small-l2", url_in(folder))
    assert told == ("l2", "", "training", 0.0, 0.2)


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (
            ("study.seed=9",),
            r"other test rows.*study.seed is 5 in 'small' and 9 in 'other'.*"
            r"netclinic run SPEC -S study.name=NAME -S study.seed=5$",
        ),
        (("data.test=0.3",), r"data.test is 0.2 in 'small' and 0.3 in 'other'.*-S data.test=0.2$"),
        (
            ("study.objective=balanced_error",),
            r"do not minimise the same.*study.objective is \"error\" in 'small'.*"
            r"""-S 'study.objective="error"'$""",
        ),
        (
            ("data.source=diabetes", "data.task=regression", "training.batch_size=32"),
            r"do not minimise the same.*data.task is \"classification\" in 'small'",
        ),
    ],
)
def test_studies_that_cannot_be_compared_say_what_to_type(folder, overrides, said) -> None:
    run(folder, UNSEEN, "study.name=other", "study.trials=2", *overrides)
    with pytest.raises(TreatmentError, match=said):
        plan_comparison("small", "other", url_in(folder))


def test_a_study_is_not_compared_with_itself(folder) -> None:
    with pytest.raises(TreatmentError, match=r"'small' twice.*netclinic treat small -S"):
        plan_comparison("small", "small", url_in(folder))


@pytest.mark.parametrize("places", [("small", "cut"), ("cut", "small")])
def test_an_unfinished_study_is_refused(folder, stop_at, places) -> None:
    stop_at(3, folder, "study.name=cut")
    with pytest.raises(StudyError, match=r"'cut' has \d+ unfinished.*netclinic resume cut"):
        plan_comparison(*places, url_in(folder))


def test_a_folder_that_cannot_be_written_is_told_before_a_winner_is_trained(folder) -> None:
    shutil.rmtree(folder / "out")
    (folder / "out").write_text("a file where the folder should be")
    with pytest.raises(StudyError, match="cannot be written there"):
        compare(folder)
    assert fresh(folder, "small") == []


def test_data_that_changed_is_refused_before_a_winner_is_trained(tmp_path) -> None:
    table = tmp_path / "table.csv"
    rows = [f"{i % 7},{i % 5},{i % 2}" for i in range(100)]
    table.write_text("\n".join(["a,b,kind", *rows]))
    text = SMALL.replace('"iris"', '"table.csv"\ntarget = "kind"')
    run(tmp_path, UNSEEN, text=text)
    rows[0] = "6,4,0"
    table.write_text("\n".join(["a,b,kind", *rows]))
    run(tmp_path, UNSEEN, "study.name=wide", text=text)
    with pytest.raises(StudyError, match="the data of study 'small' has changed"):
        compare(tmp_path)
    assert fresh(tmp_path, "wide") == []

"""A study of rows that come in groups: how the best network's errors hang together is stored."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.gaps import groupings
from netclinic.diagnostics.report.replication_text import again_part
from netclinic.diagnostics.statistics.grouped import grouping
from netclinic.diagnostics.studies.alike_trials import compare_with_best
from netclinic.diagnostics.studies.winner_parts import decompose_answers
from netclinic.models.answers import Answers, answer_errors, answer_task_errors
from netclinic.search import resume_study
from netclinic.search.best_answers import best_answers
from netclinic.search.conclusion import diagnose_again
from netclinic.search.group_effects import group_effects
from netclinic.search.spec_file import spec_from_resolved
from netclinic.search.study_data import load_data
from netclinic.search.trial_shape import task_spec
from netclinic.storage import TrialStore

from tests.search.conftest import DIAGNOSED, UNSEEN, load, run, url_in

PEOPLE, EACH = 50, 8
GROUPED = ("data.source=people.csv", "data.split=grouped", "data.group=who", 'data.ignore=["z"]')


def write_people(folder: Path) -> None:
    """The columns tell persons apart and nothing else, so the rows of each hang together."""
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(PEOPLE), EACH)
    x = rng.normal(size=(PEOPLE, 2))[who] + 0.1 * rng.normal(size=(PEOPLE * EACH, 2))
    z = 2 * rng.normal(size=PEOPLE)[who] + 0.3 * rng.normal(size=len(who))
    rows = zip(who, x.tolist(), z, z > 0, strict=True)
    lines = [f"p{w},{a:.4f},{b:.4f},{v:.4f},{c}" for w, (a, b), v, c in rows]
    (folder / "people.csv").write_text("\n".join(["who,a,b,z,above", *lines]))


def diagnosed_anew(folder: Path, network: Path | None) -> Any:
    """The study, diagnosed as where it was interrupted before it was concluded."""
    with closing(sqlite3.connect(folder / "trials.db")) as connection, connection:
        connection.execute("DELETE FROM bayes_estimates")
        connection.execute("DELETE FROM data_checks")
    diagnose_again("small", url_in(folder), network)
    return load(folder)


@pytest.mark.parametrize(
    "task",
    [("data.target=above",), ("data.target=z", "data.task=regression", 'data.ignore=["above"]')],
)
def test_rows_of_people_are_counted_as_people(task: tuple[str, ...], tmp_path: Path) -> None:
    write_people(tmp_path)
    small = ("study.trials=2", "training.epochs=3", "data.validation=0.2", "data.test=0.2")
    run(tmp_path, *DIAGNOSED, *GROUPED, *small, UNSEEN, "diagnosis.regions=false", *task)
    study = load(tmp_path)
    found = {it.split: it for it in study.data_checks if it.kind == "group_effect"}
    people = {split: it.details["groups"] for split, it in found.items()}
    assert people == {"training": 30, "validation": 10, "test": 10}
    assert {split: it.n for split, it in found.items()} == {k: 8 * v for k, v in people.items()}
    assert study.diagnosis is not None
    for split, it in found.items():
        assert 1 < it.value <= 1.5 * EACH
        told = study.diagnosis["errors"][split]
        alike = it.details.get("alike")
        assert told["grouped"] == {"number": people[split], "effect": it.value, "alike": alike}
        assert f"of rows of {people[split]} groups" in told["method"]
    assert np.mean([it.value for it in found.values()]) > 2
    assert any("groups are assumed" in text for text in study.diagnosis["not_checked"])
    assert study.provenance is not None
    assert study.provenance.dealt == "grouped"
    of_rows = study.provenance.validation_groups
    corrected = study.diagnosis["selection"]["corrected"]["error"]
    assert of_rows is not None
    assert sorted(np.unique(of_rows, return_counts=True)[1]) == [EACH] * people["validation"]
    assert corrected["grouped"]["number"] == people["validation"]
    assert study.spec is not None
    data = load_data(spec_from_resolved(study.spec), tmp_path)
    assert group_effects(tmp_path / "out", study, data) == tuple(found.values())
    assert diagnosed_anew(tmp_path, None).data_checks == ()
    (told,) = [it for it in load(tmp_path).diagnosis["not_checked"] if "Independence" in it]
    assert "intervals are too narrow; `netclinic resume small` measures it" in told
    anew = diagnosed_anew(tmp_path, tmp_path / "out")
    assert groupings(anew) == groupings(study)
    assert anew.diagnosis["errors"]["test"] == study.diagnosis["errors"]["test"]
    # Classes one after the other, as the errors stand: the groups must, too.
    labels = data.validation.labels
    order = np.argsort(labels, kind="stable") if data.target is None else slice(None)
    assert data.groups[1][order].tolist() == list(of_rows)
    assert group_effects(tmp_path / "elsewhere", study, data) == ()


def test_the_winners_parts_count_persons_and_the_report_says_so(tmp_path: Path) -> None:
    write_people(tmp_path)
    small = ("study.trials=2", "training.epochs=3", "data.validation=0.2", "data.test=0.2")
    again = ("study.replicates=3", "study.finalists=1", "diagnosis.regions=false")
    run(tmp_path, *DIAGNOSED, *GROUPED, *small, *again, UNSEEN, "data.target=above")
    study = load(tmp_path)
    winner = study.winner()
    assert winner is not None
    assert study.spec is not None
    with TrialStore(url_in(tmp_path)) as store:
        answers = store.answers(winner.trial_id, "group_bootstrap")
    data = load_data(spec_from_resolved(study.spec), tmp_path)
    of_rows = winner.number, answers, data.test.labels, data.classes
    assert study.decomposition == decompose_answers(*of_rows, data.groups[2])
    assert study.decomposition != decompose_answers(*of_rows)
    text = (tmp_path / "out" / "report.md").read_text().replace("\\", "")
    assert "judged on 80 test rows of 10 groups, by which the intervals count rows." in text
    assert "The samples draw whole groups of training rows." in text
    assert "A bootstrap sample holds 63 % of the groups" in text
    by_rows = tuple(r._replace(kind=r.kind.removeprefix("group_")) for r in study.replicates)
    part = again_part(diagnose(replace(study, replicates=by_rows)))
    assert part is not None
    assert "trained on other groups, it would vary more" in part.caveat, "by an earlier netclinic"


def test_copies_of_a_row_are_drawn_and_counted_as_one_group(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(100, 2)).round(4)
    copies = np.repeat(rows, rng.integers(1, 4, 100), axis=0)
    lines = [f"{a},{b},{int(a > 0)}" for a, b in copies]
    (tmp_path / "copies.csv").write_text("\n".join(["a,b,above", *lines]))
    source = ("data.source=copies.csv", "data.split=distinct", "data.target=above")
    small = ("study.trials=2", "training.epochs=2", "data.validation=0.2", "data.test=0.2")
    again = ("study.replicates=2", "study.finalists=1", "diagnosis.regions=false")
    run(tmp_path, *DIAGNOSED, *source, *small, *again, UNSEEN)
    study = load(tmp_path)
    assert {it.kind for it in study.replicates} == {"seed", "group_bootstrap"}
    effects = [it for it in study.data_checks if it.kind == "group_effect"]
    groups = {it.split: it.details["groups"] for it in effects}
    assert groups == {"training": 60, "validation": 20, "test": 20}
    assert {"drift", "shift"}.isdisjoint(it.kind for it in study.data_checks)
    anew = diagnosed_anew(tmp_path, None)
    assert any("rows count as independent" in it for it in anew.diagnosis["not_checked"])


def test_a_study_of_an_earlier_netclinic_knows_its_groups_once_resumed(tmp_path: Path) -> None:
    """As its upgraded tables are: nothing of groups, neither of rows nor of what they tell."""
    write_people(tmp_path)
    small = ("study.trials=2", "training.epochs=3", "data.validation=0.2", "data.test=0.2")
    unseen = ("diagnosis.regions=false", UNSEEN)
    run(tmp_path, *DIAGNOSED, *GROUPED, *small, *unseen, "data.target=above")
    as_run = load(tmp_path)
    with closing(sqlite3.connect(url_in(tmp_path).removeprefix("sqlite:///"))) as database:
        database.execute("UPDATE study_provenance SET validation_groups_json = NULL")
        database.execute("DELETE FROM data_checks WHERE kind = 'group_effect'")
        database.commit()
    old = load(tmp_path)
    assert not groupings(old)
    before = diagnose(old)
    assert before.errors.test.grouped is None
    assert before.selection is not None
    assert "`netclinic resume small` does" in str(before.selection.missing)
    compared = compare_with_best(old)
    assert compared is not None
    assert not compared.paired
    list(resume_study("small", url_in(tmp_path), tmp_path / "out", threading.Event()))
    resumed = load(tmp_path)
    assert resumed.trials == as_run.trials
    assert groupings(resumed) == groupings(as_run) != {}
    assert resumed.provenance is not None
    assert as_run.provenance is not None
    assert resumed.provenance.validation_groups == as_run.provenance.validation_groups
    assert compare_with_best(resumed) == compare_with_best(as_run)
    assert resumed.diagnosis is not None
    assert as_run.diagnosis is not None
    for told in ("errors", "gaps", "selection", "verdict"):
        assert resumed.diagnosis[told] == as_run.diagnosis[told]


def test_each_of_several_tasks_has_its_own_effect(tmp_path: Path) -> None:
    write_people(tmp_path)
    several = (
        "data.task=multitask",
        'data.targets={above="classification", z="regression"}',
        "diagnosis.task_bayes_error={above=0.0, z=0.0}",
    )
    grouped = [it for it in GROUPED if "ignore" not in it]
    small = ("study.trials=2", "training.epochs=3", "data.validation=0.2", "data.test=0.2")
    run(tmp_path, *DIAGNOSED, *grouped, *small, UNSEEN, "diagnosis.regions=false", *several)
    study = load(tmp_path)
    checks = [it for it in study.data_checks if it.kind == "group_effect"]
    found = {(it.split, it.details.get("task")): it for it in checks}
    whose = (None, "above", "z")
    assert set(found) == {(s, t) for s in ("training", "validation", "test") for t in whose}
    assert study.spec is not None
    assert study.diagnosis is not None
    best, spec = study.best(), spec_from_resolved(study.spec)
    data = load_data(spec, tmp_path)
    assert best is not None
    assert best.result is not None
    answers = best_answers(tmp_path / "out", spec, data, best)
    assert answers is not None
    each = answer_task_errors(task_spec(spec, data), answers["test"], data.test.labels)
    for place, task in enumerate(data.tasks):
        (measured,) = (
            it.error for it in best.result.tasks if (it.split, it.task) == ("test", task.name)
        )
        assert task.unit * each[:, place].mean() == pytest.approx(measured, rel=1e-5)
        effect = grouping(each[:, place].astype(np.float64), data.groups[2]).effect
        assert found["test", task.name].value == effect
        told = study.diagnosis["tasks"][task.name]["errors"]["test"]["grouped"]
        assert told == {"number": 10, "effect": effect, "alike": None}
    whole = study.diagnosis["errors"]["test"]["grouped"]
    assert whole == {"number": 10, "effect": found["test", None].value, "alike": None}


def test_rows_that_are_no_groups_have_none(tmp_path: Path) -> None:
    few = ("study.trials=2", "training.epochs=2")
    run(tmp_path, *DIAGNOSED, *few, "diagnosis.regions=false", UNSEEN)
    study = load(tmp_path)
    assert not [it for it in study.data_checks if it.kind == "group_effect"]
    assert study.diagnosis is not None
    assert study.diagnosis["errors"]["test"]["grouped"] is None
    spec = spec_from_resolved(dict(study.spec or {}))
    data = load_data(spec, tmp_path)
    assert group_effects(tmp_path / "out", study, data) == ()
    nothing = Answers(np.full((len(data.test.labels), data.classes), np.nan), None)
    assert answer_errors(task_spec(spec, data), nothing, data.test.labels).all()

"""A study that minimises the balanced error, from the spec to the database."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from netclinic.cli import main
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.report.report_content import report_content
from netclinic.diagnostics.statistics.rates import ClassCounts, mean_of_rates
from netclinic.models import load_network
from netclinic.models.tasks import TaskSpec
from netclinic.search import SpecError, parse_spec
from netclinic.search.balanced_errors import balanced_error
from netclinic.search.export import curve_rows
from netclinic.search.study_data import load_data
from netclinic.search.trial_shape import trial_fingerprint, trial_signature
from netclinic.storage import TrialStore
from netclinic.storage.records.results import Outcome
from netclinic.storage.records.study import StudyRecord
from sklearn.metrics import balanced_accuracy_score

from .conftest import DIAGNOSED, SMALL, UNSEEN, load, numbers_only, run, url_in

ROWS = """
import numpy

def rows():
    rng = numpy.random.default_rng(0)
    labels = rng.choice(3, 400, p=[0.8, 0.15, 0.05])
    return rng.normal(size=(400, 3)) + 1.2 * numpy.eye(3)[labels], labels
"""
BALANCED = (
    "data.source=rows.py:rows",
    "study.objective=balanced_error",
    "training.class_weights=balanced",
    "training.epochs=12",
    "search.learning_rate={log=[1e-2,0.5]}",
    UNSEEN,
)
WHOLE = (*BALANCED, "data.bridge=0.2", "training.patience=4")
PRUNED = ("pruning.kind=median", "pruning.startup=2", "pruning.window=4", "study.trials=10")


def spec(*overrides: str, folder: Path = Path()):
    return parse_spec(SMALL, file="", folder=folder, overrides=overrides).spec


def balanced_run(folder: Path, *overrides: str) -> StudyRecord:
    folder.mkdir(exist_ok=True)
    (folder / "rows.py").write_text(ROWS)
    run(folder, *overrides)
    return load(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("balanced")
    balanced_run(folder, *DIAGNOSED, *WHOLE)
    return folder


@pytest.fixture(scope="module")
def study(folder) -> StudyRecord:
    return load(folder)


def test_the_lowest_balanced_error_is_kept_of_the_epochs_and_of_the_trials(study) -> None:
    for trial in study.finished():
        result = trial.result
        errors = result.balanced_curves.validation
        assert result.best_epoch == errors.index(min(errors)) + 1
        assert trial.value == result.validation_balanced_error == min(errors)
        assert result.validation_error == result.curves.validation_error[result.best_epoch - 1]
        for split in ("training", "validation", "test", "bridge"):
            rows = getattr(study.provenance.class_rows, split)
            found = getattr(result, f"{split}_balanced_error")
            assert found == balanced_error(result.wrong[split], rows)
            assert getattr(result, f"{split}_error") == sum(result.wrong[split]) / sum(rows)
    assert study.best().value == min(t.value for t in study.finished())
    plain = min(study.finished(), key=lambda t: t.result.validation_error)
    assert plain.number != study.best().number, "the other objective would choose another trial"


def test_the_stored_network_has_the_balanced_errors_that_are_recorded(folder, study) -> None:
    data = load_data(spec(*WHOLE, folder=folder), folder)
    network = load_network(folder / "out" / "best").network
    result = study.best().result
    for name in ("train", "validation", "test", "bridge"):
        split = getattr(data, name)
        answers = np.asarray(network(split.inputs)).argmax(-1)
        expected = 1 - balanced_accuracy_score(split.labels, answers)
        column = "training" if name == "train" else name
        found = getattr(result, f"{column}_balanced_error")
        assert found == pytest.approx(expected, abs=1e-12)


def test_streamed_rows_and_other_lanes_give_the_same_trials(study, tmp_path) -> None:
    other = ("compute.data=stream", "compute.lanes=3", "compute.segment=5")
    assert numbers_only(balanced_run(tmp_path, *WHOLE, *other)) == numbers_only(study)


def test_a_pruner_sees_balanced_errors_and_a_resumed_study_is_the_same(tmp_path) -> None:
    whole = balanced_run(tmp_path / "whole", *BALANCED, *PRUNED)
    balanced_run(tmp_path / "halves", *BALANCED, *PRUNED, "study.trials=6")
    halves = balanced_run(tmp_path / "halves", *BALANCED, *PRUNED)
    assert numbers_only(halves) == numbers_only(whole)
    pruned = [t for t in whole.trials if t.result.outcome is Outcome.PRUNED]
    assert pruned
    for trial in pruned:
        assert trial.value == trial.result.balanced_curves.validation[-1]


def test_finalists_are_compared_by_their_balanced_errors(tmp_path) -> None:
    more = ("study.replicates=3", "study.finalists=2", "study.trials=4", "training.epochs=6")
    study = balanced_run(tmp_path, *BALANCED, *more)
    seeds = [r for r in study.replicates if r.kind == "seed"]
    assert len(seeds) == 4
    assert all(r.objective == r.validation_balanced_error is not None for r in seeds)
    means = {
        t.number: np.mean([r.validation_balanced_error for r in study.seeds_of(t)])
        for t in study.finalists()
    }
    assert study.winner().number == min(means, key=means.get)


def test_both_errors_are_shown(folder, study, capsys) -> None:
    best, storage = study.best(), ("--storage", url_in(folder))
    assert main(["best", "small", *storage]) == 0
    shown = capsys.readouterr().out
    assert "\nerror " in shown
    assert "\nbalanced error " in shown
    assert main(["trials", "small", *storage]) == 0
    assert "balanced" in capsys.readouterr().out
    (row, *_) = curve_rows(study).rows
    assert row[-2:] == tuple(curve[0] for curve in study.trials[0].result.balanced_curves)
    with TrialStore(url_in(folder)) as store:
        (row,) = store.query(
            "SELECT value, validation_balanced_error, validation_error FROM trial_summary "
            f"WHERE number = {best.number}"
        )[1]
    assert row == (best.value, best.value, best.result.validation_error)


def test_the_diagnosis_is_of_balanced_errors_and_shows_the_classes(folder, study) -> None:
    result = study.best().result
    diagnosis = json.loads((folder / "out" / "diagnosis.json").read_text())
    assert diagnosis["objective"] == "balanced_error"
    for split in ("training", "bridge", "validation", "test"):
        rung = diagnosis["errors"][split]
        assert rung["value"] == pytest.approx(getattr(result, f"{split}_balanced_error"))
        rows = getattr(study.provenance.class_rows, split)
        interval = mean_of_rates(ClassCounts(result.wrong[split], rows))
        assert (rung["low"], rung["high"]) == pytest.approx(interval[1:])
    floor = diagnosis["errors"]["bayes"]
    assert 0 < floor["low"] < floor["value"]
    assert floor["value"] == pytest.approx(result.test_balanced_error)
    report = (folder / "out" / "report.md").read_text()
    assert "Every class counts alike: errors are means over the classes." in report
    rare = f"{result.wrong['test'][2]} of {study.provenance.class_rows.test[2]}: "
    assert any(line.startswith("| 2 |") and rare in line for line in report.splitlines())
    assert "The classes" in (folder / "out" / "report.html").read_text()


def test_the_report_s_queries_give_balanced_errors(folder, study) -> None:
    diagnosis = diagnose(study)
    found = report_content(study, diagnosis).queries
    (errors,) = (query for query in found if query.what == "Its errors")
    with TrialStore(url_in(folder)) as store:
        for query in found:
            store.query(query.sql)
        (row,) = store.query(errors.sql)[1]
    measured = [e.value for name, e in diagnosis.errors.rungs() if name != "bayes"]
    assert row == pytest.approx(measured)


def test_classes_that_a_split_lacks_are_told(study) -> None:
    rows = study.provenance.class_rows
    lacking = rows._replace(validation=(*rows.validation[:2], 0))
    best = study.best()
    wrong = {**best.result.wrong, "validation": (*best.result.wrong["validation"][:2], 0)}
    trials = [
        replace(t, result=t.result._replace(wrong=wrong)) if t is best else t for t in study.trials
    ]
    provenance = study.provenance._replace(class_rows=lacking)
    told = diagnose(replace(study, trials=tuple(trials), provenance=provenance)).not_checked
    assert any("(1 in the validation rows) are left out" in text for text in told)


def test_without_it_a_trial_is_what_it_was(tmp_path) -> None:
    (tmp_path / "rows.py").write_text(ROWS)
    plain, other = (
        spec(*BALANCED, f"study.objective={objective}", folder=tmp_path)
        for objective in ("error", "balanced_error")
    )
    data = load_data(plain, tmp_path)
    rates = {"learning_rate": 0.1, "weight_decay": 0.0, "momentum": 0.9}
    assert trial_signature(plain, data, {}).task == TaskSpec()
    assert trial_signature(other, data, {}).task == TaskSpec("classification", balanced=3)
    assert trial_fingerprint(plain, data, 0, rates) != trial_fingerprint(other, data, 0, rates)


def test_a_quantity_has_no_balanced_error() -> None:
    with pytest.raises(SpecError, match="only classes can count alike: write"):
        spec("data.source=friedman1", "data.task=regression", "study.objective=balanced_error")
    with pytest.raises(SpecError, match=r'got "balanced".*did you mean "balanced_error"'):
        spec("study.objective=balanced")

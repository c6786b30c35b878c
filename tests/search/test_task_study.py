"""Studies of regression and of several labels, from the spec to verdict, report and network."""

import math

import numpy as np
import pytest
from netclinic.datasets.dataset import Dataset
from netclinic.models import load_network
from netclinic.search import parse_spec
from netclinic.search.study_data import load_data
from netclinic.storage.records.results import Outcome

from .conftest import DIAGNOSED, SMALL, UNSEEN, load, numbers_only, run

REGRESSION = ("data.source=friedman1", "data.task=regression", "data.rows=300")
LABELS = """
import numpy

def rows():
    rng = numpy.random.default_rng(0)
    x = rng.normal(size=(200, 6))
    return x, (x[:, :4] + 0.3 * rng.normal(size=(200, 4)) > 0).astype(int)
"""
MULTILABEL = ("data.source=labels.py:rows", "data.task=multilabel")
TASKS = [REGRESSION, MULTILABEL]


@pytest.fixture(autouse=True)
def labels(tmp_path):
    (tmp_path / "labels.py").write_text(LABELS)


def data_of(tmp_path, overrides) -> Dataset:
    loaded = parse_spec(SMALL, file="", folder=tmp_path, overrides=overrides)
    return load_data(loaded.spec, tmp_path)


def row_errors(dataset: Dataset, split, folder):
    """Of the saved network, from its answers: in the target's units, or as shares of labels."""
    best = load_network(folder / "out" / "best")
    around = best.surroundings
    raw = split.inputs * np.asarray(around.scale) + np.asarray(around.mean)
    answers = best.predict(raw)
    if dataset.target is not None:
        truth = split.labels * dataset.target.scale + dataset.target.mean
        return (np.array(answers) - truth) ** 2
    said = np.array([[name in row for name in around.class_names] for row in answers])
    return (said != split.labels).mean(axis=1)


@pytest.mark.parametrize("task", TASKS)
def test_errors_and_deviations_are_those_of_the_network_that_was_saved(tmp_path, task):
    conclusion = run(tmp_path, *task, *DIAGNOSED)[-1].conclusion
    assert conclusion is not None
    assert conclusion.diagnosis is not None
    assert (tmp_path / "out" / "report.html").exists()
    best = load(tmp_path).best()
    assert best is not None
    assert best.result is not None
    dataset, result = data_of(tmp_path, task), best.result
    for name in ("train", "validation", "test"):
        errors = row_errors(dataset, getattr(dataset, name), tmp_path)
        stored = {"train": "training"}.get(name, name)
        assert getattr(result, f"{stored}_error") == pytest.approx(errors.mean(), rel=1e-4)
        assert getattr(result, f"{stored}_deviation") == pytest.approx(errors.std(), rel=1e-3)
    assert best.value == result.validation_error


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("other", ["compute.lanes=3", "compute.data=stream"])
def test_neither_lanes_nor_streaming_change_a_number(tmp_path, task, other):
    for name, change in (("one", "compute.lanes=1"), ("other", other)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "labels.py").write_text(LABELS)
        run(tmp_path / name, *task, UNSEEN, "study.trials=3", "training.patience=2", change)
    assert numbers_only(load(tmp_path / "one")) == numbers_only(load(tmp_path / "other"))


def test_the_targets_variance_is_that_around_the_training_mean(tmp_path):
    run(tmp_path, *REGRESSION, UNSEEN, "study.trials=1")
    study, dataset = load(tmp_path), data_of(tmp_path, REGRESSION)
    assert study.provenance is not None
    assert dataset.target is not None
    variance = study.provenance.target_variance
    assert variance is not None
    assert variance.train == pytest.approx(dataset.target.scale**2)
    spread = (dataset.test.labels * dataset.target.scale) ** 2
    assert variance.test == pytest.approx(spread.mean(), rel=1e-5)


def test_a_regression_that_diverges_has_no_value(tmp_path):
    progress = run(tmp_path, *REGRESSION, UNSEEN, "search.learning_rate=1e30", "study.trials=2")
    study = load(tmp_path)
    assert [t.result and t.result.outcome for t in study.trials] == [Outcome.DIVERGED] * 2
    assert [t.value for t in study.trials] == [None, None]
    conclusion = progress[-1].conclusion
    assert conclusion is not None
    assert conclusion.diagnosis is None


def test_a_regression_is_searched_by_tpe_and_pruned(tmp_path):
    changes = ("search.sampler=tpe", "pruning.kind=median", "pruning.startup=2", "pruning.every=2")
    run(tmp_path, *REGRESSION, UNSEEN, *changes, "study.trials=10", "training.epochs=6")
    trials = load(tmp_path).trials
    assert len(trials) == 10
    assert all(t.value is None or math.isfinite(t.value) for t in trials)

"""The vital signs of a study's trials: measured where they end, and stored."""

import math

import numpy as np
import pytest
from netclinic.datasets.dataset import Dataset
from netclinic.diagnostics.vital_signs.vital_sign import share_learnt
from netclinic.models.lanes import Lanes
from netclinic.search import parse_spec
from netclinic.search.study_data import load_data
from netclinic.search.trial_signs import constant_loss
from netclinic.storage.records.results import Outcome

from .conftest import SMALL, load, numbers_only, run


def data_of(text: str, folder) -> Dataset:
    loaded = parse_spec(text, file="study.toml", folder=folder)
    return load_data(loaded.spec, loaded.folder)


def test_completed_trials_have_a_start_and_an_end(undisturbed) -> None:
    for trial in undisturbed.finished():
        result = trial.result
        assert [s.moment for s in result.signs] == ["start", "end"]
        start, end = result.signs
        assert [layer.layer for layer in end.layers] == ["inputs", "hidden.0", "output"]
        assert start.rows == end.rows == undisturbed.provenance.rows.train
        assert end.loss == pytest.approx(result.training_loss, rel=1e-4), "all rows, no dropout"
        assert start.zero_loss == pytest.approx(math.log(3), rel=1e-6)
        assert [layer.moved for layer in start.layers] == [None, 0, 0]
        assert all(layer.moved > 0 for layer in end.layers[1:])
        weights = [layer.weight_norm for layer in start.layers[1:]]
        assert all(weight > 0 for weight in weights)


def test_the_constant_answer_of_classes_is_their_entropy(tmp_path) -> None:
    data = data_of(SMALL, tmp_path)
    shares = np.bincount(np.asarray(data.train.labels)) / len(data.train.labels)
    assert constant_loss(data) == pytest.approx(-(shares * np.log(shares)).sum())
    assert constant_loss(data) < math.log(3)


def test_the_constant_answer_under_weights_is_best_by_the_weighted_loss(tmp_path) -> None:
    data = data_of(SMALL, tmp_path)
    counts = np.bincount(np.asarray(data.train.labels))
    balanced = tuple((counts.sum() / (3 * counts)).tolist())
    assert constant_loss(data, balanced) == pytest.approx(math.log(3))
    first = constant_loss(data, (2.0, 1.0, 1.0))
    answer = counts * [2, 1, 1] / (counts @ [2, 1, 1])
    assert first == pytest.approx(-(counts / counts.sum() * np.log(answer)).sum())
    assert first > constant_loss(data)


def test_a_network_that_learns_under_weights_is_on_no_plateau(tmp_path) -> None:
    """One row in ten is of the rare class: answering both alike has more loss than "common"."""
    rare = """
import numpy as np
def rows():
    rng = np.random.default_rng(0)
    y = (np.arange(600) % 10 == 0).astype(int)
    return rng.normal(size=(600, 2)) + 2.5 * y[:, None], y
"""
    (tmp_path / "rare.py").write_text(rare)
    text = SMALL.replace('"iris"', '"rare.py:rows"')
    steady = ("search.learning_rate=0.1", "search.momentum=0.5", "study.trials=2")
    run(tmp_path, "training.class_weights=balanced", *steady, text=text)
    best = load(tmp_path).best().result
    assert best.signs[0].constant_loss == pytest.approx(math.log(2), rel=1e-3)
    assert share_learnt(best) > 0.5


def test_the_constant_answer_of_a_quantity_is_its_variance(tmp_path) -> None:
    data = data_of(SMALL.replace('"iris"', '"diabetes"\ntask = "regression"'), tmp_path)
    assert constant_loss(data) == pytest.approx(float(np.var(data.train.labels)))
    assert constant_loss(data) == pytest.approx(1, rel=1e-5)


def test_a_trial_that_diverges_shows_how_it_began(tmp_path) -> None:
    run(tmp_path, "search.learning_rate=1e20", "study.trials=2")
    for trial in load(tmp_path).trials:
        assert trial.result.outcome is Outcome.DIVERGED
        assert [s.moment for s in trial.result.signs] == ["start"]


def test_early_stopping_shows_the_network_that_is_kept(tmp_path) -> None:
    run(tmp_path, "training.patience=2", "training.epochs=30", "search.learning_rate=0.3")
    stopped = [t.result for t in load(tmp_path).finished() if t.result.best_epoch < t.result.epochs]
    assert stopped
    for result in stopped:
        assert result.signs[1].loss == pytest.approx(result.training_loss, rel=1e-4)


def test_pruned_trials_and_replicates_have_none(tmp_path) -> None:
    run(
        tmp_path,
        "pruning.kind=halving",
        "pruning.every=1",
        "study.replicates=2",
        "study.finalists=2",
    )
    study = load(tmp_path)
    outcomes = {t.result.outcome for t in study.trials}
    assert {Outcome.COMPLETED, Outcome.PRUNED} <= outcomes
    for trial in study.trials:
        assert bool(trial.result.signs) == (trial.result.outcome is not Outcome.PRUNED)
    assert study.replicates


def test_without_vital_signs_trials_train_the_same_and_the_diagnosis_says_what_it_lacks(
    tmp_path, undisturbed, monkeypatch
) -> None:
    def refuse(*_):
        raise AssertionError("the layers were looked at")

    monkeypatch.setattr(Lanes, "vital_signs", refuse)
    run(tmp_path, "diagnosis.vital_signs=false")
    study = load(tmp_path)
    unseen = [
        (*known, result and result._replace(signs=()))
        for *known, result in numbers_only(undisturbed)
    ]
    assert numbers_only(study) == unseen
    lacking = study.diagnosis["not_checked"]
    assert any(line.endswith("as [diagnosis] vital_signs = false.") for line in lacking)
    whole = undisturbed.diagnosis["not_checked"]
    assert not any("[diagnosis] vital_signs" in line for line in whole)


def test_lanes_change_no_sign(tmp_path, undisturbed) -> None:
    run(tmp_path, "compute.lanes=7", "compute.segment=3")
    assert numbers_only(load(tmp_path)) == numbers_only(undisturbed)


def test_streamed_rows_show_the_same(tmp_path, undisturbed) -> None:
    run(tmp_path, "compute.data=stream")
    assert numbers_only(load(tmp_path)) == numbers_only(undisturbed)

"""A study with early stopping: what is recorded of its trials, stored and told."""

import threading

import numpy as np
import pytest
from netclinic.cli import main
from netclinic.datasets import DataRequest, load_dataset
from netclinic.models import load_network
from netclinic.models.lanes import Lanes
from netclinic.search import parse_spec, run_study
from netclinic.search.spec_file import spec_from_resolved
from netclinic.search.study_data import load_data
from netclinic.storage import TrialStore
from netclinic.storage.records.results import Outcome
from netclinic.storage.records.study import StudyRecord

from .conftest import SMALL, UNSEEN, load, numbers_only, run, url_in

EPOCHS, PATIENCE = 20, 3
STOPPING = (f"training.patience={PATIENCE}", f"training.epochs={EPOCHS}", UNSEEN)
PRUNED = ("pruning.kind=median", "pruning.startup=2", "pruning.window=4", "study.trials=16")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stopping")
    run(folder, *STOPPING)
    return folder


@pytest.fixture(scope="module")
def study(folder) -> StudyRecord:
    return load(folder)


def test_a_trial_s_value_and_errors_are_those_of_its_best_epoch(study: StudyRecord) -> None:
    ends = set()
    for trial in study.finished():
        result = trial.result
        assert result is not None
        assert result.best_epoch is not None
        errors = result.curves.validation_error
        assert len(errors) == result.epochs
        assert result.best_epoch == errors.index(min(errors)) + 1
        assert result.epochs == min(EPOCHS, result.best_epoch + PATIENCE)
        assert trial.value == result.validation_error == min(errors)
        for name in ("training_loss", "training_error", "validation_loss"):
            curve = getattr(result.curves, name)
            assert getattr(result, name) == curve[result.best_epoch - 1]
        ends.add(result.epochs)
    assert len(ends) > 3, "trials stop at different epochs"


def test_the_stored_network_and_the_test_error_are_those_of_the_best_epoch(folder, study) -> None:
    best = study.best()
    assert best.result.best_epoch < best.result.epochs
    request = DataRequest("iris", None, 0.2, 0.2, standardize=True, seed=5, folder=folder)
    data = load_dataset(request)
    network = load_network(folder / "out" / "best")
    assert network.surroundings.trial == best.number
    for split, error in ((data.validation, best.value), (data.test, best.result.test_error)):
        outputs = np.asarray(network.network(split.inputs))
        assert np.mean(outputs.argmax(1) != split.labels) == pytest.approx(error)


def test_operations_are_counted_for_the_epochs_that_were_trained(study, undisturbed) -> None:
    def epochs(of: StudyRecord) -> int:
        return sum(t.result.epochs for t in of.trials if t.result)

    assert epochs(study) < EPOCHS * len(study.trials)
    assert study.costs.flops / epochs(study) == undisturbed.costs.flops / epochs(undisturbed)


def test_the_same_trials_whatever_the_lanes_and_the_segment(study, tmp_path) -> None:
    run(tmp_path, *STOPPING, "compute.lanes=3", "compute.segment=7")
    assert numbers_only(load(tmp_path)) == numbers_only(study)


def test_a_pruned_study_goes_on_as_if_it_had_not_been_stopped(tmp_path) -> None:
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    whole.mkdir()
    halves.mkdir()
    run(whole, *STOPPING, *PRUNED)
    loaded = parse_spec(SMALL, file="", folder=halves, overrides=(*STOPPING, *PRUNED))
    stop = threading.Event()
    for seen, _ in enumerate(run_study(loaded, url_in(halves), halves / "out", stop)):
        if seen == 5:
            stop.set()
    assert load(halves).finished() != load(whole).finished()
    run(halves, *STOPPING, *PRUNED)
    assert numbers_only(load(halves)) == numbers_only(load(whole))
    outcomes = [t.result.outcome for t in load(whole).trials if t.result]
    assert {Outcome.PRUNED, Outcome.COMPLETED} <= set(outcomes)
    assert any(t.result.epochs < EPOCHS for t in load(whole).finished())
    for trial in load(whole).trials:
        if trial.result and trial.result.outcome is Outcome.PRUNED:
            assert trial.value == trial.result.curves.validation_error[-1]


def test_a_lane_is_free_at_the_border_of_the_segment_in_which_its_trial_stopped(
    tmp_path, monkeypatch
) -> None:
    segments = []
    train = Lanes.train_segment

    def counted(lanes: Lanes, state):
        segments.append(lanes)
        return train(lanes, state)

    monkeypatch.setattr(Lanes, "train_segment", counted)
    run(tmp_path, *STOPPING, "compute.lanes=1", "compute.segment=1", "study.trials=4")
    with TrialStore(url_in(tmp_path)) as store:
        epochs = sum(t.result.epochs for t in store.load_study("small").trials if t.result)
    assert len(segments) == epochs + 1, "one more compiles"


def test_show_tells_when_a_trial_ended_and_whose_weights_it_kept(folder, study, capsys) -> None:
    best = study.best()
    assert main(["show", "small", str(best.number), "--storage", url_in(folder)]) == 0
    result = best.result
    text = f"stopped early after epoch {result.epochs}, weights of epoch {result.best_epoch}"
    assert capsys.readouterr().out.startswith(f"Trial {best.number} of small: completed, {text}\n")


def test_replicates_answer_with_the_weights_of_their_best_epoch(tmp_path) -> None:
    run(tmp_path, *STOPPING, "study.trials=4", "study.replicates=3", "study.finalists=1")
    with TrialStore(url_in(tmp_path)) as store:
        study = store.load_study("small")
        labels = load_data(spec_from_resolved(study.spec), tmp_path).test.labels
        found = store.answers(study.winner().trial_id, "bootstrap")
    for each in study.replicates:
        if each.kind == "bootstrap":
            wrong = np.mean(np.asarray(found[each.replicate]) != labels)
            assert wrong == pytest.approx(each.test_error)

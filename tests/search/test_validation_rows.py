"""Which validation rows' errors are kept, and that they are those of the networks kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets.dataset import Dataset, Preprocessing, Split, TargetScale
from netclinic.models import load_network
from netclinic.search import validation_rows
from netclinic.search.study_data import load_data
from netclinic.search.validation_rows import kept_groups, packed_errors, picked_rows
from netclinic.storage.records.results import RowErrors
from netclinic.storage.records.study import StudyRecord

from .conftest import UNSEEN, load, run
from .test_balanced_study import BALANCED, balanced_run, spec
from .test_multitask_study import FLOORS, MULTITASK
from .test_multitask_study import ROWS as SEVERAL
from .test_task_study import LABELS, MULTILABEL, REGRESSION


def dataset(labels: np.ndarray, task: str = "classification", scale: float = 1.0) -> Dataset:
    split = Split(np.zeros((len(labels), 1), np.float32), labels)
    names = tuple(str(c) for c in range(int(labels.max()) + 1))
    target = TargetScale(0.0, scale) if task == "regression" else None
    nothing = Preprocessing(np.zeros(1, np.float32), np.ones(1, np.float32))
    made = Dataset("made", split, split, split, names, ("x",), nothing, "0" * 64)
    return replace(made, task=task, target=target)


def unpacked(errors: RowErrors) -> np.ndarray:
    if errors.kind == "bits":
        return np.unpackbits(np.frombuffer(errors.data, np.uint8))[: errors.kept_rows]
    return np.frombuffer(errors.data, "<f4")


def test_few_rows_are_all_kept_in_the_order_of_their_classes() -> None:
    labels = np.random.default_rng(0).integers(4, size=500).astype(np.int32)
    picked = picked_rows(dataset(labels), 7)
    assert picked.dtype == np.int32
    assert sorted(picked) == list(range(500))
    assert picked.tolist() == np.argsort(labels, kind="stable").tolist()
    quantities = labels.astype(np.float32)
    assert picked_rows(dataset(quantities, "regression"), 7).tolist() == list(range(500))


def test_of_many_rows_some_are_drawn_by_the_seed_each_at_most_once(monkeypatch) -> None:
    monkeypatch.setattr(validation_rows, "KEPT", 100)
    labels = np.random.default_rng(0).integers(4, size=1000).astype(np.int32)
    for task, of in (("classification", labels), ("regression", labels.astype(np.float32))):
        first, again, other = (picked_rows(dataset(of, task), seed) for seed in (1, 1, 2**62))
        assert first.tolist() == again.tolist() != other.tolist()
        assert len(set(first.tolist())) == 100


def test_every_row_is_drawn_equally_often(monkeypatch) -> None:
    """Over 2,000 seeds each of 20 rows is drawn 500 times, within 4.5 deviations of a binomial."""
    monkeypatch.setattr(validation_rows, "KEPT", 5)
    made = dataset(np.arange(20, dtype=np.int32) % 3)
    drawn = np.bincount(np.concatenate([picked_rows(made, seed) for seed in range(2000)]))
    assert np.abs(drawn - 500).max() < 4.5 * np.sqrt(2000 * 0.25 * 0.75)


def test_where_classes_count_alike_a_rare_one_loses_no_rows(monkeypatch) -> None:
    monkeypatch.setattr(validation_rows, "KEPT", 100)
    labels = np.repeat(np.arange(3, dtype=np.int32), (960, 30, 10))
    rows = picked_rows(dataset(labels), 3, alike=True)
    assert np.bincount(labels[rows]).tolist() == [60, 30, 10]
    assert len(set(rows.tolist())) == 100
    assert (np.diff(labels[rows]) >= 0).all()


def test_the_groups_kept_are_those_of_the_rows_picked(monkeypatch) -> None:
    monkeypatch.setattr(validation_rows, "KEPT", 5)
    labels = np.arange(20, dtype=np.int32) % 3
    made = dataset(labels)
    picked = picked_rows(made, 0)
    assert kept_groups(made, picked) is None
    who = (np.zeros(20, int), np.arange(20) // 4, np.zeros(20, int))
    assert kept_groups(replace(made, groups=who), picked) == tuple((picked // 4).tolist())


def test_errors_are_packed_in_their_own_units() -> None:
    labels = np.array([1, 0, 1, 1, 0, 1, 0, 1, 1], np.int32)
    made = dataset(labels)
    picked = picked_rows(made, 0)
    wrong = np.array([1, 0, 0, 0, 0, 0, 0, 1, 1], np.float32)
    assert packed_errors(wrong, made, picked) == RowErrors("bits", 9, 9, b"\x81\x80", (3, 6))
    numbers = dataset(labels.astype(np.float32), "regression", scale=3.0)
    errors = packed_errors(wrong, numbers, np.arange(9, dtype=np.int32))
    assert unpacked(errors).tolist() == (9 * wrong).tolist()
    assert packed_errors(np.append(wrong[1:], np.float32(np.inf)), numbers, picked) is None


def check(study: StudyRecord, objective: str = "validation_error") -> None:
    """All completed trials have errors, whose mean is the validation error that is recorded."""
    assert sorted(study.row_errors) == [t.number for t in study.finished()]
    assert study.row_errors
    for trial in study.finished():
        kept = study.row_errors[trial.number]
        assert kept.kept_rows == kept.validation_rows == study.provenance.rows.validation
        expected = getattr(trial.result, objective)
        assert unpacked(kept).mean() == pytest.approx(expected, rel=1e-5, abs=1e-7)


def check_network(study: StudyRecord, folder: Path, loaded) -> None:
    """The best trial's errors are those of the network on disk, row by row."""
    data = load_data(loaded, folder)
    rows = picked_rows(data, loaded.study.seed, alike=loaded.study.minimises_balanced)
    network = load_network(folder / "out" / "best").network
    answers = np.asarray(network(np.asarray(data.validation.inputs)[rows])).argmax(-1)
    wrong = answers != data.validation.labels[rows]
    assert unpacked(study.row_errors[study.best().number]).tolist() == wrong.tolist()


def test_the_errors_are_those_of_the_weights_of_the_best_epoch(tmp_path) -> None:
    """Training goes on after the epoch whose weights are kept; its errors would be others."""
    stopping = ("training.patience=3", "training.epochs=12", UNSEEN)
    run(tmp_path, *stopping)
    study = load(tmp_path)
    check(study)
    check_network(study, tmp_path, spec(*stopping))
    assert any(t.result.best_epoch < t.result.epochs for t in study.finished())
    (tmp_path / "streamed").mkdir()
    run(tmp_path / "streamed", *stopping, "compute.data=stream", "compute.lanes=3")
    assert load(tmp_path / "streamed").row_errors == study.row_errors


def test_where_classes_count_alike_rows_tell_each_class(tmp_path) -> None:
    study = balanced_run(tmp_path, *BALANCED, "training.patience=3", UNSEEN)
    check(study)
    check_network(study, tmp_path, spec(*BALANCED, "training.patience=3", folder=tmp_path))
    for number, kept in study.row_errors.items():
        of_class = np.split(unpacked(kept), np.cumsum(kept.class_rows)[:-1])
        wrong = study.trials[number].result.wrong["validation"]
        assert [int(part.sum()) for part in of_class] == list(wrong)
        assert kept.class_rows == study.provenance.class_rows.validation


@pytest.mark.parametrize("task", ["regression", "multilabel", "multitask"])
@pytest.mark.parametrize("stream", ["resident", "stream"])
def test_quantities_labels_and_tasks_have_errors_too(tmp_path, task, stream) -> None:
    (tmp_path / "labels.py").write_text(LABELS)
    (tmp_path / "several.py").write_text(SEVERAL)
    overrides = {
        "regression": REGRESSION,
        "multilabel": MULTILABEL,
        "multitask": (*MULTITASK, FLOORS),
    }[task]
    run(tmp_path, *overrides, "study.trials=5", f"compute.data={stream}", UNSEEN)
    study = load(tmp_path)
    check(study)
    assert {kept.kind for kept in study.row_errors.values()} == {"float32"}


def test_pruned_diverged_and_repeated_trials_have_none(tmp_path) -> None:
    pruning = ("pruning.kind=median", "pruning.startup=2", "pruning.window=4", "study.trials=10")
    again = ("study.replicates=3", "study.finalists=2", "search.learning_rate={log=[1e-2,1e3]}")
    run(tmp_path, *pruning, *again, UNSEEN)
    study = load(tmp_path)
    ended = {t.result.outcome.value for t in study.trials}
    assert ended == {"completed", "pruned", "diverged"}
    check(study)
    assert study.replicates

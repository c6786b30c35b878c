"""Studies of several tasks at once, from the spec to the stored errors, report and network."""

import threading
from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets.dataset import DataError
from netclinic.models import load_network
from netclinic.models.own_code import OwnCodeError
from netclinic.search import SpecError, parse_spec, resume_study
from netclinic.search.export import task_curve_rows
from netclinic.search.study_data import load_data
from netclinic.search.trial_shape import trial_hyperparameters, trial_signature

from .conftest import DIAGNOSED, ESTIMATED, SMALL, UNSEEN, load, numbers_only, run, url_in

ROWS = """
import numpy

def rows():
    rng = numpy.random.default_rng(0)
    x = rng.normal(size=(200, 6))
    size = 3 * x[:, 0] - x[:, 1] + 0.3 * rng.normal(size=200)
    kind = (x[:, 2] + x[:, 3] > 0).astype(int) + (x[:, 3] > 1)
    return x, numpy.column_stack([kind, 10 + 5 * size, x[:, 4] ** 2])

def kinds():
    x, y = rows()
    return x, y[:, 0]

def sizes():
    x, y = rows()
    return x, y[:, 1]
"""
TARGETS = '{kind="classification", size="regression", bend="regression"}'
SEVERAL = ("data.task=multitask", ESTIMATED)
MULTITASK = ("data.source=several.py:rows", *SEVERAL, f"data.targets={TARGETS}")
# Where floors are not what is tested, they are given: each is estimated by itself.
FLOORS = "diagnosis.task_bayes_error={kind=0.1, size=1.0, bend=1.0}"
WEIGHTED = (*MULTITASK, "search.task_weights={size={log=[0.1,10]}, bend=0.5}")
RATE = "search.learning_rate={log=[1e-3,3e-2]}"


@pytest.fixture(autouse=True)
def rows(tmp_path):
    (tmp_path / "several.py").write_text(ROWS)


def spec_of(tmp_path, *overrides):
    return parse_spec(SMALL, file="", folder=tmp_path, overrides=overrides).spec


def errors_by_hand(dataset, split, folder):
    """Each task's row errors, from what the saved network answers by the names of its tasks."""
    best = load_network(folder / "out" / "best")
    around = best.surroundings
    answers = best.predict(split.inputs * np.asarray(around.scale) + np.asarray(around.mean))
    found = {}
    for place, task in enumerate(dataset.tasks):
        said = [row[task.name] for row in answers]
        if task.scale is None:
            truth = [task.class_names[int(i)] for i in split.labels[:, place]]
            found[task.name] = np.array([a != b for a, b in zip(said, truth, strict=True)], float)
        else:
            truth = split.labels[:, place] * task.scale.scale + task.scale.mean
            found[task.name] = (np.array(said) - truth) ** 2
    return found


def test_the_errors_of_each_task_are_those_of_the_network_that_was_saved(tmp_path):
    conclusion = run(tmp_path, *WEIGHTED, *DIAGNOSED, RATE, "study.trials=4")[-1].conclusion
    assert conclusion is not None
    assert conclusion.diagnosis is not None
    best = load(tmp_path).best()
    assert best is not None
    assert best.result is not None
    dataset = load_data(spec_of(tmp_path, *WEIGHTED), tmp_path)
    stored = {(t.split, t.task): t for t in best.result.tasks}
    assert len(stored) == len(best.result.tasks) == 9
    for split in ("training", "validation", "test"):
        part = dataset.train if split == "training" else getattr(dataset, split)
        relative = []
        for task in dataset.tasks:
            errors = errors_by_hand(dataset, part, tmp_path)[task.name]
            found = stored[split, task.name]
            assert found.kind == task.kind
            assert found.error == pytest.approx(errors.mean(), rel=1e-4)
            assert found.deviation == pytest.approx(errors.std(), rel=1e-3)
            relative.append(errors.mean() / task.constant_error)
            assert found.relative_error == pytest.approx(relative[-1], rel=1e-4)
        expected = pytest.approx(np.mean(relative), rel=1e-4)
        assert getattr(best.result, f"{split}_error") == expected
    assert best.value == best.result.validation_error
    diagnosis = conclusion.diagnosis
    assert list(diagnosis.tasks) == ["kind", "size", "bend"]
    bayes = load(tmp_path).bayes
    assert bayes is not None
    for name, one in diagnosis.tasks.items():
        assert one.errors.test.value == pytest.approx(stored["test", name].error)
        assert one.errors.bayes[:3] == bayes.tasks[name][:3]
        assert one.gaps.avoidable_bias.confidence == pytest.approx(1 - 0.05 / 6)
    floors = [bayes.tasks[task.name].high / task.constant_error for task in dataset.tasks]
    assert bayes.high == pytest.approx(np.mean(floors))
    assert set(diagnosis.as_dict()["tasks"]) == {"kind", "size", "bend"}
    assert "size" in (tmp_path / "out" / "report.html").read_text()


def test_each_tasks_curves_end_at_its_errors_and_are_together_those_of_all(tmp_path):
    pruning = ("pruning.kind=median", "pruning.startup=2", "pruning.every=2")
    run(
        tmp_path,
        *WEIGHTED,
        FLOORS,
        RATE,
        UNSEEN,
        *pruning,
        "training.patience=3",
        "study.trials=10",
    )
    dataset = load_data(spec_of(tmp_path, *WEIGHTED), tmp_path)
    outcomes = set()
    for trial in load(tmp_path).trials:
        assert trial.result is not None
        outcomes.add(trial.result.outcome.value)
        curves, of_tasks = trial.result.curves, trial.result.task_curves
        assert [it.task for it in of_tasks] == ["kind", "size", "bend"]
        for split in ("training", "validation"):
            losses = [getattr(it, f"{split}_loss") for it in of_tasks]
            together = getattr(curves, f"{split}_loss")
            np.testing.assert_allclose(np.sum(losses, axis=0), together, rtol=1e-5)
            relative = [
                np.array(getattr(it, f"{split}_error")) / task.constant_error
                for it, task in zip(of_tasks, dataset.tasks, strict=True)
            ]
            together = getattr(curves, f"{split}_error")
            np.testing.assert_allclose(np.mean(relative, axis=0), together, rtol=1e-5)
        judged = {(t.split, t.task): t for t in trial.result.tasks}
        if not judged:
            continue
        assert trial.result.best_epoch is not None
        for it in of_tasks:  # early stopping keeps the weights of the best epoch
            for split in ("training", "validation"):
                error = getattr(it, f"{split}_error")[trial.result.best_epoch - 1]
                assert error == pytest.approx(judged[split, it.task].error, rel=1e-5)
    assert outcomes == {"completed", "pruned"}
    table = task_curve_rows(load(tmp_path))
    assert table.columns[:3] == ("number", "task", "epoch")
    assert table.rows[0][:3] == (0, "kind", 1)


def test_constant_errors_are_those_of_the_commonest_class_and_of_the_mean(tmp_path):
    dataset = load_data(spec_of(tmp_path, *MULTITASK), tmp_path)
    kind, size, _ = dataset.tasks
    labels = dataset.train.labels
    assert labels.dtype == np.float32
    assert kind.constant_error == 1 - np.bincount(labels[:, 0].astype(int)).max() / len(labels)
    assert size.scale is not None
    raw = labels[:, 1].astype(np.float64) * size.scale.scale + size.scale.mean
    assert size.constant_error == pytest.approx(raw.var())
    assert kind.class_names == ("0", "1", "2")


@pytest.mark.parametrize("other", ["compute.lanes=3", "compute.data=stream"])
def test_neither_lanes_nor_streaming_change_a_number(tmp_path, other):
    for name, change in (("one", "compute.lanes=1"), ("other", other)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "several.py").write_text(ROWS)
        stopping = ("study.trials=3", "training.patience=2")
        run(tmp_path / name, *WEIGHTED, FLOORS, RATE, UNSEEN, *stopping, change)
    found = numbers_only(load(tmp_path / "one"))
    assert found == numbers_only(load(tmp_path / "other"))
    assert all(trial[-1].tasks and trial[-1].task_curves for trial in found)


def test_a_study_that_is_gone_on_with_has_the_same_trials(tmp_path):
    run(tmp_path, *WEIGHTED, RATE, UNSEEN, "study.trials=2")
    url = url_in(tmp_path)
    *_, last = resume_study("small", url, tmp_path / "out", threading.Event(), trials=4)
    assert last.conclusion is not None
    resumed = load(tmp_path)
    run(
        tmp_path, *WEIGHTED, RATE, UNSEEN, "study.trials=4", "study.name=at-once", "compute.lanes=1"
    )
    at_once = load(tmp_path, "at-once")
    assert numbers_only(resumed) == numbers_only(at_once)
    assert len(resumed.trials) == 4
    assert resumed.bayes == at_once.bayes


def test_finalists_are_trained_again_for_the_noise_alone(tmp_path):
    again = ("study.replicates=3", "study.finalists=2", "study.trials=3")
    conclusion = run(tmp_path, *WEIGHTED, FLOORS, RATE, UNSEEN, *again)[-1].conclusion
    assert conclusion is not None
    assert conclusion.diagnosis is not None
    study = load(tmp_path)
    assert [(r.kind, r.replicate) for r in study.replicates] == [("seed", 1), ("seed", 2)] * 2
    assert study.decomposition is None
    found = conclusion.diagnosis.replication
    assert found is not None
    assert found.validation_noise is not None
    errors = [[r.validation_error for r in study.seeds_of(t)] for t in study.finalists()]
    spread = np.sqrt(np.mean([np.var(of_one, ddof=1) for of_one in errors]))
    assert found.validation_noise.deviation == pytest.approx(spread)
    assert all(it.replication is None for it in conclusion.diagnosis.tasks.values())
    assert "the seed alone changes" in (tmp_path / "out" / "report.md").read_text()


@pytest.mark.parametrize("alone", ["kind", "size"])
def test_one_task_among_several_is_the_single_task(tmp_path, alone):
    kind = {"kind": "classification", "size": "regression"}[alone]
    single = (
        f"data.source=several.py:{alone}s",
        f"data.task={kind}",
        RATE,
        UNSEEN,
        "study.trials=2",
    )
    several = (
        *single[:1],
        *single[2:],
        *SEVERAL,
        f'data.targets={{{alone}="{kind}"}}',
    )
    for name, overrides in (("single", single), ("several", several)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "several.py").write_text(ROWS)
        run(tmp_path / name, *overrides)
    trials = zip(load(tmp_path / "single").trials, load(tmp_path / "several").trials, strict=True)
    for one, same in trials:
        assert one.result is not None
        assert same.result is not None
        for task in same.result.tasks:
            assert task.error == pytest.approx(getattr(one.result, f"{task.split}_error"), rel=1e-5)
            assert task.loss == pytest.approx(getattr(one.result, f"{task.split}_loss"), rel=1e-5)


def test_trials_can_be_compared_by_one_task(tmp_path):
    run(tmp_path, *MULTITASK, FLOORS, RATE, UNSEEN, "study.objective_task=size", "study.trials=2")
    for trial in load(tmp_path).trials:
        assert trial.result is not None
        (size,) = (t for t in trial.result.tasks if (t.split, t.task) == ("validation", "size"))
        assert trial.value == pytest.approx(size.relative_error, rel=1e-5)


def test_several_tasks_are_searched_by_tpe_and_pruned(tmp_path):
    changes = ("search.sampler=tpe", "pruning.kind=median", "pruning.startup=2", "pruning.every=2")
    run(tmp_path, *WEIGHTED, FLOORS, RATE, UNSEEN, *changes, "study.trials=10")
    outcomes = {t.result.outcome.value for t in load(tmp_path).trials if t.result}
    assert outcomes == {"completed", "pruned"}


def test_trials_of_other_weights_have_one_signature_and_their_own_numbers(tmp_path):
    spec = spec_of(tmp_path, *WEIGHTED)
    dataset = load_data(spec, tmp_path)
    rates = {"learning_rate": 0.1, "weight_decay": 0.0, "momentum": 0.9}
    heavy = {**rates, "task_weights.size": 7.0}
    assert trial_signature(spec, dataset, rates) == trial_signature(spec, dataset, heavy)
    assert trial_hyperparameters(spec, heavy).task_weights == (1.0, 7.0, 0.5)


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        (MULTITASK[:3], 'required, since task = "multitask"'),
        (("data.targets={a='regression'}",), 'task = "classification" has one target'),
        ((*MULTITASK, "data.targets={kind='ranking'}"), 'got {kind = "ranking"}; allowed: a table'),
        ((*MULTITASK, "study.objective_task=sise"), 'did you mean "size"?'),
        (("study.objective_task=size",), 'only task = "multitask" has several tasks'),
        ((*MULTITASK, "search.task_weights={sise=1}"), 'did you mean "size"?'),
        (
            (*MULTITASK, "search.task_weights={size=-1}"),
            "size: got -1; every value must be",
        ),
        (("search.task_weights={size=1}",), "belongs to several tasks"),
        ((*MULTITASK, "search.task_weights={kind=0,size=0,bend=0}"), "every weight is 0"),
        ((*MULTITASK, "training.class_weights={'0'=2.0}"), "is for each of them"),
        (
            (*MULTITASK, "data.targets={a='regression'}", "training.class_weights=balanced"),
            'task = "multitask" has no classes',
        ),
        (
            (*MULTITASK, "data.targets={a='regression'}", "search.label_smoothing=0.1"),
            'task = "multitask" has none',
        ),
        (
            ("data.source=t.csv", *MULTITASK[1:], "data.target=a"),
            "names its columns, and what each holds, under targets",
        ),
        (
            ("data.source=t.csv", *MULTITASK[1:], "data.split=grouped", "data.group=size"),
            "which is the target",
        ),
    ],
)
def test_what_does_not_go_with_several_tasks_is_refused(tmp_path, overrides, text):
    with pytest.raises(SpecError) as refused:
        parse_spec(SMALL, file="", folder=Path(), overrides=overrides)
    assert text in str(refused.value)


def test_balanced_weights_are_those_of_each_target_with_classes(tmp_path):
    spec = spec_of(tmp_path, *MULTITASK, "training.class_weights=balanced")
    dataset = load_data(spec, tmp_path)
    weights = trial_signature(spec, dataset, {}).class_weights
    assert weights is not None
    of_kind, *others = weights
    counts = np.bincount(dataset.train.labels[:, 0].astype(int))
    np.testing.assert_allclose(of_kind, counts.sum() / (3 * counts))
    assert others == [None, None]


def test_an_own_network_with_too_few_outputs_is_refused(tmp_path):
    (tmp_path / "own.py").write_text(
        "from flax import nnx\n"
        "class Net(nnx.Linear):\n"
        "    def __init__(self, inputs, outputs, *, rngs):\n"
        "        super().__init__(6, 3, rngs=rngs)\n"
    )
    overrides, text = (*MULTITASK, "network.kind=own.py:Net"), SMALL.replace("hidden = [8]", "")
    spec = parse_spec(text, file="", folder=tmp_path, overrides=overrides).spec
    with pytest.raises(OwnCodeError, match=r"\(., 3\).*\(., 5\)"):
        load_data(spec, tmp_path)


def test_y_without_a_column_for_each_target_is_refused(tmp_path):
    spec = spec_of(tmp_path, "data.source=several.py:kinds", *MULTITASK[1:])
    with pytest.raises(DataError, match="it must be rows × 3, one column for each in their order"):
        load_data(spec, tmp_path)

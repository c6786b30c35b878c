"""Several tasks with what is known before: another network's weights, and tasks' Bayes errors."""

from pathlib import Path

import numpy as np
import pytest
from netclinic.models.checkpoint import read_weights
from netclinic.search import SpecError, parse_spec

from .conftest import SMALL, UNSEEN, load, run
from .test_multitask_study import MULTITASK, RATE, ROWS

FLOORS = "diagnosis.task_bayes_error={kind=0.05, size={value=2.0, low=1.5, high=2.5}}"


@pytest.fixture(autouse=True)
def rows(tmp_path):
    (tmp_path / "several.py").write_text(ROWS)


def begin_with(tmp_path: Path, *source: str, transfer: str) -> tuple[dict, dict]:
    """The weights of a source's best network, and those of a study that began with them."""
    run(tmp_path, *source, RATE, UNSEEN, "study.trials=2", "study.name=source")
    from_there = ("network.init_from=there", f"network.transfer={transfer}")
    (tmp_path / "out" / "best").rename(tmp_path / "there")
    run(tmp_path, *MULTITASK, RATE, UNSEEN, *from_there, "study.trials=2")
    study = load(tmp_path)
    assert len(study.finished()) == 2
    assert all(t.result and t.result.task_curves for t in study.trials)
    return read_weights(tmp_path / "there"), read_weights(tmp_path / "out" / "best")


def test_the_body_of_one_task_is_the_trunk_of_several(tmp_path):
    one = ("data.source=several.py:sizes", "data.task=regression")
    before, after = begin_with(tmp_path, *one, transfer="frozen")
    hidden = [name for name in after if name.startswith("hidden.")]
    assert len(hidden) == 2
    for name in hidden:
        np.testing.assert_array_equal(after[name], before[name])
    assert (before["output.kernel"].shape, after["output.kernel"].shape) == ((8, 1), (8, 5))


def test_the_outputs_of_all_tasks_are_new_though_their_shape_is_there(tmp_path):
    before, after = begin_with(tmp_path, *MULTITASK, transfer="frozen")
    np.testing.assert_array_equal(after["hidden.0.kernel"], before["hidden.0.kernel"])
    assert after["output.kernel"].shape == before["output.kernel"].shape
    drawn_anew = np.abs(after["output.kernel"] - before["output.kernel"]).max(axis=0)
    assert (drawn_anew > 0.1).all()


def test_tasks_that_are_named_have_the_floor_that_was_given(tmp_path):
    few = (UNSEEN, "study.trials=2")
    conclusion = run(tmp_path, *MULTITASK, RATE, FLOORS, *few)[-1].conclusion
    assert conclusion is not None
    assert conclusion.diagnosis is not None
    bayes, provenance = load(tmp_path).bayes, load(tmp_path).provenance
    assert bayes is not None
    assert provenance is not None
    assert {name: it.given for name, it in bayes.tasks.items()} == {
        **{"kind": True, "size": True},
        "bend": False,
    }
    assert bayes.tasks["kind"][:3] == (0.05, 0.05, 0.05)
    assert bayes.tasks["size"][:3] == (2.0, 1.5, 2.5)
    assert not bayes.given
    relative = [bayes.tasks[t.name].low / t.constant_error for t in provenance.tasks]
    assert bayes.low == pytest.approx(np.mean(relative))
    ladder = conclusion.diagnosis.tasks["size"].errors.bayes
    assert (ladder.value, ladder.low, ladder.high) == (2.0, 1.5, 2.5)
    said = "The Bayes error of kind and size was given and is taken at its word."
    assert said in conclusion.diagnosis.not_checked


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        ((*MULTITASK, "diagnosis.bayes_error=0.1"), "each of several tasks has an error of its"),
        ((*MULTITASK, "diagnosis.task_bayes_error={sise=0.1}"), 'did you mean "size"?'),
        ((*MULTITASK, "diagnosis.task_bayes_error={kind=1.5}"), "of classes is a fraction below 1"),
        ((*MULTITASK, "diagnosis.task_bayes_error={kind=-0.5}"), "allowed: a table of fractions"),
        (
            (*MULTITASK, "diagnosis.task_bayes_error={size={value=1.0, low=2.0, high=3.0}}"),
            "low ≤ value ≤ high",
        ),
        (("diagnosis.task_bayes_error={kind=0.1}",), "belongs to several tasks"),
    ],
)
def test_floors_that_say_nothing_are_refused(overrides, text):
    with pytest.raises(SpecError) as refused:
        parse_spec(SMALL, file="", folder=Path(), overrides=overrides)
    assert text in str(refused.value)

"""Several tasks of rows that come in groups: each counts rows as its own errors tell."""

from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.findings import Verdict
from netclinic.diagnostics.gaps import groupings, measure_errors, measure_gaps
from netclinic.diagnostics.ladder import Estimate
from netclinic.diagnostics.single_tasks import task_studies
from netclinic.diagnostics.statistics.grouped import Grouping, grouping
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.data import (
    GROUP_EFFECT,
    BayesRecord,
    DataCheck,
    SplitSizes,
    TaskNote,
)
from netclinic.storage.records.results import TaskResult
from netclinic.storage.records.study import StudyRecord
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.tried import HARMFUL, TRIED

NOTES = (TaskNote("mood", "classification", 5, 0.8), TaskNote("pulse", "regression", 1, 4.0))
UNITS = {"mood": Unit(), "pulse": Unit(Task.REGRESSION)}
PERSONS = {"training": 30, "validation": 8, "test": 8}
EACH = 40
SEEDS = 400


def errors_of_people(seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Errors of rows by split and task: persons differ, splits do not, so there is no variance."""
    random = np.random.default_rng(seed)
    found = {}
    for split, persons in PERSONS.items():
        wrong = np.repeat(random.beta(1, 4, persons), EACH)
        spread = np.repeat(random.gamma(2, 0.5, persons), EACH)
        found[split] = {
            "mood": (random.random(len(wrong)) < wrong).astype(float),
            "pulse": spread * random.normal(size=len(spread)) ** 2,
        }
    return found


def study_of(errors: dict[str, dict[str, np.ndarray]], *, counted: bool) -> StudyRecord:
    """A study whose best trial has these errors; ``counted``: how they hang together is stored."""
    results, checks = [], []
    for split, of_tasks in errors.items():
        relative = [of_tasks[note.name] / note.constant_error for note in NOTES]
        whole = {"": np.mean(relative, axis=0), **of_tasks}
        for name, values in whole.items():
            it = grouping(values, np.arange(len(values)) // EACH)
            details = {"groups": it.number, **({"task": name} if name else {})}
            effect = (it.effect,) * 3
            checks.append(DataCheck(GROUP_EFFECT, split, len(values), *effect, None, "m", details))
        for note in NOTES:
            values = of_tasks[note.name]
            error, spread = float(values.mean()), float(values.std())
            measured = (error, error / note.constant_error, 0.1, spread)
            results.append(TaskResult(split, note.name, note.kind, *measured))
    training, validation, test = (
        float(np.mean([errors[split][n.name].mean() / n.constant_error for n in NOTES]))
        for split in PERSONS
    )
    one = planted.trial(0, training, validation, test, deviations=(0.5,) * 3)
    assert one.result is not None
    one = replace(one, result=one.result._replace(tasks=tuple(results)))
    floors = {note.name: BayesRecord(0.2, 0.0, 0.4, None, "given", True) for note in NOTES}
    targets = {note.name: note.kind for note in NOTES}
    study = planted.study(
        [one],
        floor=BayesRecord(0.3, 0.0, 0.6, None, "given", True, tasks=floors),
        resolved=planted.spec(data={"task": "multitask", "targets": targets, "split": "grouped"}),
    )
    assert study.provenance is not None
    rows = SplitSizes(*(EACH * persons for persons in PERSONS.values()))
    provenance = study.provenance._replace(tasks=NOTES, rows=rows)
    return replace(study, provenance=provenance, data_checks=tuple(checks) if counted else ())


def test_each_task_has_its_own_effect_of_groups_and_all_together_theirs() -> None:
    study = study_of(errors_of_people(0), counted=True)
    of_task = {name: groupings(it) for name, it in task_studies(study).items()}
    told = {name: {split: it.effect for split, it in of.items()} for name, of in of_task.items()}
    stored = {(it.details.get("task"), it.split): it.value for it in study.data_checks}
    for split in PERSONS:
        each = {None: groupings(study)[split].effect, **{n: of[split] for n, of in told.items()}}
        assert each == {name: stored[name, split] for name in each}
        assert len(set(each.values())) == 3
    found = diagnose(study)
    assert found.errors.test.grouped == Grouping(8, stored[None, "test"])
    for name, it in found.tasks.items():
        assert it.errors.test.grouped == Grouping(8, stored[name, "test"])
        assert "of rows of 8 groups" in it.errors.test.method
    assert any("groups are assumed" in text for text in found.not_checked)
    apart = diagnose(study_of(errors_of_people(0), counted=False)).tasks
    for name, it in found.tasks.items():
        assert width(it.errors.test) > 1.5 * width(apart[name].errors.test)


def width(estimate: Estimate) -> float:
    return estimate.high - estimate.low


@pytest.mark.parametrize("task", ["mood", "pulse"])
def test_of_several_tasks_persons_are_seldom_taken_for_variance(task: str) -> None:
    """Two gaps of two tasks hold together with 95 %, so one is above 0 by chance in 0.625 %.

    Were rows taken for independent, it would be in more than a tenth.
    """
    alarms = dict.fromkeys((True, False), 0)
    for seed in range(SEEDS):
        errors = errors_of_people(seed)
        for counted in alarms:
            study = task_studies(study_of(errors, counted=counted))[task]
            assert study.provenance is not None
            assert study.trials[0].result is not None
            assert study.bayes is not None
            of_rows = study.trials[0].result, study.provenance.rows, study.bayes
            found = measure_errors(*of_rows, UNITS[task], None, groupings(study))
            variance = measure_gaps(found, UNITS[task], tasks=2).test_variance
            assert variance is not None
            alarms[counted] += variance.low > 0
    assert alarms[True] <= binom.ppf(0.999, SEEDS, 0.00625)
    assert alarms[False] > SEEDS / 10


def test_high_variance_of_a_task_is_not_told_of_eight_persons_by_chance() -> None:
    told = dict.fromkeys((True, False), 0)
    for seed in range(SEEDS, SEEDS + 60):
        errors = errors_of_people(seed)
        for counted in told:
            verdict = diagnose(study_of(errors, counted=counted)).verdict
            told[counted] += Verdict.HIGH_VARIANCE in verdict
    assert told[True] <= binom.ppf(0.999, 60, 0.0125)  # of either task
    assert told[False] > 60 / 10


def test_what_was_tried_on_all_tasks_says_nothing_of_one() -> None:
    """A fall relative to constant answers was told as points of a task's error."""
    study = replace(study_of(errors_of_people(0), counted=True), treatments=(HARMFUL, TRIED))
    assert [it.treatments for it in task_studies(study).values()] == [(), ()]

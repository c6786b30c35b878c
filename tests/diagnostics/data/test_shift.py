"""What training rows teach, held against test rows: told where it does not hold, and not else."""

from dataclasses import replace

import numpy as np
import pytest
from netclinic.datasets.dataset import DEALT_AT_RANDOM, Split
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.data.shift import check_shift, shift_of
from netclinic.diagnostics.data.shift_findings import shift
from netclinic.diagnostics.findings import FindingKind, RemedyKind, Severity, Verdict
from netclinic.diagnostics.report.doubts_text import doubts
from netclinic.storage.records.data import DataCheck
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.bayes.test_bayes import dataset

TASKS = ("classification", "regression")


def drawn(seed: int, task: str, n: int = 200, noise: float = 0.5) -> Split:
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((n, 4)).astype(np.float32)
    target = inputs[:, 0] + noise * rng.standard_t(4, n)
    return Split(inputs, (target > 0).astype(np.int32) if task == "classification" else target)


def other_meaning(rows: Split, task: str) -> Split:
    """The same rows, of which another column tells the answer."""
    return Split(np.roll(rows.inputs, 1, axis=1), rows.labels)


@pytest.mark.parametrize("task", TASKS)
def test_rows_that_are_alike_are_seldom_called_unlike(task: str) -> None:
    seeds, alarms = 10, 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        it = shift_of(drawn(seed, task, 100), drawn(1000 + seed, task, 60), task, rng)
        alarms += it.p_value < 0.05
        assert it.low <= it.value <= it.high
    assert alarms <= binom.ppf(0.999, seeds, 0.05)


@pytest.mark.parametrize("task", TASKS)
def test_inputs_that_mean_another_thing_are_found_though_they_look_alike(task: str) -> None:
    test = other_meaning(drawn(1, task), task)
    it = shift_of(drawn(0, task), test, task, np.random.default_rng(0))
    assert it.p_value < 1e-4
    assert it.test - it.training == pytest.approx(it.value)
    assert it.low > 0.1


def moved():
    """Classes that the first column tells, and in the test rows the second."""
    rows, test = drawn(0, "classification", 500), drawn(1, "classification", 200)
    data = replace(dataset(rows.inputs, rows.labels), dealt="ordered")
    return replace(data, test=other_meaning(test, "classification"))


def test_only_rows_that_were_not_dealt_at_random_are_looked_at() -> None:
    data = moved()
    (it,) = check_shift(data)
    assert (it.kind, it.split, it.n) == ("shift", "test", len(data.train.labels) + 200)
    assert it.details["test_error"] - it.details["training_error"] == pytest.approx(it.value)
    for other in DEALT_AT_RANDOM:
        assert check_shift(replace(data, dealt=other)) == ()
    assert check_shift(replace(data, bridge=data.validation)) == ()
    few = Split(data.test.inputs[:49], data.test.labels[:49])
    assert check_shift(replace(data, test=few)) == ()


def check(value: float = 0.12, p_value: float = 1e-4) -> DataCheck:
    errors = {"training_error": 0.1, "test_error": 0.1 + value}
    return DataCheck("shift", "test", 600, value, value - 0.05, value + 0.05, p_value, "m", errors)


def sick(*checks: DataCheck):
    """A study of high variance."""
    trial = planted.trial(training=0.1, validation=0.2, test=0.25)
    return replace(planted.study([trial]), data_checks=checks)


def test_a_part_of_the_variance_is_told_as_mismatch_and_a_bridge_advised_first() -> None:
    told = diagnose(sick(check()))
    (it,) = (f for f in told.findings if f.kind is FindingKind.SHIFT)
    assert it.severity is Severity.WARNING
    assert "an error of 10.0 % on other training rows, but of 22.0 % on test rows" in it.text
    kinds = [remedy.kind for remedy in told.remedies]
    assert Verdict.HIGH_VARIANCE in told.verdict
    assert "may be data mismatch" in doubts(told)
    assert kinds.index(RemedyKind.ADD_BRIDGE) + 1 == kinds.index(RemedyKind.COMPARE_SOURCES)
    assert kinds.index(RemedyKind.COMPARE_SOURCES) < kinds.index(RemedyKind.MORE_DATA)
    assert RemedyKind.ADD_BRIDGE not in {it.kind for it in diagnose(sick()).remedies}
    assert "mismatch" not in doubts(diagnose(sick()))


@pytest.mark.parametrize("other", [check(0.01), check(p_value=0.02), check(-0.1, 0.99)])
def test_what_is_tolerated_or_may_be_chance_is_not_told(other: DataCheck) -> None:
    study = sick(other)
    it = diagnose(study)
    assert shift(study, it.gaps, it.tolerance, it.unit) is None

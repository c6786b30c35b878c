"""What a study tells that Optuna alone made: planted failures, ends and reports, and luck."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics import DiagnosisError
from netclinic.diagnostics.findings import FindingKind, Severity
from netclinic.diagnostics.studies.plain_diagnosis import diagnose_plain, failed_trials
from netclinic.storage.records.results import Curves, Outcome, TrialResult
from netclinic.storage.records.study import SearchRange, StudyRecord
from netclinic.storage.records.trials import TrialRecord
from scipy.stats import binom

RANGES = (
    SearchRange("rate", "log", 1e-5, 1e-1),
    SearchRange("units", "int", 8, 128),
    SearchRange("kind", "choice", None, None, ("a", "b")),
)


def trial(number: int, value: float | None, reports: tuple[float, ...] = (), **parameters):
    missing = (None,) * len(reports)
    curves = Curves(missing, missing, missing, reports, missing)
    unknown = dict.fromkeys(TrialResult._fields)
    known = {
        "trial_id": number,
        "outcome": Outcome.COMPLETED,
        "curves": curves,
        "learning_rate": math.nan,
        "tasks": (),
    }
    result = None if value is None else TrialResult(**{**unknown, **known})
    state = "FAIL" if value is None else "COMPLETE"
    return TrialRecord(number, number, state, parameters, value, None, None, result)


def study(*trials: TrialRecord, direction: str = "minimize") -> StudyRecord:
    return StudyRecord(0, "others", direction, None, None, None, RANGES, trials)


def drawn(rng: np.random.Generator, failing, trials: int = 40) -> StudyRecord:
    found = []
    for number in range(trials):
        rate, units = 10 ** rng.uniform(-5, -1), int(rng.integers(8, 129))
        value = None if failing(rng, rate, units) else rng.uniform()
        found.append(trial(number, value, rate=rate, units=units, kind="a"))
    return study(*found)


def test_failures_above_a_learning_rate_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    found = failed_trials(drawn(rng, lambda _, rate, units: rate > 0.01))
    assert found is not None
    assert found.evidence["parameter"] == "rate"
    assert found.evidence["side"] == "above"
    assert 0.004 < found.evidence["threshold"] < 0.02
    assert "those with rate above" in found.text


def test_failures_below_a_width_with_exceptions() -> None:
    rng = np.random.default_rng(2)
    found = failed_trials(
        drawn(rng, lambda rng, rate, units: (units < 40) != (rng.uniform() < 0.12))
    )
    assert found is not None
    assert (found.evidence["parameter"], found.evidence["side"]) == ("units", "below")
    assert found.evidence["misplaced"] >= 1
    assert found.severity is Severity.WARNING


def test_failures_by_luck_are_rarely_told_apart() -> None:
    seeds = 40
    found = [failed_trials(drawn(np.random.default_rng(seed), by_luck)) for seed in range(seeds)]
    named = sum("parameter" in finding.evidence for finding in found if finding)
    assert named <= binom.ppf(0.999, seeds, 0.05)


def by_luck(rng: np.random.Generator, rate: float, units: int) -> bool:
    return rng.uniform() < 0.3


def test_two_failures_are_too_few() -> None:
    trials = [trial(n, None if n < 2 else 0.5, rate=0.1 / (n + 1), units=9) for n in range(9)]
    found = failed_trials(study(*trials))
    assert found is not None
    assert "too few to say what they have in common" in found.text


def test_equal_values_part_nothing() -> None:
    trials = [trial(n, None if n < 4 else 0.5, rate=0.01, units=9) for n in range(9)]
    found = failed_trials(study(*trials))
    assert found is not None
    assert "no single parameter" in found.text
    assert f" of {len(trials)} trials failed (" in found.text
    pruned = replace(trials[0], state="PRUNED")
    found = failed_trials(study(*trials, pruned, pruned))
    assert f" of {len(trials)} trials that were not pruned failed (" in found.text


def test_the_wider_range_is_a_call_of_optuna() -> None:
    trials = [trial(n, n / 10, rate=0.09 - n / 100, units=60 + n) for n in range(9)]
    diagnosis = diagnose_plain(study(*trials))
    assert diagnosis.changes == ("trial.suggest_float('rate', 1e-05, 1, log=True)",)


@pytest.mark.parametrize(
    ("failing", "call"),
    [
        (lambda rate, units: rate > 0.01, r"suggest_float\('rate', 1e-05, 0\.0[01]\d*, log=True\)"),
        (lambda rate, units: units < 60, r"suggest_int\('units', (5\d|60), 128\)"),
        (lambda rate, units: units > 120, None),  # too few for a range
    ],
)
def test_ranges_end_where_many_trials_fail(failing, call) -> None:
    planted = drawn(np.random.default_rng(3), lambda _, rate, units: failing(rate, units))
    calls = [it for it in diagnose_plain(planted).changes if "1e-06" not in it]
    assert len(calls) == (call is not None)
    assert call is None or re.fullmatch(rf"trial\.{call}", calls[0])


def test_a_range_is_widened_at_one_end_and_narrowed_at_the_other() -> None:
    """The best lies at the lower end of the rates, and those above fail."""
    rates = [1e-5 * 1.5**n for n in range(20)]
    trials = [trial(n, n / 20 if n < 12 else None, rate=r, units=60) for n, r in enumerate(rates)]
    assert diagnose_plain(study(*trials)).changes == (
        "trial.suggest_float('rate', 1e-06, 0.001059, log=True)",
    )


def test_no_range_is_narrowed_that_the_best_trial_lies_in() -> None:
    """It is one of the trials on the other side, of which all others fail."""
    rates = [1e-4 * 1.5**n for n in range(16)]
    values = [0.5 if n < 8 else None for n in range(16)]
    values[11] = 0.1
    trials = [
        trial(n, v, rate=r, units=60) for n, (v, r) in enumerate(zip(values, rates, strict=True))
    ]
    diagnosis = diagnose_plain(study(*trials))
    assert diagnosis.findings[0].evidence["parameter"] == "rate"
    assert diagnosis.changes == ()


def test_a_maximised_study_is_written_as_it_is() -> None:
    reports = tuple(-0.1 * step - 0.001 * (step % 2) for step in range(1, 10))
    best = trial(0, -0.9, reports, rate=0.001, units=60)
    diagnosis = diagnose_plain(study(best, direction="maximize"))
    assert diagnosis.value == 0.9
    (improving,) = diagnosis.findings
    assert improving.kind is FindingKind.STILL_IMPROVING
    assert "from 0.6 to 0.901" in improving.text


def test_a_best_report_before_the_end() -> None:
    reports = (0.9, 0.5, 0.2, 0.3, 0.31, 0.3, 0.33, 0.31, 0.32, 0.3)
    diagnosis = diagnose_plain(study(trial(0, 0.3, reports, rate=0.001, units=60)))
    (found,) = diagnosis.findings
    assert found.kind is FindingKind.BEST_EPOCH
    assert found.evidence["at"] == 3


def test_nothing_complete_is_an_error() -> None:
    with pytest.raises(DiagnosisError, match=r"no complete trial \(trials: 1 fail\)"):
        diagnose_plain(study(trial(0, None, rate=0.1, units=8)))

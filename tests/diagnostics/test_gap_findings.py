"""Findings of the gaps: their numbers, and what would settle an open one."""

import numpy as np
import pytest
from netclinic.diagnostics.findings import FindingKind, Severity, Verdict
from netclinic.diagnostics.gap_findings import (
    gap_findings,
    rows_to_settle,
    training_rows_to_settle,
)
from netclinic.diagnostics.gaps import JOINT_CONFIDENCE, gap_limits
from netclinic.diagnostics.ladder import Estimate
from netclinic.diagnostics.statistics.intervals import wilson
from netclinic.diagnostics.units import CLASSIFICATION
from netclinic.diagnostics.verdict import Standing, judge, standing
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.planted import measured

T = 0.02


def test_high_gaps_are_problems_with_their_numbers():
    errors, gaps = measured(0.1, 0.3)
    bias, variance = gap_findings(errors, gaps, T)
    assert (bias.kind, bias.severity) == (FindingKind.HIGH_BIAS, Severity.PROBLEM)
    assert (variance.kind, variance.severity) == (FindingKind.HIGH_VARIANCE, Severity.PROBLEM)
    assert variance.evidence == {
        "gap": gaps.test_variance.value,
        "low": gaps.test_variance.low,
        "high": gaps.test_variance.high,
        "tolerance": T,
        "validation_error": 0.0,
    }
    assert "30.0 %" in variance.text
    assert "10.0 %" in variance.text
    assert "2.0 points are tolerated" in variance.text


def test_healthy_gaps_give_no_finding():
    errors, gaps = measured(0.001, 0.003, rows=(50_000, 400, 20_000))
    assert judge(gaps, T) == (Verdict.HEALTHY,)
    assert gap_findings(errors, gaps, T) == ()


def test_an_open_variance_tells_the_rows_that_settle_it():
    errors, gaps = measured(0.01, 0.02, rows=(6000, 400, 400))
    (finding,) = (
        f for f in gap_findings(errors, gaps, T) if f.kind is FindingKind.VARIANCE_UNDETERMINED
    )
    needed = finding.evidence["test_rows_needed"]
    assert f"About {needed:,} test rows (now 400)" in finding.text
    _, then = measured(0.01, 0.02, rows=(6000, 400, needed))
    assert standing(*then.test_variance[1:3], T) is Standing.LOW


@pytest.mark.parametrize(
    ("wrong", "of", "error", "where"),
    [
        (60, 6000, 0.02, Standing.LOW),
        (60, 6000, 0.045, Standing.HIGH),
        (3, 1000, 0.4, Standing.HIGH),
        (0, 1079, 0.032, Standing.HIGH),
    ],
)
def test_so_many_fresh_rows_settle_it_in_four_draws_of_five(wrong, of, error, where):
    """At which the measured error itself just would, half of the draws do."""
    training = Estimate(*wilson(wrong, of), of, "")
    rows = 40 if error > 0.1 else 300
    tolerance = 0.3 if error > 0.1 else T
    now = Estimate(*wilson(round(error * rows), rows), rows, "")
    needed = rows_to_settle(training, now, tolerance, CLASSIFICATION)
    assert needed is not None

    def share(count: int, draws: int = 1000) -> float:
        drawn = np.random.default_rng(count).binomial(count, now.value, draws)
        fresh = (Estimate(*wilson(it, count), count, "") for it in drawn.tolist())
        its = (gap_limits(it, count, training, JOINT_CONFIDENCE, CLASSIFICATION) for it in fresh)
        return sum(standing(it.low, it.high, tolerance) is where for it in its) / draws

    assert binom.ppf(0.001, 1000, 0.8) / 1000 <= share(needed) < 0.92
    assert share(round(0.6 * needed)) < 0.75


def test_no_number_of_rows_settles_a_gap_on_the_tolerance():
    training = Estimate(*wilson(10, 1000), 1000, "")
    test = Estimate(*wilson(12, 400), 400, "")
    assert rows_to_settle(training, test, T, CLASSIFICATION) is None
    errors, gaps = measured(0.01, 0.03)
    assert (
        "A hundred times the 400 test rows would not settle it"
        in gap_findings(errors, gaps, T)[-1].text
    )


def test_a_vague_floor_is_named_as_what_keeps_the_bias_open():
    errors, gaps = measured(0.05, 0.05, floor=planted.bayes(0.04, 0.0, 0.06))
    finding = gap_findings(errors, gaps, T)[0]
    assert finding.kind is FindingKind.BIAS_UNDETERMINED
    assert finding.evidence["training_rows_needed"] is None
    assert "diagnosis.bayes_error" in finding.text


def test_an_exact_floor_leaves_it_to_the_training_rows():
    floor = planted.bayes(0.03, 0.03, 0.03, given=True)
    errors, gaps = measured(0.06, 0.06, rows=(400, 400, 400), floor=floor)
    finding = gap_findings(errors, gaps, T)[0]
    needed = finding.evidence["training_rows_needed"]
    assert needed == training_rows_to_settle(errors.training, errors.bayes, T, CLASSIFICATION)
    assert f"About {needed:,} training rows (now 400)" in finding.text
    _, then = measured(0.06, 0.06, rows=(needed, 400, 400), floor=floor)
    assert then.avoidable_bias.low > T


def test_a_variance_that_few_training_rows_leave_open_is_settled_by_no_test_rows():
    """A gap of 0.0 points against 2.0 was said to be too near the tolerance."""
    errors, gaps = measured(0.14, 0.14, rows=(240, 80, 80))
    (finding,) = (
        f for f in gap_findings(errors, gaps, T) if f.kind is FindingKind.VARIANCE_UNDETERMINED
    )
    assert finding.evidence["test_rows_needed"] is None
    assert finding.text.endswith(
        "A hundred times the 80 test rows would not settle it: 240 training rows are too few to "
        "tell such a gap from the tolerance."
    )


def test_a_bias_on_the_tolerance_is_settled_by_no_rows():
    floor = planted.bayes(0.03, 0.03, 0.03, given=True)
    errors, gaps = measured(0.05, 0.05, floor=floor)
    assert "too near the tolerance" in gap_findings(errors, gaps, T)[0].text


def test_a_value_just_within_the_tolerance_of_a_vague_floor_asks_for_too_many_rows():
    """Not the floor but the tolerance is too near: 0.0599 − 0.04 against 0.02."""
    floor = planted.bayes(0.04, 0.04, 0.05)
    errors, gaps = measured(0.0599, 0.06, rows=(10_000, 400, 400), floor=floor)
    finding = gap_findings(errors, gaps, T)[0]
    assert finding.evidence["training_rows_needed"] is None
    assert "A hundred times the 10,000 training rows" in finding.text
    assert "too near the tolerance" in finding.text


def test_a_vague_floor_whose_lower_limit_lies_near_the_tolerance_is_named():
    """The gap itself, 0.1 points, is far from it."""
    errors, gaps = measured(
        0.136, 0.15, rows=(900, 300, 300), floor=planted.bayes(0.135, 0.117, 0.153)
    )
    finding = gap_findings(errors, gaps, T)[0]
    assert finding.evidence["training_rows_needed"] is None
    assert (
        "A hundred times the 900 training rows would not settle it, as the Bayes error is only "
        "known to lie in 11.7–15.3 %; give a better figure as diagnosis.bayes_error."
    ) in finding.text

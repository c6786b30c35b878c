"""The verdict: planted gaps, the rate of false alarms, and what would settle an open gap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.findings import (
    Estimate,
    FindingKind,
    Gap,
    Gaps,
    Severity,
    Verdict,
)
from netclinic.diagnostics.gaps import measure_errors, measure_gaps
from netclinic.diagnostics.statistics.intervals import wilson
from netclinic.diagnostics.units import CLASSIFICATION
from netclinic.diagnostics.verdict import (
    Standing,
    gap_findings,
    judge,
    rows_to_settle,
    standing,
    training_rows_to_settle,
)
from netclinic.storage.records.data import SplitSizes
from scipy.stats import binom

from tests.diagnostics import planted

T = 0.02
HIGH, LOW, OPEN = (0.021, 0.1), (-0.01, 0.02), (0.02, 0.021)


def gaps_with(bias, variance):
    bias, variance = (Gap((a + b) / 2, a, b, 0.975, "") for a, b in (bias, variance))
    unused = Gap(0, -1, 1, 0.95, "")
    return Gaps(bias, variance=unused, selection_optimism=unused, test_variance=variance)


@pytest.mark.parametrize(
    ("bias", "variance", "verdict"),
    [
        (HIGH, LOW, (Verdict.HIGH_BIAS,)),
        (LOW, HIGH, (Verdict.HIGH_VARIANCE,)),
        (HIGH, HIGH, (Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE)),
        (HIGH, OPEN, (Verdict.HIGH_BIAS,)),
        (OPEN, HIGH, (Verdict.HIGH_VARIANCE,)),
        (LOW, LOW, (Verdict.HEALTHY,)),
        (LOW, OPEN, (Verdict.UNDETERMINED,)),
        (OPEN, LOW, (Verdict.UNDETERMINED,)),
        (OPEN, OPEN, (Verdict.UNDETERMINED,)),
    ],
)
def test_the_verdict_follows_from_both_gaps(bias, variance, verdict):
    assert judge(gaps_with(bias, variance), T) == verdict


@given(st.floats(-1, 1), st.floats(0, 2), st.floats(0.001, 0.5))
def test_a_gap_has_exactly_one_standing(low, width, tolerance):
    where = standing(low, low + width, tolerance)
    assert (where is Standing.HIGH) == (low > tolerance)
    assert (where is Standing.LOW) == (low + width <= tolerance)


def measured(training, test, rows=(1000, 400, 400), floor=None):
    result = planted.trial(training=training, validation=0.0, test=test).result
    errors = measure_errors(result, SplitSizes(*rows), floor or planted.bayes())
    return errors, measure_gaps(errors)


def null_studies(rate, rows, draws, shift=0.0):
    """Verdicts of studies whose test error truly exceeds training error by ``shift``."""
    rng = np.random.default_rng(0)
    for _ in range(draws):
        wrong = rng.binomial(rows[0], rate), rng.binomial(rows[2], rate + shift)
        drawn = [k / n for k, n in zip(wrong, rows[::2], strict=True)]
        yield judge(measured(*drawn, rows=rows, floor=planted.bayes(0, 0, 0.5))[1], T)


@pytest.mark.parametrize("shift", [0.0, T])
@pytest.mark.parametrize(("rate", "rows"), [(0.05, (1000, 400, 400)), (0.2, (300, 100, 100))])
def test_a_thousand_null_studies_raise_few_false_alarms(rate, rows, shift):
    """No gap, and the hardest null: a true gap of exactly the tolerance."""
    draws = 1000
    alarms = sum(Verdict.HIGH_VARIANCE in v for v in null_studies(rate, rows, draws, shift))
    assert alarms <= binom.ppf(0.999, draws, 0.025)


def test_a_large_gap_is_found_and_a_small_one_cleared():
    draws = 200
    found = null_studies(0.05, (1000, 400, 400), draws, shift=0.12)
    assert sum(Verdict.HIGH_VARIANCE in v for v in found) >= 0.95 * draws
    cleared = null_studies(0.01, (20_000, 400, 10_000), draws)
    # Training error .01 over a floor of 0 is low bias, so these are healthy as a whole.
    assert sum(v == (Verdict.HEALTHY,) for v in cleared) >= 0.95 * draws


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
    for rows, settled in ((needed, True), (0.75 * needed, False)):
        _, then = measured(0.01, 0.02, rows=(6000, 400, round(rows)))
        assert (standing(*then.test_variance[1:3], T) is not Standing.UNDETERMINED) == settled


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

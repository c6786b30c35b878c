"""The verdict: planted gaps, and the rate of false alarms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.findings import Verdict
from netclinic.diagnostics.ladder import Gap, Gaps
from netclinic.diagnostics.verdict import Standing, judge, standing
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


def null_studies(rate, rows, draws, shift=0.0):
    """Verdicts of studies whose test error truly exceeds training error by ``shift``."""
    rng = np.random.default_rng(0)
    for _ in range(draws):
        wrong = rng.binomial(rows[0], rate), rng.binomial(rows[2], rate + shift)
        drawn = [k / n for k, n in zip(wrong, rows[::2], strict=True)]
        yield judge(planted.measured(*drawn, rows=rows, floor=planted.bayes(0, 0, 0.5))[1], T)


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

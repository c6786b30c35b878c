"""What an open gap likely is: its limits hold as often as they say, and what follows from them."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.bayes.likely_limits import LIKELY, likely_details
from netclinic.diagnostics.findings import Finding, FindingKind, Severity, Verdict
from netclinic.diagnostics.ladder import Gap, Gaps, Likely
from netclinic.diagnostics.leaning import (
    leaning,
    leaning_of_all,
    likely_high,
    likely_limits,
    likely_verdict,
)
from netclinic.diagnostics.remedies.remedies import a_mere_note
from netclinic.diagnostics.report.report_advice import advice
from netclinic.diagnostics.verdict import Standing
from scipy.stats import binom

from tests.diagnostics import planted

T = 0.02
# Of a confidence of 97.5 %, of whose limits 80 % lie 0.375 as far from the value
HIGH, LOW = Gap(0.1, 0.05, 0.2, 0.975, ""), Gap(0.0, -0.01, 0.01, 0.975, "")
LEANS_HIGH, LEANS_LOW = Gap(0.06, 0.0, 0.1, 0.975, ""), Gap(0.0, -0.05, 0.05, 0.975, "")
LEVEL = Gap(0.021, -0.05, 0.1, 0.975, "")


def gaps_with(bias, variance, mismatch=None):
    unused = Gap(0, -1, 1, 0.95, "")
    return Gaps(bias, unused, unused, test_variance=variance, test_mismatch=mismatch)


@pytest.mark.parametrize(
    ("bias", "variance", "likely"),
    [
        (LEANS_HIGH, LOW, (Verdict.HIGH_BIAS,)),
        (LEANS_LOW, LOW, (Verdict.HEALTHY,)),
        (LEANS_LOW, LEANS_LOW, (Verdict.HEALTHY,)),
        (LEVEL, LOW, ()),
        (LEVEL, LEANS_LOW, ()),
        (LEVEL, LEANS_HIGH, (Verdict.HIGH_VARIANCE,)),
        (LEANS_HIGH, LEANS_HIGH, (Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE)),
        (HIGH, LEANS_HIGH, (Verdict.HIGH_VARIANCE,)),
        (HIGH, LEANS_LOW, ()),
        (LOW, LOW, ()),
        (HIGH, HIGH, ()),
    ],
)
def test_what_open_gaps_lean_to(bias, variance, likely):
    assert likely_verdict(gaps_with(bias, variance), T) == likely


def test_a_mismatch_may_be_likely_too():
    assert likely_verdict(gaps_with(LOW, LOW, LEANS_HIGH), T) == (Verdict.DATA_MISMATCH,)
    assert likely_verdict(gaps_with(LOW, LOW, LEVEL), T) == ()


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.81, 0.999))
def test_likely_limits_lie_between_the_value_and_its_limits(value, below, above, confidence):
    gap = Gap(value, value - below, value + above, confidence, "")
    low, high = likely_limits(gap)
    assert gap.low <= low <= value <= high <= gap.high
    assert leaning(gap, high) is Standing.LOW


@pytest.mark.parametrize(("rate", "gap"), [(0.02, 0.0), (0.05, 0.02), (0.05, 0.1), (0.3, 0.05)])
@pytest.mark.parametrize("rows", [(2000, 100, 100), (600, 200, 200), (6000, 2000, 2000)])
def test_each_likely_limit_of_a_variance_holds_four_times_in_five(rate, gap, rows):
    """Against a binomial bound; rates so near 0 that no row is wrong are left to Wilson."""
    draws, rng = 400, np.random.default_rng(1)
    held = np.zeros(2, int)
    for wrong in zip(
        rng.binomial(rows[0], rate, draws), rng.binomial(rows[2], rate + gap, draws), strict=True
    ):
        _, gaps = planted.measured(wrong[0] / rows[0], wrong[1] / rows[2], rows)
        low, high = likely_limits(gaps.test_variance)
        held += low <= gap, gap <= high
    assert held.min() >= binom.ppf(0.001, draws, LIKELY)


def test_an_open_gap_says_what_it_likely_is_and_how_far():
    study = planted.study([planted.trial(0, 0.05, 0.05, 0.05)], floor=planted.bayes(0.01, 0, 0.04))
    (found,) = (f for f in diagnose(study).findings if f.kind is FindingKind.BIAS_UNDETERMINED)
    assert "Likely it does: with 80 % confidence it is at least +2.5 points." in found.text
    assert found.evidence["likely_low"] == pytest.approx(0.0248, abs=2e-4)
    assert likely_high(found)
    study = planted.study([planted.trial(0, 0.05, 0.05, 0.05)], floor=planted.bayes(0.05, 0, 0.06))
    it = diagnose(study)
    (found,) = (f for f in it.findings if f.kind is FindingKind.BIAS_UNDETERMINED)
    assert "Likely it does not" not in found.text
    assert "Likely" not in found.text
    assert it.leaning == ()
    assert not likely_high(found)


def test_the_bayes_errors_own_likely_limits_count_where_it_has_some():
    """The sure lower limit is 0 on most real tables, so that a bias could never be judged low."""
    floor = planted.bayes(0.19, 0.0, 0.21)._replace(details=likely_details(Likely(0.185, 0.2)))
    study = planted.study([planted.trial(0, 0.19, 0.19, 0.19)], rows=(9000, 9000, 9000))
    it = diagnose(replace(study, bayes=floor))
    assert (it.verdict, it.leaning) == ((Verdict.UNDETERMINED,), (Verdict.HEALTHY,))
    assert it.gaps.avoidable_bias.likely.high == pytest.approx(0.0085, abs=1e-3)
    assert it.as_dict()["gaps"]["avoidable_bias"]["likely"]["high"] < T
    vague = diagnose(replace(study, bayes=floor._replace(details={})))
    assert vague.leaning == ()


def test_a_likely_bias_gets_the_remedies_behind_those_of_what_is_sure():
    floor = planted.bayes(0.01, 0, 0.04)
    it = diagnose(planted.study([planted.trial(0, 0.05, 0.06, 0.05)], floor=floor))
    assert (it.verdict, it.leaning) == ((Verdict.UNDETERMINED,), (Verdict.HIGH_BIAS,))
    assert [r.kind.value for r in it.remedies] == ["bigger_network", "other_architecture"]
    assert [o.kind.value for o in it.spoken_against][:1] == ["more_epochs"], "flat curves"
    assert "The likely avoidable bias of 4.0 points suggests that" in it.remedies[0].reason
    assert it.remedies[0].gain.high == pytest.approx(0.05), "all of the training error"
    study = planted.study([planted.trial(0, 0.05, 0.3, 0.3)], floor=floor)
    it = diagnose(study)
    assert (it.verdict, it.leaning) == ((Verdict.HIGH_VARIANCE,), (Verdict.HIGH_BIAS,))
    assert [r.kind.value for r in it.remedies][-2:] == ["bigger_network", "other_architecture"]
    assert it.remedies[0].kind.value == "more_data"
    assert [r.against for r in advice(study, it)][-2:] == ["Likely high bias", "High variance"]
    assert "variance of 25.0 points and likely avoidable bias of 4.0" in it.remedies[-1].reason
    assert it.as_dict()["leaning"] == ["high_bias"]


@pytest.mark.parametrize(
    ("verdicts", "leanings", "likely"),
    [
        ([Verdict.HEALTHY, Verdict.UNDETERMINED], [(), (Verdict.HEALTHY,)], (Verdict.HEALTHY,)),
        ([Verdict.UNDETERMINED, Verdict.UNDETERMINED], [(), (Verdict.HEALTHY,)], ()),
        (
            [Verdict.UNDETERMINED, Verdict.HIGH_BIAS],
            [(Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE), ()],
            (Verdict.HIGH_VARIANCE,),
        ),
        ([Verdict.HIGH_BIAS, Verdict.UNDETERMINED], [(), (Verdict.HEALTHY,)], ()),
    ],
)
def test_several_tasks_lean_to_what_one_does_and_none_surely_suffers_from(
    verdicts, leanings, likely
):
    tasks = {
        str(place): SimpleNamespace(verdict=(verdict,), leaning=lean)
        for place, (verdict, lean) in enumerate(zip(verdicts, leanings, strict=True))
    }
    assert leaning_of_all(tasks) == likely  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("kind", [FindingKind.BIAS_UNDETERMINED, FindingKind.HIGH_BIAS])
def test_an_open_gap_that_is_not_likely_high_asks_for_nothing(kind):
    evidence = {"gap": 0.03, "likely_low": 0.01, "likely_high": 0.05, "tolerance": T}
    finding = Finding(kind, Severity.WARNING, evidence, "")
    assert a_mere_note(finding) == (kind is FindingKind.BIAS_UNDETERMINED)

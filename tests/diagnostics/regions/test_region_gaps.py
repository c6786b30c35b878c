"""What is measured in a region, and how sure it is."""

import numpy as np
import pytest
from netclinic.diagnostics.bayes.bayes_mixture import Judged
from netclinic.diagnostics.regions.region_counts import Counted, CountedSide
from netclinic.diagnostics.regions.region_gaps import Kind, rough, significance
from netclinic.diagnostics.regions.region_rows import RegionRows
from netclinic.diagnostics.statistics.intervals import newcombe_difference

RNG = np.random.default_rng(0)


def measured(training=(0, 200), held_out=(0, 200), pairs=None, others=0.0) -> Counted:
    """A region with (wrong, rows), and a mixture that errs on a share of its rows."""
    wrong = training[0]
    pairs = pairs or (0, wrong, 0, training[1] - wrong)
    rows = training[1] + held_out[1]
    errs = np.arange(rows) < round(others * rows)
    judged = Judged(
        errs, np.full(rows, others), errs.astype(float), errs.astype(float), np.zeros(rows)
    )
    return Counted(*training[::-1], *held_out[::-1], pairs, judged, np.arange(rows) % 2)


HEALTHY = measured(training=(4, 400), held_out=(4, 400))


def test_rows_are_counted_where_the_region_is() -> None:
    wrong = np.array([True, True, False, False])
    rows = RegionRows(np.zeros((4, 1)), np.zeros(4, int), wrong)
    judged = Judged(np.array([True, False, True, False]), *np.zeros((4, 4)))
    known = np.array([True, True, True, False])
    it = CountedSide(rows, rows, judged, known, judged, known).measure(np.ones(4, bool), known)
    assert it[:5] == (4, 2, 3, 2, (1, 1, 1, 0))
    assert it.judged.wrong.tolist() == [True, False, True] * 2
    assert len(it.labels) == 6


def test_the_p_value_is_where_the_interval_meets_the_tolerance() -> None:
    it = measured(training=(2, 200), held_out=(30, 200))
    p, _ = significance(Kind.VARIANCE, it, HEALTHY, 0.02)
    assert newcombe_difference(30, 200, 2, 200, 1 - 1.001 * p).low > 0.02
    assert newcombe_difference(30, 200, 2, 200, 1 - 0.999 * p).low < 0.02


@pytest.mark.parametrize(
    ("kind", "it"),
    [
        (Kind.VARIANCE, measured(held_out=(60, 200))),
        (Kind.BIAS, measured(training=(60, 200), held_out=(60, 200))),
        (
            Kind.FLOOR,
            measured(training=(40, 200), held_out=(40, 200), pairs=(40, 0, 0, 160), others=0.2),
        ),
    ],
)
def test_each_kind_is_told_from_the_others(kind: Kind, it: Counted) -> None:
    for other in Kind:
        above, worse = significance(other, it, HEALTHY, 0.02)
        assert (max(above, worse) < 1e-4) == (other is kind)
    scores = {other: found.score for other, found in rough(it, HEALTHY, 0.02).items()}
    assert max(scores, key=lambda k: scores[k]) is kind


def test_where_the_rest_is_no_better_nothing_is_worse() -> None:
    it = measured(held_out=(60, 200))
    above, worse = significance(Kind.VARIANCE, it, it, 0.02)
    assert above < 1e-6
    assert worse == 1.0


def test_a_rest_below_zero_makes_no_region_worse() -> None:
    """Where others do worse than the network, its bias is no less than 0."""
    it = measured(training=(4, 200), pairs=(0, 4, 0, 196))
    rest = measured(training=(0, 200), pairs=(0, 0, 100, 100))
    assert significance(Kind.BIAS, it, rest, 0.0)[1] > 0.01


def test_a_floor_is_no_higher_than_what_the_network_gets_wrong_of_its_own_rows() -> None:
    """A border that only the mixture misses is not noise: the network learnt it, if by heart."""
    assert measured(held_out=(40, 200), others=0.2).floor(0.95).low == 0
    both = measured(training=(40, 200), held_out=(40, 200), pairs=(40, 0, 0, 160), others=0.2)
    assert 0.1 < both.floor(0.95).low < 0.2 < both.floor(0.95).high


def test_bias_reaches_from_what_is_shown_to_what_the_floor_allows() -> None:
    it = measured(training=(60, 200), held_out=(60, 200), pairs=(10, 50, 2, 138), others=0.06)
    found = it.bias(0.95)
    assert found.low == it.shown_bias(0.95).low
    assert found.low < found.value < found.high
    assert it.variance(0.95).value == 0


@pytest.mark.parametrize("kind", Kind)
def test_without_a_gap_small_p_values_are_rare(kind: Kind) -> None:
    """Of 400 regions whose gap is what is tolerated, at most as many fall below 5 % as should.

    One-sided, as counts of independent rows are judged.
    """
    rng = np.random.default_rng(1)
    below = 0
    for _ in range(400):
        trained, held = rng.binomial(150, 0.1), rng.binomial(60, 0.12)
        alone, others = rng.binomial(150, 0.06), rng.binomial(150, 0.04)
        both = rng.binomial(150, 0.02) if kind is Kind.FLOOR else 3
        pairs = (both, alone, others, 150 - both - alone - others)
        it = measured((trained, 150), (held, 60), pairs, others=0.2)
        below += significance(kind, it, HEALTHY, 0.02)[0] / 2 < 0.05
    assert below <= 30  # binomial(400, 5 %): more with 2 %

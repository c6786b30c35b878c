"""Errors and gaps: counts, formulas, and the joint confidence of the two that a verdict uses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.gaps import limits, measure_errors, measure_gaps
from netclinic.diagnostics.statistics.grouped import Grouping, grouping
from netclinic.diagnostics.statistics.intervals import newcombe_difference, wilson
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.data import SplitSizes
from scipy.stats import binom

from tests.diagnostics import planted


def gaps_of(training, validation, test, rows=(1000, 400, 500), floor=None):
    result = planted.trial(training=training, validation=validation, test=test).result
    errors = measure_errors(result, SplitSizes(*rows), floor or planted.bayes())
    return errors, measure_gaps(errors)


def test_errors_are_wilson_intervals_of_the_counted_rows():
    errors, _ = gaps_of(0.034, 0.05, 0.062)
    assert errors.training[:3] == wilson(34, 1000)
    assert errors.validation[:3] == wilson(20, 400)
    assert errors.test[:3] == wilson(31, 500)
    assert (errors.training.n, errors.validation.n, errors.test.n) == (1000, 400, 500)
    assert errors.bayes[:4] == (0.01, 0.0, 0.02, 2000)


def test_an_error_read_back_with_rounding_gives_whole_rows():
    errors, _ = gaps_of(np.float32(1) / 3, 0.05, 0.05, rows=(3, 400, 500))
    assert errors.training[:3] == wilson(1, 3)


def test_gaps_between_different_rows_are_newcombe_intervals():
    _, gaps = gaps_of(0.034, 0.05, 0.062)
    assert gaps.variance[:3] == newcombe_difference(20, 400, 34, 1000, 0.95)
    assert gaps.test_variance[:3] == newcombe_difference(31, 500, 34, 1000, 0.975)
    assert gaps.test_variance.confidence == pytest.approx(0.975)
    assert gaps.selection_optimism[:3] == newcombe_difference(31, 500, 20, 400, 0.95)
    assert "Bonferroni" in gaps.test_variance.method


def test_an_uncertain_floor_widens_the_bias_by_its_whole_interval():
    _, gaps = gaps_of(0.034, 0.05, 0.062, floor=planted.bayes(0.01, 0.004, 0.02))
    training = wilson(34, 1000, 0.975)
    assert gaps.avoidable_bias.value == pytest.approx(0.024)
    assert gaps.avoidable_bias.low == pytest.approx(training.low - 0.02)
    assert gaps.avoidable_bias.high == pytest.approx(training.high - 0.004)
    assert "as bounds" in gaps.avoidable_bias.method


def test_an_exact_floor_shifts_the_training_error():
    _, gaps = gaps_of(0.034, 0.05, 0.062, floor=planted.bayes(0.01, 0.01, 0.01, given=True))
    training = wilson(34, 1000, 0.975)
    assert gaps.avoidable_bias.high - gaps.avoidable_bias.low == pytest.approx(
        training.high - training.low
    )
    assert "exact" in gaps.avoidable_bias.method


fractions = st.integers(0, 100).map(lambda k: k / 100)


@given(fractions, fractions, fractions)
def test_every_interval_holds_its_own_value(training, validation, test):
    errors, gaps = gaps_of(training, validation, test)
    for _, it in (*errors.rungs()[1:], *gaps.steps()):
        assert it.low <= it.value <= it.high


def test_a_missing_error_is_refused():
    with pytest.raises(ValueError, match="not measured"):
        gaps_of(0.01, 0.02, None)


def test_bias_and_variance_hold_together():
    """Both truths lie inside their intervals in at least 95 % of draws, with a binomial bound."""
    rng, draws, joint = np.random.default_rng(0), 600, 0
    rates, rows = (0.05, 0.12, 0.12), (1000, 400, 400)
    floor = planted.bayes(0.03, 0.03, 0.03, given=True)
    for _ in range(draws):
        drawn = [rng.binomial(n, p) / n for p, n in zip(rates, rows, strict=True)]
        _, gaps = gaps_of(*drawn, rows=rows, floor=floor)
        truths = (0.05 - 0.03, 0.12 - 0.05)
        judged = gaps.avoidable_bias, gaps.test_variance
        joint += all(g.low <= t <= g.high for g, t in zip(judged, truths, strict=True))
    assert joint >= binom.ppf(0.001, draws, 0.95)


@pytest.mark.parametrize("unit", [Unit(), Unit(Task.MULTILABEL, columns=3), Unit(Task.REGRESSION)])
def test_rows_of_groups_count_as_many_independent_ones(unit: Unit) -> None:
    """Of a great many groups those by the design effect; of one group nothing is told."""
    result = planted.trial(training=0.1, validation=0.3, test=0.3).result
    deviations = {f"{split}_deviation": 0.4 for split in ("training", "validation", "test")}
    result = result._replace(**deviations)

    def error_on(rows: int, grouped: Grouping | None):
        given = {} if grouped is None else {"test": grouped}
        sizes = SplitSizes(500, 400, rows)
        return measure_errors(result, sizes, planted.bayes(), unit, groupings=given).test

    alone, alike = error_on(1000, None), error_on(8000, Grouping(10**6, 8.0))
    assert alike[:3] == pytest.approx(alone[:3], abs=1e-4)
    assert "8 tell as little as one" in alike.method
    few = error_on(8000, Grouping(5, 8.0))
    assert few.high - few.low > 1.3 * (alike.high - alike.low)
    one = error_on(8000, Grouping(1, 8000.0))
    assert one.low == 0
    assert 1 < one.high < np.inf if unit.task is Task.REGRESSION else one.high == 1
    # More rows are rows of more groups.
    assert limits(few, 80_000, 0.95, unit).high < few.high


def test_a_few_people_are_no_variance() -> None:
    """30 people in training, 8 in the test split: the verdict needs more than the luck of a few.

    All are alike to the network but for a rate of their own, so there is no variance at all. A gap
    that is told with 97.5 % may exceed 0 by chance in 1.25 %.
    """
    draws, false = 1000, {True: 0, False: 0}
    rng = np.random.default_rng(0)
    for _ in range(draws):
        splits = {"training": 30, "validation": 8, "test": 8}
        who = {name: np.repeat(np.arange(people), 40) for name, people in splits.items()}
        wrong = {
            name: rng.random(40 * people) < rng.beta(1, 4, people)[who[name]]
            for name, people in splits.items()
        }
        result = planted.trial(**{name: float(it.mean()) for name, it in wrong.items()}).result
        told = {name: grouping(it.astype(float), who[name]) for name, it in wrong.items()}
        sizes = SplitSizes(*(len(it) for it in wrong.values()))
        for grouped in (True, False):
            given = told if grouped else None
            errors = measure_errors(result, sizes, planted.bayes(), groupings=given)
            false[grouped] += measure_gaps(errors).test_variance.low > 0
    assert false[False] > 0.15 * draws  # 200 of them
    assert false[True] <= binom.ppf(0.999, draws, 0.0125), false

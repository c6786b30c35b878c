"""Trials against the best one: row by row where rows were kept, and never too sure of the best."""

import math
from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics.studies.alike_trials import compare_with_best
from netclinic.diagnostics.studies.ranking_findings import validation_too_small, winner_in_doubt
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.data import ClassRows, TargetVariance
from netclinic.storage.records.results import RowErrors
from scipy.stats import binom

from tests.diagnostics import planted

ROWS = 400
SQUARES = Unit(Task.REGRESSION, variance=TargetVariance(1, 1, 1))


def study_of(wrong, kept=True, rows=ROWS):
    """A study whose trials answer these rows wrongly: bool (trials, rows)."""
    trials = [planted.trial(n, validation=float(row.mean())) for n, row in enumerate(wrong)]
    made = planted.study(trials, rows=(2000, rows, rows))
    errors = {
        n: RowErrors("bits", row.size, rows, np.packbits(row).tobytes(), (row.size,))
        for n, row in enumerate(wrong)
    }
    return replace(made, row_errors=errors if kept else {})


def differing(worse, better, base=20):
    """Two trials: both wrong on some rows, and each alone on others."""
    wrong = np.zeros((2, ROWS), bool)
    wrong[:, :base] = True
    wrong[1, base : base + worse] = True
    wrong[0, base + worse : base + worse + better] = True
    return wrong


@pytest.mark.parametrize(("worse", "better"), [(6, 0), (10, 3), (9, 9), (1, 0), (30, 5)])
def test_wrong_answers_are_compared_by_mcnemars_exact_test(worse, better):
    it = compare_with_best(study_of(differing(worse, better)))
    assert it.paired
    (chance,) = it.chances
    expected = sum(math.comb(worse + better, k) for k in range(worse, worse + better + 1))
    assert chance == pytest.approx(expected / 2 ** (worse + better))


def test_trials_that_answer_alike_are_never_told_apart():
    it = compare_with_best(study_of(differing(0, 0)))
    assert it.chances == (1.0,)
    assert it.alike == 1
    assert it.told > 0


def test_pairing_tells_what_independent_errors_do_not():
    wrong = differing(12, 0, base=60)
    assert compare_with_best(study_of(wrong, kept=False)).alike == 1
    paired = compare_with_best(study_of(wrong))
    assert paired.alike == 0
    assert paired.told < compare_with_best(study_of(wrong, kept=False)).told
    assert winner_in_doubt(study_of(wrong), paired) is None


def test_rows_that_were_not_kept_or_are_others_are_not_paired():
    made = study_of(differing(6, 0))
    assert not compare_with_best(replace(made, row_errors={0: made.row_errors[0]})).paired
    other = {**made.row_errors, 1: made.row_errors[1]._replace(kept_rows=8, data=b"1")}
    assert not compare_with_best(replace(made, row_errors=other)).paired


def test_part_of_the_rows_is_enough_for_a_spread():
    wrong = differing(40, 0)
    it = compare_with_best(study_of(wrong[:, ::2], rows=ROWS))
    assert it.paired
    assert it.chances[0] < 0.001
    with_all = compare_with_best(study_of(wrong))
    assert it.told == pytest.approx(with_all.told, rel=0.1)


@pytest.mark.parametrize("shared", [0.0, 0.7])
def test_the_truly_best_trial_is_among_those_that_cannot_be_told_from_the_best(shared):
    """Eight trials of nearly equal errors; a share of the rows is wrong for all or for none."""
    rng, studies = np.random.default_rng(int(10 * shared)), 400
    rates = np.array([0.05, *[0.07] * 7])
    missed = 0
    for _ in range(studies):
        own = rng.uniform(size=(8, ROWS))
        common = np.where(rng.uniform(size=ROWS) < shared, rng.uniform(size=ROWS), np.nan)
        wrong = np.where(np.isnan(common), own, common) < rates[:, None]
        study = study_of(wrong)
        it = compare_with_best(study)
        places = {t.number: place for place, t in enumerate(study.ranked())}
        missed += places[0] > 0 and not it.is_alike(places[0])
    assert missed <= binom.ppf(0.999, studies, 0.05)


def test_equal_trials_hardly_ever_have_a_clear_winner_row_by_row():
    rng, studies = np.random.default_rng(5), 300
    clear = 0
    for _ in range(studies):
        study = study_of(rng.uniform(size=(12, ROWS)) < 0.05)
        clear += winner_in_doubt(study, compare_with_best(study)) is None
    assert clear <= binom.ppf(0.999, studies, 0.05)


def test_fewer_rows_are_too_few_when_trials_err_together():
    """Five trials with 40 common errors, each with one or two of its own."""
    wrong = np.zeros((5, ROWS), bool)
    wrong[:, :40] = True
    for n in range(5):
        wrong[n, 50 + 3 * n : 51 + 3 * n + n % 2] = True
    for kept, found in ((False, True), (True, False)):
        study = study_of(wrong, kept=kept)
        it = validation_too_small(study, compare_with_best(study), 0.02)
        assert (it is not None) is found


def squares_of(errors):
    """A regression's study whose trials have these squared errors, and their rows' errors."""
    rows = errors.shape[1]
    trials = [
        planted.trial(n, validation=float(row.mean()), deviations=(1, float(row.std()), 1))
        for n, row in enumerate(errors)
    ]
    kept = {
        n: RowErrors("float32", rows, rows, row.astype("<f4").tobytes())
        for n, row in enumerate(errors)
    }
    return planted.study(trials, rows=(2000, rows, rows)), kept


def test_errors_of_other_units_are_compared_by_their_differences():
    rng = np.random.default_rng(6)
    base = rng.exponential(size=ROWS)
    study, kept = squares_of(np.stack([base, base + 0.05 + 0.1 * rng.normal(size=ROWS), base + 5]))
    apart = compare_with_best(study, SQUARES)
    assert (apart.paired, apart.alike) == (False, 1)
    paired = compare_with_best(replace(study, row_errors=kept), SQUARES)
    assert (paired.paired, paired.alike) == (True, 0)


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("rows", [10, 20])
def test_equal_regressions_on_few_rows_are_told_apart_in_a_tenth_of_studies(rows, keep):
    """Either may lead, with 5 % each."""
    rng, studies, told = np.random.default_rng(rows), 600, 0
    for _ in range(studies):
        study, kept = squares_of(rng.standard_normal((2, rows)) ** 2)
        it = compare_with_best(replace(study, row_errors=kept if keep else {}), SQUARES)
        told += it.alike == 0
    assert told <= binom.ppf(0.999, studies, 0.1)


def test_a_single_row_of_a_regression_tells_nothing():
    study, kept = squares_of(np.array([[1.0], [2.0]]))
    assert compare_with_best(replace(study, row_errors=kept), SQUARES) is None


def test_balanced_errors_are_compared_class_by_class():
    wrong = differing(12, 0, base=60)
    names, rows = ("a", "b"), (100, 300)
    made = study_of(wrong)
    provenance = made.provenance._replace(class_rows=ClassRows(names, rows, rows, rows))

    def balanced(row):
        return float((row[:100].mean() + row[100:].mean()) / 2)

    trials = [
        replace(
            t,
            value=balanced(row),
            result=t.result._replace(
                validation_error=balanced(row),
                wrong={"validation": (int(row[:100].sum()), int(row[100:].sum()))},
            ),
        )
        for t, row in zip(made.trials, wrong, strict=True)
    ]
    kept = {n: it._replace(class_rows=rows) for n, it in made.row_errors.items()}
    study = replace(made, trials=tuple(trials), provenance=provenance, row_errors=kept)
    it = compare_with_best(study, Unit(balanced=True))
    assert it.paired
    spread = math.sqrt((12 + 2) / 102 / 100 + 2 / 302 / 300) / 2
    assert it.told == pytest.approx(1.96 * spread, rel=0.01)

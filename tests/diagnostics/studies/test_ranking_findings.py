"""The ranking against noise: a winner by luck, rows that tell too little, trials worth adding."""

import math
from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics.findings import Severity
from netclinic.diagnostics.studies import ranking_findings
from netclinic.diagnostics.studies.alike_trials import compare_with_best
from netclinic.diagnostics.studies.ranking_findings import doubling_gain
from netclinic.diagnostics.studies.trial_noise import noise_of_best, sampling_deviation
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.data import TargetVariance
from netclinic.storage.records.replicates import ReplicateResult
from scipy.stats import binom

from tests.diagnostics import planted

ROWS = (6000, 2000, 2000)
TOLERANCE = 0.02


def winner_in_doubt(study):
    return ranking_findings.winner_in_doubt(study, compare_with_best(study))


def validation_too_small(study, tolerance):
    return ranking_findings.validation_too_small(study, compare_with_best(study), tolerance)


def search_still_improving(study):
    return ranking_findings.search_still_improving(study, compare_with_best(study))


def ranked(errors, rows=ROWS, deviations=(None, None, None), **options):
    trials = [
        planted.trial(number, validation=error, deviations=deviations)
        for number, error in enumerate(errors)
    ]
    return planted.study(trials, rows=rows, **options)


def test_the_noise_is_that_of_a_share_of_rows_or_of_the_rows_errors():
    provenance = ranked([0.05]).provenance
    result = planted.trial(validation=0.05).result
    assert sampling_deviation(result, provenance) == pytest.approx(
        math.sqrt(0.05 * 0.95 / 2000), rel=0.02
    )
    none_wrong = planted.trial(validation=0.0).result
    assert sampling_deviation(none_wrong, provenance) > 0
    regression = Unit(Task.REGRESSION, variance=TargetVariance(1, 1, 1))
    assert sampling_deviation(result, provenance, regression) is None
    spread = planted.trial(validation=0.05, deviations=(1, 2, 3)).result
    assert sampling_deviation(spread, provenance, regression) == 2 / math.sqrt(1999)


def test_an_unknown_number_of_rows_gives_no_noise_and_no_findings():
    foreign = replace(ranked([0.02, 0.02, 0.03, 0.03, 0.03]), provenance=None)
    assert noise_of_best(foreign) is None
    assert winner_in_doubt(foreign) is None
    assert validation_too_small(foreign, TOLERANCE) is None
    assert search_still_improving(foreign) is None


def test_a_narrow_lead_is_in_doubt_and_says_by_how_many_rows():
    it = winner_in_doubt(ranked([0.02, 0.022, 0.023, 0.2]))
    assert it.severity is Severity.INFO
    assert (it.evidence["alike"], it.evidence["lead_rows"]) == (2, 4)
    assert "leads trial 1 by 0.2 points (4 validation rows, fewer than a paired test" in it.text
    assert "cannot tell it from 2 of the 3 others " in it.text
    assert "as if the errors were independent" in it.text
    alone = winner_in_doubt(ranked([0.02, 0.022, 0.2, 0.2])).text
    assert "cannot tell it from one of the 3 others " in alone
    every = winner_in_doubt(ranked([0.02, 0.021, 0.022])).text
    assert "cannot tell it from any of the 2 others (" in every
    pair = winner_in_doubt(ranked([0.02, 0.021])).text
    assert "cannot tell it from the other trial (" in pair
    assert "is as good as trial 1" in winner_in_doubt(ranked([0.02, 0.02, 0.2])).text
    hardly = winner_in_doubt(ranked([0.02, 0.0203, 0.2], rows=(60_000, 10_000, 10_000))).text
    assert "leads trial 1 by less than 0.1 points (3 validation rows" in hardly


def test_what_sets_trials_of_a_regression_apart_is_told_in_points_too():
    """That trial 21 led by 593,391 said nothing beside a tolerance in points of R²."""
    unit = Unit(Task.REGRESSION, variance=TargetVariance(2.0, 2.0, 2.0))
    study = ranked([0.2, 0.22, 0.23, 0.23, 0.24, 0.9], deviations=(1.0, 1.0, 1.0))
    compared = compare_with_best(study, unit)
    lead = ranking_findings.winner_in_doubt(study, compared, unit)
    assert "leads trial 1 by 0.0200 (1.0 points of R²)" in lead.text
    few = ranking_findings.validation_too_small(study, compared, 0.02, unit)
    assert few.text.count(" points of R²)") == 3
    assert "the best 5 trials lie within 0.0400 (2.0 points of R²). About" in few.text


def test_a_clear_winner_and_a_single_trial_are_not_in_doubt():
    assert winner_in_doubt(ranked([0.02, 0.06, 0.07])) is None
    assert winner_in_doubt(ranked([0.02])) is None


def test_a_winner_of_retraining_is_not_in_doubt():
    def seed(number, replicate, error):
        rest = (20, 0.2, 0.01, 0.3, error, 0.3, error, 0.5, 8, "map")
        outcome = planted.trial().result.outcome
        return ReplicateResult(number + 1, "seed", replicate, outcome, *rest)

    options = {"resolved": planted.spec(study={"replicates": 3, "finalists": 2})}
    study = ranked([0.02, 0.021, 0.022], **options)
    assert winner_in_doubt(study) is not None
    seeds = tuple(seed(n, r, e + 0.004 * r) for n, e in ((0, 0.02), (1, 0.03)) for r in (1, 2))
    again = replace(study, replicates=seeds)
    assert winner_in_doubt(again) is None
    noise = noise_of_best(again)
    assert noise.retraining == pytest.approx(0.004 / math.sqrt(2))
    assert noise.deviation > noise.sampling


def test_equal_trials_are_hardly_ever_said_to_have_a_clear_winner():
    rng, studies = np.random.default_rng(3), 400
    clear = sum(
        winner_in_doubt(ranked(rng.binomial(2000, 0.05, 30) / 2000)) is None for _ in range(studies)
    )
    assert clear <= binom.ppf(0.999, studies, 0.05)


def test_few_validation_rows_are_told_with_the_rows_that_would_do():
    study = ranked([0.05, 0.055, 0.06, 0.06, 0.065, 0.2], rows=(1000, 200, 200))
    it = validation_too_small(study, TOLERANCE)
    assert it.severity is Severity.WARNING
    told = 1.96 * math.sqrt(2) * math.sqrt(0.05 * 0.95 / 200)
    assert it.evidence["difference_told"] == pytest.approx(told, rel=0.1)
    enough = it.evidence["rows_needed"]
    assert 900 <= enough <= 1200
    more = ranked([0.05, 0.055, 0.06, 0.06, 0.065, 0.2], rows=(1000, enough, 200))
    assert validation_too_small(more, TOLERANCE) is None
    nearly = ranked([0.05, 0.055, 0.06, 0.06, 0.065, 0.2], rows=(1000, int(enough / 1.3), 200))
    assert validation_too_small(nearly, TOLERANCE) is None
    assert it.evidence["rows_for_spread"] > enough
    assert "200 validation rows" in it.text


def test_rows_that_tell_what_matters_are_enough():
    near = [0.05, 0.051, 0.051, 0.052, 0.052]
    assert validation_too_small(ranked(near), TOLERANCE) is None
    apart = [0.02, 0.1, 0.15, 0.2, 0.25]
    assert validation_too_small(ranked(apart, rows=(1000, 200, 200)), TOLERANCE) is None
    assert validation_too_small(ranked(near[:4], rows=(1000, 200, 200)), TOLERANCE) is None


def test_equal_errors_ask_for_no_number_of_rows_to_tell_them():
    it = validation_too_small(ranked([0.05] * 5, rows=(1000, 200, 200)), TOLERANCE)
    assert it.evidence["rows_for_spread"] is None
    assert it.text.endswith("would tell what matters.")


LONELY = [0.02, 0.06, 0.08, *(0.1 + 0.02 * i for i in range(29))]


def test_a_lonely_best_trial_asks_for_more_trials():
    it = search_still_improving(ranked(LONELY))
    assert it.severity is Severity.INFO
    assert (it.evidence["trials"], it.evidence["alike"]) == (32, 1)
    assert 0 < it.evidence["expected_gain"] <= it.evidence["high"]
    assert it.text.startswith("Each of the 31 other trials, compared by itself, can be told from")
    assert "32 more trials" in it.text
    near = search_still_improving(ranked([0.02, 0.022, *LONELY[2:]]))
    assert near.evidence["alike"] == 2
    assert "31 other trials, each compared by itself, only one cannot be told from" in near.text


def test_more_trials_lower_no_error_below_nought():
    it = search_still_improving(ranked([0.02, *(0.5 + 0.01 * i for i in range(31))]))
    assert it.evidence["high"] == it.evidence["expected_gain"] == it.evidence["best"] == 0.02
    assert "lower its 2.0 % by up to all of it" in it.text
    assert "will lower it by 0 to 2.0 (95 %)" in it.text


@pytest.mark.parametrize(
    "study",
    [
        ranked([0.02] * 5 + LONELY),  # many alike
        ranked(LONELY[:12]),  # too few trials
        ranked([0.0, *LONELY]),  # nothing to gain
        ranked(
            [0.02, 0.02, *(0.02001 + 1e-5 * i for i in range(30))], rows=(1, 10**9, 1)
        ),  # little
        ranked(LONELY, resolved=planted.spec(search={"sampler": "tpe"})),
    ],
)
def test_no_more_trials_are_asked_for_elsewhere(study):
    assert search_still_improving(study) is None


def test_the_gain_is_that_of_random_halves():
    rng = np.random.default_rng(0)
    errors = np.sort(rng.uniform(size=20))
    lost = [rng.choice(errors, 10, replace=False).min() - errors[0] for _ in range(20_000)]
    assert doubling_gain(list(errors[:12]), 20) == pytest.approx(np.mean(lost), rel=0.03)


@pytest.mark.parametrize("power", [0.5, 1, 2, 4])
def test_the_next_doubling_gains_no_more_than_is_said(power):
    """Errors above a floor by U^(1/power), as of parabolas in twice so many parameters."""
    rng, draws, trials = np.random.default_rng(int(10 * power)), 1000, 32
    within, promised, gained = 0, 0.0, 0.0
    for _ in range(draws):
        errors = rng.uniform(size=2 * trials) ** (1 / power)
        first = np.sort(errors[:trials])
        gain = first[0] - errors.min()
        within += gain <= first[11] - first[0]
        promised += doubling_gain(list(first), trials)
        gained += gain
    assert within >= binom.ppf(0.001, draws, 0.95)
    assert gained <= 1.05 * promised

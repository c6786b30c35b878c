"""Trials against one another where the validation rows are of few persons: persons are compared."""

import math
from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics.statistics.grouped import grouping
from netclinic.diagnostics.studies.alike_trials import compare_with_best
from netclinic.diagnostics.studies.ranking_findings import validation_too_small, winner_in_doubt
from netclinic.diagnostics.studies.trial_noise import (
    noise_of_best,
    validation_grouping,
    validation_interval,
)
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.data import GROUP_EFFECT, ClassRows, DataCheck, TargetVariance
from netclinic.storage.records.results import RowErrors
from netclinic.storage.records.study import StudyRecord
from scipy.stats import binom, norm

from tests.diagnostics import planted

PERSONS, EACH, SEEDS = 30, 10, 100
UNITS = {
    "classes": Unit(),
    "balanced": Unit(balanced=True),
    "quantities": Unit(Task.REGRESSION, variance=TargetVariance(1, 1, 1)),
}
TRUTH = {"classes": 0.2, "balanced": 0.24, "quantities": 1.0}


def errors_of(
    kind: str, seed: int, rates: list[float], persons: int = PERSONS, each: int = EACH
) -> tuple[np.ndarray, np.ndarray, tuple]:
    """Errors (trials, rows), the rows' persons, and rows of each class.

    A person's normal effect on a trial is 0.4 of the variance of what decides.

    Args:
        kind: of ``UNITS``.
        seed: of all draws.
        rates: the trials' true errors, of ``TRUTH``.
        persons: how many.
        each: rows of a person.
    """
    random, rows = np.random.default_rng(seed), persons * each
    who = np.repeat(np.arange(persons), each)
    rare = np.zeros(rows, bool)
    if kind == "balanced":
        rare, who = np.sort(random.random(rows) < 0.25), random.permutation(who)
    effects = random.normal(size=(len(rates), persons))[:, who]
    noise = random.normal(size=(len(rates), rows))
    drawn = math.sqrt(0.4) * effects + math.sqrt(0.6) * noise
    factor = np.array(rates)[:, None]
    classes = (int((~rare).sum()), int(rare.sum()))
    if kind == "quantities":
        return factor * drawn**2, who, classes
    of_row = {"classes": 0.2, "balanced": np.where(rare, 0.32, 0.16)}[kind]
    return drawn < norm.ppf(factor * of_row), who, classes


def study_of(
    kind: str,
    errors: np.ndarray,
    who: np.ndarray,
    classes: tuple = (),
    *,
    counted: bool = True,
    kept: bool = True,
) -> StudyRecord:
    """A study of such trials; ``counted``: whose row is whose is known; ``kept``: rows' errors."""

    def error(row: np.ndarray) -> float:
        parts = np.split(row, [classes[0]]) if kind == "balanced" else [row]
        return float(np.mean([part.mean() for part in parts]))

    trials, rows = [], len(who)
    for number, row in enumerate(errors):
        it = planted.trial(number, 0.1, error(row), deviations=(1, float(row.std()), 1))
        if kind == "balanced":
            wrong = tuple(int(part.sum()) for part in np.split(row, [classes[0]]))
            it = replace(it, result=it.result._replace(wrong={"validation": wrong}))
        trials.append(it)
    made = planted.study(
        trials, rows=(2000, rows, rows), resolved=planted.spec(data={"split": "grouped"})
    )
    if kind == "balanced":
        of_class = ClassRows(("a", "b"), classes, classes, classes)
        made = replace(made, provenance=made.provenance._replace(class_rows=of_class))
    if kept:
        packed = (
            (lambda row: ("float32", rows, rows, row.astype("<f4").tobytes(), None))
            if kind == "quantities"
            else (lambda row: ("bits", rows, rows, np.packbits(row).tobytes(), classes))
        )
        made = replace(made, row_errors={n: RowErrors(*packed(it)) for n, it in enumerate(errors)})
    if not counted:
        return replace(made, spec=planted.spec())
    best = grouping(errors[made.ranked()[0].number].astype(float), who)
    effect = (best.effect,) * 3
    check = DataCheck(GROUP_EFFECT, "validation", rows, *effect, None, "m", {"groups": best.number})
    provenance = made.provenance._replace(validation_groups=tuple(who.tolist()))
    return replace(made, provenance=provenance, data_checks=(check,))


@pytest.mark.parametrize(
    ("kind", "kept"), [(kind, kept) for kind in UNITS for kept in (True, False)]
)
def test_equal_trials_are_told_apart_no_more_often_than_is_due(kind: str, kept: bool) -> None:
    """Of 100 pairs at most 5 % within a binomial bound; were rows compared, far more."""
    apart = {True: 0, False: 0}
    for seed in range(SEEDS):
        errors, who, classes = errors_of(kind, seed, [1, 1])
        for counted in apart:
            study = study_of(kind, errors, who, classes, counted=counted, kept=kept)
            it = compare_with_best(study, UNITS[kind])
            assert it.paired is kept
            assert it.groups == (PERSONS if counted else None)
            apart[counted] += it.chances[0] <= 0.025
    most = binom.ppf(0.999, SEEDS, 0.05)
    assert apart[True] <= most
    assert apart[False] > most


@pytest.mark.parametrize("kind", list(UNITS))
def test_of_few_persons_equal_trials_without_kept_rows_are_not_told_apart(kind: str) -> None:
    """8 of 40 rows: by the best trial's effect, which is too small, 30, 24 and 10 of 200.

    Quantities, classes and balanced.
    """
    apart = 0
    for seed in range(2 * SEEDS):
        study = study_of(kind, *errors_of(kind, seed, [1, 1], 8, 40), kept=False)
        apart += compare_with_best(study, UNITS[kind]).chances[0] <= 0.025
    assert apart <= binom.ppf(0.999, 2 * SEEDS, 0.05)


@pytest.mark.parametrize("kind", list(UNITS))
def test_the_truly_best_trial_is_among_those_that_cannot_be_told_from_the_best(kind: str) -> None:
    missed = 0
    for seed in range(SEEDS):
        study = study_of(kind, *errors_of(kind, seed, [0.8, *[1.0] * 7]))
        it = compare_with_best(study, UNITS[kind])
        places = {trial.number: place for place, trial in enumerate(study.ranked())}
        missed += places[0] > 0 and not it.is_alike(places[0])
    assert missed <= binom.ppf(0.999, SEEDS, 0.05)


@pytest.mark.parametrize("kind", list(UNITS))
def test_the_interval_of_a_trials_error_holds_the_truth(kind: str) -> None:
    """Of a trial whose own errors tell how they hang together: the best one's are not as alike."""
    held = {True: 0, False: 0}
    for seed in range(SEEDS):
        errors, who, classes = errors_of(kind, seed, [1] * 6)
        for counted in held:
            study = study_of(kind, errors, who, classes, counted=counted)
            grouped = validation_grouping(study, 5)
            it = validation_interval(study.trials[5].result, study.provenance, UNITS[kind], grouped)
            held[counted] += it.low <= TRUTH[kind] <= it.high
    least = binom.ppf(0.001, SEEDS, 0.95)
    assert held[True] >= least > held[False]


def test_a_trial_that_is_better_with_every_person_is_told_from_others() -> None:
    errors, who, _ = errors_of("classes", 0, [0.1, 1, 1, 1, 1])
    study = study_of("classes", errors, who)
    assert compare_with_best(study).alike == 0
    assert winner_in_doubt(study, compare_with_best(study)) is None


def test_groups_are_named_where_trials_are_compared_by_them() -> None:
    study = study_of("classes", *errors_of("classes", 0, [1] * 6)[:2])
    compared = compare_with_best(study)
    doubt = winner_in_doubt(study, compared)
    assert doubt is not None
    assert "compared group by group" in doubt.text
    small = validation_too_small(study, compared, 0.02)
    assert small is not None
    assert "With 300 validation rows of 30 groups" in small.text
    assert "rows, of as many times more groups, would tell" in small.text


def test_rows_are_not_compared_one_by_one_where_it_is_not_known_whose_they_are() -> None:
    study = study_of("classes", *errors_of("classes", 0, [1, 1])[:2])
    assert compare_with_best(study).paired
    known = study.provenance._replace(validation_groups=None)
    assert not compare_with_best(replace(study, provenance=known)).paired
    fewer = study.provenance._replace(validation_groups=study.provenance.validation_groups[1:])
    assert not compare_with_best(replace(study, provenance=fewer)).paired
    assert validation_grouping(replace(study, provenance=known), 0) == validation_grouping(study)


def test_of_a_single_group_no_noise_is_known() -> None:
    errors, who, _ = errors_of("classes", 0, [1, 1])
    study = study_of("classes", errors, np.zeros_like(who))
    assert noise_of_best(study) is None
    assert compare_with_best(study) is None

"""Test rows that are harder than validation rows, where both are rows of few persons."""

import math
from dataclasses import replace

import numpy as np
from netclinic.diagnostics.evidence import selection_optimism
from netclinic.diagnostics.findings import FindingKind
from netclinic.diagnostics.gaps import measure_errors, measure_gaps
from netclinic.diagnostics.statistics.grouped import Grouping, grouping
from netclinic.diagnostics.studies.selection import selection_of
from netclinic.diagnostics.units import CLASSIFICATION
from netclinic.storage.records.results import RowErrors
from netclinic.storage.records.study import StudyRecord
from scipy.stats import binom, norm

from tests.diagnostics import planted

PERSONS, EACH, TRIALS = 30, 10, 12
WHO = np.arange(PERSONS * EACH) // EACH


def wrong_answers(random: np.random.Generator, trials: int, rate: float) -> np.ndarray:
    """Of each trial on each row, a person's effect being 0.4 of what decides and its own."""
    effects = random.normal(size=(trials, PERSONS))[:, WHO]
    noise = random.normal(size=(trials, len(WHO)))
    return math.sqrt(0.4) * effects + math.sqrt(0.6) * noise < norm.ppf(rate)


def planted_study(wrong: np.ndarray, tested: np.ndarray, *, known: bool) -> StudyRecord:
    """A study of such trials; ``known``: of which person each validation row is was kept."""
    rows = len(WHO)
    test = float(tested.mean())
    trials = [planted.trial(i, 0.1, float(row.mean()), test) for i, row in enumerate(wrong)]
    made = planted.study(trials, rows=(6000, rows, rows))
    assert made.provenance is not None
    groups = tuple(WHO.tolist()) if known else None
    kept = {
        i: RowErrors("bits", rows, rows, np.packbits(row).tobytes()) for i, row in enumerate(wrong)
    }
    provenance = made.provenance._replace(validation_groups=groups)
    return replace(made, provenance=provenance, row_errors=kept)


def said(seed: int, test: float, *, known: bool = True, told: bool = True) -> FindingKind | None:
    """What is said of the best trial; ``told``: how test errors hang together was measured."""
    random = np.random.default_rng(seed)
    wrong = wrong_answers(random, TRIALS, 0.2)
    tested = wrong_answers(random, 1, test)[0]
    made = planted_study(wrong, tested, known=known)
    best, found = made.best(), selection_of(made, CLASSIFICATION)
    assert best is not None
    assert best.result is not None
    assert found is not None
    assert made.provenance is not None
    assert made.bayes is not None
    measured: dict[str, Grouping] = {}
    if told:
        by_split = {"validation": wrong[best.number], "test": tested}
        measured = {name: grouping(it.astype(float), WHO) for name, it in by_split.items()}
    of_rows = best.result, made.provenance.rows, made.bayes
    errors = measure_errors(*of_rows, groupings=measured)
    gap = measure_gaps(errors).selection_optimism
    it = selection_optimism(gap, errors, CLASSIFICATION, found.corrected, grouped=True)
    return it.kind if it else None


def test_harder_test_persons_are_told_from_luck() -> None:
    """Of splits that are alike, at most one in forty has test rows that seem harder beyond luck;
    with rows drawn and counted it would be a sixth."""
    seeds = 60
    alike = [said(seed, 0.2) for seed in range(seeds)]
    assert alike.count(FindingKind.TEST_ROWS_HARDER) <= binom.ppf(0.999, seeds, 0.025)
    harder = [said(seed, 0.4) for seed in range(30)]
    assert harder.count(FindingKind.TEST_ROWS_HARDER) > 15


def test_unless_both_intervals_count_groups_nobody_says_that_test_rows_are_harder() -> None:
    assert said(0, 0.6) is FindingKind.TEST_ROWS_HARDER
    assert said(0, 0.6, known=False) is FindingKind.SELECTION_OPTIMISM
    assert said(0, 0.6, told=False) is FindingKind.SELECTION_OPTIMISM

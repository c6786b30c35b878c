"""Curves over validation rows of few persons: what other persons would make of them is no fault."""

import math
from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.evidence import curve_evidence
from netclinic.diagnostics.findings import Finding, FindingKind, RemedyKind
from netclinic.diagnostics.gaps import measure_errors, measure_gaps
from netclinic.diagnostics.statistics.grouped import Grouping, grouping
from netclinic.diagnostics.studies.curve_findings import overfitted_after
from netclinic.diagnostics.studies.trial_curve_findings import overfitted_trials
from netclinic.storage.records.data import GROUP_EFFECT, DataCheck
from netclinic.storage.records.results import RowErrors
from netclinic.storage.records.study import StudyRecord
from scipy.stats import binom, norm

from tests.diagnostics import planted

PERSONS, EACH, EPOCHS, MEMORY = 30, 10, 60, 0.9
WHO = np.arange(PERSONS * EACH) // EACH


def wandering(random: np.random.Generator, many: int) -> np.ndarray:
    """Standard normal values (epochs, many), each of which resembles the one before it."""
    drawn = random.normal(size=(EPOCHS, many))
    for epoch in range(1, EPOCHS):
        drawn[epoch] = MEMORY * drawn[epoch - 1] + math.sqrt(1 - MEMORY**2) * drawn[epoch]
    return drawn


def study_of(seed: int, trials: int, *, counted: bool, rising: float = 0.0) -> StudyRecord:
    """Trials whose answers wander while their true error stays at 20 %, or rises by so much.

    A person's effect is 0.4 of what decides; ``counted``: whose row is whose is known.
    """
    random, rows, made, kept = np.random.default_rng(seed), len(WHO), [], {}
    rates = 0.2 + rising * np.linspace(0, 1, EPOCHS)[:, None]
    for number in range(trials):
        effects = wandering(random, PERSONS)[:, WHO]
        drawn = math.sqrt(0.4) * effects + math.sqrt(0.6) * wandering(random, rows)
        wrong = drawn < norm.ppf(rates)
        errors = tuple(wrong.mean(axis=1).tolist())
        curves = planted.flat_curves(0.01, 0.2, EPOCHS)._replace(validation_error=errors)
        made.append(planted.trial(number, 0.01, errors[-1], curves=curves))
        kept[number] = RowErrors("bits", rows, rows, np.packbits(wrong[-1]).tobytes())
    study = replace(planted.study(made, rows=(2000, rows, rows)), row_errors=kept)
    if not counted:
        return study
    best = kept[study.ranked()[0].number]
    bits = np.unpackbits(np.frombuffer(best.data, np.uint8), count=rows)
    it = grouping(bits.astype(float), WHO)
    check = DataCheck(
        GROUP_EFFECT, "validation", rows, *(it.effect,) * 3, None, "m", {"groups": it.number}
    )
    provenance = study.provenance._replace(validation_groups=tuple(WHO.tolist()))
    return replace(study, provenance=provenance, data_checks=(check,))


def test_persons_that_come_and_go_are_not_taken_for_overfitting() -> None:
    """Of 60 studies of four trials at most 5 % name one, within a binomial bound; by rows, more."""
    seeds, named = 60, {}
    for counted in (True, False):
        studies = (study_of(seed, 4, counted=counted) for seed in range(seeds))
        named[counted] = sum(overfitted_trials(it) is not None for it in studies)
    most = binom.ppf(0.999, seeds, 0.05)
    assert named[True] <= most < named[False]
    # A rise by 60 points is found with groups counted, too.
    assert overfitted_trials(study_of(0, 4, counted=True, rising=0.6)) is not None


def evidence_of(study: StudyRecord) -> dict[FindingKind, Finding]:
    best = study.best()
    errors = measure_errors(best.result, study.provenance.rows, study.bayes)
    gaps = measure_gaps(errors)
    found = curve_evidence(study, study.provenance, best.result, gaps, 0.02)
    return {it.kind: it for it in found}


@pytest.mark.parametrize("kind", [FindingKind.STILL_IMPROVING, FindingKind.OVERFITTED_AFTER])
def test_what_is_said_of_one_trials_curve_counts_persons(kind: FindingKind) -> None:
    """Either is said in at most 5 % of trials, within a binomial bound, and at most three fifths as
    often as by rows."""
    seeds, said = 200, {}
    for counted in (True, False):
        studies = (study_of(seed, 1, counted=counted) for seed in range(seeds))
        said[counted] = sum(kind in evidence_of(it) for it in studies)
    assert said[True] < 0.6 * said[False]
    assert said[True] <= binom.ppf(0.999, seeds, 0.05)


def test_a_rise_counts_as_many_rows_as_its_groups_tell() -> None:
    errors = (*np.linspace(0.3, 0.1, 20), *np.linspace(0.1, 0.14, 20))
    curves = planted.flat_curves(0.01, 0.1, 40)._replace(validation_error=errors)
    assert overfitted_after(curves, 300) is not None  # by 11 rows
    assert overfitted_after(curves, 300, grouped=Grouping(30, 1.5)) is not None
    assert overfitted_after(curves, 300, grouped=Grouping(30, 2.5)) is None


def test_what_early_stopping_gains_is_held_by_an_interval_that_counts_persons() -> None:
    """Of 100 trials whose error rises, 95 % within a binomial bound; by rows, fewer."""
    seeds, held = 100, {True: 0, False: 0}
    rates, width = 0.2 + 0.3 * np.linspace(0, 1, EPOCHS), max(3, EPOCHS // 8)
    for counted in held:
        for seed in range(seeds):
            it = diagnose(study_of(seed, 1, counted=counted, rising=0.3))
            (turned,) = (f for f in it.findings if f.kind is FindingKind.OVERFITTED_AFTER)
            (stop,) = (r for r in it.remedies if r.kind is RemedyKind.EARLY_STOPPING)
            assert stop.gain is not None
            first = turned.evidence["epoch"] - (width + 1) // 2
            truth = rates[-width:].mean() - rates[first : first + width].mean()
            held[counted] += stop.gain.low <= truth <= stop.gain.high
    least = binom.ppf(0.001, seeds, 0.95)
    assert held[True] >= least > held[False]

"""The winner's curse where rows come in groups: whole groups are drawn, by hand and simulated."""

import math

import numpy as np
import pytest
from netclinic.diagnostics.statistics.winners_curse import redraw
from netclinic.diagnostics.studies.selection import correct
from netclinic.diagnostics.units import Task, Unit
from scipy.stats import binom, norm

pytestmark = pytest.mark.usefixtures("drawn_once")
SEEDS, BOOTSTRAPS = 60, 200
TRIALS, PERSONS, EACH = 40, 30, 10
UNITS = {"balanced": Unit(balanced=True), "regression": Unit(Task.REGRESSION)}


def test_groups_are_drawn_whole() -> None:
    random = np.random.default_rng(0)
    who = random.permutation(np.repeat([3, 5, 9, 11, 12], (1, 2, 8, 8, 21)))
    errors = random.random((3, 40)).astype(np.float32)
    found = redraw(errors, None, 60, who)
    of_person = np.stack([errors[:, who == w].sum(axis=1) for w in np.unique(who)], axis=1)
    sizes = np.unique(who, return_counts=True)[1]
    for b in range(60):
        out = found.shares[b] > 0
        persons = set(who[out])
        assert persons, "somebody is left out of every draw"
        assert np.array_equal(out, np.isin(who, list(persons)))
        assert found.shares[b].sum() == pytest.approx(1)
        assert found.left_out[b] == pytest.approx(errors[:, out].mean(axis=1), rel=1e-5)
        # Five persons are drawn of those who are not left out: some of the few ways it may be.
        within = [i for i, w in enumerate(np.unique(who)) if w not in persons]
        assert any(
            np.allclose(found.drawn[b], of_person[:, within] @ counts / (sizes[within] @ counts))
            for counts in ways(len(within), 5)
        )
    with pytest.raises(ValueError, match="single group"):
        redraw(errors, None, 60, np.zeros(40, int))


def ways(among: int, count: int) -> list[np.ndarray]:
    """All numbers of draws ≥ 1 of so many groups, so many draws in all."""
    every = np.indices((count,) * among).reshape(among, -1).T + 1
    return [it for it in every if it.sum() == count]


def test_of_groups_a_class_without_rows_drawn_or_left_out_counts_all_the_same() -> None:
    """Three persons, the rare class of one of them only."""
    random = np.random.default_rng(1)
    errors = random.random((2, 33)).astype(np.float32)
    who = np.concatenate([np.arange(30) % 3, [0, 0, 0]])
    found = redraw(errors, (30, 3), 40, who)
    rare = errors[:, 30:].mean(axis=1)
    for b in range(40):
        out = found.shares[b, :30] > 0
        common = errors[:, :30][:, out].mean(axis=1)
        assert found.left_out[b] == pytest.approx((common + rare) / 2, rel=1e-5)
        rest = 2 * found.drawn[b] - rare
        low, high = errors[:, :30].min(axis=1), errors[:, :30].max(axis=1)
        assert ((low < rest) & (rest < high)).all()


def planted(kind: str, seed: int):
    """True errors of trials, their errors on validation rows, rows of classes, and of whom.

    A person's normal effect is 0.4 of the variance of what decides whether a row is wrong; it is
    each trial's own, or (``"common"``) the same for all.
    """
    random = np.random.default_rng(seed)
    sizes = np.full(PERSONS, EACH)
    if kind == "uneven":
        sizes = 1 + random.poisson(random.gamma(1.5, (EACH - 1) / 1.5, PERSONS))
    who = np.repeat(np.arange(PERSONS), sizes)
    shape = (1 if kind == "common" else TRIALS, PERSONS)
    effects = random.normal(size=shape)[:, who]
    draws = math.sqrt(0.4) * effects + math.sqrt(0.6) * random.normal(size=(TRIALS, len(who)))
    if kind == "regression":
        return 1.0, draws**2, None, who
    if kind != "balanced":
        return 0.2, draws < norm.ppf(0.2), None, who
    of_class = np.sort(random.random(len(who)) < 0.25)  # the rare class is wrong twice as often
    who = random.permutation(who)
    draws = math.sqrt(0.4) * random.normal(size=shape)[:, who] + math.sqrt(0.6) * random.normal(
        size=draws.shape
    )
    wrong = draws < norm.ppf(np.where(of_class, 0.32, 0.16))
    return 0.24, wrong, (int((~of_class).sum()), int(of_class.sum())), who


@pytest.mark.parametrize("kind", ["own", "common", "uneven", "balanced", "regression"])
def test_the_corrected_error_holds_the_truth_where_persons_have_many_rows(kind: str) -> None:
    """Over 60 studies: the interval holds the winner's true error in 95 %, within a binomial
    bound; the corrected error is not optimistic, within 2.5 standard errors. Where persons' effects
    are each trial's own, drawing rows would leave at least a third of the optimism.
    """
    unit, held = UNITS.get(kind, Unit()), 0
    own, by_groups, by_rows = [], [], []
    for seed in range(SEEDS):
        truth, errors, classes, who = planted(kind, seed)
        errors = errors.astype(np.float32)
        parts = np.split(errors, np.cumsum(classes or errors.shape[1:])[:-1], axis=1)
        best = int(np.argmin(np.mean([part.mean(axis=1) for part in parts], axis=0)))
        redrawn = redraw(errors, classes, BOOTSTRAPS, who)
        found = correct(redrawn, errors, best, classes, unit, who)
        assert found.error.grouped is not None
        assert found.error.grouped.number == PERSONS
        held += found.error.low <= truth <= found.error.high
        own.append(found.own - truth)
        by_groups.append(found.error.value - truth)
        if kind == "own":
            plain = correct(redraw(errors, classes, BOOTSTRAPS), errors, best, classes, unit)
            by_rows.append(plain.error.value - truth)
    assert held >= binom.ppf(0.01, SEEDS, 0.95)
    assert np.mean(by_groups) > -2.5 * np.std(by_groups) / math.sqrt(SEEDS)
    assert not by_rows or np.mean(by_rows) < np.mean(own) / 3

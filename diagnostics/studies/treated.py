"""A remedy that was tried: the winner of the study with it beside the winner of that without.

Both winners were trained with fresh seeds, which had no part in choosing them, and are judged on
the same test rows, which chose nothing, either.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...storage.records.replicates import ReplicateResult
from ...storage.records.results import Outcome
from ...storage.records.study import StudyRecord
from ...storage.records.treatments import FRESH, FreshErrors, TreatmentRecord
from ..findings import DiagnosisError
from ..gaps import CONFIDENCE
from ..statistics.chances import between_shares, mean_error, shares_of_rows
from ..statistics.two_searches import (
    Pairs,
    Search,
    best_pairs,
    compare_pairs,
    compare_searches,
)
from ..units import task_of
from .selection import errors_of, groups_are_lost, groups_of_rows, unpacked

SEEDS_AT_LEAST = 2  # one alone does not say how seeds scatter


class Tried(NamedTuple):
    """What was tried, and what had been predicted of it: fields of a TreatmentRecord."""

    remedy: str  # a RemedyKind's value; "own"
    spec_change: str
    gain_of: str | None = None
    gain_low: float | None = None
    gain_high: float | None = None


class JudgedRows(NamedTuple):
    """What the test rows of both studies are."""

    classes: np.ndarray | None  # (rows,), where classes count alike
    groups: np.ndarray | None  # (rows,), where rows come in groups


def compare_winners(
    study: StudyRecord,
    errors: Sequence[FreshErrors],
    treated: StudyRecord,
    treated_errors: Sequence[FreshErrors],
    rows: JudgedRows,
    tried: Tried,
) -> TreatmentRecord:
    """How the winner of a study with a remedy does beside that of the study without it.

    Args:
        study: without the remedy, with its winner's fresh seeds.
        errors: of these seeds, on the test rows.
        treated: with the remedy, as ``study``.
        treated_errors: of its winner.
        rows: that both were judged on.
        tried: what was tried.

    Raises:
        DiagnosisError: of one winner fewer than two fresh seeds did not diverge.
    """
    balanced = treated.minimises_balanced
    before, after = (
        _side(it, found, rows, balanced=balanced)
        for it, found in ((study, errors), (treated, treated_errors))
    )
    shares = task_of(study.spec).shares
    it = compare_searches(before.search, after.search, rows.classes, rows.groups, shares=shares)
    limits = it.interval(CONFIDENCE)
    limits = between_shares(limits) if shares else limits
    pairs = _pairs(study, treated, before.search, after.search, balanced=balanced, shares=shares)
    return TreatmentRecord(
        **tried._asdict(),
        treated_study=treated.name,
        measure="balanced_error" if balanced else "error",
        trial=before.trial,
        treated_trial=after.trial,
        trials=len(before.search.trials),
        treated_trials=len(after.search.trials),
        seeds=len(before.search.errors),
        treated_seeds=len(after.search.errors),
        diverged=before.diverged,
        treated_diverged=after.diverged,
        test_rows=before.search.errors.shape[1],
        test_groups=None if rows.groups is None else len(np.unique(rows.groups)),
        error=before.test,
        treated_error=after.test,
        lower_by=it.value,
        low=_finite(limits.low),
        high=_finite(limits.high),
        seed_error=it.seeds,
        row_error=_finite(it.rows),
        search_error=it.search,
        degrees=it.degrees,
        **_told_of(pairs, shares=shares),
        training_error=before.training,
        treated_training_error=after.training,
        validation_error=before.validation,
        treated_validation_error=after.validation,
    )


def _told_of(pairs: Pairs | None, *, shares: bool) -> dict[str, Any]:
    """What a TreatmentRecord has of pairs of trials."""
    around = pairs and pairs.interval(CONFIDENCE)
    around = between_shares(around) if shares and around else around
    return {
        "pairs": pairs and pairs.number,
        "pair_lower_by": pairs and pairs.value,
        "pair_low": around and _finite(around.low),
        "pair_high": around and _finite(around.high),
        "pair_error": pairs and _finite(pairs.error),
        "pair_degrees": pairs and pairs.degrees,
    }


class _Side(NamedTuple):
    """One study of the two."""

    trial: int
    search: Search
    diverged: int
    training: float | None
    validation: float | None
    test: float


def _side(
    study: StudyRecord, errors: Sequence[FreshErrors], rows: JudgedRows, *, balanced: bool
) -> _Side:
    winner = study.best()
    assert winner is not None
    fresh = fresh_seeds(study)
    done = [r for r in fresh if r.outcome is Outcome.COMPLETED]
    if len(done) < SEEDS_AT_LEAST or len(errors) != len(done):
        raise DiagnosisError(
            f"trial {winner.number} of study {study.name!r} cannot be compared: of {len(fresh)} "
            f"fresh seeds {len(done)} did not diverge, and {SEEDS_AT_LEAST} are needed. Try lower "
            "learning rates (-S 'search.learning_rate.log=[1e-5,1e-2]') or more --seeds"
        )
    each = [errors_of(it.kind, it.errors, it.test_rows) for it in errors]
    of_rows = np.stack(each).astype(np.float64)
    measure = "_balanced_error" if balanced else "_error"

    def mean(split: str) -> float | None:
        each = [getattr(r, f"{split}{measure}") for r in done]
        return None if None in each else float(np.mean(each))

    return _Side(
        winner.number,
        Search(of_rows, _trials(study, balanced=balanced)),
        len(fresh) - len(done),
        mean("training"),
        mean("validation"),
        mean_error(of_rows, rows.classes),
    )


def _trials(study: StudyRecord, *, balanced: bool) -> dict[int, tuple[float, float]]:
    """What the study minimises, and the error that both are compared by, of each completed trial.

    That error is measured on the test rows. Of a study that minimised the share of wrong rows the
    balanced one is not known there; it is that on the validation rows then, which scatters alike.
    """
    found = {}
    for trial in study.ranked():
        result = trial.result
        if trial.value is None or result is None or result.test_error is None:
            continue
        error = result.test_error
        if balanced:
            error = result.test_balanced_error
            error = _balanced_on_validation(study, trial.number) if error is None else error
        # An older study kept no rows: what is left is how the shares of wrong rows scatter.
        found[trial.number] = (trial.value, result.test_error if error is None else error)
    return found


def _balanced_on_validation(study: StudyRecord, number: int) -> float | None:
    known = study.row_errors.get(number)
    if known is None or known.class_rows is None:
        return None
    sizes = known.class_rows
    return float(unpacked(known) @ shares_of_rows(np.repeat(np.arange(len(sizes)), sizes)))


def _pairs(
    study: StudyRecord,
    treated: StudyRecord,
    before: Search,
    after: Search,
    *,
    balanced: bool,
    shares: bool,
) -> Pairs | None:
    """The best trials with the same numbers side by side; ``None`` where that cannot be told."""
    if len({(it.spec or {}).get("study", {}).get("seed") for it in (study, treated)}) > 1:
        return None  # trials with the same numbers were not drawn alike
    if balanced and not study.minimises_balanced:
        return None  # of the trials without the remedy it is not known on the test rows
    judged = [it.provenance and it.provenance.rows.validation for it in (study, treated)]
    if judged[0] != judged[1]:
        return None  # by other validation rows, as without copies of test rows
    numbers = best_pairs(before.trials, after.trials)
    kept = study.row_errors, treated.row_errors
    if not numbers or any(number not in it for number in numbers for it in kept):
        return None
    first, second = (
        np.stack([unpacked(it[number]) for number in numbers]).mean(axis=0, dtype=np.float64)
        for it in kept
    )
    known, theirs = (it[numbers[0]] for it in kept)
    # Of many validation rows other ones are kept where classes count alike.
    drawn = [(it.kind, it.kept_rows, it.class_rows) for it in (known, theirs)]
    if drawn[0] != drawn[1]:
        return None
    groups = groups_of_rows(study)
    if groups is None and groups_are_lost(study):
        return None
    sizes = known.class_rows
    classes = np.repeat(np.arange(len(sizes)), sizes) if balanced and sizes else None
    rows = before.errors.shape[1]
    trials = before.trials, after.trials
    return compare_pairs(numbers, *trials, first - second, rows, classes, groups, shares=shares)


def fresh_seeds(study: StudyRecord) -> tuple[ReplicateResult, ...]:
    """The winner's trainings with fresh seeds, in order."""
    winner = study.best()
    return tuple(
        r
        for r in study.replicates
        if winner is not None and r.trial_id == winner.trial_id and r.kind == FRESH
    )


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None

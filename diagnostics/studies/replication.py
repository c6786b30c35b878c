"""What the finalists' replicates say: retraining noise, who cannot be told from the winner."""

from collections.abc import Sequence
from typing import NamedTuple

from ...storage.records.replicates import DecompositionRecord
from ...storage.records.results import Outcome
from ...storage.records.study import StudyRecord
from ...storage.records.trials import TrialRecord
from ..statistics.intervals import Interval
from ..statistics.retraining import (
    RetrainingNoise,
    mean_interval,
    noise_of_each,
    pooled_noise,
    probabilities_of_no_difference,
    scatter_unlike,
)

ALPHA = 0.05  # a finalist differs from the winner below this adjusted p-value


class FinalistErrors(NamedTuple):
    """One finalist's errors; the new seeds are those that did not make it a finalist."""

    trial: int
    search_error: float  # validation error in the search, which made it a finalist
    seeds: int  # new seeds trained to the end
    diverged: int  # new seeds
    left_out: int  # new seeds not trained, as the finalist was clearly worse
    validation: Interval | None  # mean over the new seeds; None where no noise is known
    test: Interval | None
    p_value: float | None  # of no difference from the winner in validation error; Holm-adjusted


class Replication(NamedTuple):
    """What training the finalists again has shown."""

    winner: int  # the trial with the lowest mean validation error over its new seeds
    validation_noise: RetrainingNoise | None  # None where no finalist has two new seeds
    test_noise: RetrainingNoise | None
    finalists: tuple[FinalistErrors, ...]  # by their rank in the search
    alike: tuple[int, ...]  # finalists that cannot be told from the winner, without it
    decomposition: DecompositionRecord | None  # of the winner; None where its method is missing
    # whether its bootstrap samples drew whole groups of rows; of an earlier netclinic they did not
    drew_groups: bool = False
    unlike: bool = False  # whether the finalists' validation errors scatter unlike over seeds


def replication_of(study: StudyRecord) -> Replication | None:
    """What the replicates of a study say; ``None`` as long as there are none, or some are missing.

    The validation errors choose and compare; the test errors stand beside them as the judge.
    """
    winner = study.winner()
    if winner is None:
        return None
    finalists = study.finalists()
    validation = [_errors(study, trial, "validation_error") for trial in finalists]
    test = [_errors(study, trial, "test_error") for trial in finalists]
    validation_noise, test_noise = pooled_noise(validation), pooled_noise(test)
    p_values = _p_values(finalists.index(winner), validation)
    found = study.decomposition
    return Replication(
        winner=winner.number,
        validation_noise=validation_noise,
        test_noise=test_noise,
        finalists=tuple(
            _finalist(study, trial, v, t, p)
            for trial, v, t, p in zip(
                finalists, _means(validation), _means(test), p_values, strict=True
            )
        ),
        alike=tuple(
            trial.number
            for trial, p in zip(finalists, p_values, strict=True)
            if trial is not winner and p is not None and p >= ALPHA
        ),
        decomposition=found if found and found.trial_number == winner.number else None,
        drew_groups=any(r.kind == "group_bootstrap" for r in study.replicates),
        unlike=scatter_unlike(validation),
    )


def _errors(study: StudyRecord, trial: TrialRecord, field: str) -> list[float]:
    errors = [getattr(r, field) for r in study.seeds_of(trial)]
    return [error for error in errors if error is not None]


def _means(errors: Sequence[Sequence[float]]) -> list[Interval | None]:
    pooled, noises = pooled_noise(errors), noise_of_each(errors)
    if pooled is None or noises is None:
        return [None] * len(errors)
    # A trial that is taken for a quiet one by luck must not have too narrow an interval.
    return [
        mean_interval(of_one, noise, pooled) if of_one else None
        for of_one, noise in zip(errors, noises, strict=True)
    ]


def _p_values(winner: int, errors: Sequence[Sequence[float]]) -> list[float | None]:
    """One a finalist; ``None`` for those without errors, and for all where no noise is known."""
    known = [place for place, of_one in enumerate(errors) if of_one]
    compared = [errors[place] for place in known]
    found: list[float | None] = [None] * len(errors)
    noises = noise_of_each(compared)
    if noises and winner in known:
        adjusted = probabilities_of_no_difference(known.index(winner), compared, noises)
        for place, p in zip(known, adjusted, strict=True):
            found[place] = p
    return found


def _finalist(
    study: StudyRecord,
    trial: TrialRecord,
    validation: Interval | None,
    test: Interval | None,
    p_value: float | None,
) -> FinalistErrors:
    outcomes = [r.outcome for r in study.seeds_of(trial)]
    assert trial.value is not None
    return FinalistErrors(
        trial=trial.number,
        search_error=trial.value,
        seeds=outcomes.count(Outcome.COMPLETED),
        diverged=outcomes.count(Outcome.DIVERGED),
        left_out=outcomes.count(Outcome.PRUNED),
        validation=validation,
        test=test,
        p_value=p_value,
    )

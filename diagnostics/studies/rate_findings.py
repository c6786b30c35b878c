"""Whether the best trial was the best because its low learning rate regularised it."""

from collections.abc import Sequence
from typing import Any

from ...storage.records.results import Outcome
from ...storage.records.study import StudyRecord
from ..findings import Finding, FindingKind, Severity
from ..number_text import plain_number, signed

_P = 0.025  # of each of two tests that must both speak for it: Bonferroni of 5 %
_TRIALS_AT_LEAST = 10  # above the best trial's learning rate
_FITTING_AT_LEAST = 0.5  # of them: better on the training rows than the best trial


def low_rate_regularises(study: StudyRecord) -> Finding | None:
    """Find whether above the best trial's learning rate training gets better and validation worse.

    A low learning rate fits the training rows less closely, and so can win where regularisation is
    lacking (Godbole et al. 2023, Deep Learning Tuning Playbook). Among the finished trials with a
    higher learning rate than the best one, and below the lowest at which one diverged, Spearman's
    rank correlation with the learning rate must be negative for the training loss and positive for
    the validation error, each with p ≤ 0.025 one-sided; and at least half of them must have a lower
    training loss than the best trial. The best trial, chosen by its luck, is in neither test.

    Random trials draw their learning rate without regard to the other parameters, so nothing else
    explains the correlations. Of trials by a model, or left over by pruning, this does not hold:
    nothing is said of them.
    """
    best = next(iter(study.ranked()), None)
    if best is None or best.result is None or best.result.training_loss is None:
        return None
    if not _drawn_at_random(study):
        return None
    rate = best.result.learning_rate
    above = _stable_above(study, rate)
    fitting = sum(loss < best.result.training_loss for _, loss, _ in above)
    if len(above) < _TRIALS_AT_LEAST or fitting < _FITTING_AT_LEAST * len(above):
        return None
    rates, losses, errors = (list(column) for column in zip(*above, strict=True))
    if len(set(losses)) < 2 or len(set(errors)) < 2:
        return None
    falls, p_training = _correlation(rates, losses, "less")
    rises, p_validation = _correlation(rates, errors, "greater")
    if max(p_training, p_validation) > _P:
        return None
    text = (
        f"The best trial's learning rate is {plain_number(rate)}. Among the {len(above)} stable "
        f"trials with a higher one, the training loss falls with it (rank correlation "
        f"{signed(falls, 2)}) while the validation error rises "
        f"({signed(rises, 2)}): the low rate may have won because it regularises. A higher "
        "one with more regularisation may be better, and is faster."
    )
    evidence = {
        "learning_rate": rate,
        "highest": max(rates),
        "trials_above": len(above),
        "fitting_better": fitting,
        "correlation_training_loss": falls,
        "correlation_validation_error": rises,
        "p_training_loss": p_training,
        "p_validation_error": p_validation,
    }
    return Finding(FindingKind.LOW_RATE_REGULARISES, Severity.INFO, evidence, text)


def _drawn_at_random(study: StudyRecord) -> bool:
    """Whether learning rates were drawn without regard to anything, and all trials were ended."""
    search = (study.spec or {}).get("search", {})
    searched = any(r.name == "learning_rate" and r.law != "choice" for r in study.ranges)
    pruned = any(t.result and t.result.outcome is Outcome.PRUNED for t in study.trials)
    return searched and search.get("sampler", "random") == "random" and not pruned


def _stable_above(study: StudyRecord, rate: float) -> list[tuple[float, float, float]]:
    """Learning rate, training loss and validation error of the trials that are compared.

    Their learning rates are higher than ``rate``, and below the lowest at which one diverged.
    """
    ended = [t.result for t in study.trials if t.result]
    diverged = (r.learning_rate for r in ended if r.outcome is Outcome.DIVERGED)
    stable = min(diverged, default=float("inf"))
    return [
        (r.learning_rate, r.training_loss, r.validation_error)
        for r in ended
        if r.outcome is Outcome.COMPLETED and rate < r.learning_rate < stable
        if r.training_loss is not None and r.validation_error is not None
    ]


def _correlation(
    rates: Sequence[float], values: Sequence[float], alternative: str
) -> tuple[float, float]:
    """Spearman's rank correlation and its one-sided p-value."""
    from scipy.stats import spearmanr  # here, since it takes half a second, and few studies ask

    found: Any = spearmanr(rates, values, alternative=alternative)
    return float(found.statistic), float(found.pvalue)

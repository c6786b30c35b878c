"""What the curves of all trials show: overfitting, losses that rise, unsteady or wasted epochs."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...storage.records.results import Outcome, TrialResult
from ...storage.records.study import StudyRecord
from ...storage.records.trials import TrialRecord
from ..error_text import error_text, loss_text, loss_unit, size
from ..findings import Finding, FindingKind, Severity
from ..number_text import percent
from ..statistics.grouped import upper_quantile
from ..statistics.intervals import chi2_quantile
from ..units import CLASSIFICATION, Unit
from .curve_shapes import Rise, finite, rise_after_minimum
from .stopping import patience_of
from .trial_noise import sampling_deviation, validation_grouping

_TOP = 5
_ALPHA = 0.05  # that any of a healthy study's trials is said to have overfitted
_MANY = 0.25  # of the trials
_GIVEN_BACK = 0.05  # of what the training loss had gained
_RELATIVE_RISE = 0.1  # of the training loss
_FEW_RISING = 3  # trials; fewer are odd ones
_END_AT_LEAST = 8  # epochs, of which a curve's end is made
_SWING = 0.1  # of the training loss, from one epoch to the next
_EARLY = 0.1  # of the epochs
_EPOCHS_AT_LEAST = 20


class _Rising(NamedTuple):
    trial: TrialRecord
    rise: Rise
    size: float  # by which trials are compared


def overfitted_trials(study: StudyRecord, unit: Unit = CLASSIFICATION) -> Finding | None:
    """Find trials whose validation error rose after its minimum while training went on to learn.

    The rise, and the distance of the validation error from the training error, must each exceed
    what another set of validation rows, of other groups where they come in groups, would make of
    two independent errors; with Bonferroni over all trials, so that one of a healthy study's is
    named in at most 5 % of studies.
    """
    finished = [t for t in study.finished() if t.result]
    overfitted = [it for t in finished if (it := _overfitted(t, study, len(finished), unit))]
    if not overfitted:
        return None
    overfitted.sort(key=lambda it: -it.size)
    worst, best = overfitted[0], study.best()
    among = best is not None and any(it.trial.number == best.number for it in overfitted)
    low, last = (error_text(e, unit) for e in (worst.rise.lowest, worst.rise.last))
    text = (
        f"In {len(overfitted)} of {len(finished)} trials the validation error rose again while the "
        f"training error went on falling or stayed low, most in trial {worst.trial.number}: from "
        f"{low} at about epoch {worst.rise.epoch} to {last}. "
    ) + (
        "The best trial is one of them."
        if among
        else "The best trial is not one of them; more regularisation may make still better ones of "
        "those."
    )
    evidence = {
        "overfitted": len(overfitted),
        "trials": len(finished),
        "worst": worst.trial.number,
        "rise": worst.size,
        "numbers": _numbers(overfitted),
    }
    many = among or len(overfitted) >= _MANY * len(finished)
    severity = Severity.WARNING if many else Severity.INFO
    return Finding(FindingKind.OVERFITTED_TRIALS, severity, evidence, text)


def training_loss_rising(study: StudyRecord, unit: Unit = CLASSIFICATION) -> Finding | None:
    """Find trials that unlearnt: the training loss ended above its minimum.

    Measured on all training rows without dropout, the loss has no sampling noise. Its rise must
    exceed 3 standard errors of its own epoch-to-epoch noise, a tenth of itself, and a twentieth of
    what it had gained since the first epoch. The best trial alone is enough; of others, three.
    It is a warning of the best trial, and where a quarter of the trials did so.
    """
    trained = [
        t
        for t in study.trials
        if t.result and t.result.outcome in (Outcome.COMPLETED, Outcome.PRUNED)
    ]
    rising = [it for t in trained if (it := _unlearnt(t))]
    best = study.best()
    own = next((it for it in rising if best and it.trial.number == best.number), None)
    if own is None and len(rising) < _FEW_RISING:
        return None
    rising.sort(key=lambda it: -it.size)
    it = own or rising[0]
    of = f"of the best trial, {it.trial.number}," if own else f"of trial {it.trial.number}"
    text = (
        f"The training loss {of} rose again, from {loss_text(it.rise.lowest)} at about epoch "
        f"{it.rise.epoch} to {loss_text(it.rise.last)}{loss_unit(unit)}; so did that of "
        f"{len(rising) - 1} more of {len(trained)} trials. It is measured on all training rows "
        "without dropout, so the learning rate (with momentum) is too high for it, or something "
        "is wrong in the training."
    ).replace("; so did that of 0 more of", " and of no other of")
    evidence = {
        "rising": len(rising),
        "trials": len(trained),
        "of_the_best": int(own is not None),
        "shown": it.trial.number,
        "lowest": it.rise.lowest,
        "last": it.rise.last,
        "numbers": _numbers(rising),
    }
    many = own is not None or len(rising) >= _MANY * len(trained)
    severity = Severity.WARNING if many else Severity.INFO
    return Finding(FindingKind.TRAINING_LOSS_RISING, severity, evidence, text)


def unsteady_end(
    study: StudyRecord, tolerance: float, unit: Unit = CLASSIFICATION
) -> Finding | None:
    """Find errors that still swing from epoch to epoch at the end, so that the last one decides.

    Over the last quarter of the epochs, at least 8, a parabola is taken off. What is left of the
    logarithm of the training loss must have a standard deviation above 0.1 with 97.5 % (χ²), and
    that of the validation error twice a standard deviation above the tolerance. It is told of the
    best trial, or of three of the best five.
    """
    ranked = [t for t in study.ranked()[:_TOP] if t.result]
    swings = {t.number: it for t in ranked if (it := _swing(t.result))}
    unsteady = [n for n, it in swings.items() if it.low > _SWING and 2 * it.error > tolerance]
    best = study.best()
    of_the_best = best is not None and best.number in unsteady
    if not of_the_best and 2 * len(unsteady) < _TOP:
        return None
    number = best.number if best and of_the_best else unsteady[0]
    it = swings[number]
    text = (
        f"Over the last {it.epochs} epochs of trial {number} the validation error swung by "
        f"{size(it.error, unit)} from epoch to epoch and the training loss by {percent(it.loss)} "
        "of itself (standard deviations about their trend): which epoch is the last decides. "
        f"{len(unsteady)} of the best {len(ranked)} trials end like this."
    )
    evidence = {
        "shown": number,
        "of_the_best": int(of_the_best),
        "epochs_compared": it.epochs,
        "validation_error_deviation": it.error,
        "training_loss_deviation": it.loss,
        "training_loss_low": it.low,
        "top_trials_unsteady": len(unsteady),
        "numbers": ", ".join(map(str, unsteady)),
    }
    return Finding(FindingKind.UNSTEADY_END, Severity.WARNING, evidence, text)


def trained_too_long(study: StudyRecord) -> Finding | None:
    """Find whether the best trials were at their best within the first tenth of the epochs.

    At least three of the best five must be; where the error only wavers after it has fallen, and
    every epoch may be the best, chance does that in under 1 % of studies. Studies that stop early
    see to it themselves.
    """
    ranked = [t.result for t in study.ranked()[:_TOP] if t.result]
    if patience_of(study.spec) or len(ranked) < _TOP:
        return None
    epochs = max(r.epochs for r in ranked)
    bests = [r.best_epoch for r in ranked if r.best_epoch]
    early = [epoch for epoch in bests if epoch <= _EARLY * epochs]
    if epochs < _EPOCHS_AT_LEAST or 2 * len(early) < _TOP:
        return None
    text = (
        f"{len(early)} of the best {_TOP} trials had their lowest validation error within the "
        f"first {max(early)} of {epochs} epochs: the rest of the training bought nothing."
    )
    evidence = {
        "early": len(early),
        "top_trials": _TOP,
        "latest_of_them": max(early),
        "best_epoch": bests[0],
        "epochs": epochs,
    }
    return Finding(FindingKind.TRAINED_TOO_LONG, Severity.INFO, evidence, text)


def _overfitted(trial: TrialRecord, study: StudyRecord, trials: int, unit: Unit) -> _Rising | None:
    result, provenance = trial.result, study.provenance
    if result is None or provenance is None:
        return None
    training, validation = (
        finite(c) for c in (result.curves.training_error, result.curves.validation_error)
    )
    rise = rise_after_minimum(validation)
    grouped = validation_grouping(study, trial.number)
    deviation = sampling_deviation(result, provenance, unit, grouped)
    if rise is None or not training or deviation is None:
        return None
    quantile = upper_quantile(_ALPHA / trials, grouped and grouped.telling)
    least = quantile * math.sqrt(2) * deviation
    rose = rise.last - rise.lowest
    learnt = training[-1] <= training[rise.epoch - 1]
    if not (learnt and rose > least and rise.last - training[-1] > least):
        return None
    return _Rising(trial, rise, rose)


def _unlearnt(trial: TrialRecord) -> _Rising | None:
    losses = finite(trial.result.curves.training_loss) if trial.result else None
    rise = rise_after_minimum(losses)
    if not losses or rise is None or rise.last < rise.lowest * (1 + _RELATIVE_RISE):
        return None
    rose = rise.last - rise.lowest
    gained = losses[0] - rise.lowest
    if rose < _GIVEN_BACK * max(gained, rise.lowest):
        return None
    return _Rising(trial, rise, rose)


class _Swing(NamedTuple):
    epochs: int
    error: float  # standard deviation of the validation error about its trend
    loss: float  # of the logarithm of the training loss: a share of it
    low: float  # its lower limit, 97.5 %


def _swing(result: TrialResult | None) -> _Swing | None:
    if result is None:
        return None
    losses, errors = (
        finite(c) for c in (result.curves.training_loss, result.curves.validation_error)
    )
    if not losses or not errors or len(losses) < 2 * _END_AT_LEAST or min(losses) <= 0:
        return None
    epochs = max(_END_AT_LEAST, math.ceil(len(losses) / 4))
    degrees = epochs - 3
    loss, error = (
        _about_trend(np.asarray(it[-epochs:]), degrees) for it in (np.log(losses), errors)
    )
    return _Swing(epochs, error, loss, loss * math.sqrt(degrees / chi2_quantile(0.975, degrees)))


def _about_trend(values: np.ndarray, degrees: int) -> float:
    at = np.linspace(-1, 1, len(values))
    rest = values - np.polynomial.Polynomial.fit(at, values, 2)(at)
    return math.sqrt(float((rest**2).sum()) / degrees)


def _numbers(rising: Sequence[_Rising]) -> str:
    """The first dozen trials' numbers."""
    shown = ", ".join(str(it.trial.number) for it in rising[:12])
    return f"{shown}, …" if len(rising) > 12 else shown

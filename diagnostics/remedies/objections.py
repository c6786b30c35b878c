"""Remedies that the evidence speaks against, and why."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from ...storage.records.results import Outcome
from ..error_text import gap_limit, size_in_full
from ..findings import FindingKind, Objection, RemedyKind, Severity
from ..ladder import Gap, Gaps
from ..leaning import OPEN
from ..studies.stopping import patience_of
from ..verdict import Standing, standing
from .case import Case
from .in_use import in_use
from .more_data import too_little_to_gain
from .remedies import a_mere_note, asked_by
from .tried import tried_in_vain

_FLAT = 0.02  # of the loss: what a third of the epochs must move it by to count
_EPOCHS_AT_LEAST = 12
_TRIALS_AT_LEAST = 16  # as in ranking_findings, whose bound this is
_PLACE = 12
_KEEP_FROM_LEARNING = (
    FindingKind.INPUTS_UNFIT,
    FindingKind.UNITS_ALIKE,
    FindingKind.STEPS_TOO_LARGE,
    FindingKind.STEPS_TOO_SMALL,
    FindingKind.DECAY_TOO_STRONG,
)
_GAP_FINDINGS = (FindingKind.HIGH_BIAS, FindingKind.HIGH_VARIANCE, *OPEN)


class Against(NamedTuple):
    """Why not, with its numbers."""

    addresses: FindingKind
    reason: str
    evidence: dict[str, float | int | str | None]


def objections(case: Case) -> tuple[Objection, ...]:
    """Remedies of bias, variance and the search that would not help, in the order of the rules.

    None that another finding than those of the gaps asks for, nor one that is in use; those
    that were tried in vain come first, whatever asks for them.
    """
    if case.gaps is None:
        return ()
    asked = {
        kind
        for finding in case.findings
        if finding.kind not in _GAP_FINDINGS and not a_mere_note(finding)
        for kind in asked_by(finding)
    }
    found = {it.kind: it for it in tried_in_vain(case)}
    for kinds, rule in _RULES:
        if all(kind in asked or kind in found or in_use(kind, case) for kind in kinds):
            continue
        if (why := rule(case, case.gaps)) is None:
            continue
        for kind in kinds:
            if kind not in asked and kind not in found and not in_use(kind, case):
                found[kind] = Objection(kind, *why)
    return tuple(found.values())


def _stands(gap: Gap, case: Case) -> Standing:
    return standing(gap.low, gap.high, case.tolerance)


def _numbers(gap: Gap, case: Case) -> dict[str, float | int | str | None]:
    return {"gap": gap.value, "low": gap.low, "high": gap.high, "tolerance": case.tolerance}


def _variance_is_low(case: Case, gaps: Gaps) -> Against | None:
    gap = gaps.judged_variance
    if _stands(gap, case) is not Standing.LOW:
        return None
    reason = (
        f"The variance is at most {_limit(gap, case)}, and {_tolerated(case)} are tolerated: more "
        "rows of the same kind would gain less than that."
    )
    return Against(FindingKind.HIGH_VARIANCE, reason, _numbers(gap, case))


def _curve_is_flat(case: Case, _: Gaps) -> Against | None:
    found = too_little_to_gain(case)
    return found and Against(FindingKind.HIGH_VARIANCE, *found)


def _underfits(case: Case, gaps: Gaps) -> Against | None:
    bias, variance = gaps.avoidable_bias, gaps.judged_variance
    if _stands(bias, case) is not Standing.HIGH or _stands(variance, case) is not Standing.LOW:
        return None
    reason = (
        f"The network underfits already: its avoidable bias is "
        f"{size_in_full(bias.value, case.unit)}, its variance at most {_limit(variance, case)}. "
        "What holds the weights back raises the bias."
    )
    return Against(FindingKind.HIGH_VARIANCE, reason, _numbers(variance, case))


def _bias_is_low(case: Case, gaps: Gaps) -> Against | None:
    gap = gaps.avoidable_bias
    if _stands(gap, case) is not Standing.LOW:
        return None
    lies = f"lies at most {_limit(gap, case)}" if gap.high > 0 else "does not lie"
    reason = (
        f"The training error {lies} above the Bayes error: the network is big enough to learn what "
        "can be learnt."
    )
    return Against(FindingKind.HIGH_BIAS, reason, _numbers(gap, case))


def _does_not_learn(case: Case, _: Gaps) -> Against | None:
    """What keeps the network from learning is known, and is not its size."""
    plateau = case.first(FindingKind.PLATEAU)
    cause = next((it for it in case.findings if it.kind in _KEEP_FROM_LEARNING), None)
    if plateau is None or cause is None or cause.severity is not Severity.PROBLEM:
        return None
    reason = (
        "The network learnt next to nothing, and what keeps it from learning is another thing "
        f"than its size: {cause.text[:1].lower()}{cause.text[1:]} Whether it is too small shows "
        "once it learns."
    )
    return Against(FindingKind.HIGH_BIAS, reason, {"cause": cause.kind.value})


def _turned(case: Case, gaps: Gaps) -> Against | None:
    """The validation error rose although there is no bias to cure by training on."""
    turned = case.first(FindingKind.OVERFITTED_AFTER)
    if turned is None or _stands(gaps.avoidable_bias, case) is Standing.HIGH:
        return None
    if turned.evidence.get("validation_error_last") is None:
        return None
    evidence = {"epoch": turned.evidence.get("epoch")}
    return Against(FindingKind.HIGH_BIAS, f"{turned.text} More of them would go on so.", evidence)


def _flat(case: Case, _: Gaps) -> Against | None:
    """The training loss neither fell nor rose over the last third by what counts.

    Where the learning rate falls towards the end, so does every loss come to rest there: more
    epochs would stretch the schedule, of which a flat end says nothing.
    """
    result = case.best.result
    if case.spec["training"].get("schedule", "constant") != "constant":
        return None
    if result is None or result.outcome is not Outcome.COMPLETED:
        return None
    losses = [loss for loss in result.curves.training_loss if loss is not None]
    if len(losses) < _EPOCHS_AT_LEAST or len(losses) != len(result.curves.training_loss):
        return None
    part = losses[-(len(losses) // 3) :]
    most = largest_fall(part)
    if most is None or most > _FLAT:
        return None
    reason = (
        f"The training loss has been flat for the last {len(part)} of {len(losses)} epochs: its "
        f"trend over them is a fall of less than {100 * _FLAT:g} % of itself (95 %)."
    )
    evidence = {"epochs_compared": len(part), "largest_fall": most, "epochs": len(losses)}
    return Against(FindingKind.HIGH_BIAS, reason, evidence)


def largest_fall(values: Sequence[float]) -> float | None:
    """The upper 95 % limit of a curve's relative fall from end to end, by its line's slope.

    The epochs' scatter about the line is taken as independent, and 1.5 times what it is, since
    neighbouring epochs hang together (``tests/diagnostics/remedies/test_objections.py``).

    Args:
        values: four at least; ``None`` is returned where the first is not above 0.
    """
    curve = np.asarray(values, np.float64)
    x = np.arange(len(curve)) - (len(curve) - 1) / 2
    level = float(curve.mean())
    if level <= 0:
        return None
    slope = float((x * curve).sum() / (x * x).sum())
    scatter = float(((curve - level - slope * x) ** 2).sum()) / (len(curve) - 2)
    error = 1.5 * float(np.sqrt(scatter / (x * x).sum()))
    steepest = slope - float(stdtrit(len(curve) - 2, 0.95)) * error
    return -steepest * (len(curve) - 1) / level


def _last_is_best(case: Case, _: Gaps) -> Against | None:
    result = case.best.result
    if result is None or patience_of(case.spec) or result.best_epoch != result.epochs:
        return None
    reason = (
        f"The last epoch, {result.epochs:,}, has the lowest validation error of all: there is "
        "nothing to go back to."
    )
    return Against(FindingKind.HIGH_VARIANCE, reason, {"best_epoch": result.best_epoch})


def _search_is_done(case: Case, _: Gaps) -> Against | None:
    """As many random trials again would gain less than what is tolerated."""
    values = [float(t.value) for t in case.study.ranked() if t.value is not None]
    sampler = case.spec["search"].get("sampler", "random")
    ended = sum(t.result is not None for t in case.study.trials)
    if sampler != "random" or ended < _TRIALS_AT_LEAST or len(values) < _PLACE:
        return None
    most = values[_PLACE - 1] - values[0]
    if most > case.tolerance:
        return None
    reason = (
        f"The twelfth best of {ended:,} random trials lies {size_in_full(most, case.unit)} above "
        f"the best: as many again would lower the error by no more (95 %), and {_tolerated(case)} "
        "are tolerated."
    )
    evidence: dict[str, float | int | str | None] = {"low": 0.0, "high": most, "trials": ended}
    return Against(FindingKind.SEARCH_STILL_IMPROVING, reason, evidence)


def _tolerated(case: Case) -> str:
    return size_in_full(case.tolerance, case.unit)


def _limit(gap: Gap, case: Case) -> str:
    """A gap's upper limit, at least 0, with its unit."""
    high = max(0.0, gap.high)
    return size_in_full(high, case.unit) if high else gap_limit(high, case.unit)


Rule = Callable[[Case, Gaps], Against | None]
_HOLDING_BACK = (RemedyKind.L2, RemedyKind.DROPOUT, RemedyKind.AUGMENTATION)
_RULES: tuple[tuple[tuple[RemedyKind, ...], Rule], ...] = (
    ((RemedyKind.BIGGER_NETWORK,), _bias_is_low),
    ((RemedyKind.BIGGER_NETWORK, RemedyKind.OTHER_ARCHITECTURE), _does_not_learn),
    ((RemedyKind.MORE_EPOCHS,), _turned),
    ((RemedyKind.MORE_EPOCHS,), _flat),
    ((RemedyKind.MORE_DATA,), _curve_is_flat),
    ((RemedyKind.MORE_DATA,), _variance_is_low),
    (_HOLDING_BACK, _underfits),
    ((RemedyKind.EARLY_STOPPING,), _last_is_best),
    ((RemedyKind.MORE_TRIALS,), _search_is_done),
)

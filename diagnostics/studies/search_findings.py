"""What all trials together show: the best at the edge of a range or of stability; divergence."""

from collections.abc import Sequence

import numpy as np
from scipy.special import bdtrc

from ...storage.records.results import Outcome
from ...storage.records.study import SearchRange, StudyRecord
from ...storage.records.trials import TrialRecord
from ..findings import Finding, FindingKind, Severity
from ..number_text import percent, plain_number
from .parting import cut_value, misplaced
from .ranges import position, share_at_end, widened

_OUTER = 0.1  # of a range on its own scale
_TOP = 5
_MOSTLY = 0.5  # of random draws at the ends of a range: that the best is there, too, tells nothing
_ALPHA = 0.05  # that chance crowds the best trials at any of the sides
_MANY_DIVERGED = 0.25
_MISPLACED_AT_MOST = 0.1  # of the diverged trials, for a threshold to separate
_FEW_DIVERGED = 3  # fewer tell too little of where the threshold is


def best_at_edge(study: StudyRecord) -> tuple[Finding, ...]:
    """Find the ranges whose outer tenth holds the best trial, or at least half of the top five.

    A parameter that does not matter puts its best value into one of the two outer tenths in 20 %
    of studies, but three of the top five into one given tenth in under 1 %: so the best alone is an
    observation, the top five are a warning. It takes as many of them as chance puts into any of the
    sides looked at in at most 5 % of studies (binomial, Bonferroni over the sides): three for up to
    five sides, then four. Whole numbers and steps of few values lie at an end more often than in a
    tenth, so they take more; where more than half of the values lie at the ends, the best alone
    tells nothing. Sides that cannot sensibly be widened are left out.
    """
    ranked = study.ranked()
    numeric = [searched for searched in study.ranges if searched.law != "choice"]
    sides = sum(
        widened(searched, upper) is not None for searched in numeric for upper in (False, True)
    )
    found = [_edge(searched, ranked, sides) for searched in numeric]
    return tuple(f for f in found if f is not None)


def crowd_at_least(sides: int, share: float = _OUTER) -> int:
    """How many of the best five must lie at one end, where so many are looked at.

    Args:
        sides: that are looked at.
        share: of random draws that lie at that end.

    Returns:
        Three at least; six, which five cannot be, where even five may be chance.
    """
    by_chance = [sides * float(bdtrc(crowd - 1, _TOP, share)) for crowd in range(1, _TOP + 1)]
    return next((c for c, p in enumerate(by_chance, start=1) if c > 2 and p <= _ALPHA), _TOP + 1)


def diverged_trials(study: StudyRecord) -> Finding | None:
    """Report how many trials diverged, and the learning rate that parts them from the others.

    Pruned trials are among the others, as they had not diverged so far: without them, the share
    would grow with each trial that is stopped early.
    """
    diverged, completed, pruned = (
        [t.result.learning_rate for t in study.trials if t.result and t.result.outcome is outcome]
        for outcome in (Outcome.DIVERGED, Outcome.COMPLETED, Outcome.PRUNED)
    )
    if not diverged:
        return None
    stable = [*completed, *pruned]
    total = len(diverged) + len(stable)
    share = len(diverged) / total
    rates = np.array([*diverged, *stable])
    wrong = misplaced(rates, np.arange(total) < len(diverged))[:, 0]  # those above are to diverge
    excepted, at = int(wrong.min()), None
    if stable and excepted <= _MISPLACED_AT_MOST * len(diverged):
        at = cut_value(rates, int(wrong.argmin()), "log")
        but = f", {excepted} excepted" if excepted else ""
        cause = f"those with a learning rate above {plain_number(at)}{but}."
    else:
        cause = "no single learning rate separates them from the others."
    evidence = {
        "diverged": len(diverged),
        "pruned": len(pruned),
        "trials": total,
        "share": share,
        "learning_rate_threshold": at,
        "misplaced": None if at is None else excepted,
    }
    severity = Severity.WARNING if share >= _MANY_DIVERGED else Severity.INFO
    text = f"{len(diverged)} of {total} trials diverged ({percent(share)}): {cause}"
    if pruned:
        were = "was" if len(pruned) == 1 else "were"
        text += f" Of the others, {len(pruned)} {were} pruned while still stable."
    return Finding(FindingKind.DIVERGED_TRIALS, severity, evidence, text)


def best_near_divergence(study: StudyRecord, diverged: Finding | None) -> Finding | None:
    """Find the best trials crowded below the learning rate above which trials diverge.

    Then instability, not the network, may be what keeps a higher learning rate from being better
    (Godbole et al. 2023, Deep Learning Tuning Playbook, "How can optimization failures be
    debugged?"). At least three of the top five must lie in the outermost tenth of what is left of
    the searched range below the threshold: as in ``best_at_edge``, chance does that in under 2 %
    of studies in which the learning rate does not matter.

    Args:
        study: whose trials are looked at.
        diverged: what ``diverged_trials`` says of it.
    """
    searched = next((r for r in study.ranges if r.name == "learning_rate" and r.high), None)
    if diverged is None or searched is None or searched.low is None:
        return None
    threshold = diverged.evidence["learning_rate_threshold"]
    count = int(diverged.evidence["diverged"] or 0)
    if threshold is None or count < _FEW_DIVERGED or float(threshold) <= searched.low:
        return None
    stable = searched._replace(high=float(threshold))
    rates = [t.result.learning_rate for t in study.ranked()[:_TOP] if t.result]
    near = sum(1 - _OUTER <= position(stable, rate) <= 1 for rate in rates)
    if len(rates) < _TOP or 2 * near < _TOP:
        return None
    text = (
        f"{near} of the best {_TOP} trials have a learning rate just below "
        f"{plain_number(float(threshold))}, above which trials diverge ({count} did): instability "
        "may be what keeps a higher learning rate from being better."
    )
    evidence = {
        "top_trials_near": near,
        "best": rates[0],
        "learning_rate_threshold": threshold,
        "diverged": count,
    }
    return Finding(FindingKind.BEST_NEAR_DIVERGENCE, Severity.WARNING, evidence, text)


def _edge(searched: SearchRange, ranked: Sequence[TrialRecord], sides: int) -> Finding | None:
    """The finding for one range of those with so many sides; trials best first."""
    placed = [
        (float(value), position(searched, float(value)))
        for value in (t.parameters.get(searched.name) for t in ranked[:_TOP])
        if isinstance(value, int | float)
    ]
    if not placed or not ranked or searched.name not in ranked[0].parameters:
        return None
    at_low = sum(at <= _OUTER for _, at in placed)
    at_high = sum(at >= 1 - _OUTER for _, at in placed)
    upper = at_high > at_low
    crowd = crowd_at_least(sides, share_at_end(searched, upper, _OUTER))
    crowded = len(placed) == _TOP and max(at_low, at_high) >= crowd
    value, at = placed[0]
    if not crowded:
        upper = at >= 1 - _OUTER
    wider, by_chance = widened(searched, upper), None if crowded else _chance_of_best(searched)
    if wider is None or (by_chance and (by_chance > _MOSTLY or not (upper or at <= _OUTER))):
        return None
    count = at_high if upper else at_low
    return _edge_finding(searched, value, upper, count, by_chance, wider)


def _chance_of_best(searched: SearchRange) -> float:
    """How often a parameter that does not matter has its best value at an end that is looked at."""
    ends = [upper for upper in (False, True) if widened(searched, upper)]
    return sum(share_at_end(searched, upper, _OUTER) for upper in ends)


def _edge_finding(
    searched: SearchRange,
    value: float,
    upper: bool,
    crowd: int,
    by_chance: float | None,
    wider: tuple[float, float],
) -> Finding:
    """Of a crowd; or of the best alone, with how often chance puts it at an end."""
    side = "upper" if upper else "lower"
    ends = f"{plain_number(searched.low)} to {plain_number(searched.high)}"
    name = searched.name.replace("_", " ")
    if by_chance is None:
        text = (
            f"{crowd} of the best {_TOP} trials lie in the outermost tenth at the {side} end of "
            f"the searched {name} ({ends}); better values may lie beyond."
        )
    else:
        text = (
            f"The best trial's {name}, {plain_number(value)}, lies in the outermost tenth at the "
            f"{side} end of its range ({ends}). That is weak evidence: it happens in "
            f"{100 * by_chance:.0f} % of studies to a parameter that does not matter."
        )
    evidence = {
        "parameter": searched.name,
        "law": searched.law,
        "side": side,
        "best": value,
        "low": searched.low,
        "high": searched.high,
        "top_trials_at_edge": crowd,
        "widened_low": wider[0],
        "widened_high": wider[1],
    }
    severity = Severity.WARNING if by_chance is None else Severity.INFO
    return Finding(FindingKind.BEST_AT_EDGE, severity, evidence, text)

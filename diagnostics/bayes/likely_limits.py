"""Limits between which the Bayes error of classes likely lies, where sure ones are far apart."""

import math
from collections.abc import Sequence

from ...storage.records.data import BayesRecord
from ..ladder import Likely
from ..statistics.grouped import Grouping, rate_limits
from ..statistics.intervals import two_sided_z
from .error_limit import Learning

LIKELY = 0.8  # with what each limit holds
SIDES = 2 * LIKELY - 1  # the confidence of a two-sided interval with these limits
CONFIDENCE = 0.95  # of an estimate's sure limits together
FAR = 0.75  # with less, draws of Friedman's set of 500 rows in ten dimensions were missed
# Of what neighbours' residuals tell to be unlearnt, which in many dimensions is mostly too much:
UNLEARNT = 0.5
UNLEARNT_AT_MOST = 1 / 8  # of the error
FALLS = 2  # times the error is let fall on by what it fell when rows grew threefold


def likely_low(wrong: int, n: int, grouped: Grouping | None, left: Learning) -> float:
    """The held-out error of a mixture less what it likely falls with ever more rows, and chance.

    ``error_limit.limit_below`` lets it fall three times as far, and by all that neighbours'
    residuals tell, and says nothing where much of a constant answer's error is left: what no
    classifier of the mixture finds, such as parity, is not in its fall. That there is no such thing
    is what makes this limit a likely one alone. The shares are those with which it held in 80 % of
    draws of each set of benchmarks/diagnosis.md. ≥ 0.

    Args:
        wrong: rows that the mixture gets wrong.
        n: rows.
        grouped: how they hang together; ``None``: they are independent.
        left: to be learnt.
    """
    error = wrong / n
    chance = error - rate_limits(wrong, n, grouped, SIDES)[0]
    by_fall = FALLS * left.fall + math.hypot(chance, two_sided_z(SIDES) * FALLS * left.fall_error)
    by_neighbours = min(UNLEARNT * left.unlearnt, UNLEARNT_AT_MOST * error) + chance
    return max(0.0, error - max(by_fall, by_neighbours))


def likely_high(judged: Sequence[tuple[int, int, Grouping | None]]) -> float:
    """The smallest of classifiers' upper limits (Clopper–Pearson, Bonferroni): none does better.

    Args:
        judged: of each classifier rows that it gets wrong, rows, and how these hang together.
    """
    level = 1 - 2 * (1 - LIKELY) / len(judged)
    return min(rate_limits(*it, level)[1] for it in judged)


def likely_details(likely: Likely) -> dict[str, float]:
    """The limits as ingredients of a ``BayesRecord``."""
    return {"likely_low": likely.low, "likely_high": likely.high}


def likely_of(bayes: BayesRecord) -> Likely | None:
    """The likely limits of an estimate; ``None`` of the user's own, whose interval is chance's.

    Estimates of other tasks than classes, and of an earlier netclinic, have no rule of their own.
    Their point is the error of something that learnt from few rows, which is too high: of the way
    down to the sure limit, which is mostly 0, ``FAR`` is likely.
    """
    if bayes.given:
        return None
    low, high = (bayes.details.get(name) for name in ("likely_low", "likely_high"))
    if low is not None and high is not None:
        return Likely(float(low), float(high))
    above = shrunk(bayes.value, bayes.low, bayes.high, CONFIDENCE).high
    return Likely(bayes.value - FAR * (bayes.value - bayes.low), above)


def shrunk(value: float, low: float, high: float, confidence: float) -> Likely:
    """Likely limits from others, each of which is taken for a normal distribution's.

    >>> [round(limit, 3) for limit in shrunk(0.05, 0.01, 0.12, 0.95)]
    [0.033, 0.08]
    """
    share = two_sided_z(SIDES) / two_sided_z(confidence)
    return Likely(value - share * (value - low), value + share * (high - value))


def likely_sentence(likely: Likely) -> str:
    """What is told of them behind the sure limits."""
    return (
        f"Likely, with {100 * LIKELY:.0f} % on each side, it lies between "
        f"{100 * likely.low:.1f} and {100 * likely.high:.1f} %: unless there is something to learn "
        "of which the mixture found no trace."
    )

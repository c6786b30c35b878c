"""Limits between which the Bayes error of classes likely lies, where sure ones are far apart."""

import math
from collections.abc import Sequence

from ...storage.records.data import BayesRecord
from ..ladder import Likely
from ..statistics.grouped import Grouping, rate_limits
from ..statistics.intervals import two_sided_z

LIKELY = 0.8  # with what each limit holds
FALLS = 2  # times the error is let fall on by what it fell when rows grew threefold


def likely_low(
    wrong: int, n: int, grouped: Grouping | None, fall: float, fall_error: float
) -> float:
    """The held-out error of a mixture less what it likely falls with ever more rows, and chance.

    ``error_limit.limit_below`` lets it fall three times as far, and further where neighbours'
    residuals tell so, and says nothing where much of a constant answer's error is left: what no
    classifier of the mixture finds, such as parity, is not in its fall. That there is no such thing
    is what makes this limit a likely one alone. ≥ 0.

    Args:
        wrong: rows that the mixture gets wrong.
        n: rows.
        grouped: how they hang together; ``None``: they are independent.
        fall: of its error when rows grew threefold.
        fall_error: standard error of that.
    """
    level = 2 * LIKELY - 1
    error = wrong / n
    chance = error - rate_limits(wrong, n, grouped, level)[0]
    by_fall = FALLS * fall + math.hypot(chance, two_sided_z(level) * FALLS * fall_error)
    return max(0.0, error - by_fall)


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
    """The limits among an estimate's ingredients; ``None`` where it has none."""
    low, high = (bayes.details.get(name) for name in ("likely_low", "likely_high"))
    return None if low is None or high is None else Likely(float(low), float(high))


def likely_sentence(likely: Likely) -> str:
    """What is told of them behind the sure limits."""
    return (
        f"Likely, with {100 * LIKELY:.0f} % on each side, it lies between "
        f"{100 * likely.low:.1f} and {100 * likely.high:.1f} %: unless there is something to learn "
        "of which the mixture found no trace."
    )

"""Which of many hypotheses are refuted, with the chance that one of them is true kept small."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

FALSE = 0.05  # the chance that any of the discoveries is false


class Discoveries(NamedTuple):
    """What is found among n hypotheses."""

    found: list[bool]  # (n,)
    adjusted: list[float]  # (n,) p-values
    level: float  # α: of intervals at 1 − α of what is found at most 5 % miss on average


def holm(p_values: Sequence[float], weights: Sequence[float] | None = None) -> list[float]:
    """Adjusted p-values: whoever rejects those below α errs in any of them at most so often.

    The p-values are taken in the order of p/weight, the least first. Each is multiplied by the sum
    of the weights that are left over its own, and none falls below one before it. With equal
    weights the i-th smallest of m (from 0) is multiplied by m − i. Right under any dependence.

    Args:
        p_values: (n,).
        weights: (n,), > 0, which may depend on anything but the rows that the p-values rest on;
            ``None``: all alike.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    >>> [round(it, 4) for it in holm([0.01, 0.04, 0.03], [1, 1, 8])]
    [0.0375, 0.04, 0.0375]

    Source: Holm 1979, Scandinavian Journal of Statistics 6:65.
    """
    count = len(p_values)
    weights = [1.0] * count if weights is None else weights
    adjusted, highest = [0.0] * count, 0.0
    order = sorted(range(count), key=lambda i: p_values[i] / weights[i])
    # Of each and all behind it. Summed once: features of a table may be thousands.
    left = [*accumulate(weights[place] for place in reversed(order))][::-1]
    for place, weight in zip(order, left, strict=True):
        highest = max(highest, min(1.0, weight / weights[place] * p_values[place]))
        adjusted[place] = highest
    return adjusted


def discoveries(p: Sequence[float], weights: Sequence[float]) -> Discoveries:
    """Those whose p-value is at most 5 % once it is adjusted by ``holm``.

    At the level α = 5 % · (found) / (n · Σ 1/i) the false coverage rate of two-sided intervals is
    controlled, whatever chose what is found (Benjamini and Yekutieli 2005, JASA 100:71): of those
    of what is found at most 5 % miss the truth on average. Where nothing is found, one is taken for
    it; without hypotheses α is 5 %.

    Args:
        p: (n,) p-values.
        weights: (n,), > 0, as for ``holm``.

    >>> found, adjusted, level = discoveries([0.001, 0.04], [1, 1])
    >>> found, adjusted, round(level, 4)
    ([True, True], [0.002, 0.04], 0.0333)
    """
    count = len(p)
    if not count:
        return Discoveries([], [], FALSE)
    harmonic = sum(1 / i for i in range(1, count + 1))
    adjusted = holm(p, weights)
    found = [it <= FALSE for it in adjusted]
    return Discoveries(found, adjusted, FALSE * max(1, sum(found)) / (count * harmonic))

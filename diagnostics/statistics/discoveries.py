"""Which of many hypotheses are refuted, with the false-discovery rate controlled."""

from collections.abc import Sequence
from typing import NamedTuple

FALSE = 0.05  # of the discoveries, the share that is false on average


class Discoveries(NamedTuple):
    """What is found among n hypotheses."""

    found: list[bool]  # (n,)
    adjusted: list[float]  # (n,) p-values
    level: float  # α: an interval at 1 − α of what is found excludes what it was compared with


def discoveries(p: Sequence[float]) -> Discoveries:
    """Benjamini and Yekutieli's procedure (2001, Ann Stat 29:1165), right under any dependence.

    At the level α = 5 % · (found) / (n · Σ 1/i) the false coverage rate of intervals is controlled,
    too (Benjamini and Yekutieli 2005, JASA 100:71): of those of what is found at most 5 % miss the
    truth on average. Where nothing is found, one is taken for it; without hypotheses α is 5 %.

    Args:
        p: (n,) p-values.

    >>> found, adjusted, level = discoveries([0.001, 0.04])
    >>> found, [round(it, 4) for it in adjusted], round(level, 4)
    ([True, False], [0.003, 0.06], 0.0167)
    """
    count = len(p)
    if not count:
        return Discoveries([], [], FALSE)
    harmonic = sum(1 / i for i in range(1, count + 1))
    order = sorted(range(count), key=lambda i: p[i])
    adjusted = [1.0] * count
    least = 1.0
    for rank in range(count, 0, -1):
        least = min(least, p[order[rank - 1]] * count * harmonic / rank)
        adjusted[order[rank - 1]] = least
    found = [it <= FALSE for it in adjusted]
    return Discoveries(found, adjusted, FALSE * max(1, sum(found)) / (count * harmonic))

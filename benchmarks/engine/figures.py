"""From measurements to the figures that the page shows and the goals judge."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Measurements = Mapping[str, Sequence[Mapping[str, Any]]]  # by side, one item a round


# Between means of float32 over the same number of wrong rows; a row of 60,000 is 17 times as much.
ROUNDING = 1e-6


class Figure(NamedTuple):
    """One number of a row."""

    value: float  # from the medians over the rounds
    low: float  # the least of the rounds
    high: float


class Goal(NamedTuple):
    """What a row is to reach."""

    what: str
    figure: Callable[[Measurements], Figure]
    limit: float
    unit: str = "×"
    at_most: bool = False  # else at least

    def reached(self, figure: Figure) -> bool:
        """Whether the goal is reached by the medians."""
        return figure.value <= self.limit if self.at_most else figure.value >= self.limit


def at_most(
    what: str, figure: Callable[[Measurements], Figure], limit: float, unit: str = "×"
) -> Goal:
    """A figure that is to stay low."""
    return Goal(what, figure, limit, unit, at_most=True)


def ratio(above: str, below: str, measured: str = "seconds") -> Callable[[Measurements], Figure]:
    """One side's median over another's."""

    def figure(sides: Measurements) -> Figure:
        tops, bottoms = values(sides[above], measured), values(sides[below], measured)
        rounds = [top / bottom for top, bottom in zip(tops, bottoms, strict=True)]
        middle = statistics.median(tops) / statistics.median(bottoms)
        return Figure(middle, min(rounds), max(rounds))

    return figure


def one(side: str, measured: str) -> Callable[[Measurements], Figure]:
    """One measure of one side."""
    return lambda sides: spread(sides[side], measured)


def share_of_peak(side: str, peak: str) -> Callable[[Measurements], Figure]:
    """One side's operations a second as percent of what the machine reaches at most."""

    def figure(sides: Measurements) -> Figure:
        speeds, tops = values(rated(sides[side]), "speed"), values(rated(sides[peak]), "speed")
        rounds = [100 * speed / top for speed, top in zip(speeds, tops, strict=True)]
        middle = 100 * statistics.median(speeds) / statistics.median(tops)
        return Figure(middle, min(rounds), max(rounds))

    return figure


def rated(side: Sequence[Mapping[str, Any]]) -> list[dict[str, float]]:
    """Operations a second, and operations a second of CPU time."""
    return [
        {"speed": m["flops"] / m["seconds"], "cpu_speed": m["flops"] / m["cpu_seconds"]}
        for m in side
    ]


def spread(side: Sequence[Mapping[str, Any]], measured: str) -> Figure:
    """Median and range of one measure."""
    seen = values(side, measured)
    return Figure(statistics.median(seen), min(seen), max(seen))


def values(side: Sequence[Mapping[str, Any]], measured: str) -> list[float]:
    """One measure in every round."""
    return [measurement[measured] for measurement in side]


class Agreement(NamedTuple):
    """Paired differences of final errors, ours − the peer's, where neither diverged."""

    mean: float  # fraction
    standard_error: float
    trials: int
    equal: int  # in how many of them both got the same number of rows wrong

    def __str__(self) -> str:
        """In words, as the pages have it."""
        return (
            f"{100 * self.mean:+.3f} ± {100 * self.standard_error:.3f} percentage points "
            f"(standard error; {self.trials} trials, {self.equal} of them exactly equal)"
        )


def agreement(ours: Sequence[float | None], peers: Sequence[float | None]) -> Agreement:
    """Compare the errors of the trials that both trained; the lists begin with trial 0."""
    pairs = zip(ours, peers, strict=False)  # a long peer trains the first few only
    differences = [a - b for a, b in pairs if a is not None and b is not None]
    error = statistics.stdev(differences) / math.sqrt(len(differences))
    equal = sum(abs(d) < ROUNDING for d in differences)
    return Agreement(statistics.mean(differences), error, len(differences), equal)

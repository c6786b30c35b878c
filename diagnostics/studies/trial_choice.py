"""Which trials a report shows, and how many of them: the best always, the rest thinned evenly."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from ...storage.records.results import Outcome, TrialResult
from ...storage.records.study import StudyRecord
from ...storage.records.trials import TrialRecord

Item = TypeVar("Item")

DRAWN = 600  # trials of each outcome in a scatter: more would only cover one another


class Trained(NamedTuple):
    """A trial that was trained here, with its result."""

    trial: TrialRecord
    result: TrialResult


class Shown(NamedTuple):
    """The trials of a study by the way that a report shows them."""

    ranked: tuple[Trained, ...]  # all that were trained to the end, the best first
    scattered: tuple[Trained, ...]  # of those, the ones that are drawn
    pruned: tuple[Trained, ...]  # the pruned ones that are drawn
    pruned_total: int
    diverged: tuple[Trained, ...]  # the diverged ones that are drawn
    diverged_total: int


def shown_trials(study: StudyRecord) -> Shown:
    """Rank the trials by validation error, the lower number first among equals."""
    trained = [Trained(t, t.result) for t in study.trials if t.result is not None]
    completed, pruned, diverged = (
        [t for t in trained if t.result.outcome is outcome]
        for outcome in (Outcome.COMPLETED, Outcome.PRUNED, Outcome.DIVERGED)
    )
    ranked = sorted(
        (t for t in completed if t.trial.value is not None),
        key=lambda t: (t.trial.value, t.trial.number),
    )
    kept = max(0, DRAWN - 100)
    return Shown(
        ranked=tuple(ranked),
        scattered=(*ranked[:100], *thinned(ranked[100:], kept)),
        pruned=tuple(thinned(pruned, DRAWN)),
        pruned_total=len(pruned),
        diverged=tuple(thinned(diverged, DRAWN)),
        diverged_total=len(diverged),
    )


def thinned(items: Sequence[Item], most: int) -> list[Item]:
    """At most that many items at even distances, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]

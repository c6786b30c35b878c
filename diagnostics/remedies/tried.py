"""What became of remedies that were tried, and which the trial speaks against."""

import itertools
import math
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ...storage.records.treatments import TreatmentRecord
from ..error_text import gap_limit, size_in_full
from ..findings import Objection, Remedy, RemedyKind
from ..gaps import CONFIDENCE
from ..statistics.chances import between_shares, student
from ..statistics.intervals import Interval
from ..units import Task, Unit
from .case import Case
from .remedies import DOUBTFUL_DATA
from .table import TABLE
from .treated_study import changes_of


class Effect(StrEnum):
    """What trying a remedy has shown."""

    HELPS = "helps"  # the whole interval of a fall lies above 0, and no other far below it
    HARMS = "harms"  # below 0, and no other far above it
    IN_VAIN = "in_vain"  # neither, and the winners' fall is at most what is tolerated
    OPEN = "open"
    MEASURED = "measured"  # no cure, but what an error is without rows that flattered it


class TriedRemedy(NamedTuple):
    """A remedy that was tried, with the intervals in which all comparisons hold together."""

    record: TreatmentRecord
    fall: Interval | None  # of the winners' test error; None where nothing bounds it
    pairs: Interval | None  # mean fall from trial to trial of the same number; None: not compared
    confidence: float  # of each interval
    effect: Effect


def tried_remedies(
    records: Sequence[TreatmentRecord], tolerance: float, task: Task
) -> tuple[TriedRemedy, ...]:
    """What was shown of each remedy tried on a study; all hold together with 95 % (Bonferroni).

    Args:
        records: of the study, one a remedy.
        tolerance: a change of the error up to this does not count, in the error's unit.
        task: what is learnt; errors that are shares fall and rise by 1 at most.
    """
    records = [_with_telling_pairs(it) for it in records]
    comparisons = sum(1 + (it.pairs is not None) for it in records)
    confidence = 1 - (1 - CONFIDENCE) / max(1, comparisons)
    return tuple(_tried(it, confidence, tolerance, shares=task.shares) for it in records)


def _with_telling_pairs(record: TreatmentRecord) -> TreatmentRecord:
    """The record without its pairs where they tell nothing.

    Where one side has balanced errors, the other shares of rows: an earlier netclinic compared
    them, where the remedy brought in the balanced error. And where the remedy changes the search
    alone, as new seeds of the finalists or more trials do: trials of the same number are the same.
    """
    changes = changes_of(record.spec_change)
    mixed = record.measure == "balanced_error" and "study.objective=" in record.spec_change
    of_search = changes and all(it.lstrip("'~").startswith("study.") for it in changes)
    if not (mixed or of_search):
        return record
    return record._replace(pairs=None, pair_lower_by=None, pair_error=None, pair_degrees=None)


def _tried(
    record: TreatmentRecord, confidence: float, tolerance: float, *, shares: bool
) -> TriedRemedy:
    fall = pairs = None
    if record.row_error is not None:
        error = math.hypot(record.seed_error, record.row_error, record.search_error)
        fall = student(record.lower_by, error, record.degrees, confidence)
    value, error, degrees = record.pair_lower_by, record.pair_error, record.pair_degrees
    if value is not None and error is not None and degrees is not None:
        pairs = student(value, error, degrees, confidence)
    if shares:
        fall, pairs = (it and between_shares(it) for it in (fall, pairs))
    effect = _effect(fall, pairs, tolerance)
    if record.remedy == RemedyKind.FIX_SPLIT.value and effect is not Effect.HELPS:
        effect = Effect.MEASURED
    return TriedRemedy(record, fall, pairs, confidence, effect)


def _effect(fall: Interval | None, pairs: Interval | None, tolerance: float) -> Effect:
    """By both comparisons: neither may speak against what the other shows.

    It does not have to be sure of that: a winner that other seeds let fail costs more than is
    tolerated, though by a mean over few seeds that is open, and its pair is one of many.
    """
    both = [it for it in (fall, pairs) if it is not None]
    helps, harms = any(it.low > 0 for it in both), any(it.high < 0 for it in both)
    if helps != harms:
        most = max((-it.value if helps else it.value) for it in both)
        shown = Effect.HELPS if helps else Effect.HARMS
        return shown if most <= tolerance else Effect.OPEN
    if not helps and fall is not None and fall.high <= tolerance:
        return Effect.IN_VAIN
    return Effect.OPEN


def tried_in_vain(case: Case) -> tuple[Objection, ...]:
    """Remedies that were tried and did harm, or too little to count; stronger than any rule.

    Of a kind that was tried in several ways the newest counts.
    """
    found = []
    for kind, it in _newest(case).items():
        asking = next((f.kind for f in case.findings if kind in TABLE.get(f.kind, {})), None)
        if asking is not None and it.effect in (Effect.HARMS, Effect.IN_VAIN):
            found.append(Objection(kind, asking, _why(it, case), _evidence(it)))
    return tuple(found)


def with_results(remedies: Sequence[Remedy], case: Case) -> tuple[Remedy, ...]:
    """Remedies as ``recommend`` ranks them, with what was shown of those that were tried.

    What was shown to help comes first, by its fall, behind leading ones that doubt the data: an
    error on rows in doubt shows little. Of a kind that was tried in several ways the newest counts.
    """
    newest = _newest(case)
    told = [_with_result(remedy, newest.get(remedy.kind), case) for remedy in remedies]
    doubts = list(itertools.takewhile(lambda it: it.kind in DOUBTFUL_DATA, told))
    helped = [
        remedy
        for remedy in told[len(doubts) :]
        if remedy.kind in newest and newest[remedy.kind].effect is Effect.HELPS
    ]
    helped.sort(key=lambda remedy: -newest[remedy.kind].record.lower_by)
    others = [remedy for remedy in told[len(doubts) :] if remedy not in helped]
    order = enumerate([*doubts, *helped, *others], start=1)
    return tuple(remedy._replace(rank=rank) for rank, remedy in order)


def _newest(case: Case) -> dict[RemedyKind, TriedRemedy]:
    """What was tried, by kind, the newest of each; remedies of a user's own are of no kind."""
    found: dict[RemedyKind, TriedRemedy] = {}
    for it in tried_remedies(case.study.treatments, case.tolerance, case.unit.task):
        if (kind := _kind(it.record.remedy)) is not None:
            found.pop(kind, None)
            found[kind] = it
    return found


def _with_result(remedy: Remedy, tried: TriedRemedy | None, case: Case) -> Remedy:
    if tried is None:
        return remedy
    came = shown(tried, case.unit) or "nothing bounds what came of it"
    shows = {
        Effect.HELPS: "",
        Effect.MEASURED: ", and what it is there is to be believed",
    }.get(tried.effect, ", which shows neither help nor harm")
    told = f"It was tried, in study {tried.record.treated_study}: {came}{shows}."
    return remedy._replace(reason=f"{remedy.reason} {told}")


def _evidence(it: TriedRemedy) -> dict[str, float | int | str | None]:
    record = it.record
    return {
        "study": record.treated_study,
        "fall": record.lower_by,
        "low": it.fall and it.fall.low,
        "high": it.fall and it.fall.high,
        "pairs": record.pairs,
        "pair_fall": record.pair_lower_by,
        "pair_low": it.pairs and it.pairs.low,
        "pair_high": it.pairs and it.pairs.high,
    }


def _why(it: TriedRemedy, case: Case) -> str:
    came = f"It was tried, in study {it.record.treated_study}: {shown(it, case.unit)}"
    if it.effect is Effect.HARMS:
        return f"{came}."
    most = size_in_full(case.tolerance, case.unit)
    return f"{came}, so if it helps, then by less than the tolerated {most}."


def shown(it: TriedRemedy, unit: Unit) -> str:
    """By how much the winners' error fell or rose, and that of pairs of trials."""
    parts = []
    if it.fall is not None:
        parts.append(f"the winner's test error {moved(it.fall, unit)}")
    if it.pairs is not None:
        pairs = f"that of the {it.record.pairs} best pairs of trials"
        parts.append(f"{pairs} {moved(it.pairs, unit)} on average")
    return ", ".join(parts)


def moved(fall: Interval, unit: Unit) -> str:
    """By how much an error fell or rose: ``fell by 1.2 points (0.4 to 2.0)``."""
    verb = "fell" if fall.value > 0 else "changed"  # as where both networks are the same
    if fall.value < 0:
        verb, fall = "rose", Interval(-fall.value, -fall.high, -fall.low)
    return f"{verb} by {size_in_full(fall.value, unit)} ({_limits(fall, unit)})"


def _limits(fall: Interval, unit: Unit) -> str:
    return " to ".join(gap_limit(limit, unit) for limit in (fall.low, fall.high))


def _kind(remedy: str) -> RemedyKind | None:
    return RemedyKind(remedy) if remedy in set(RemedyKind) else None

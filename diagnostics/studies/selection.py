"""What the search's best trial is worth once its choice is corrected, and what more trials bring.

See ``winners_curse``. All numbers are of the error that the search minimises, in its unit.
"""

import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ...storage.records.results import RowErrors
from ...storage.records.study import StudyRecord
from ...storage.records.trials import TrialRecord
from ..bayes.likely_limits import shrunk
from ..gaps import CONFIDENCE, limits
from ..ladder import Errors, Estimate, Gap
from ..statistics.grouped import Grouping, grouping
from ..statistics.intervals import Interval, difference
from ..statistics.rates import ClassCounts
from ..statistics.winners_curse import (
    Numbers,
    Redrawn,
    best_of,
    bootstraps_for,
    expected_best,
    redraw,
    sizes_up_to,
    winners,
)
from ..units import Task, Unit

_CHOSEN_AT_ONCE = 100  # bootstraps whose winners' row errors are in memory at once


class BestOf(NamedTuple):
    """The best of some trials drawn from all that finished, without replacement."""

    trials: int  # how many are drawn
    measured: float  # its expected validation error, by which it is chosen
    measured_low: float  # 95 %, over trials
    measured_high: float
    corrected: float | None = None  # its expected error on rows that did not choose it
    corrected_low: float | None = None  # 95 %, over validation rows
    corrected_high: float | None = None


class Corrected(NamedTuple):
    """The winner's curse, corrected."""

    error: Estimate  # of the best trial, on rows like the validation rows; n: rows drawn anew
    own: float  # its error on those rows, by which it was chosen
    optimism: Gap  # error − own
    bootstraps: int


class Selection(NamedTuple):
    """The choice of the best trial by its validation error."""

    trial: int  # number of the best one of the search
    trials: int  # finished ones that it was chosen among
    validation_rows: int
    curve: tuple[BestOf, ...]  # by rising numbers of trials, to all of them
    corrected: Corrected | None
    missing: str | None  # why nothing could be corrected; None where it was
    # Gaps below the validation error, with the corrected error in its place, by their names in Gaps
    gaps: Mapping[str, Gap] = {}


def selection_of(study: StudyRecord, unit: Unit) -> Selection | None:
    """The choice among a study's finished trials; ``None`` where there was none to make.

    Args:
        study: as ``judged`` gives it.
        unit: of its errors.
    """
    ranked = study.ranked()
    if len(ranked) < 2 or study.provenance is None:
        return None
    sizes = sizes_up_to(len(ranked))
    means, (low, high) = expected_best([t.value or 0.0 for t in ranked], sizes)
    curve = tuple(map(BestOf, sizes, means.tolist(), low.tolist(), high.tolist()))
    missing = _missing(study, ranked)
    corrected = None
    if missing is None:
        # By number, as the first of equals wins: in the order of their ranks it would win by the
        # very rows that are left out to judge it.
        trials = sorted(ranked, key=lambda trial: trial.number)
        errors, classes = error_matrix(trials, study.row_errors, unit)
        groups = groups_of_rows(study)
        redrawn = redraw(errors, classes, bootstraps_for(*errors.shape), groups)
        corrected = correct(redrawn, errors, trials.index(ranked[0]), classes, unit, groups)
        curve = _with_corrections(curve, best_of(redrawn, sizes), corrected)
    rows = study.provenance.rows.validation
    return Selection(ranked[0].number, len(ranked), rows, curve, corrected, missing)


def with_corrected_gap(selection: Selection | None, trial: int, errors: Errors) -> Selection | None:
    """The selection with the gap from the rung below to the corrected validation error.

    Without it where nothing was corrected, another trial than the search's best is diagnosed, or
    the variance is that gap.

    Args:
        selection: of the study.
        trial: that is diagnosed.
        errors: of it.
    """
    if selection is None or selection.corrected is None or selection.trial != trial:
        return selection
    if errors.corrected is not None:
        return selection  # that gap is the variance itself
    name, below = "data_mismatch", errors.bridge
    if below is None:
        name, below = "variance", errors.training
    return selection._replace(gaps={name: gap_of(selection.corrected.error, below)})


def gap_of(upper: Estimate, lower: Estimate) -> Gap:
    """Upper − lower, of which one is a corrected error and the other one on different rows."""
    it = difference(Interval(*upper[:3]), Interval(*lower[:3]))
    method = (
        "distances of the corrected error's limits and of the other's squared and added "
        "(different rows), 95 %"
    )
    return Gap(*it, CONFIDENCE, method, shrunk(*it, CONFIDENCE))


def error_matrix(
    trials: Sequence[TrialRecord], kept: Mapping[int, RowErrors], unit: Unit
) -> tuple[Numbers, tuple[int, ...] | None]:
    """Errors of trials on the rows kept, float32 (trials, rows), and rows of each class.

    The classes are ``None`` where the unit does not count them alike.

    Args:
        trials: all of which have row errors.
        kept: by the trials' numbers.
        unit: of the errors.
    """
    first = kept[trials[0].number]
    errors = np.empty((len(trials), first.kept_rows), np.float32)
    for row, trial in zip(errors, trials, strict=True):
        row[:] = unpacked(kept[trial.number])
    return errors, first.class_rows if unit.balanced else None


def unpacked(errors: RowErrors) -> np.ndarray:
    """A trial's errors on the rows kept, (rows,): uint8 0 or 1, or float32."""
    return errors_of(errors.kind, errors.data, errors.kept_rows)


def errors_of(kind: str, data: bytes, rows: int) -> np.ndarray:
    """So many rows' errors as they are stored, see ``RowErrors``: uint8 0 or 1, or float32."""
    if kind == "bits":
        return np.unpackbits(np.frombuffer(data, np.uint8), count=rows)
    return np.frombuffer(data, "<f4")


def groups_of_rows(study: StudyRecord) -> np.ndarray | None:
    """The number of the group of each row whose errors are kept; ``None`` where none is known."""
    known = study.provenance and study.provenance.validation_groups
    return None if known is None else np.array(known, np.int64)


def groups_are_lost(study: StudyRecord) -> bool:
    """Whether rows come in groups, of which it was not kept whose row is whose."""
    return study.counts_groups and groups_of_rows(study) is None


def _missing(study: StudyRecord, ranked: Sequence[TrialRecord]) -> str | None:
    """Why the trials' errors cannot be drawn anew; ``None`` where they can."""
    kept = study.row_errors
    without = sum(trial.number not in kept for trial in ranked)
    if without:
        return (
            f"of {without:,} of the {len(ranked):,} finished trials the errors on single "
            "validation rows were not kept, as they were trained by an earlier netclinic"
        )
    groups = groups_of_rows(study)
    if groups_are_lost(study):
        return (
            "which group each validation row is of was not kept, as an earlier netclinic ran the "
            f"study; `netclinic resume {shlex.quote(study.name)}` does"
        )
    if groups is not None and len(np.unique(groups)) < 2:
        return "all validation rows are of one group"
    shapes = {(kept[t.number].kind, kept[t.number].kept_rows) for t in ranked}
    if groups is not None:
        shapes |= {(kind, len(groups)) for kind, _ in shapes}
    return None if len(shapes) == 1 else "the trials' errors are of different validation rows"


def correct(
    redrawn: Redrawn,
    errors: Numbers,
    best: int,
    classes: tuple[int, ...] | None,
    unit: Unit,
    groups: np.ndarray | None = None,
) -> Corrected:
    """Correct the best trial's error for its having been chosen.

    Args:
        redrawn: of ``errors``.
        errors: float32 (trials, rows).
        best: the place of the best trial.
        classes: rows of each class, where they count alike.
        unit: of the errors.
        groups: (rows,), the number of each row's group; ``None`` where rows are independent.
    """
    chosen = winners(redrawn)
    bootstraps, rows = redrawn.shares.shape
    judged = redrawn.left_out[np.arange(bootstraps), chosen].astype(np.float64)
    value = float(judged.mean())
    drawn_low, drawn_high = np.percentile(judged, [2.5, 97.5]).tolist()
    grouped = None if groups is None else _grouping(errors, chosen, groups)
    drawn = f" of {grouped.number:,} groups, drawn whole," if grouped else ""
    method = (
        f"mean over {bootstraps:,} bootstraps{drawn} of the error, on the rows left out, of the "
        "trial that is best on the rows drawn (BBC-CV); percentiles of these, 95 %, or the "
        "interval of such an error on so many rows where that is wider"
    )
    deviation, counts = _spread(redrawn, errors, chosen, classes, unit)
    estimate = Estimate(value, value, value, rows, method, deviation, counts, grouped)
    plain = limits(estimate, rows, CONFIDENCE, unit)
    low, high = min(drawn_low, plain.low), max(drawn_high, plain.high)
    own = float(_means(errors[best : best + 1], classes)[0])
    optimism = Gap(
        value - own, low - own, high - own, CONFIDENCE, "the corrected error less the measured one"
    )
    return Corrected(estimate._replace(low=low, high=high), own, optimism, bootstraps)


def _grouping(errors: Numbers, chosen: np.ndarray, groups: np.ndarray) -> Grouping:
    """How the winners' errors hang together: the mean of their design effects."""
    winner, wins = np.unique(chosen, return_counts=True)
    each = [grouping(errors[it].astype(np.float64), groups) for it in winner]
    effect = float(np.average([it.effect for it in each], weights=wins))
    return each[0]._replace(effect=effect)


def _spread(
    redrawn: Redrawn,
    errors: Numbers,
    chosen: np.ndarray,
    classes: tuple[int, ...] | None,
    unit: Unit,
) -> tuple[float | None, ClassCounts | None]:
    """How the winners' errors spread over the rows left out, as the unit's interval needs it."""
    if unit.task is Task.CLASSIFICATION and not unit.balanced:
        return None, None
    present = [c for c in classes or (errors.shape[1],) if c]
    borders = np.concatenate([[0], np.cumsum(present)[:-1]])
    first, second = np.zeros(len(present)), 0.0
    for begin in range(0, len(chosen), _CHOSEN_AT_ONCE):
        part = slice(begin, begin + _CHOSEN_AT_ONCE)
        weighted = redrawn.shares[part] * errors[chosen[part]]
        sums = np.add.reduceat(weighted, borders, axis=1, dtype=np.float64)
        first += sums.sum(axis=0) * len(present)
        centred = errors[chosen[part]] - sums.sum(axis=1, keepdims=True)
        second += float((redrawn.shares[part] * centred**2).sum(dtype=np.float64))
    if unit.balanced:
        rates = np.clip(first / len(chosen), 0.0, 1.0).tolist()
        wrong = tuple(rate * rows for rate, rows in zip(rates, present, strict=True))
        return None, ClassCounts(wrong, tuple(map(float, present)))
    return float(np.sqrt(second / len(chosen))), None


def _means(errors: Numbers, classes: tuple[int, ...] | None) -> np.ndarray:
    """The error of each trial on all rows, float64 (trials,)."""
    if classes is None:
        return errors.mean(axis=1, dtype=np.float64)
    present = [c for c in classes if c]
    borders = np.concatenate([[0], np.cumsum(present)[:-1]])
    return (np.add.reduceat(errors, borders, axis=1, dtype=np.float64) / present).mean(axis=1)


def _with_corrections(
    curve: Sequence[BestOf], judged: Numbers, corrected: Corrected
) -> tuple[BestOf, ...]:
    means = judged.mean(axis=0, dtype=np.float64).tolist()
    low, high = np.percentile(judged, [2.5, 97.5], axis=0).tolist()
    low[-1], high[-1] = corrected.error.low, corrected.error.high  # the best of all trials
    each = zip(curve, means, low, high, strict=True)
    return tuple(
        it._replace(corrected=mean, corrected_low=below, corrected_high=above)
        for it, mean, below, above in each
    )

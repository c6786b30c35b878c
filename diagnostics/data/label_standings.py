"""How the best trial does on each of several labels, with intervals that hold together."""

from typing import NamedTuple

from ...storage.records.results import LabelResult
from ...storage.records.study import StudyRecord
from ..statistics.intervals import Interval, clopper_pearson

HELD_OUT = ("validation", "test")
_CONFIDENCE = 0.95  # of the intervals of all labels together
MISSED = 0.5  # of the rarer answer's rows: more is surely wrong


class Counted(NamedTuple):
    """Rows that have a label, or have it not, and how many of them are answered wrongly."""

    wrong: int
    rows: int


class LabelStanding(NamedTuple):
    """How a network does on one label.

    The error of a label hardly feels its rarer answer: mostly that a row has it. So that is judged.
    """

    label: str
    has: bool  # whether rows with the label are the rarer ones, of the training rows
    training: Counted  # of the rarer answer, as the next
    held_out: Counted  # validation and test rows
    others: Counted  # of the commoner answer, validation and test rows
    # Share of the rarer answer's held-out rows that are answered wrongly; None without such rows,
    # and where rows come in groups, which single labels' errors are not counted by
    error: Interval | None
    threshold: float | None  # as of a LabelResult
    # Test rows with the label and without it, where it is claimed from 0.5 on, and from the
    # threshold on: this was chosen on the validation rows
    test: tuple[Counted, Counted]
    from_threshold: tuple[Counted, Counted] | None

    @property
    def missed(self) -> bool:
        """Whether surely more than half of the rarer answer's held-out rows are wrong."""
        return self.error is not None and self.error.low > MISSED


def label_standings(study: StudyRecord) -> tuple[LabelStanding, ...]:
    """The labels of the best trial, the highest held-out error first; none where not counted.

    Intervals are Clopper and Pearson's over validation and test rows, each at 1 − 0.05 / labels
    (Bonferroni). The validation rows chose the trial, by the mean over labels: if that moves what
    is counted of one, it makes the error too low, and lower limits hold the more.
    """
    best = study.best()
    results = best.result.labels if best and best.result else ()
    found: dict[str, dict[str, LabelResult]] = {}
    for it in results:
        found.setdefault(it.label, {})[it.split] = it
    counted = [of for of in found.values() if {"training", *HELD_OUT} <= of.keys()]
    level = 1 - (1 - _CONFIDENCE) / max(1, len(counted))
    each = [_standing(of, level, grouped=study.counts_groups) for of in counted]
    return tuple(sorted(each, key=lambda it: -_share(it.held_out)))


def _standing(of: dict[str, LabelResult], level: float, *, grouped: bool) -> LabelStanding:
    training, test = of["training"], of["test"]
    has = training.rows_with <= training.rows_without
    sides = [_sides(of[split]) for split in HELD_OUT]
    rarer, others = (
        Counted(*map(sum, zip(*(side[place] for side in sides), strict=True)))
        for place in ((0, 1) if has else (1, 0))
    )
    error = None
    if rarer.rows and not grouped:
        error = clopper_pearson(rarer.wrong, rarer.rows, level)
    at = None
    if test.missed_from is not None and test.claimed_from is not None:
        at = (
            Counted(test.missed_from, test.rows_with),
            Counted(test.claimed_from, test.rows_without),
        )
    return LabelStanding(
        training.label,
        has,
        _sides(training)[0 if has else 1],
        rarer,
        others,
        error,
        training.threshold,
        _sides(test),
        at,
    )


def _sides(it: LabelResult) -> tuple[Counted, Counted]:
    return Counted(it.missed, it.rows_with), Counted(it.claimed, it.rows_without)


def _share(it: Counted) -> float:
    return it.wrong / it.rows if it.rows else -1.0


def found_more(it: LabelStanding) -> bool:
    """Whether a label's F1 on the test rows is higher where it is claimed from its threshold on."""
    return it.from_threshold is not None and _f1(*it.from_threshold) > _f1(*it.test)


def _f1(of_rows_with: Counted, of_rows_without: Counted) -> float:
    found = of_rows_with.rows - of_rows_with.wrong
    claimed = found + of_rows_without.wrong
    return 2 * found / (of_rows_with.rows + claimed) if of_rows_with.rows + claimed else 0.0

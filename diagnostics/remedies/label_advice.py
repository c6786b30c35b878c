"""A remedy's reason where most rows of some labels are missed."""

from collections.abc import Callable, Mapping, Sequence

from ..data.label_standings import LabelStanding, found_more, label_standings
from ..data.missed_labels import named, rows_of
from ..findings import Finding, FindingKind, RemedyKind
from ..number_text import plain_number
from ..statistics.intervals import clopper_pearson
from ..studies.stopping import patience_of, stopped_early
from .advice import ADVICE, texts_of
from .case import Advice, Case

_NAMED = 5
_TIMES = 4  # as many epochs


def better_thresholds(case: Case) -> list[LabelStanding]:
    """Labels that are missed, and whose own threshold finds more of them on the test rows.

    Of a label that most rows have it is the claims that are wrong, which F1 does not ask for.
    """
    every = label_standings(case.study)
    return [it for it in every if it.missed and it.has and found_more(it)]


def _more_epochs(asking: Sequence[Finding], case: Case) -> Advice:
    """As of bias; where labels ask for it four times as many, since twice find few more rows."""
    missed = [it for it in asking if it.kind is FindingKind.MISSED_LABELS]
    rest = [it for it in asking if it.kind is not FindingKind.MISSED_LABELS]
    reason, change = ADVICE[RemedyKind.MORE_EPOCHS](rest, case) if rest else ("", None)
    if not missed:
        return reason, change
    training, patience = case.spec["training"], patience_of(case.spec)
    change = f"-S training.epochs={_TIMES * int(training['epochs'])}"
    if patience and case.best.result and stopped_early(case.spec, case.best.result):
        change = f"-S training.patience={_TIMES * patience}"
    return (
        f"{reason} {texts_of(missed)} The loss, a mean over labels, hardly feels them either, so "
        "they are learnt last."
    ).strip(), change


def _label_thresholds(asking: Sequence[Finding], case: Case) -> Advice:
    found = better_thresholds(case)
    more = f"; and of {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    where = "`netclinic predict` tells probabilities"
    if case.study.only_predictions:
        where = "the network stays as it is"
    return (
        f"{texts_of(asking)} A label may be claimed from another probability on than 0.5: that "
        "with the highest F1 on the validation rows, judged on the test rows, is "
        f"{'; '.join(map(_threshold, found[:_NAMED]))}{more}. That costs no training; {where}.",
        None,
    )


def _threshold(it: LabelStanding) -> str:
    assert it.from_threshold is not None
    (missed, rows), (claimed, _) = it.test
    (still, _), (more, _) = it.from_threshold
    return (
        f"{plain_number(it.threshold, 2)} of {it.label!r}, where {still:,} of {rows:,} rows are "
        f"missed in place of {missed:,} and {more:,} wrongly claimed in place of {claimed:,}"
    )


def _rows_of_label(asking: Sequence[Finding], case: Case) -> Advice:
    missed = [it for it in label_standings(case.study) if it.missed]
    learnt = [it for it in missed if _learnt_by_heart(it)]
    fewest = min(missed, key=lambda it: it.training.rows)
    why = f"There are only {fewest.training.rows:,} training {rows_of(fewest)}."
    if learnt:
        why = (
            f"Of {named(learnt)} the training rows are answered far better than the others: it "
            "learnt these few by heart."
        )
    return f"{texts_of(asking)} {why} More of them show what they have in common.", None


def _learnt_by_heart(it: LabelStanding) -> bool:
    """Whether the rarer answer is surely missed more often in held-out rows than in training."""
    if it.error is None or not it.training.rows:
        return False
    return clopper_pearson(*it.training).high < it.error.low


# That of more epochs stands in the place of the one of bias, which it calls.
LABEL_ADVICE: Mapping[RemedyKind, Callable[[Sequence[Finding], Case], Advice]] = {
    RemedyKind.MORE_EPOCHS: _more_epochs,
    RemedyKind.LABEL_THRESHOLDS: _label_thresholds,
    RemedyKind.ROWS_OF_LABEL: _rows_of_label,
}

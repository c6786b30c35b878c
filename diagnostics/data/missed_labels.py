"""Labels most of whose rows a network misses, while the mean over labels is low."""

from collections.abc import Sequence

from ...storage.records.study import StudyRecord
from ..findings import Finding, FindingKind, Severity
from ..list_text import joined
from ..number_text import percent
from .label_standings import LabelStanding, label_standings

_NAMED = 5


def missed_labels(study: StudyRecord) -> Finding | None:
    """Tell of labels of which surely more than half of the rarer answer's held-out rows are wrong.

    That any label is named wrongly has a chance of 2.5 % at most; see ``label_standings``.

    Args:
        study: of several labels a row; of others nothing is said.
    """
    every = label_standings(study)
    missed = [it for it in every if it.missed]
    if not missed:
        return None
    wrong, rows = (sum(it.held_out[place] for it in missed) for place in (0, 1))
    known, learnt = (sum(it.training[place] for it in missed) for place in (0, 1))
    evidence = {
        "missed_labels": len(missed),
        "labels": len(every),
        "worst": missed[0].label,
        "wrong": wrong,
        "held_out_rows": rows,
        "training_wrong": known,
        "training_rows": learnt,
    }
    return Finding(
        FindingKind.MISSED_LABELS, Severity.WARNING, evidence, _text(study, every, missed)
    )


def seems_unlearnt(finding: Finding) -> bool:
    """Whether most training rows of the labels that are missed are wrong, too, as measured.

    Args:
        finding: of ``missed_labels``.
    """
    wrong, rows = (int(finding.evidence.get(it) or 0) for it in ("training_wrong", "training_rows"))
    return 2 * wrong > rows


def rows_of(it: LabelStanding) -> str:
    """``rows with 'cat'``, or without it where those are rarer."""
    return f"rows {'with' if it.has else 'without'} {it.label!r}"


def named(missed: Sequence[LabelStanding]) -> str:
    """``'a', 'b' and 3 more``."""
    names = [repr(it.label) for it in missed[:_NAMED]]
    more = [f"{len(missed) - _NAMED:,} more"] if len(missed) > _NAMED else []
    return joined([*names, *more])


def _text(
    study: StudyRecord, every: Sequence[LabelStanding], missed: Sequence[LabelStanding]
) -> str:
    best = study.best()
    assert best is not None
    who = "The network" if study.only_predictions else f"Trial {best.number}"
    of = f"{len(missed):,} of {len(every):,} labels" if len(every) > 1 else "the label"
    parts = [f"{who} gets most rows of {of} wrong: {'; '.join(map(_told, missed[:_NAMED]))}"]
    if len(missed) > _NAMED:
        parts.append(f"; and of {len(missed) - _NAMED:,} more")
    shares = [(it.held_out.rows / (it.held_out.rows + it.others.rows)) for it in missed]
    low, high = percent(min(shares)), percent(max(shares))
    are = low if low == high else f"{low[:-2]} to {high}"
    learnt, known = (sum(it.training[place] for it in missed) for place in (0, 1))
    return (
        f"{''.join(parts)}. These are {are} of rows, which the mean over labels hardly feels. Of "
        f"the {known:,} such training rows {learnt:,} are wrong."
    )


def _told(it: LabelStanding) -> str:
    assert it.error is not None
    return (
        f"{it.held_out.wrong:,} of {it.held_out.rows:,} held-out {rows_of(it)} "
        f"({100 * it.error.low:.0f}–{100 * it.error.high:.0f} %)"
    )

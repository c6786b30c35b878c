"""The verdict in one sentence, for every reader of a report."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..error_text import (
    SHARES,
    error_text,
    gap_above,
    gap_limit,
    gap_range,
    in_shares,
    of_r_squared,
)
from ..findings import Diagnosis, Verdict
from ..ladder import Gap
from ..list_text import joined
from ..verdict import judged_gaps, open_gaps
from .doubts_text import doubts

# A report may be read beside another database than the one that it was made from, by others.
DATABASE = (
    "Commands look for the study in the database that the variable OPTUNA_STORAGE names, or else "
    "in netclinic.db in the working directory; in another one with --storage URL."
)
_NAMES = {
    Verdict.HIGH_BIAS: "high bias",
    Verdict.HIGH_VARIANCE: "high variance",
    Verdict.DATA_MISMATCH: "data mismatch",
    Verdict.UNDETERMINED: "undetermined",
    Verdict.HEALTHY: "healthy",
}


def verdict_sentence(diagnosis: Diagnosis) -> str:
    """Say in plain words what the network suffers from, with the numbers that show it."""
    if diagnosis.tasks:
        return _of_tasks(diagnosis) + doubts(diagnosis)
    sentence = _sentence(diagnosis) + doubts(diagnosis)
    counted = " Every class counts alike: errors are means over the classes."
    return sentence + counted if diagnosis.unit.balanced else sentence


def _sentence(diagnosis: Diagnosis) -> str:
    verdict = diagnosis.verdict
    tolerated = _in_points(diagnosis.tolerance, diagnosis)
    high = [it for it in _judged(diagnosis) if it.verdict in verdict]
    if high:
        said = _named([it.verdict for it in high])
        numbers = joined([_above(it, diagnosis) for it in high], comma=True)
        each = "each " if len(high) > 1 else ""
        sure = f"{said[0].upper()}{said[1:]}: {numbers}, {each}more than the tolerated {tolerated}."
        return sure + _likely_too(diagnosis)
    if Verdict.HEALTHY in verdict:
        return f"Healthy: {_healthy(diagnosis)}, where {tolerated} are tolerated."
    likely = f", likely {_named(diagnosis.leaning)}" if diagnosis.leaning else ""
    numbers = joined([_maybe_above(it, diagnosis) for it in _open(diagnosis)], comma=True)
    return f"Undetermined{likely}: {numbers}, where {tolerated} are tolerated."


def _named(verdicts: Sequence[Verdict]) -> str:
    return joined([_NAMES[verdict] for verdict in verdicts])


def _likely_too(diagnosis: Diagnosis) -> str:
    """What likely is the matter beside what surely is, as a sentence behind another."""
    if not diagnosis.leaning:
        return ""
    numbers = joined([_maybe_above(it, diagnosis) for it in _open(diagnosis)], comma=True)
    return f" Likely {_named(diagnosis.leaning)}, too: {numbers}."


def _of_tasks(diagnosis: Diagnosis) -> str:
    """Which tasks suffer from what: ``High variance in digit; healthy in slant.``

    What is likely of those that are undetermined, or besides, stands behind: ``Likely high bias in
    slant.``
    """
    tasks = diagnosis.tasks
    sure = _each_in({task: it.verdict for task, it in tasks.items()})
    likely = _each_in({task: it.leaning for task, it in tasks.items()})
    return f"{sure[0].upper()}{sure[1:]}." + (f" Likely {likely}." if likely else "")


def _each_in(tasks: Mapping[str, Sequence[Verdict]]) -> str:
    """Each verdict with its tasks; empty where there is none."""
    said = []
    for verdict, name in _NAMES.items():
        named = [task for task, verdicts in tasks.items() if verdict in verdicts]
        if named:
            said.append(f"{name} in {joined(named)}")
    return "; ".join(said)


class _Judged(NamedTuple):
    verdict: Verdict  # where the gap is high
    upper: str  # an error's name, with its size
    lower: str
    gap: Gap  # upper − lower; in regression as a share of the target's variance


def _judged(diagnosis: Diagnosis) -> list[_Judged]:
    """All gaps by which the verdict is given: bias, variance and, with a bridge, mismatch."""
    errors, unit = diagnosis.errors, diagnosis.unit
    name, like_training = errors.judge()
    rungs = {
        Verdict.HIGH_BIAS: ("training", errors.training, "Bayes error"),
        Verdict.HIGH_VARIANCE: (name, like_training, "training error"),
        Verdict.DATA_MISMATCH: ("test", errors.test, f"{name} error"),
    }
    return [
        _Judged(
            verdict,
            f"{rungs[verdict][0]} error {error_text(rungs[verdict][1].value, unit)}",
            rungs[verdict][2],
            in_shares(gap, unit),
        )
        for verdict, gap in judged_gaps(diagnosis.gaps).items()
    ]


def _in_points(gap: float, diagnosis: Diagnosis) -> str:
    return gap_limit(gap / diagnosis.unit.whole, SHARES)


def _healthy(diagnosis: Diagnosis) -> str:
    # A gap wholly below zero is no more than a gap of zero to its reader.
    parts = [
        of_r_squared(
            f"{it.upper} {'' if place else 'is '}at most "
            f"{gap_limit(max(0.0, it.gap.high), SHARES)} points above {it.lower}",
            diagnosis.unit,
        )
        for place, it in enumerate(_judged(diagnosis))
    ]
    return joined(parts, comma=True)


def _above(it: _Judged, diagnosis: Diagnosis) -> str:
    return of_r_squared(
        f"{it.upper} is {gap_range(it.gap, SHARES)} above {it.lower}", diagnosis.unit
    )


def _open(diagnosis: Diagnosis) -> list[_Judged]:
    """What the rows leave open: the gaps whose intervals hold the tolerance.

    Where one of them likely is high, those alone: what else is open stands among the findings.
    """
    judged = _judged(diagnosis)
    likely = [it for it in judged if it.verdict in diagnosis.leaning]
    opened = open_gaps(judged_gaps(diagnosis.gaps), diagnosis.tolerance)
    return likely or [it for it in judged if it.verdict in opened]


def _maybe_above(it: _Judged, diagnosis: Diagnosis) -> str:
    return of_r_squared(f"{it.upper} is {gap_above(it.gap, it.lower, SHARES)}", diagnosis.unit)

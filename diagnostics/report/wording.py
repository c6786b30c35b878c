"""The verdict in one sentence, for every reader of a report."""

from typing import NamedTuple

from ..error_text import error_text, gap_limit, gap_range, tolerated_number
from ..findings import Diagnosis, Gap, Verdict
from ..units import Task

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
        return _of_tasks(diagnosis)
    sentence = _sentence(diagnosis)
    counted = " Every class counts alike: errors are means over the classes."
    return sentence + counted if diagnosis.unit.balanced else sentence


def _sentence(diagnosis: Diagnosis) -> str:
    verdict = diagnosis.verdict
    tolerated = tolerated_number(diagnosis.tolerance, diagnosis.unit)
    # The judged gaps stand in the order of their verdicts.
    high = [
        (name, it)
        for (kind, name), it in zip(_NAMES.items(), _judged(diagnosis), strict=False)
        if kind in verdict
    ]
    if high:
        said = joined([name for name, _ in high])
        numbers = joined([_above(it, diagnosis) for _, it in high], comma=True)
        each = "each " if len(high) > 1 else ""
        return f"{said[0].upper()}{said[1:]}: {numbers}, {each}more than the tolerated {tolerated}."
    if Verdict.HEALTHY in verdict:
        return f"Healthy: {_healthy(diagnosis)}, where {tolerated} are tolerated."
    return f"Undetermined: {_open(diagnosis)}, where {tolerated} are tolerated."


def _of_tasks(diagnosis: Diagnosis) -> str:
    """Which tasks suffer from what: ``High variance in digit; healthy in slant.``"""
    said = []
    for verdict, name in _NAMES.items():
        tasks = [task for task, it in diagnosis.tasks.items() if verdict in it.verdict]
        if tasks:
            said.append(f"{name} in {joined(tasks)}")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def joined(parts: list[str], *, comma: bool = False) -> str:
    """The parts as one: "a", "a and b", "a, b and c"; with a comma before "and" where asked."""
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])}{',' if comma else ''} and {parts[-1]}"


class _Judged(NamedTuple):
    upper: str  # an error's name
    error: float
    lower: str
    gap: Gap  # upper − lower


def _judged(diagnosis: Diagnosis) -> list[_Judged]:
    """All gaps by which the verdict is given: bias, variance and, with a bridge, mismatch."""
    errors, gaps = diagnosis.errors, diagnosis.gaps
    training, test = errors.training.value, errors.test.value
    name, like_training = errors.judge()
    judged = [
        _Judged("training error", training, "Bayes error", gaps.avoidable_bias),
        _Judged(f"{name} error", like_training.value, "training error", gaps.judged_variance),
    ]
    if gaps.test_mismatch:
        judged.append(_Judged("test error", test, f"{name} error", gaps.test_mismatch))
    return judged


def _healthy(diagnosis: Diagnosis) -> str:
    unit = diagnosis.unit
    # A gap wholly below zero is no more than a gap of zero to its reader.
    parts = [
        f"{it.upper} {error_text(it.error, unit)} {'' if place else 'is '}at most "
        f"{gap_limit(max(0.0, it.gap.high), unit)}{_points(diagnosis)} above {it.lower}"
        for place, it in enumerate(_judged(diagnosis))
    ]
    return joined(parts, comma=True)


def _above(it: _Judged, diagnosis: Diagnosis) -> str:
    unit = diagnosis.unit
    return f"{it.upper} {error_text(it.error, unit)} is {gap_range(it.gap, unit)} above {it.lower}"


def _open(diagnosis: Diagnosis) -> str:
    """What the rows leave open: at least one gap whose interval holds the tolerance."""
    unit = diagnosis.unit
    parts = [
        f"{it.upper} may lie anywhere from {gap_limit(it.gap.low, unit)} to "
        f"{gap_limit(it.gap.high, unit)}{_points(diagnosis)} above {it.lower}"
        for it in _judged(diagnosis)
        if it.gap.low <= diagnosis.tolerance < it.gap.high
    ]
    return ", and ".join(parts)


def _points(diagnosis: Diagnosis) -> str:
    return "" if diagnosis.unit.task is Task.REGRESSION else " points"

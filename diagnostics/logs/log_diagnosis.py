"""What a log of a training that others ran says of it, and what it leaves open."""

from typing import Any, NamedTuple

from ..error_text import gap_above, size, size_in_full
from ..findings import DiagnosisError, Finding, FindingKind, RemedyKind, Severity, Verdict
from ..gaps import CONFIDENCE, JOINT_CONFIDENCE, avoidable_bias, limits, unpaired_gap
from ..ladder import Estimate, Gap
from ..leaning import leanings
from ..remedies.held_back import HOLDS_BACK
from ..remedies.table import TABLE
from ..studies.curve_shapes import EPOCHS_AT_LEAST
from ..verdict import Standing, standing
from .log_findings import log_findings
from .training_log import LOGGED, Curve, LogContext, TrainingLog


class LogDiagnosis(NamedTuple):
    """What can be said, and what cannot."""

    log: TrainingLog
    verdict: tuple[Verdict, ...]
    leaning: tuple[Verdict, ...]  # what likely is the matter besides, or in its place
    training: Estimate | None  # errors at the last point
    validation: Estimate | None
    bias: Gap | None
    variance: Gap | None
    findings: tuple[Finding, ...]
    remedies: tuple[RemedyKind, ...]  # the first to try comes first
    not_said: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The content for JSON: built-in types only."""
        plain = {name: it and _plain(it) for name, it in self.parts()}
        return {
            "source": self.log.source,
            "layout": self.log.layout,
            "points": self.log.points,
            "curves": dict(self.log.names),
            "verdict": [verdict.value for verdict in self.verdict],
            "leaning": [verdict.value for verdict in self.leaning],
            **plain,
            "findings": [finding.as_dict() for finding in self.findings],
            "remedies": [remedy.value for remedy in self.remedies],
            "not_said": list(self.not_said),
        }

    def parts(self) -> tuple[tuple[str, Estimate | Gap | None], ...]:
        """Errors and gaps by name, in the order in which they are read."""
        return (
            ("training_error", self.training),
            ("validation_error", self.validation),
            ("avoidable_bias", self.bias),
            ("variance", self.variance),
        )


def diagnose_log(log: TrainingLog, context: LogContext) -> LogDiagnosis:
    """Say of a log what its numbers bear out.

    Errors are judged at the last point: no choice among points flatters them. Intervals and a
    verdict need the numbers of rows; the bias needs a Bayes error besides. Both gaps hold together
    with 95 % (Bonferroni), as in ``gaps.measure_gaps``.

    Raises:
        DiagnosisError: a number of rows or the Bayes error is impossible.
    """
    _check(context)
    training = _estimate(log.training_error, context.training_rows)
    validation = _estimate(log.validation_error, context.validation_rows)
    bias = variance = None
    if training and training.n and context.bayes_error is not None:
        given = context.bayes_error
        floor = Estimate(given, given, given, None, "Given by the user, taken as exact.")
        bias = avoidable_bias(training, floor, LOGGED, others="the variance")
    if training and validation and training.n and validation.n:
        variance = unpaired_gap(validation, training, JOINT_CONFIDENCE, LOGGED)
    verdict = _verdict(bias, variance, context)
    likely = _likely(bias, variance, context, verdict)
    findings = log_findings(log, bias, variance, (*verdict, *likely), context)
    gaps, advice = (bias, variance), _remedies(findings, log)
    unsaid = _not_said(log, context)
    return LogDiagnosis(log, verdict, likely, training, validation, *gaps, findings, advice, unsaid)


def _plain(it: Estimate | Gap) -> dict[str, Any]:
    return {**it._asdict(), "likely": it.likely and it.likely._asdict()}


def log_sentence(diagnosis: LogDiagnosis, tolerance: float) -> str:
    """The verdict in plain words."""
    first = diagnosis.findings[0] if diagnosis.findings else None
    if first and first.kind is FindingKind.DIVERGED_TRIALS:
        return "The training diverged: nothing else can be said of its last state."
    gaps = {
        verdict: gap
        for verdict, gap in _judged(diagnosis.bias, diagnosis.variance).items()
        if verdict in (*diagnosis.verdict, *diagnosis.leaning)
    }
    said, allowed = _named(diagnosis.verdict), f"{size_in_full(tolerance, LOGGED)} are tolerated"
    if gaps and diagnosis.verdict != (Verdict.UNDETERMINED,):
        sure = [
            f"the {_UPPER[verdict]} lies at least {size(gap.low, LOGGED)} above the "
            f"{_LOWER[verdict]}"
            for verdict, gap in gaps.items()
            if verdict in diagnosis.verdict
        ]
        too = f" Likely {_named(diagnosis.leaning)}, too." if diagnosis.leaning else ""
        return f"{said[0].upper()}{said[1:]}: {', and '.join(sure)}; {allowed}.{too}"
    if Verdict.HEALTHY in diagnosis.verdict:
        return f"Healthy: bias and variance are at most {size_in_full(tolerance, LOGGED)}."
    if not diagnosis.leaning:
        return "Undetermined: this log alone does not tell bias from variance with certainty."
    likely = [
        f"the {_UPPER[verdict]} lies {gap_above(gap, f'the {_LOWER[verdict]}', LOGGED)}"
        for verdict, gap in (gaps or _judged(diagnosis.bias, diagnosis.variance)).items()
    ]
    return f"Undetermined, likely {_named(diagnosis.leaning)}: {', and '.join(likely)}; {allowed}."


# Between which errors the gap of each verdict lies
_UPPER = {Verdict.HIGH_BIAS: "training error", Verdict.HIGH_VARIANCE: "validation error"}
_LOWER = {Verdict.HIGH_BIAS: "Bayes error", Verdict.HIGH_VARIANCE: "training error"}


def _named(verdicts: tuple[Verdict, ...]) -> str:
    return " and ".join(verdict.value.replace("_", " ") for verdict in verdicts)


def _judged(bias: Gap | None, variance: Gap | None) -> dict[Verdict, Gap]:
    """The gaps that are known, each by what it is called where it is high."""
    judged = {Verdict.HIGH_BIAS: bias, Verdict.HIGH_VARIANCE: variance}
    return {verdict: gap for verdict, gap in judged.items() if gap}


def _check(context: LogContext) -> None:
    for name in ("training_rows", "validation_rows"):
        rows = getattr(context, name)
        if rows is not None and rows < 1:
            raise DiagnosisError(f"got {name} = {rows}; allowed are whole numbers from 1")
    for name in ("bayes_error", "tolerance"):
        value = getattr(context, name)
        if value is not None and not 0 <= value < 1:
            raise DiagnosisError(f"got {name} = {value:g}; allowed are fractions from 0 to below 1")


def _estimate(curve: Curve | None, rows: int | None) -> Estimate | None:
    """The error at the last point; its limits are itself where the rows are not known."""
    if curve is None or curve[-1] is None:
        return None
    value = curve[-1]
    if rows is None:
        return Estimate(value, value, value, None, "As logged; the number of rows is not known.")
    named = Estimate(value, value, value, rows, "Wilson score interval, 95 %")
    it = limits(named, rows, CONFIDENCE, LOGGED)
    return named._replace(value=it.value, low=it.low, high=it.high)


def _verdict(bias: Gap | None, variance: Gap | None, context: LogContext) -> tuple[Verdict, ...]:
    """Name what is certain.

    A training error that was logged while the network still changed, with dropout, is too high. A
    variance that is high all the same is; a high bias, or health, would not be certain.
    """
    gaps = {Verdict.HIGH_BIAS: bias, Verdict.HIGH_VARIANCE: variance}
    stand = {v: standing(g.low, g.high, context.tolerance) if g else None for v, g in gaps.items()}
    if not context.evaluated:
        stand = {Verdict.HIGH_VARIANCE: stand[Verdict.HIGH_VARIANCE], Verdict.HIGH_BIAS: None}
    high = tuple(verdict for verdict, where in stand.items() if where is Standing.HIGH)
    if high:
        return high
    healthy = all(where is Standing.LOW for where in stand.values())
    return (Verdict.HEALTHY if healthy else Verdict.UNDETERMINED,)


def _likely(
    bias: Gap | None, variance: Gap | None, context: LogContext, verdict: tuple[Verdict, ...]
) -> tuple[Verdict, ...]:
    """Name what is not certain, but likely; of bias and health as in ``_verdict``."""
    judged = _judged(bias, variance)
    leans = leanings(judged, context.tolerance)
    if not context.evaluated:
        leans.pop(Verdict.HIGH_BIAS, None)
    high = tuple(v for v, where in leans.items() if where is Standing.HIGH)
    if high or verdict != (Verdict.UNDETERMINED,):
        return high
    known = context.evaluated and len(judged) == len(_UPPER)
    return (Verdict.HEALTHY,) if known and set(leans.values()) == {Standing.LOW} else ()


def _remedies(findings: tuple[Finding, ...], log: TrainingLog) -> tuple[RemedyKind, ...]:
    """What the findings ask for, in the order in which a study's diagnosis ranks it.

    None to stop earlier where there is nothing to go back to, as of a study; and none that a spec
    has to ask for.
    """
    ranks: dict[RemedyKind, float] = {}
    for finding in findings:
        if finding.severity is not Severity.INFO:
            for kind, rank in TABLE.get(finding.kind, {}).items():
                ranks[kind] = min(rank, ranks.get(kind, rank))
    for kind in HOLDS_BACK:
        ranks.pop(kind, None)
    if _last_is_best(log):
        ranks.pop(RemedyKind.EARLY_STOPPING, None)
    return tuple(sorted(ranks, key=ranks.__getitem__))


def _last_is_best(log: TrainingLog) -> bool:
    """Whether no validation error before the last is as low."""
    *before, last = log.validation_error or (None,)
    known = [error for error in before if error is not None]
    return last is not None and bool(known) and last < min(known)


def _not_said(log: TrainingLog, context: LogContext) -> tuple[str, ...]:
    found = list(log.notes)
    known = {"training": log.training_error, "validation": log.validation_error}
    lacking = [f"a {name} error" for name, curve in known.items() if curve is None]
    errors = not lacking
    if lacking:
        found.append(
            f"Bias and variance: they are differences of errors, and the log lacks "
            f"{' and '.join(lacking)}; log accuracies or errors of both."
        )
    if log.points < EPOCHS_AT_LEAST:
        found.append(
            f"How the training went: curves are judged from {EPOCHS_AT_LEAST} points on, and the "
            f"log has {log.points}."
        )
    if errors and None in (context.training_rows, context.validation_rows):
        found.append("How sure the errors are: give --training-rows N and --validation-rows N.")
    if context.bayes_error is None and log.training_error is not None:
        found.append(
            "Bias: it is measured from the best error that anything could reach; give "
            "--bayes-error E, such as a human expert's."
        )
    if log.training_error is not None and not context.evaluated:
        found.append(
            "Training mode: most frameworks log a training error as the mean over an epoch in "
            "which the network still changed, with dropout and augmentation. In evaluation mode "
            "it would be lower, the variance larger and the bias smaller. So neither high bias nor "
            "health is certain; if yours were measured in evaluation mode, add --evaluated."
        )
    found.append("Test rows: validation rows that chose anything flatter the network.")
    return tuple(found)

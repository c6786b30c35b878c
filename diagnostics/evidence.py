"""Findings beside the two gaps: from the curves, the search, the test rows and the data."""

from ..storage.records.data import BayesRecord, DataNote
from ..storage.records.results import TrialResult
from ..storage.records.runs import Provenance
from ..storage.records.study import StudyRecord
from .constant_error import constant_error
from .data.drift_findings import drift
from .data.imbalance import class_imbalance
from .data.label_findings import likely_label_errors
from .data.missed_labels import missed_labels
from .data.shift_findings import shift
from .error_text import error_text, estimate_text, gap_range, size_in_full
from .findings import Finding, FindingKind, Severity
from .gaps import limits, rows_of
from .ladder import Errors, Gap, Gaps
from .number_text import moved
from .regions.region_findings import region_findings
from .studies.curve_findings import overfitted_after, still_improving
from .studies.harder_test import beyond_luck
from .studies.selection import Corrected
from .studies.stopping import kept_part, stopped_early
from .studies.study_checks import check_study
from .studies.trial_noise import least_change, validation_grouping
from .units import CLASSIFICATION, Unit
from .verdict import Standing, standing
from .vital_signs.vital_findings import vital_findings

_NOTES = {
    "duplicates_across_splits": FindingKind.DUPLICATES_ACROSS_SPLITS,
    "conflicting_labels": FindingKind.CONFLICTING_LABELS,
    "equal_by_chance": FindingKind.EQUAL_BY_CHANCE,
    "target_outliers": FindingKind.TARGET_OUTLIERS,
    "skewed_target": FindingKind.SKEWED_TARGET,
    "row_numbers": FindingKind.ROW_NUMBERS,
    "hidden_groups": FindingKind.HIDDEN_GROUPS,
    "telling_column": FindingKind.TELLING_COLUMN,
    "missing_values": FindingKind.MISSING_VALUES,
    "missing_codes": FindingKind.MISSING_CODES,
    "mixed_units": FindingKind.MIXED_UNITS,
    "constant_columns": FindingKind.CONSTANT_COLUMNS,
    "numbers_as_text": FindingKind.NUMBERS_AS_TEXT,
    "copies_left_out": FindingKind.COPIES_LEFT_OUT,
    "ordered_columns": FindingKind.ORDERED_COLUMNS,
}
_SEVERITIES = {
    FindingKind.EQUAL_BY_CHANCE: Severity.INFO,
    FindingKind.TARGET_OUTLIERS: Severity.PROBLEM,
    FindingKind.SKEWED_TARGET: Severity.WARNING,
    FindingKind.ROW_NUMBERS: Severity.WARNING,
    FindingKind.HIDDEN_GROUPS: Severity.PROBLEM,
    FindingKind.TELLING_COLUMN: Severity.WARNING,
    FindingKind.MISSING_VALUES: Severity.INFO,
    FindingKind.MISSING_CODES: Severity.WARNING,
    FindingKind.MIXED_UNITS: Severity.WARNING,
    FindingKind.CONSTANT_COLUMNS: Severity.INFO,
    FindingKind.NUMBERS_AS_TEXT: Severity.INFO,
    FindingKind.COPIES_LEFT_OUT: Severity.INFO,
    FindingKind.ORDERED_COLUMNS: Severity.INFO,
}
_STANDARD_ERROR = 0.683  # the confidence of an interval of one to either side
_FEW = 100  # test rows
_HARDLY = 0.1  # of the tolerance: equal rows that move an error by less are but a note


def gather_evidence(
    study: StudyRecord,
    provenance: Provenance,
    result: TrialResult,
    errors: Errors,
    gaps: Gaps,
    tolerance: float,
    unit: Unit = CLASSIFICATION,
    corrected: Corrected | None = None,
) -> tuple[Finding, ...]:
    """Gather what specialises the remedies, in a fixed order: numbers, curves, search, data.

    Args:
        study: whose trials are looked at.
        provenance: of its newest run.
        result: the best trial's.
        errors: of the best trial.
        gaps: between them.
        tolerance: what a gap may be, in the errors' unit.
        unit: of the errors.
        corrected: the best trial's validation error for its having been chosen, where known.
    """
    found = (
        *floor_evidence(errors, study.bayes, unit),
        None
        if errors.corrected  # the judged mismatch says it
        else selection_optimism(
            gaps.selection_optimism, errors, unit, corrected, grouped=study.deals_groups
        ),
        *curve_evidence(study, provenance, result, gaps, tolerance, unit),
        *vital_findings(
            study,
            result,
            learnt_all=_learnt_all(gaps.avoidable_bias, tolerance),
            answers=_answers(provenance, errors, unit),
            tells=_tells(provenance, errors, unit),
        ),
        *check_study(study, tolerance, unit),
        *region_findings(study, unit),
        *(data_finding(note, provenance, tolerance / unit.whole) for note in provenance.data_notes),
        *drift(study),
        shift(study, gaps, tolerance, unit),
        likely_label_errors(study, tolerance / unit.whole),
        class_imbalance(study, tolerance / unit.whole, errors.test),
        missed_labels(study),
    )
    return tuple(finding for finding in found if finding is not None)


def _learnt_all(bias: Gap, tolerance: float) -> bool:
    return standing(bias.low, bias.high, tolerance) is Standing.LOW


def _answers(provenance: Provenance, errors: Errors, unit: Unit) -> bool:
    """Whether less than half of what one answer to all gets wrong of training rows surely is left.

    A network that is far too sure of its mistakes has a loss above the constant answer's.
    """
    constant = constant_error(provenance.class_rows and provenance.class_rows.training, unit)
    return constant is not None and errors.training.high < constant / 2


def _tells(provenance: Provenance, errors: Errors, unit: Unit) -> bool:
    """Whether test rows are surely told better than by one answer to all, whatever the loss.

    Of few rows by a standard error: that what is learnt holds nowhere else is itself a claim, and
    of nine rows that are told well enough a loss may never fall by chance.
    """
    constant = constant_error(provenance.class_rows and provenance.class_rows.test, unit)
    if constant is None:
        return False
    if (rows := rows_of(errors.test)) >= _FEW:
        return errors.test.high < constant
    return limits(errors.test, rows, _STANDARD_ERROR, unit).high < constant


def curve_evidence(
    study: StudyRecord,
    provenance: Provenance,
    result: TrialResult,
    gaps: Gaps,
    tolerance: float,
    unit: Unit = CLASSIFICATION,
    among: int = 1,
) -> tuple[Finding, ...]:
    """What a trial's curves show; of one ``among`` so many tasks, chance is divided among them.

    The other arguments are those of ``gather_evidence``.
    """
    bias = gaps.avoidable_bias
    stands = standing(bias.low, bias.high, tolerance)
    bias_is_high = stands is Standing.HIGH
    may_be_high = stands is Standing.UNDETERMINED and bias.value > tolerance
    grouped = validation_grouping(study)
    least = least_change(result, provenance, unit, grouped)
    kept = kept_part(study.spec, result).curves
    found = (
        None
        if stopped_early(study.spec, result)
        else still_improving(
            result.curves,
            bias_is_high or may_be_high,
            unit,
            least_fall=least,
            among=among,
        ),
        overfitted_after(
            kept,
            provenance.rows.validation,
            unit,
            among=among,
            grouped=grouped,
            least_rise=least,
        ),
    )
    return tuple(finding for finding in found if finding is not None)


def floor_evidence(
    errors: Errors, bayes: BayesRecord | None, unit: Unit = CLASSIFICATION
) -> tuple[Finding, ...]:
    """What makes the Bayes error itself doubtful."""
    found = floor_above_held_out(errors, unit), floor_failed_test(bayes)
    return tuple(finding for finding in found if finding is not None)


def floor_above_held_out(errors: Errors, unit: Unit = CLASSIFICATION) -> Finding | None:
    """Raise the alarm when the Bayes error's lower limit lies above the test error's upper one."""
    bayes, test = errors.bayes, errors.test
    if bayes.low <= test.high:
        return None
    text = (
        f"The Bayes error is said to be at least {error_text(bayes.low, unit)}, but the test error "
        f"is at most {error_text(test.high, unit)}. One of them is wrong: the figure for the Bayes "
        "error, or the test rows leak into the training rows."
    )
    evidence = {"bayes_low": bayes.low, "test_error": test.value, "test_high": test.high}
    return Finding(FindingKind.FLOOR_ABOVE_HELD_OUT, Severity.PROBLEM, evidence, text)


def floor_failed_test(bayes: BayesRecord | None) -> Finding | None:
    """Tell that the Bayes error's estimate did not follow noise of known effect."""
    told = bayes.details if bayes else {}
    misfit = float(told.get("noise_misfit") or 0)
    if misfit == 0:
        return None
    due, found, error = (
        float(told[f"noise_slope_{it}"] or 0) for it in ("due", "found", "standard_error")
    )
    text = (
        f"Where labels were drawn anew at random, the Bayes error's estimate {moved(found)} "
        f"times their share, where {due:.2f} was due (standard error {error:.2f}). The estimate "
        f"missed by {100 * misfit:.1f} points; its lower limit was taken down by as much."
    )
    evidence = {name: told[name] for name in told if name.startswith("noise_")}
    return Finding(FindingKind.FLOOR_FAILED_TEST, Severity.WARNING, evidence, text)


def selection_optimism(
    gap: Gap,
    errors: Errors,
    unit: Unit = CLASSIFICATION,
    corrected: Corrected | None = None,
    *,
    grouped: bool = False,
) -> Finding | None:
    """Report a test error above the validation error by which the best trial was chosen.

    Args:
        gap: test error − validation error.
        errors: of the best trial.
        unit: of the errors.
        corrected: its validation error corrected for its having been chosen, where that is known:
            a test error above this one, too, is no luck.
        grouped: whether whole groups were dealt to the splits: unless both intervals count them,
            which groups came where moves an error by more than its interval tells.
    """
    if gap.low <= 0:
        return None
    text = (
        f"The test error of {error_text(errors.test.value, unit)} lies "
        f"{size_in_full(gap.value, unit)} above the validation error of "
        f"{error_text(errors.validation.value, unit)}"
    )
    evidence = {"gap": gap.value, "low": gap.low, "high": gap.high}
    counted = not grouped or (corrected and corrected.error.grouped and errors.test.grouped)
    beyond = beyond_luck(errors, corrected) if counted else None
    if corrected and beyond:
        text += (
            f", and {size_in_full(beyond.value, unit)} ({gap_range(beyond, unit)}) above what that "
            "is once corrected for the choice of the trial, "
            f"{estimate_text(corrected.error, unit)}. So it is not luck: the test rows are harder "
            "than the validation rows. They may be later, from elsewhere, or of other groups."
        )
        evidence |= {f"beyond_{name}": getattr(beyond, name) for name in ("value", "low", "high")}
        return Finding(FindingKind.TEST_ROWS_HARDER, Severity.WARNING, evidence, text)
    more = "rows, and of more groups," if grouped else "rows"
    dealt = (
        ", and groups differ: which of them came into which split matters, too" if grouped else ""
    )
    text += (
        f": the best of many trials was partly chosen for its luck on the validation rows{dealt}. "
        f"Expect the test error, and compare trials by more validation {more} where you can."
    )
    return Finding(FindingKind.SELECTION_OPTIMISM, Severity.WARNING, evidence, text)


def data_finding(note: DataNote, provenance: Provenance, tolerance: float) -> Finding | None:
    """Turn a warning about the data into a finding.

    Equal rows are a problem where they are so many that they can move an error by more than the
    tolerance, here a share of rows: duplicates counted against the smaller held-out split,
    conflicts against all rows. So few that they move it by a tenth of that at most are a note.
    Targets far out are told only where they move errors by more.
    """
    kind = _NOTES.get(note.kind)
    if kind is None:
        return None
    rows = provenance.rows
    duplicates = kind is FindingKind.DUPLICATES_ACROSS_SPLITS
    among = min(rows.validation, rows.test) if duplicates else sum(rows)
    share = note.count / among
    severity = _SEVERITIES.get(kind)
    if severity is None:
        severity = Severity.WARNING if share > tolerance * _HARDLY else Severity.INFO
        severity = Severity.PROBLEM if share > tolerance else severity
    evidence = {"count": note.count, "rows": among, "share": share, **note.details}
    return Finding(kind, severity, evidence, note.text)

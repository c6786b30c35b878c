"""A study with the errors that its search minimised: what a diagnosis and a report look at."""

from dataclasses import replace

from ..storage.records.data import ClassRows
from ..storage.records.replicates import ReplicateResult
from ..storage.records.results import TrialResult
from ..storage.records.study import StudyRecord
from .statistics.rates import ClassCounts


def judged(study: StudyRecord) -> StudyRecord:
    """The study with balanced errors in the place of the errors, where it minimised them."""
    if not study.minimises_balanced:
        return study
    return replace(
        study,
        trials=tuple(replace(t, result=t.result and _balanced(t.result)) for t in study.trials),
        replicates=tuple(map(_balanced_again, study.replicates)),
    )


def class_counts(result: TrialResult, rows: ClassRows | None, split: str) -> ClassCounts | None:
    """Wrong rows and rows of each class of a split; ``None`` where they were not counted."""
    if rows is None or result.wrong is None or split not in result.wrong:
        return None
    return ClassCounts(result.wrong[split], getattr(rows, split))


def _balanced(result: TrialResult) -> TrialResult:
    curves = result.curves
    if result.balanced_curves is not None:
        training, validation = result.balanced_curves
        curves = curves._replace(training_error=training, validation_error=validation)
    return result._replace(
        training_error=result.training_balanced_error,
        validation_error=result.validation_balanced_error,
        test_error=result.test_balanced_error,
        bridge_error=result.bridge_balanced_error,
        curves=curves,
    )


def _balanced_again(result: ReplicateResult) -> ReplicateResult:
    return result._replace(
        training_error=result.training_balanced_error,
        validation_error=result.validation_balanced_error,
        test_error=result.test_balanced_error,
    )

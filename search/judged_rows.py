"""What the test rows are that a winner trained again is judged by."""

from typing import TYPE_CHECKING

from ..diagnostics.studies.treated import JudgedRows

if TYPE_CHECKING:
    from .study_start import OpenStudy


def judged_rows(study: "OpenStudy") -> JudgedRows:
    """Classes and groups of a study's test rows, as far as they count."""
    dataset = study.dataset
    classes = dataset.test.labels if study.spec.study.minimises_balanced else None
    return JudgedRows(classes, dataset.groups[2] if dataset.groups else None)

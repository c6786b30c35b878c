"""The checks on a whole study, in the order in which their findings are told."""

from ...storage.records.study import StudyRecord
from ..findings import Finding
from ..units import CLASSIFICATION, Unit
from .alike_trials import compare_with_best
from .ranking_findings import search_still_improving, validation_too_small, winner_in_doubt
from .rate_findings import low_rate_regularises
from .search_findings import best_at_edge, best_near_divergence, diverged_trials
from .trial_curve_findings import (
    overfitted_trials,
    trained_too_long,
    training_loss_rising,
    unsteady_end,
)


def check_study(
    study: StudyRecord, tolerance: float, unit: Unit = CLASSIFICATION
) -> tuple[Finding, ...]:
    """All that the trials together show; after Godbole et al. 2023, Deep Learning Tuning Playbook.

    Args:
        study: whose trials are looked at.
        tolerance: the smallest difference of errors that matters, in the errors' unit.
        unit: of the errors.
    """
    diverged, compared = diverged_trials(study), compare_with_best(study, unit)
    found = (
        *best_at_edge(study),
        diverged,
        best_near_divergence(study, diverged),
        training_loss_rising(study, unit),
        unsteady_end(study, tolerance, unit),
        overfitted_trials(study, unit),
        trained_too_long(study),
        low_rate_regularises(study),
        search_still_improving(study, compared, unit),
        winner_in_doubt(study, compared, unit),
        validation_too_small(study, compared, tolerance, unit),
    )
    return tuple(finding for finding in found if finding is not None)

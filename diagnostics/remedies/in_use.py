"""Which remedies a study makes use of already, or can make no use of."""

from ..findings import RemedyKind
from ..studies.stopping import patience_of
from .advice import cannot_drop_more
from .augmentation_advice import fitting
from .case import Case
from .label_advice import better_thresholds
from .search_advice import enough_for_validation
from .trained_elsewhere import NOT_HERE


def in_use(kind: RemedyKind, case: Case) -> bool:
    """Whether the study already does what the remedy says, or cannot, so that none is advised."""
    if kind is RemedyKind.LABEL_THRESHOLDS:
        return not better_thresholds(case)
    if case.study.only_predictions:
        return kind in NOT_HERE
    search = case.spec["search"]
    if kind in (RemedyKind.OTHER_INITIALIZER, RemedyKind.NORMALISATION) and case.transferred:
        return True
    if kind is RemedyKind.OTHER_INITIALIZER:
        return search.get("initializer") is not None
    if kind is RemedyKind.WARMUP:
        return search.get("warmup", 0.0) != 0
    if kind is RemedyKind.CLIPPING:
        return search.get("clip_norm") is not None
    if kind is RemedyKind.DECAY:
        return case.spec["training"].get("schedule", "constant") != "constant"
    if kind is RemedyKind.DROPOUT:
        return cannot_drop_more(case)
    if kind is RemedyKind.AUGMENTATION:
        return fitting(case) is None
    if kind is RemedyKind.REGULARISATION:
        return search.get("dropout", 0.0) != 0
    if kind is RemedyKind.BALANCED_OBJECTIVE:
        return case.spec.get("study", {}).get("objective") == "balanced_error"
    if kind is RemedyKind.NORMALISATION:
        return case.spec["network"].get("normalization", "none") in ("batch", "layer")
    if kind is RemedyKind.OTHER_OPTIMIZER:
        return case.spec["training"].get("optimizer", "sgd") not in ("sgd", "nesterov")
    if kind is RemedyKind.ADD_BRIDGE:
        return bool(case.provenance.rows.bridge)
    if kind is RemedyKind.CLASS_WEIGHTS:
        return case.spec["training"].get("class_weights", "none") != "none"
    if kind is RemedyKind.MORE_VALIDATION:
        return not enough_for_validation(case)
    if kind is RemedyKind.REPLICATES:
        return case.spec.get("study", {}).get("replicates", 1) > 1
    return kind is RemedyKind.EARLY_STOPPING and bool(patience_of(case.spec))

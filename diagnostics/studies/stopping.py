"""What early stopping did to a trial: when it ended, and which epoch its weights are of."""

from collections.abc import Mapping
from typing import Any

from ...storage.records.results import Curves, Outcome, TrialResult

Spec = Mapping[str, Any] | None  # of a study, resolved; None where netclinic did not create it


def patience_of(spec: Spec) -> int | None:
    """Epochs without a lower validation error that a trial goes on for; ``None``: to the last."""
    return (spec or {}).get("training", {}).get("patience")


def stopped_early(spec: Spec, result: TrialResult) -> bool:
    """Whether early stopping ended the trial before the last epoch that the spec allows."""
    return _restored(spec, result) and result.epochs < int((spec or {})["training"]["epochs"])


def kept_part(spec: Spec, result: TrialResult) -> TrialResult:
    """The result with curves up to the epoch whose weights were kept."""
    if not _restored(spec, result):
        return result
    return result._replace(curves=Curves(*(c[: result.best_epoch] for c in result.curves)))


def stopping_text(spec: Spec, result: TrialResult) -> str:
    """E.g. "stopped early after epoch 31, weights of epoch 21"; empty without early stopping."""
    if not _restored(spec, result):
        return ""
    stopped = (
        f"stopped early after epoch {result.epochs:,}, " if stopped_early(spec, result) else ""
    )
    return f"{stopped}weights of epoch {result.best_epoch:,}"


def _restored(spec: Spec, result: TrialResult) -> bool:
    return patience_of(spec) is not None and result.outcome is Outcome.COMPLETED

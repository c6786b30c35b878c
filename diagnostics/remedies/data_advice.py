"""A remedy's reason and change where the data, not the network or the search, ask for it."""

from collections.abc import Callable, Mapping, Sequence

from ..findings import Finding, RemedyKind
from .advice import Advice, Case


def _balanced_objective(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{asking[0].text} Comparing trials by the balanced error lets each class count alike, "
        "however few rows it has; the diagnosis then tells each class's error.",
        "-S study.objective=balanced_error",
    )


def _class_weights(asking: Sequence[Finding], case: Case) -> Advice:
    rarest = asking[0].evidence["rarest"]
    reason = (
        f"Weights that let each class count alike in the training loss make {rarest!r} worth "
        "learning; some more mistakes on common classes are their price."
    )
    change = "-S training.class_weights=balanced"
    if case.spec.get("study", {}).get("objective") == "balanced_error":
        return reason, change
    return (
        f"{reason} Compared by the share of wrong rows, a trial that never answers it could still "
        "win the search, so trials are compared by the balanced error, too.",
        f"-S study.objective=balanced_error {change}",
    )


def _add_bridge(asking: Sequence[Finding], _: Case) -> Advice:
    texts = " ".join(finding.text for finding in asking)
    return (
        f"{texts} Rows of the training rows' kind that are held out tell whether the held-out "
        "error comes from this, or from what the network learnt by heart.",
        "-S data.bridge=0.1",
    )


def _check_outliers(asking: Sequence[Finding], _: Case) -> Advice:
    texts = " ".join(finding.text for finding in asking)
    return (
        f"{texts} Correct what is wrong there; where it is right, learn the target's logarithm, "
        "say, so that a few rows do not decide everything.",
        None,
    )


DATA_ADVICE: Mapping[RemedyKind, Callable[[Sequence[Finding], Case], Advice]] = {
    RemedyKind.BALANCED_OBJECTIVE: _balanced_objective,
    RemedyKind.CLASS_WEIGHTS: _class_weights,
    RemedyKind.ADD_BRIDGE: _add_bridge,
    RemedyKind.CHECK_OUTLIERS: _check_outliers,
}

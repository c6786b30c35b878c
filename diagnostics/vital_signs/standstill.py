"""Where a trial that learnt little came to a standstill: on a plateau, or at a saddle point.

How the thresholds were set: ``vital_signs``.
"""

from ...storage.records.results import TrialResult
from ..findings import FindingKind
from ..number_text import percent, plain_number
from .vital_sign import (
    NOTHING,
    Sign,
    at_rest_since,
    last_moment,
    learnt_little,
    share_learnt,
    when_at_rest,
)

BENT = 0.25  # least negative curvature, by the strongest one of either sign
LEVEL = 0.01  # share of the loss that the best step along the gradient would take away
FAR = 0.1  # such a share that the step is longer than the curvature where it begins holds for


def saddle(result: TrialResult) -> Sign | None:
    """An end with next to no gradient, where the loss bends down in some direction."""
    found, bent, left = result.curvature, negative_curvature(result), along_gradient(result)
    if found is None or bent is None or left is None or not learnt_little(result):
        return None
    if bent < BENT or left > LEVEL:
        return None
    text = (
        f"Training ended at a saddle point: on {found.rows:,} training rows the best step along "
        f"the gradient would take away {percent(left)} of the loss, but in some direction the loss "
        f"bends down, by {percent(bent)} of the strongest curvature. A minimum bends up "
        "everywhere; from a saddle the way leads on, but a gradient of nearly 0 hardly shows it."
        f"{when_at_rest(result)}"
    )
    return Sign(FindingKind.SADDLE, None, _evidence(result), text)


def plateau(result: TrialResult) -> Sign | None:
    """A training loss that ends no better than the constant answer's, and not at a saddle."""
    learnt, last = share_learnt(result), last_moment(result)
    if learnt is None or learnt >= NOTHING or last.moment != "end" or saddle(result):
        return None
    lies = "above" if learnt < 0 else "less than 10 % below"
    ratio = last.gradient_norm / max(result.signs[0].gradient_norm, 1e-30)
    text = (
        f"After {result.epochs:,} epochs the training loss of "
        f"{plain_number(result.training_loss or 0.0)} lies {lies} that of the best constant "
        f"answer, {plain_number(last.constant_loss)}: training lies on a plateau (the "
        f"gradient is {plain_number(ratio)} times the initial one).{when_at_rest(result)}"
        f"{_no_saddle(result)}"
    )
    evidence = {
        "learnt": learnt,
        "training_loss": result.training_loss,
        "constant_loss": last.constant_loss,
        "gradient_norm": last.gradient_norm,
        "initial_gradient_norm": result.signs[0].gradient_norm,
        "at_rest_since": at_rest_since(result),
    }
    return Sign(FindingKind.PLATEAU, None, evidence | _evidence(result), text)


def negative_curvature(result: TrialResult) -> float | None:
    """The most negative curvature, by the strongest of either sign: 0–1, 0 without any."""
    found = result.curvature
    if found is None or found.lowest is None or found.highest is None:
        return None
    strongest = max(found.highest, -found.lowest)
    return max(-found.lowest, 0.0) / strongest if strongest > 0 else 0.0


def along_gradient(result: TrialResult) -> float | None:
    """The share of the loss that the best step along the gradient would take away at least.

    With gradient g and no curvature above λ, a step of 1/λ lowers the loss by ‖g‖²/2λ or more
    (Nesterov 2004, eq. 1.2.13). Free of scale, as g²/λ has the unit of the loss.
    """
    found, loss = result.curvature, result.training_loss
    if found is None or found.lowest is None or found.highest is None or not loss:
        return None
    strongest, gradient = max(found.highest, -found.lowest), found.gradient_norm or 0.0
    if strongest <= 0:
        return 0.0 if gradient == 0 else None
    return gradient**2 / (2 * strongest * loss)


def _no_saddle(result: TrialResult) -> str:
    bent, left = negative_curvature(result), along_gradient(result)
    if bent is None or left is None:
        return ""
    if left >= FAR:
        return " It is no saddle point: the gradient is far from 0 there."
    if left > LEVEL:
        return (
            f" It is no saddle point: the best step along the gradient would still take away "
            f"{percent(left)} of the loss."
        )
    return (
        " It is no saddle point: there is next to no gradient, and nowhere does the loss bend down "
        f"by more than {percent(bent)} of the strongest curvature."
    )


def _evidence(result: TrialResult) -> dict[str, float | int | str | None]:
    found = result.curvature
    if found is None:
        return {}
    return {
        "lowest_curvature": found.lowest,
        "highest_curvature": found.highest,
        "curvature_rows": found.rows,
        "loss_along_gradient": along_gradient(result),
    }

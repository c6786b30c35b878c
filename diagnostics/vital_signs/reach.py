"""Which layers gradients reach at all: a sign of what a network's code leaves out."""

from ...storage.records.results import TrialResult
from ...storage.records.signs import LayerSigns, MomentSigns
from ..findings import FindingKind
from ..list_text import joined
from .vital_sign import Sign, measured

UNREACHED = 1e-4  # relative gradient of a layer, by that of the best-reached one
_ALL = 1.0


def relative_gradients(signs: MomentSigns) -> list[tuple[LayerSigns, float]]:
    """The layers with weights other than 0, with the norm of their gradient by that of these."""
    return [
        (layer, gradient / layer.weight_norm)
        for layer, gradient in measured(signs, lambda layer: layer.gradient_norm)
        if layer.weight_norm
    ]


def unreached(result: TrialResult) -> Sign | None:
    """Layers whose gradient is exactly 0 before training and after it, and others' is not.

    A gradient that vanishes to 0 does so by way of layers that it hardly reaches, so there are to
    be none. Where all units of a layer are dead, or weights are all 0, that is what stops it.
    """
    if result.signs[-1].moment != "end":
        return None
    if any(it.dead == _ALL for signs in result.signs for it in signs.layers):
        return None
    both = [relative_gradients(signs) for signs in result.signs]
    nothing = [{layer.layer for layer, gradient in each if not gradient} for each in both]
    never = [layer.layer for layer, _ in both[0] if all(layer.layer in each for each in nothing)]
    others = [gradient for layer, gradient in both[0] if layer.layer not in never]
    if not never or not others or min(others) < UNREACHED * max(others):
        return None
    one = len(never) == 1
    text = (
        f"No gradient at all reaches {joined(never)}, before training or after it, so that "
        f"{'it stays' if one else 'they stay'} as drawn, but for weight decay: the outputs do not "
        f"depend on {'it' if one else 'them'}, or there is jax.lax.stop_gradient, a comparison, "
        "rounding or an argmax in between."
    )
    return Sign(FindingKind.UNREACHED, never[0], {"layers": len(never)}, text)

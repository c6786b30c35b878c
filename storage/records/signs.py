"""The vital signs of a trial: what its network's layers looked like at two moments."""

from typing import NamedTuple


class LayerSigns(NamedTuple):
    """What one layer of a trial's network looked like; ``None``: not measured, or not finite.

    The first is "inputs", without weights. What a layer gives is what its activation makes of it;
    the last one gives the network's outputs.
    """

    layer: str  # the name of its weights, "hidden.0"
    units: int | None  # how many
    mean: float | None  # of what it gives, over rows, positions and units
    variance: float | None  # of a unit over rows and positions, mean over units
    typical_variance: float | None  # geometric mean over the units that vary
    largest_variance: float | None  # maximum over units
    spread: float | None  # in front of the activation: variance over rows by mean square, 0–1
    dead: float | None  # share of units, 0–1, whose activation has levelled off on all rows
    saturated: float | None  # share of numbers, 0–1, where a two-sided activation is nearly flat
    gradient_norm: float | None  # L2, of the trained loss by the layer's weights
    weight_norm: float | None  # L2
    update_ratio: float | None  # L2 norm of the optimiser's next change, by that of the weights
    moved: float | None  # L2 norm of weights − initial weights, by that of the initial weights


class MomentSigns(NamedTuple):
    """What a trial's network looked like at one moment of its training, on some training rows."""

    moment: str  # "start" | "end"
    rows: int  # training rows looked at
    loss: float  # mean over them
    zero_loss: float  # of outputs that are all 0: ln C in classification
    # of the constant answer that is best by the loss that is trained on, on all training rows
    constant_loss: float
    gradient_norm: float  # L2, of the trained loss by all weights
    layers: tuple[LayerSigns, ...]  # in the order of the network


class CurvatureRecord(NamedTuple):
    """How the trained loss curves where a trial's training ended, L2 included."""

    rows: int  # training rows looked at
    gradient_norm: float | None  # L2, of the loss with L2; None, as the next, where not known
    lowest: float | None  # smallest Ritz value of the Hessian
    highest: float | None  # largest Ritz value
    skipped: str | None = None  # why it is not known, as part of a sentence

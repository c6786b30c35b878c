"""Whether outputs are of the size that the last layer's weights give them: a sign of its code."""

import math

from ...storage.records.results import TrialResult
from ...storage.records.signs import MomentSigns
from ..findings import FindingKind
from ..number_text import percent, plain_number
from .layer_signs import loud_start
from .vital_sign import Sign, learnt_little, share_learnt

# The variance of the outputs over rows, by what the last layer's weights, taken for independent of
# what reaches them, make of it: before training 0.5 to 1.7 in sound networks, wherever these
# weights begin, and 0.07 behind means over 16 positions. A factor of 100 makes it 10,000.
SMALLER, LARGER = 1e-3, 1e3


def outputs_scaled(result: TrialResult) -> Sign | None:
    """Outputs that something other than weights makes far smaller or larger before training.

    Weights that begin with 0, or near it, give quiet outputs, too, and learn from there: what is
    told is not that outputs are quiet, but that the weights do not make them so. Small ones count
    where less than half of the constant answer's loss was learnt away, large ones where the loss
    began far above that of outputs of 0.
    """
    start = result.signs[0]
    gain = _gain(start)
    if gain is None:
        return None
    smaller = gain < SMALLER and learnt_little(result)
    if not smaller and not (gain > LARGER and loud_start(result)):
        return None
    factor = math.sqrt(gain)
    last, before = start.layers[-1], start.layers[-2]
    assert last.variance is not None  # as there is a gain
    times = f"1/{round(1 / factor):,} of" if smaller else f"{plain_number(factor)} times"
    text = (
        f"Before training, the outputs varied over rows by {plain_number(math.sqrt(last.variance))}"
        f", {times} what the weights of {last.layer} make of what {before.layer} gives: "
        "something in or behind that layer, such as a factor or a temperature, scales them."
    )
    learnt = share_learnt(result)
    if smaller and learnt is not None:
        text += (
            f" Every gradient is as much smaller, and {percent(max(learnt, 0))} of the constant "
            f"answer's loss was learnt away in {result.epochs:,} epochs."
        )
    evidence = {
        "factor": factor,
        "initial_loss": start.loss,
        "zero_loss": start.zero_loss,
        "learnt": learnt,
        "update_ratio": last.update_ratio,
    }
    return Sign(FindingKind.OUTPUTS_SCALED, last.layer, evidence, text)


def _gain(start: MomentSigns) -> float | None:
    """Variance of an output, by ‖W‖²/units times that of what reaches the last layer."""
    before, last = start.layers[-2:]
    if not (before.variance and last.variance and last.weight_norm and last.units):
        return None
    return last.variance / (last.weight_norm**2 / last.units * before.variance)

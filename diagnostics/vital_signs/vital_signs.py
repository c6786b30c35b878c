"""What the vital signs of one trial say: which layers are ill, and whether it learnt at all.

No threshold has a unit: losses are held against those of constant answers, layers against one
another and against how they began. They were set on seeds other than those that
``benchmarks/vitals.md`` judges them on.
"""

from collections.abc import Callable, Sequence

from ...storage.records.results import TrialResult
from . import layer_signs, learning_signs, output_size, reach, standstill
from .vital_sign import Sign


def vital_signs(result: TrialResult) -> tuple[Sign, ...]:
    """All that is wrong with a trial; nothing where its layers were not looked at."""
    if not result.signs or len(result.signs[0].layers) < 2:
        return ()
    unfit = layer_signs.inputs_unfit(result)
    if unfit and unfit.evidence["largest_variance"] == 0:
        return (unfit,)  # whatever else the layers show follows from that
    found = (check(result) for check in _CHECKS)
    return tuple(sign for sign in found if sign is not None)


_CHECKS: Sequence[Callable[[TrialResult], Sign | None]] = (
    layer_signs.inputs_unfit,
    layer_signs.loud_start,
    output_size.outputs_scaled,
    layer_signs.units_alike,
    layer_signs.dead_units,
    layer_signs.saturated_units,
    layer_signs.gradient_vanishes,
    reach.unreached,
    learning_signs.steps_too_large,
    learning_signs.steps_too_small,
    learning_signs.decay_too_strong,
    learning_signs.labels_unrelated,
    standstill.saddle,
    standstill.plateau,
)

"""What inputs, units and gradients say of a trial: signs of one layer.

How the thresholds were set: ``vital_signs``.
"""

import math
from itertools import pairwise

from ...storage.records.results import TrialResult
from ...storage.records.signs import LayerSigns
from ..findings import FindingKind
from ..number_text import percent, plain_number
from .reach import UNREACHED, relative_gradients, unreached
from .vital_sign import Sign, at_rest_since, greatest, last_moment, measured, when_at_rest

INPUTS = "inputs"
ALIKE = 1e-4  # by which the largest variance of a unit may exceed the mean one
DEAD = 0.5  # share of a layer's units
SATURATED = 0.5  # share of a layer's numbers before training
SATURATED_LATER = 0.8  # and after it: what is learnt may saturate some
LOUD_START = 8.0  # initial loss, by that of outputs of 0
FADED = 1e-4  # variance of the last hidden layer, by that of the strongest one
OFFSET = 100.0  # mean square of all inputs, by their variance
SPREAD_OF_SCALES = 1e4  # largest variance of an input, by the typical one
SCALE = 100.0  # typical variance of an input, or its inverse: networks expect about 1


def inputs_unfit(result: TrialResult) -> Sign | None:
    """Inputs that do not vary, lie far from 0, or are of very unlike or unfit sizes."""
    start = result.signs[0]
    inputs = start.layers[0]
    mean, variance = inputs.mean, inputs.variance
    typical, largest = inputs.typical_variance, inputs.largest_variance
    if mean is None or variance is None or typical is None or largest is None:
        return None
    evidence = {
        "rows": start.rows,
        "mean": mean,
        "variance": variance,
        "typical_variance": typical,
        "largest_variance": largest,
    }
    looked = f"On the {start.rows:,} training rows looked at"
    if largest <= 1e-10 * max(mean * mean, 1e-30):
        text = f"{looked} no input varies: the network cannot tell one row from another."
    elif mean * mean > OFFSET * variance:
        text = (
            f"{looked} the inputs lie around {plain_number(mean)}, while one varies by only "
            f"{plain_number(math.sqrt(variance))}: the network sees next to nothing but the offset."
        )
    elif largest > SPREAD_OF_SCALES * typical:
        text = (
            f"{looked} one input varies by {plain_number(math.sqrt(largest))}, a typical one by "
            f"{plain_number(math.sqrt(typical))}: the large ones drown the others."
        )
    elif not 1 / SCALE <= typical <= SCALE:
        text = (
            f"{looked} a typical input varies by {plain_number(math.sqrt(typical))}; initial "
            "weights are made for inputs that vary by about 1."
        )
    else:
        return None
    return Sign(FindingKind.INPUTS_UNFIT, INPUTS, evidence, text)


def loud_start(result: TrialResult) -> Sign | None:
    """An initial loss far above that of outputs of 0."""
    start = result.signs[0]
    if start.loss <= LOUD_START * start.zero_loss:
        return None
    growth = [
        (after, after.variance / before.variance)
        for before, after in pairwise(start.layers)
        if after.variance and before.variance
    ]
    loudest = greatest(growth)
    layer = loudest[0].layer if loudest else start.layers[-1].layer
    times = f", most in {layer}, by {plain_number(loudest[1])}" if loudest else ""
    text = (
        f"Before training, the loss was {plain_number(start.loss)}, where outputs of 0 would have "
        f"had {plain_number(start.zero_loss)}: signals grow on their way through the layers"
        f"{times} (variance)."
    )
    evidence = {
        "initial_loss": start.loss,
        "zero_loss": start.zero_loss,
        "growth": loudest[1] if loudest else None,
    }
    return Sign(FindingKind.LOUD_START, layer, evidence, text)


def units_alike(result: TrialResult) -> Sign | None:
    """A hidden layer whose units all compute the same before training."""
    start = result.signs[0]
    for layer in start.layers[1:-1]:
        largest, mean = layer.largest_variance, layer.variance
        if not largest or not mean or (layer.units or 0) < 2 or largest > (1 + ALIKE) * mean:
            continue
        text = (
            f"Before training, all {layer.units:,} units of {layer.layer} computed the same "
            f"({start.rows:,} training rows): equal weights get equal gradients, so that they stay "
            "one unit."
        )
        evidence = {"largest_variance": largest, "mean_variance": mean, "units": layer.units}
        return Sign(FindingKind.UNITS_ALIKE, layer.layer, evidence, text)
    return None


def dead_units(result: TrialResult) -> Sign | None:
    """A layer in which many units are flat on all rows, after training if it has an end."""
    signs = last_moment(result)
    worst = greatest(measured(signs, lambda layer: layer.dead))
    if worst is None or worst[1] < DEAD:
        return None
    layer, dead = worst
    before = result.signs[0].layers[signs.layers.index(layer)].dead
    when = "after training" if signs.moment == "end" else "before training"
    begun = ""
    if signs.moment == "end" and before is not None:
        begun = f" Before training {percent(before)} were: "
        begun += "they died on the way." if before < DEAD else "they never lived."
    text = (
        f"{percent(dead)} of the {layer.units or 0:,} units of {layer.layer} are dead {when}: "
        f"their activation was flat on all of {signs.rows:,} training rows, so they are active on "
        f"fewer than {percent(3 / signs.rows)} of rows (95 %), and no gradient reaches their "
        f"weights.{begun}{when_at_rest(result)}"
    )
    evidence = {
        "dead": dead,
        "dead_before": before,
        "units": layer.units,
        "rows": signs.rows,
        "at_rest_since": at_rest_since(result),
    }
    return Sign(FindingKind.DEAD_UNITS, layer.layer, evidence, text)


def saturated_units(result: TrialResult) -> Sign | None:
    """A layer most of whose numbers lie where its activation is nearly flat."""
    limits = {"start": SATURATED, "end": SATURATED_LATER}
    for signs in result.signs:
        worst = greatest(measured(signs, lambda layer: layer.saturated))
        if worst is not None and worst[1] > limits[signs.moment]:
            when = "Before training" if signs.moment == "start" else "After training"
            layer, share = worst
            text = (
                f"{when}, {percent(share)} of what {layer.layer} computes lies where its "
                f"activation is nearly flat ({signs.rows:,} training rows): gradients hardly pass."
            )
            evidence = {"saturated": share, "moment": signs.moment, "rows": signs.rows}
            return Sign(FindingKind.SATURATED_UNITS, layer.layer, evidence, text)
    return None


def gradient_vanishes(result: TrialResult) -> Sign | None:
    """A layer that next to no gradient reaches, or a signal that fades, before training."""
    start = result.signs[0]
    reached = relative_gradients(start)
    if result.signs[-1].moment == "end":
        # Behind weights that begin with 0, as of a residual branch, gradients come with training.
        later = relative_gradients(result.signs[-1])
        alive = {layer.layer for layer, gradient in later if gradient}
        reached = [it for it in reached if it[1] or it[0].layer not in alive]
    if len(reached) > 1 and not unreached(result):
        best, worst = max(reached, key=_second), min(reached, key=_second)
        if worst[1] < UNREACHED * best[1]:
            text = (
                f"Before training, the gradient that reaches {worst[0].layer} was "
                f"{plain_number(worst[1] / best[1])} times that of {best[0].layer}, each by the "
                "size of its weights: it hardly learns."
            )
            evidence = {
                "relative_gradient": worst[1],
                "of_the_best": best[1],
                "ratio": worst[1] / best[1],
                "moved": _moved(result, worst[0].layer),
            }
            return Sign(FindingKind.GRADIENT_VANISHES, worst[0].layer, evidence, text)
    hidden = measured(start, lambda layer: layer.variance)[:-1]
    if not hidden or not start.layers[0].variance:
        return None
    strongest = max(start.layers[0].variance, *(variance for _, variance in hidden))
    layer, variance = hidden[-1]
    if variance >= FADED * strongest:
        return None
    text = (
        f"Before training, what {layer.layer} gives varied over rows by "
        f"{plain_number(variance / strongest)} times as much as what goes in (variance): the rows "
        "look alike by then, so that nothing can be learnt from them."
    )
    evidence = {"variance": variance, "strongest": strongest, "ratio": variance / strongest}
    return Sign(FindingKind.GRADIENT_VANISHES, layer.layer, evidence, text)


def _second(pair: tuple[LayerSigns, float]) -> float:
    return pair[1]


def _moved(result: TrialResult, layer: str) -> float | None:
    return next((each.moved for each in last_moment(result).layers if each.layer == layer), None)

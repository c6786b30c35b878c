"""What the vital signs of one trial say: which layers are ill, and whether it learnt at all.

No threshold has a unit: losses are held against those of constant answers, layers against one
another and against how they began. They were set on seeds other than those that
``benchmarks/vitals.md`` judges them on.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..storage.records import LayerSigns, MomentSigns, Outcome, TrialResult
from .findings import FindingKind
from .number_text import percent, plain_number

INPUTS = "inputs"
ALIKE = 1e-4  # by which the largest variance of a unit may exceed the mean one
DEAD = 0.5  # share of a layer's units
SATURATED = 0.5  # share of a layer's numbers before training
SATURATED_LATER = 0.8  # and after it: what is learnt may saturate some
LOUD_START = 8.0  # initial loss, by that of outputs of 0
FADED = 1e-4  # variance of the last hidden layer, by that of the strongest one
UNREACHED = 1e-4  # relative gradient of a layer, by that of the best-reached one
OFFSET = 100.0  # mean square of all inputs, by their variance
SPREAD_OF_SCALES = 1e4  # largest variance of an input, by the typical one
SCALE = 100.0  # typical variance of an input, or its inverse: networks expect about 1
STILL = 0.05  # most that any layer moved, by its initial weights
LEARNT = 0.5  # share of the constant answer's loss that training took away
NOTHING = 0.1  # the same, where next to nothing was learnt
THROWN = 5.0  # how far a layer moved, by its initial weights
SHRUNK = 0.5  # weights at the end, by those at the start
ROSE = 2.0  # the loss after some epoch, by the initial one or the constant answer's
JUMPED = 0.5  # rise of the loss from one epoch to the next, by the constant answer's
LEAPT = 0.3  # first step of a hidden layer, by its weights
UNRELATED = 0.98  # lowest validation loss, by the constant answer's
MEMORISED = 0.97  # training loss, likewise


class Sign(NamedTuple):
    """Something that is wrong with a trial."""

    kind: FindingKind
    layer: str | None  # where; None: no one layer
    evidence: Mapping[str, float | int | str | None]
    text: str


def vital_signs(result: TrialResult) -> tuple[Sign, ...]:
    """All that is wrong with a trial; nothing where its layers were not looked at."""
    if not result.signs or len(result.signs[0].layers) < 2:
        return ()
    found = (check(result) for check in _CHECKS)
    return tuple(sign for sign in found if sign is not None)


def share_learnt(result: TrialResult) -> float | None:
    """The share of the constant answer's loss that training took away; below 0 where it rose."""
    if result.training_loss is None or not result.signs[0].constant_loss:
        return None
    return 1 - result.training_loss / result.signs[0].constant_loss


def _last(result: TrialResult) -> MomentSigns:
    return result.signs[-1]


def _measured(
    signs: MomentSigns, value: Callable[[LayerSigns], float | None]
) -> list[tuple[LayerSigns, float]]:
    """The layers behind the inputs of which something is known, with it."""
    pairs = ((layer, value(layer)) for layer in signs.layers[1:])
    return [(layer, number) for layer, number in pairs if number is not None]


def _most(pairs: Sequence[tuple[LayerSigns, float]]) -> tuple[LayerSigns, float] | None:
    return max(pairs, key=lambda pair: pair[1], default=None)


def _inputs_unfit(result: TrialResult) -> Sign | None:
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


def _loud_start(result: TrialResult) -> Sign | None:
    start = result.signs[0]
    if start.loss <= LOUD_START * start.zero_loss:
        return None
    growth = [
        (after, after.variance / before.variance)
        for before, after in pairwise(start.layers)
        if after.variance and before.variance
    ]
    loudest = _most(growth)
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


def _units_alike(result: TrialResult) -> Sign | None:
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


def _dead_units(result: TrialResult) -> Sign | None:
    signs = _last(result)
    worst = _most(_measured(signs, lambda layer: layer.dead))
    if worst is None or worst[1] < DEAD:
        return None
    layer, dead = worst
    before = result.signs[0].layers[signs.layers.index(layer)].dead
    when = "after training" if signs.moment == "end" else "before training"
    text = (
        f"{percent(dead)} of the {layer.units or 0:,} units of {layer.layer} are dead {when}: "
        f"their activation was flat on all of {signs.rows:,} training rows, so they are active on "
        f"fewer than {percent(3 / signs.rows)} of rows (95 %), and no gradient reaches their "
        "weights."
    )
    evidence = {"dead": dead, "dead_before": before, "units": layer.units, "rows": signs.rows}
    return Sign(FindingKind.DEAD_UNITS, layer.layer, evidence, text)


def _saturated_units(result: TrialResult) -> Sign | None:
    limits = {"start": SATURATED, "end": SATURATED_LATER}
    for signs in result.signs:
        worst = _most(_measured(signs, lambda layer: layer.saturated))
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


def _gradient_vanishes(result: TrialResult) -> Sign | None:
    start = result.signs[0]
    reached = [
        (layer, gradient / layer.weight_norm)
        for layer, gradient in _measured(start, lambda layer: layer.gradient_norm)
        if layer.weight_norm
    ]
    if len(reached) > 1:
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
    hidden = _measured(start, lambda layer: layer.variance)[:-1]
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
    return next((each.moved for each in _last(result).layers if each.layer == layer), None)


def _steps_too_small(result: TrialResult) -> Sign | None:
    learnt, last = share_learnt(result), _last(result)
    most = _most(_measured(last, lambda layer: layer.moved))
    if last.moment != "end" or learnt is None or most is None:
        return None
    if most[1] > STILL or learnt > LEARNT:
        return None
    layer, moved = most
    text = (
        f"In {result.epochs:,} epochs no layer moved by more than {plain_number(100 * moved)} % of "
        f"its initial weights ({layer.layer} most), and {percent(max(learnt, 0))} of the constant "
        "answer's loss was learnt away: the steps were too small."
    )
    evidence = {"moved": moved, "learnt": learnt, "update_ratio": layer.update_ratio}
    return Sign(FindingKind.STEPS_TOO_SMALL, layer.layer, evidence, text)


def _steps_too_large(result: TrialResult) -> Sign | None:
    start, last = result.signs[0], _last(result)
    losses = [loss for loss in result.curves.training_loss if loss is not None]
    highest = max(losses, default=0.0)
    jump = max((after - before for before, after in pairwise(losses)), default=0.0)
    first = _most(_measured(start, lambda layer: layer.update_ratio)[:-1])
    # The outputs' weights may travel far.
    moved = _most(_measured(last, lambda layer: layer.moved)[:-1])
    evidence = {
        "diverged_epoch": result.diverged_epoch,
        "initial_loss": start.loss,
        "highest_loss": highest,
        "greatest_jump": jump,
        "first_step": first[1] if first else None,
        "moved": moved[1] if moved else None,
    }
    layer = None
    if result.outcome is Outcome.DIVERGED:
        text = f"Training diverged in epoch {result.diverged_epoch}: a number was not finite."
    elif highest > ROSE * max(start.loss, start.constant_loss):
        text = (
            f"After an epoch the training loss stood at {plain_number(highest)}, where it had "
            f"begun with {plain_number(start.loss)}: the steps were too large."
        )
    elif jump > JUMPED * start.constant_loss:
        text = (
            f"From one epoch to the next the training loss jumped by {plain_number(jump)}, where a "
            f"constant answer has {plain_number(start.constant_loss)}: the steps were too large."
        )
    elif first is not None and first[1] > LEAPT:
        layer = first[0].layer
        text = (
            f"The first step alone changed {layer} by {percent(first[1])} of its weights: such "
            "steps leave what was drawn, or learnt, behind."
        )
    elif moved is not None and moved[1] > THROWN:
        layer = moved[0].layer
        text = (
            f"{layer} moved {plain_number(moved[1])} times as far as its initial weights reach: "
            "they were thrown, not trained."
        )
    else:
        return None
    return Sign(FindingKind.STEPS_TOO_LARGE, layer, evidence, text)


def _decay_too_strong(result: TrialResult) -> Sign | None:
    learnt, last = share_learnt(result), _last(result)
    if last.moment != "end" or learnt is None or not result.weight_decay:
        return None
    before = {layer.layer: layer.weight_norm for layer in result.signs[0].layers}
    left = [
        (layer, norm / begun)
        for layer, norm in _measured(last, lambda layer: layer.weight_norm)
        if (begun := before[layer.layer])
    ]
    most = _most(left)
    if most is None or most[1] > SHRUNK or learnt > 1 - NOTHING:
        return None
    layer, share = most
    text = (
        f"Every layer's weights shrank to {percent(share)} of their initial size or less "
        f"({layer.layer} least) under a weight decay of {plain_number(result.weight_decay)}, and "
        f"{percent(max(learnt, 0))} of the constant answer's loss was learnt away."
    )
    evidence = {"left": share, "weight_decay": result.weight_decay, "learnt": learnt}
    return Sign(FindingKind.DECAY_TOO_STRONG, layer.layer, evidence, text)


def _labels_unrelated(result: TrialResult) -> Sign | None:
    losses = [loss for loss in result.curves.validation_loss if loss is not None]
    constant = result.signs[0].constant_loss
    if not losses or result.training_loss is None or not constant:
        return None
    lowest, training = min(losses) / constant, result.training_loss / constant
    if lowest < UNRELATED or training > MEMORISED:
        return None
    text = (
        f"The training loss fell to {plain_number(training)} times that of the best constant "
        f"answer, but on validation rows it was never below {plain_number(lowest)} times: what is "
        "learnt is single rows by heart. Labels and inputs may not belong together."
    )
    evidence = {"lowest_validation": lowest, "training": training, "constant_loss": constant}
    return Sign(FindingKind.LABELS_UNRELATED, None, evidence, text)


def _stuck(result: TrialResult) -> Sign | None:
    learnt, last = share_learnt(result), _last(result)
    if learnt is None or learnt >= NOTHING or last.moment != "end":
        return None
    ratio = last.gradient_norm / max(result.signs[0].gradient_norm, 1e-30)
    text = (
        f"After {result.epochs:,} epochs the training loss of "
        f"{plain_number(result.training_loss or 0.0)} was no better than that of the best constant "
        f"answer, {plain_number(last.constant_loss)}, by 10 %: training lies on a plateau (the "
        f"gradient is {plain_number(ratio)} times the initial one)."
    )
    evidence = {
        "learnt": learnt,
        "training_loss": result.training_loss,
        "constant_loss": last.constant_loss,
        "gradient_norm": last.gradient_norm,
        "initial_gradient_norm": result.signs[0].gradient_norm,
    }
    return Sign(FindingKind.PLATEAU, None, evidence, text)


_CHECKS: Sequence[Callable[[TrialResult], Sign | None]] = (
    _inputs_unfit,
    _loud_start,
    _units_alike,
    _dead_units,
    _saturated_units,
    _gradient_vanishes,
    _steps_too_large,
    _steps_too_small,
    _decay_too_strong,
    _labels_unrelated,
    _stuck,
)

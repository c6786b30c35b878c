"""What steps, weight decay and losses say of a trial: signs of how its training went.

How the thresholds were set: ``vital_signs``.
"""

from itertools import pairwise

from ...storage.records.results import Outcome, TrialResult
from ..findings import FindingKind
from ..number_text import percent, plain_number
from .vital_sign import NOTHING, Sign, greatest, last_moment, measured, share_learnt

STILL = 0.05  # most that any layer moved, by its initial weights
LEARNT = 0.5  # share of the constant answer's loss that training took away
THROWN = 5.0  # how far a layer moved, by its initial weights
SHRUNK = 0.5  # weights at the end, by those at the start
ROSE = 2.0  # the loss after some epoch, by the initial one or the constant answer's
JUMPED = 0.5  # rise of the loss from one epoch to the next, by the constant answer's
LEAPT = 0.3  # first step of a hidden layer, by its weights
UNRELATED = 0.98  # lowest validation loss, by the constant answer's
MEMORISED = 0.97  # training loss, likewise


def steps_too_small(result: TrialResult) -> Sign | None:
    """No layer moved, and little was learnt."""
    learnt, last = share_learnt(result), last_moment(result)
    most = greatest(measured(last, lambda layer: layer.moved))
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


def steps_too_large(result: TrialResult) -> Sign | None:
    """Divergence, a loss that rose or jumped, a first step or a way far too long."""
    start, last = result.signs[0], last_moment(result)
    losses = [loss for loss in result.curves.training_loss if loss is not None]
    highest = max(losses, default=0.0)
    jump = max((after - before for before, after in pairwise(losses)), default=0.0)
    first = greatest(measured(start, lambda layer: layer.update_ratio)[:-1])
    # The outputs' weights may travel far.
    moved = greatest(measured(last, lambda layer: layer.moved)[:-1])
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


def decay_too_strong(result: TrialResult) -> Sign | None:
    """Weights that shrank under weight decay, while next to nothing was learnt."""
    learnt, last = share_learnt(result), last_moment(result)
    if last.moment != "end" or learnt is None or not result.weight_decay:
        return None
    before = {layer.layer: layer.weight_norm for layer in result.signs[0].layers}
    left = [
        (layer, norm / begun)
        for layer, norm in measured(last, lambda layer: layer.weight_norm)
        if (begun := before[layer.layer])
    ]
    most = greatest(left)
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


def labels_unrelated(result: TrialResult) -> Sign | None:
    """A training loss that falls while the validation loss never does."""
    losses = [loss for loss in result.curves.validation_loss if loss is not None]
    constant = result.signs[0].constant_loss
    if not losses or result.training_loss is None or not constant:
        return None
    lowest, training = min(losses) / constant, result.training_loss / constant
    if lowest < UNRELATED or training > MEMORISED:
        return None
    text = (
        f"The training loss fell to {plain_number(training)} times that of the best constant "
        f"answer, but on validation rows it was never below {plain_number(lowest)} times."
    )
    evidence = {"lowest_validation": lowest, "training": training, "constant_loss": constant}
    return Sign(FindingKind.LABELS_UNRELATED, None, evidence, text)

"""What of a spec may hold back every trial, whatever the search draws.

Where some trials were free of it, and learnt no better, the search has tried that.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..findings import Finding, FindingKind, RemedyKind, Severity
from ..studies.curve_findings import MATERIAL_FALL
from ..studies.curve_shapes import EPOCHS_AT_LEAST, finite
from ..studies.stopping import stopped_early
from .case import Case

# What weakens a regularisation → what strengthens it
WEAKER = {
    RemedyKind.LESS_L2: RemedyKind.L2,
    RemedyKind.LESS_DROPOUT: RemedyKind.DROPOUT,
    RemedyKind.LESS_AUGMENTATION: RemedyKind.AUGMENTATION,
}
_STRONG_DECAY = 0.01
# AdamW's decay is beside the gradient, where only the learning rate makes it small.
_STRONG_BESIDE = 0.3
_LEAST_DECAY = 1e-5  # less holds nothing back
_TAKEN = 0.1  # of the weights, over a training: a decay that takes less away changes no answer
# Whose step is the learning rate times the gradient, which momentum carries on
_PLAIN = ("sgd", "nesterov")
_STRONG_DROPOUT = 0.3
# In the unit of each key. Half of a row cut out kept no network of digits from learning.
_STRONG_AUGMENTATION = {
    "augment_shift": 0.2,
    "augment_rotation": 60.0,
    "augment_noise": 1.0,
}
LOWER_BY = 0.3  # of the best trial's learning rate: lower ones are searched up to it
_DRAWN_IN_VAIN = 5  # trials; were half of their kind better, none would be in 3 % of draws
UNLIKE = 25.0  # largest variance of an input, by a typical one; five times the deviation
STEPS_OF_EPOCH = 8  # as many as a batch of the default size gives at least


def least_drawn(case: Case, name: str, otherwise: float = 0.0) -> float:
    """The least value that the search draws of a parameter, or ``otherwise``."""
    entry: Mapping[str, Any] | float | None = case.spec["search"].get(name)
    if not isinstance(entry, Mapping):
        return float(otherwise if entry is None else entry)
    ((law, values),) = entry.items()
    return 1 - max(values) if law == "one_minus_log" else float(min(values))


def least_batch(case: Case) -> int:
    """The least batch size of all trials."""
    return int(least_drawn(case, "batch_size", case.spec["training"].get("batch_size") or 1))


def default_batch(case: Case) -> int:
    """The batch size of a spec that says nothing of it."""
    return max(2, min(128, case.provenance.rows.train // STEPS_OF_EPOCH))


def least_decay(case: Case) -> float:
    """The least weight decay that holds weights back in as many steps as the best trial took.

    Each step takes learning rate × decay of a weight away, which momentum m multiplies by
    1/(1 − m); the decay of AdamW goes beside it, and that of the others is scaled by their own
    gradients, of which nothing so simple can be said.
    """
    result, optimizer = case.best.result, case.spec["training"]["optimizer"]
    if result is None or optimizer not in (*_PLAIN, "adamw"):
        return _LEAST_DECAY
    given = case.spec["training"].get("batch_size") or default_batch(case)
    batch = int(case.best.parameters.get("batch_size", given))
    steps = result.epochs * max(1, case.provenance.rows.train // batch)
    carried = 1 - result.momentum if optimizer in _PLAIN else 1.0
    least = _TAKEN * carried / (result.learning_rate * steps)
    return max(_LEAST_DECAY, float(f"{least:.0e}"))


def drew_lower_rates(case: Case) -> int:
    """How many trials completed at lower learning rates, none better; 0 where too few to tell."""
    if case.best.result is None:
        return 0
    highest = LOWER_BY * case.best.result.learning_rate
    drawn = sum(
        t.result is not None and t.result.learning_rate <= highest for t in case.study.ranked()
    )
    return drawn if drawn >= _DRAWN_IN_VAIN else 0


def rates_were_tried(finding: Finding, case: Case) -> bool:
    """Whether steps were too large, but the network learnt, and with lower rates no better."""
    learnt = finding.severity is Severity.WARNING
    return finding.kind is FindingKind.STEPS_TOO_LARGE and learnt and drew_lower_rates(case) > 0


def _decays(case: Case) -> bool:
    beside = case.spec["training"].get("optimizer") == "adamw"
    return least_drawn(case, "weight_decay") >= (_STRONG_BESIDE if beside else _STRONG_DECAY)


def _drops(case: Case) -> bool:
    return least_drawn(case, "dropout") >= _STRONG_DROPOUT


def much_augmented(case: Case) -> Mapping[str, float]:
    """The least strength in any trial of each augmentation that is strong in all."""
    least = {name: least_drawn(case, name) for name in _STRONG_AUGMENTATION}
    return {name: it for name, it in least.items() if it >= _STRONG_AUGMENTATION[name]}


def _augments(case: Case) -> bool:
    return bool(much_augmented(case))


def _takes_few_steps(case: Case) -> bool:
    few = case.provenance.rows.train // least_batch(case) < STEPS_OF_EPOCH
    return few and least_batch(case) > default_batch(case)


def ends_too_low(finding: Finding, case: Case) -> bool:
    """Whether learning rates may be searched too low for the epochs that trials have.

    The best one lies at the upper end, bias is high, and the training loss still falls at the end:
    each alone is weak evidence.
    """
    it, falling = finding.evidence, case.first(FindingKind.STILL_IMPROVING)
    if finding.kind is not FindingKind.BEST_AT_EDGE or not case.first(FindingKind.HIGH_BIAS):
        return False
    at_end = it["parameter"] == "learning_rate" and it.get("side") == "upper"
    return at_end and falling is not None and falling.severity is not Severity.INFO


def last_fall(case: Case) -> float | None:
    """The share by which the training loss fell in the last of few epochs, to its lowest.

    In a single epoch from the loss before it, where that was looked at. ``None`` where epochs are
    enough to tell whether a loss still falls (``still_improving``), and of a fall that is not
    material there.
    """
    result = case.best.result
    if result is None or stopped_early(case.spec, result):
        return None
    losses = finite(result.curves.training_loss)
    if losses is not None and len(losses) == 1 and result.signs:
        losses = [result.signs[0].loss, *losses]
    if losses is None or not 2 <= len(losses) < EPOCHS_AT_LEAST:
        return None
    before, last = losses[-2:]
    fall = 1 - last / before if before > 0 else 0.0
    return fall if last == min(losses) and fall >= MATERIAL_FALL else None


def unlike_inputs(case: Case) -> tuple[float, float] | None:
    """The largest and a typical deviation of inputs that differ much and that the spec leaves so.

    ``None`` where they are scaled, alike, or not known, and of what has a shape: pixels share one
    scale, however little those of a border vary.
    """
    result, network = case.best.result, case.spec["network"]
    left = not case.spec["data"].get("standardize", True) and not network.get("shape")
    if not left or network["kind"] != "mlp" or result is None or not result.signs:
        return None
    inputs = result.signs[0].layers[0]
    largest, typical = inputs.largest_variance, inputs.typical_variance
    if not largest or not typical or largest <= UNLIKE * typical:
        return None
    return math.sqrt(largest), math.sqrt(typical)


def _is_unscaled(case: Case) -> bool:
    return unlike_inputs(case) is not None


# What is advised → whether all trials have what it takes away
HOLDS_BACK: Mapping[RemedyKind, Callable[[Case], bool]] = {
    RemedyKind.SCALE_INPUTS: _is_unscaled,
    RemedyKind.LESS_L2: _decays,
    RemedyKind.LESS_DROPOUT: _drops,
    RemedyKind.LESS_AUGMENTATION: _augments,
    RemedyKind.SMALLER_BATCHES: _takes_few_steps,
}

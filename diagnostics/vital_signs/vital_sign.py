"""A vital sign of a trial, and how signs read what was measured of its layers."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ...storage.records.results import TrialResult
from ...storage.records.signs import LayerSigns, MomentSigns
from ..findings import FindingKind

# Shares of the constant answer's loss that training took away.
LITTLE = 0.5
NOTHING = 0.1
REST = 0.01  # of the constant answer's loss: by less a loss does not move


class Sign(NamedTuple):
    """Something that is wrong with a trial."""

    kind: FindingKind
    layer: str | None  # where; None: no one layer
    evidence: Mapping[str, float | int | str | None]
    text: str


def share_learnt(result: TrialResult) -> float | None:
    """The share of the constant answer's loss that training took away; below 0 where it rose."""
    if result.training_loss is None or not result.signs[0].constant_loss:
        return None
    return 1 - result.training_loss / result.signs[0].constant_loss


def learnt_little(result: TrialResult | None) -> bool:
    """Whether training took away less than half of the constant answer's loss, as far as known."""
    if result is None or not result.signs:
        return False
    learnt = share_learnt(result)
    return learnt is not None and learnt < LITTLE


def at_rest_since(result: TrialResult) -> int | None:
    """The epoch after which the training loss moved no more; 0: from the start.

    No more than ``REST``, on the way to its last value. ``None`` where it moved up to the end.
    """
    start, losses = result.signs[0], result.curves.training_loss
    if not losses or losses[-1] is None:
        return None
    near = [
        loss is not None and abs(loss - losses[-1]) <= REST * start.constant_loss
        for loss in (start.loss, *losses)
    ]
    since = len(near) - near[::-1].index(False) if False in near else 0
    return since if since < len(losses) else None


def when_at_rest(result: TrialResult) -> str:
    """A sentence on it, after a space; empty where the loss moved up to the end."""
    since = at_rest_since(result)
    if since is None:
        return ""
    if since == 0:
        return " The loss has hardly moved from the start."
    return f" The loss has hardly moved since epoch {since:,} of {result.epochs:,}."


def last_moment(result: TrialResult) -> MomentSigns:
    """The end, or the start of a trial without one."""
    return result.signs[-1]


def measured(
    signs: MomentSigns, value: Callable[[LayerSigns], float | None]
) -> list[tuple[LayerSigns, float]]:
    """The layers behind the inputs of which something is known, with it."""
    pairs = ((layer, value(layer)) for layer in signs.layers[1:])
    return [(layer, number) for layer, number in pairs if number is not None]


def greatest(pairs: Sequence[tuple[LayerSigns, float]]) -> tuple[LayerSigns, float] | None:
    """The layer of the greatest number, with it; ``None`` of none."""
    return max(pairs, key=lambda pair: pair[1], default=None)

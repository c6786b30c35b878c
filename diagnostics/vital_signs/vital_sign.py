"""A vital sign of a trial, and how signs read what was measured of its layers."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ...storage.records.results import TrialResult
from ...storage.records.signs import LayerSigns, MomentSigns
from ..findings import FindingKind

# Shares of the constant answer's loss that training took away.
LITTLE = 0.5
NOTHING = 0.1


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

"""From what was seen of a trial's layers to what is recorded of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..datasets.dataset import Dataset
from ..models.vital_signs import MOMENTS, Probe, VitalSigns
from ..storage.records.signs import LayerSigns, MomentSigns
from .class_weights import Weights
from .trial_results import finite


def recorded_signs(
    seen: VitalSigns, lane: int, probe: Probe, constant: float
) -> tuple[MomentSigns, ...]:
    """The vital signs of the trial in a lane, by moment; none where it was not looked at.

    A moment at which the network's loss or gradient is not finite is left out.

    Args:
        seen: of all lanes.
        lane: of the trial.
        probe: what looked.
        constant: the loss of the best constant answer on the training rows.
    """
    found = []
    for moment, name in enumerate(MOMENTS):
        loss, zero, gradient = (
            finite(values[lane, moment]) for values in (seen.loss, seen.zero_loss, seen.gradient)
        )
        if loss is None or zero is None or gradient is None:
            continue
        layers = tuple(
            _layer(seen, lane, moment, place, layer) for place, layer in enumerate(probe.layers)
        )
        found.append(MomentSigns(name, len(probe.rows), loss, zero, constant, gradient, layers))
    return tuple(found)


def _layer(seen: VitalSigns, lane: int, moment: int, place: int, name: str) -> LayerSigns:
    values = [finite(column[lane, moment, place]) for column in seen.layers]
    units, *measured = values
    return LayerSigns(name, None if units is None else round(units), *measured)


def constant_loss(dataset: Dataset, weights: Sequence[Any] | None = None) -> float:
    """The loss of the best constant answer on the training rows, in the units of losses.

    The entropy of the classes' shares in nats, the mean of those of several labels, the variance of
    the standardised target, and of several tasks the sum. Where classes have weights in the loss
    that is trained on, it is the answer that is best by that loss, the weighted shares; what it is
    held against is not weighted, and neither is its own loss.

    Args:
        dataset: to train on.
        weights: of the classes, or of each task's classes, as ``class_weights`` gives them.
    """
    labels = np.asarray(dataset.train.labels)
    if dataset.task == "multilabel":
        return float(np.mean([_entropy(column) for column in labels.T]))
    columns = labels.T if labels.ndim > 1 else labels[None]
    kinds = [task.kind for task in dataset.tasks] or [dataset.task]
    each: Sequence[Any] = weights if dataset.tasks and weights else [weights] * len(kinds)
    return float(
        sum(
            np.var(column) if kind == "regression" else _entropy(column, own)
            for kind, column, own in zip(kinds, columns, each, strict=True)
        )
    )


def _entropy(labels: np.ndarray, weights: Weights | None = None) -> float:
    """The mean of −ln q over labels, q being their shares, or their weighted shares."""
    classes, counts = np.unique(labels, return_counts=True)
    shares = counts / counts.sum()
    weighted = shares if weights is None else shares * np.asarray(weights)[classes.astype(int)]
    return float(-(shares * np.log(weighted / weighted.sum())).sum())

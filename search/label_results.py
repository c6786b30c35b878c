"""Rows of each of several labels that a network misses, and rows that it wrongly claims it of."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from ..datasets.dataset import Dataset
from ..storage.records.results import LabelResult


def logistic(output: float) -> float:
    """The probability that an output of a network says.

    >>> logistic(0.0)
    0.5
    """
    return (1 + math.tanh(output / 2)) / 2


def label_results(
    dataset: Dataset, outputs: Mapping[str, np.ndarray], probability: Callable[[float], float]
) -> tuple[LabelResult, ...]:
    """Rows missed and wrongly claimed of each label, on every split that there are outputs of.

    Args:
        dataset: of several labels.
        outputs: by the split's name ("train", "validation", …), (rows, labels), above 0 where a
            label is claimed.
        probability: what an output says.
    """
    found = []
    for place, label in enumerate(dataset.class_names):
        validation = dataset.validation.labels[:, place] > 0
        cut = best_cut(outputs["validation"][:, place], validation)
        told = None if cut is None else float(probability(cut))
        for name, every in outputs.items():
            given, has = every[:, place], getattr(dataset, name).labels[:, place] > 0
            right = ((given > 0) == has) & np.isfinite(given)
            from_cut = (None, None)
            if cut is not None:
                claims = given >= cut
                from_cut = int((has & ~claims).sum()), int((~has & claims).sum())
            counts = int(has.sum()), int((has & ~right).sum())
            others = int((~has).sum()), int((~has & ~right).sum())
            split = "training" if name == "train" else name
            found.append(LabelResult(split, label, *counts, *others, told, *from_cut))
    return tuple(found)


def best_cut(outputs: np.ndarray, has: np.ndarray) -> float | None:
    """The output from which on claiming a label has the highest F1.

    F1 = 2 · rows found / (rows with the label + rows claimed) (van Rijsbergen 1979, *Information
    Retrieval*); of equals the one that claims the fewest rows. Half-way to the next row's output.

    >>> best_cut(np.array([-1.0, -3.0, -2.0, -9.0]), np.array([True, True, False, False]))
    -6.0

    Args:
        outputs: (rows,), the higher the surer; those that are not finite claim nothing.
        has: (rows,) bool, whether a row has the label.

    Returns:
        ``None`` where no row has it, or none of their outputs is finite.
    """
    finite = np.isfinite(outputs)
    if not (has & finite).any():
        return None
    order = np.argsort(-outputs[finite], kind="stable")
    ranked, hits = outputs[finite][order].astype(np.float64), np.cumsum(has[finite][order])
    claims = np.arange(1, len(ranked) + 1)
    ends = np.append(ranked[:-1] > ranked[1:], True)  # rows with one output are claimed together
    f1 = np.where(ends, 2 * hits / (has.sum() + claims), 0)
    last = int(np.argmax(f1))
    below = ranked[last + 1] if last + 1 < len(ranked) else ranked[last]
    return float((ranked[last] + below) / 2)

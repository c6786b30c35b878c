"""What the best trial's network, read back from disk, gives for the rows of every split."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ..datasets.dataset import Dataset
from ..models.answers import Answers, network_answers, network_outputs
from ..models.checkpoint import CheckpointError
from ..models.network import make_network
from ..storage.records.trials import TrialRecord
from .best_network import load_best
from .spec import StudySpec

_Given = TypeVar("_Given")
PARTS = ("train", "validation", "test", "bridge")  # in the order of ``Dataset.groups``


def best_answers(
    folder: Path,
    spec: StudySpec,
    dataset: Dataset,
    best: TrialRecord,
    rows: Mapping[str, np.ndarray] | None = None,
) -> dict[str, Answers] | None:
    """The network's outputs and penultimate activations on every split, by the split's name.

    Args:
        folder: of the study's files, which has the network below it.
        spec: of the study.
        dataset: the study's.
        best: the trial whose network it must be.
        rows: numbers of the rows to look at, by split (``PARTS``);
            all rows of those that are not named.

    Returns:
        ``None`` where it cannot be read back, see ``load_best``.
    """
    return _of_splits(network_answers, folder, spec, dataset, best, rows or {})


def best_outputs(
    folder: Path, spec: StudySpec, dataset: Dataset, best: TrialRecord
) -> dict[str, np.ndarray] | None:
    """The outputs alone, as of ``best_answers``, of all rows."""
    return _of_splits(network_outputs, folder, spec, dataset, best, {})


def _of_splits(
    give: Callable[[Any, Any, Any], _Given],
    folder: Path,
    spec: StudySpec,
    dataset: Dataset,
    best: TrialRecord,
    rows: Mapping[str, np.ndarray],
) -> dict[str, _Given] | None:
    try:
        loaded = load_best(folder, spec, dataset, best)
    except CheckpointError:
        return None
    network = make_network(loaded.spec)
    found = {}
    for name in PARTS:
        split = getattr(dataset, name)
        if split is not None and len(split.labels):
            kept = rows.get(name)
            inputs = split.inputs if kept is None else split.inputs[kept]
            found[name] = give(network, loaded.variables, inputs)
    return found

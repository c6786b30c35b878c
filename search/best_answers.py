"""What the best trial's network, read back from disk, gives for the rows of every split."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..datasets.dataset import Dataset
from ..models.answers import Answers, network_answers
from ..models.checkpoint import CheckpointError
from ..models.network import make_network
from ..storage.records.trials import TrialRecord
from .best_network import load_best
from .spec import StudySpec

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
    try:
        loaded = load_best(folder, spec, dataset, best)
    except CheckpointError:
        return None
    network = make_network(loaded.spec)
    found = {}
    for name in PARTS:
        split = getattr(dataset, name)
        if split is not None and len(split.labels):
            kept = (rows or {}).get(name)
            inputs = split.inputs if kept is None else split.inputs[kept]
            found[name] = network_answers(network, loaded.variables, inputs)
    return found

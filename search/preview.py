"""What a run would do, found out without training or storing anything."""

from collections.abc import Mapping
from typing import NamedTuple

from optuna.distributions import json_to_distribution

from ..datasets.dataset import Dataset
from .batch_size import with_batch_size
from .sampler import draw, propose_tpe
from .space import Value, searched
from .spec_file import LoadedSpec
from .study_data import load_data


class Preview(NamedTuple):
    """The data and the first trials of a study."""

    loaded: LoadedSpec  # with what is filled in once the data is known
    dataset: Dataset
    trials: tuple[Mapping[str, Value], ...]  # searched parameters of trial 0, 1, …


def preview(loaded: LoadedSpec, count: int = 5) -> Preview:
    """Load the data and propose the first trials, at most as many as the study shall have.

    Args:
        loaded: the spec.
        count: of trials; TPE's first round, which needs no results, has eight.

    Raises:
        DataError: the data cannot be used.
    """
    dataset = load_data(loaded.spec, loaded.folder)
    loaded = with_batch_size(loaded, len(dataset.train.labels))
    spec = loaded.spec
    space, seed = searched(spec.search), spec.study.seed
    numbers = range(min(count, spec.study.trials))
    if spec.search.sampler == "random":
        return Preview(loaded, dataset, tuple(draw(space, seed, number) for number in numbers))
    proposals = propose_tpe(space, seed, numbers, [])
    return Preview(
        loaded,
        dataset,
        tuple(
            {
                p.name: json_to_distribution(p.distribution_json).to_external_repr(p.value)
                for p in proposal.parameters
            }
            for proposal in proposals
        ),
    )

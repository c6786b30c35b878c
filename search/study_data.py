"""The data of a study, loaded as its spec says."""

from pathlib import Path

from ..datasets import DataRequest, check_batch_size, load_dataset
from ..datasets.dataset import Dataset
from .entries import Choice
from .spec import StudySpec


def load_data(spec: StudySpec, folder: Path) -> Dataset:
    """Load the spec's data and check that its minibatches can be filled.

    Args:
        spec: of the study.
        folder: that relative paths start at.

    Raises:
        DataError: says what is wrong with the data.
    """
    data = spec.data
    request = DataRequest(
        source=data.source,
        target=data.target,
        validation=data.validation,
        test=data.test,
        standardize=data.standardize,
        seed=spec.study.seed,
        folder=folder,
        train_rows=data.train_rows,
        rows=data.rows,
        dimensions=data.dimensions,
    )
    dataset = load_dataset(request)
    check_batch_size(dataset, largest_batch(spec))
    return dataset


def largest_batch(spec: StudySpec) -> int:
    """The largest batch size that any trial may have."""
    searched = spec.search.batch_size
    if searched is None:
        return spec.training.batch_size
    return max(map(int, searched.values)) if isinstance(searched, Choice) else searched.high

"""The data of a study, loaded as its spec says."""

from pathlib import Path

from ..datasets import DataRequest, check_batch_size, load_dataset
from ..datasets.dataset import DataError, Dataset
from ..models.convolution_shapes import ShapeError
from .entries import Choice
from .spec import StudySpec


def load_data(spec: StudySpec, folder: Path) -> Dataset:
    """Load the spec's data; check that it fills the minibatches and fits the network.

    Args:
        spec: of the study.
        folder: that relative paths start at.

    Raises:
        DataError: says what is wrong with the data, or what of the spec does not fit it.
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
        image_size=data.image_size,
        image_mode=data.image_mode,
        bridge=data.bridge,
        split=data.split,
        group=data.group,
        order=data.order,
        labels=data.labels,
        features=data.features,
    )
    dataset = load_dataset(request)
    check_batch_size(dataset, largest_batch(spec))
    check_network(dataset, spec)
    return dataset


def check_network(dataset: Dataset, spec: StudySpec) -> None:
    """Refuse a network that cannot take the rows, before anything is stored or compiled.

    Raises:
        DataError: names the key, the layer, what it got and what it expected.
    """
    try:
        spec.network.convolutions(dataset.features, dataset.row_shape)
    except ShapeError as error:
        raise DataError(f"network.{error.key} does not fit {dataset.name!r}: {error}.") from None


def largest_batch(spec: StudySpec) -> int:
    """The largest batch size that any trial may have."""
    searched = spec.search.batch_size
    if searched is None:
        return spec.training.batch_size
    return max(map(int, searched.values)) if isinstance(searched, Choice) else searched.high

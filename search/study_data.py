"""The data of a study, loaded as its spec says."""

import math
from pathlib import Path

import numpy as np

from ..datasets import DataRequest, check_batch_size, load_dataset
from ..datasets.dataset import DataError, Dataset
from ..diagnostics.regions.region_rows import GROUPS
from ..models.convolution_shapes import ShapeError
from ..models.devices import prepare_devices
from .augmented_rows import augmented_shape
from .batch_size import batch_size
from .class_weights import class_weights
from .entries import Choice
from .known_floor import check_known_floor
from .space import ARGUMENT
from .spec import StudySpec
from .spec_toml import shown
from .transfer_check import check_transferred, known_scaling


def load_data(spec: StudySpec, folder: Path) -> Dataset:
    """Load the spec's data; check that it fills the minibatches and fits the network.

    Args:
        spec: of the study.
        folder: that relative paths start at.

    Raises:
        DataError: says what is wrong with the data, or what of the spec does not fit it.
        TransferError: the network cannot take over the weights that the spec names.
    """
    dataset = load_dataset(data_request(spec, folder))
    check_batch_size(dataset, largest_batch(spec, len(dataset.train.labels)))
    check_network(dataset, spec)
    check_groups(dataset, spec)
    augmented_shape(spec, dataset)
    check_transferred(dataset, spec)
    class_weights(spec, dataset)
    check_known_floor(spec, dataset)
    return dataset


def data_request(spec: StudySpec, folder: Path) -> DataRequest:
    """Which data a spec asks for; relative paths start at ``folder``."""
    data = spec.data
    return DataRequest(
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
        task=data.task,
        scaling=known_scaling(spec),
        targets=tuple((data.targets or {}).items()),
        ignore=data.ignore or (),
        target_transform=data.target_transform,
        missing=data.missing,
        copies=data.copies,
        marks=spec.diagnosis.groups,
    )


def check_network(dataset: Dataset, spec: StudySpec) -> None:
    """Refuse a network that cannot take the rows, before anything is stored or compiled.

    Raises:
        DataError: names the key, the layer, what it got and what it expected.
        OwnCodeError: a user's network cannot be built, or gives something else than outputs.
    """
    check_shape(dataset, spec)
    if spec.network.is_own:
        check_own_network(dataset, spec)
        return
    try:
        spec.network.convolutions(dataset.features, dataset.row_shape)
    except ShapeError as error:
        raise DataError(f"network.{error.key} does not fit {dataset.name!r}: {error}.") from None


def check_shape(dataset: Dataset, spec: StudySpec) -> None:
    """Refuse a shape that rows of so many features do not have.

    Raises:
        DataError: says which numbers to write.
    """
    shape = spec.network.shape
    if shape is not None and math.prod(shape) != dataset.features:
        told = dataset.row_shape  # what a cnn gets where the spec has no shape
        signal = f" for {shown(told)}" if told else " for a signal"
        signal = signal if spec.network.channels else ""
        raise DataError(
            f"network.shape does not fit {dataset.name!r}: a row has {dataset.features:,} "
            f"features, expected {math.prod(shape):,} for the shape {shown(shape)}: write a shape "
            f"whose numbers multiply to {dataset.features:,}, or remove it{signal}."
        )


def check_groups(dataset: Dataset, spec: StudySpec) -> None:
    """Refuse a column of groups that is not known, or has too many values.

    Raises:
        DataError: names the key and what there is.
    """
    groups, marked = spec.diagnosis.groups, dataset.marked
    if marked is not None and len(marked.values) > GROUPS:
        raise DataError(
            f"diagnosis.groups does not fit {dataset.name!r}: {shown(marked.column)} has "
            f"{len(marked.values):,} different values, allowed are at most {GROUPS}. Name a column "
            "that has fewer, or remove this key."
        )
    if groups is None or marked is not None:
        return
    if groups not in dataset.feature_names:
        if any(name.startswith(f"{groups}=") for name in dataset.feature_names):
            return
        known = {name.split("=")[0] for name in dataset.feature_names}
        known = sorted(known | set(spec.data.ignore or ()) | {*filter(None, [spec.data.group])})
        shortened = ", ".join(known[:10]) + (", …" if len(known) > 10 else "")
        raise DataError(
            f"diagnosis.groups does not fit {dataset.name!r}: got {shown(groups)}, allowed is a "
            f"column of the data ({shortened})."
        )
    column = dataset.feature_names.index(groups)
    values = len(np.unique(np.asarray(dataset.validation.inputs[:])[:, column]))
    if values > GROUPS:
        raise DataError(
            f"diagnosis.groups does not fit {dataset.name!r}: {shown(groups)} has {values:,} "
            f"different numbers, allowed are at most {GROUPS}; its quarters are looked at anyway, "
            "so remove this key."
        )


def check_own_network(dataset: Dataset, spec: StudySpec) -> None:
    """Build the user's network, without drawing weights, at the ends of all that is searched.

    At the first of them its program is made twice, to see whether it draws numbers that JAX does
    not know of, and it is drawn, to see whether it mixes rows, or ends in a softmax or a sigmoid.

    Raises:
        OwnCodeError: it cannot be built or called, or gives something else than outputs of
            each row, such as probabilities.
    """
    prepare_devices(spec.compute.host_devices)  # the user's code imports jax
    from ..models.own_check import check_own
    from ..models.own_draws import check_draws
    from ..models.own_outputs import check_logits
    from ..models.own_quantities import FAR, check_quantities
    from ..models.own_rows import check_rows
    from .trial_shape import network_spec, task_spec

    ends = {
        f"{ARGUMENT}{name}": entry.values if isinstance(entry, Choice) else entry.bounds
        for name, entry in (spec.search.arguments or {}).items()
    }
    first = {name: values[0] for name, values in ends.items()}
    others = [{**first, name: value} for name, values in ends.items() for value in values[1:]]
    described = network_spec(spec, dataset, first)
    network = check_own(described)
    for parameters in others:
        check_own(network_spec(spec, dataset, parameters))
    check_draws(network, described)
    check_rows(network, described)
    check_logits(network, described, task_spec(spec, dataset))
    far = 0.0
    if dataset.task == "regression":  # standardised
        far = float(np.mean(np.abs(np.asarray(dataset.train.labels[:])) >= FAR))
    check_quantities(network, described, task_spec(spec, dataset), far)


def largest_batch(spec: StudySpec, rows: int) -> int:
    """The largest batch size that any trial may have, with so many training rows."""
    searched = spec.search.batch_size
    if searched is None:
        return batch_size(spec, rows)
    return max(map(int, searched.values)) if isinstance(searched, Choice) else searched.high

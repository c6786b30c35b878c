"""From a spec and a trial's parameters to what is trained."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ..datasets.dataset import Dataset
from ..models.hyperparameters import OPTIONAL, Hyperparameters
from ..models.network import NetworkSpec, frozen
from ..models.own_code import KIND, code_digest, place_of
from ..models.own_network import OwnNetwork
from ..models.signature import Signature, Subset
from ..models.tasks import Part, TaskSpec
from ..models.transfer_source import Transfer
from .augmented_rows import augmented_shape
from .batch_size import batch_size
from .class_weights import class_weights
from .space import ARGUMENT, TASK_WEIGHT, Value, fixed, may_differ
from .spec import StudySpec
from .spec_convolutions import RESNET
from .transfer_check import transfer_of


def hidden_widths(spec: StudySpec, parameters: Mapping[str, Value]) -> tuple[int, ...]:
    """Units of each hidden layer: the network's, or what ``layers`` and ``units`` say.

    In a CNN these are the dense layers behind the convolutions; a ResNet has none.
    """
    hidden = spec.network.hidden
    if spec.network.kind == RESNET:
        return ()
    if "layers" not in parameters and "units" not in parameters:
        return hidden
    layers = int(parameters.get("layers", len(hidden)))
    units = int(parameters["units"]) if "units" in parameters else hidden[0]
    return (units,) * layers


def trial_signature(
    spec: StudySpec, dataset: Dataset, parameters: Mapping[str, Value]
) -> Signature:
    """Everything of a trial that decides a shape in its program."""
    training = spec.training
    unsearched = batch_size(spec, len(dataset.train.labels))
    return Signature(
        network_spec(spec, dataset, parameters),
        training.optimizer,
        training.schedule,
        training.epochs,
        int(parameters.get("batch_size", unsearched)),
        task_spec(spec, dataset),
        decay_epochs=training.decay_epochs or 1,
        uses=tuple(name for name in OPTIONAL if may_differ(spec.search, name)),
        patience=training.patience,
        augmented=augmented_shape(spec, dataset),
        transfer=transfer_of(spec),
        class_weights=class_weights(spec, dataset),
    )


def on_subset(signature: Signature, wanted: int, rows: int) -> Signature:
    """The signature of training on some of the rows, in as many steps as on all of them.

    An epoch is shorter, so there are more; early stopping waits for as many steps.

    Args:
        signature: of training on all rows.
        wanted: how many rows, fewer than all and at least a minibatch.
        rows: of the training split.
    """
    steps, fewer = rows // signature.batch_size, wanted // signature.batch_size
    more = steps / fewer
    patience = signature.patience and max(1, round(signature.patience * more))
    return signature._replace(
        epochs=max(1, round(signature.epochs * more)),
        patience=patience,
        subset=Subset(wanted, signature.epochs, steps),
    )


def task_spec(spec: StudySpec, dataset: Dataset) -> TaskSpec:
    """What is learnt; of several tasks also how their errors make one.

    The error of all tasks together is the mean of their relative errors, error / error of the best
    constant answer (of a regression 1 − R² over the training rows); or that of one task alone.
    """
    only = spec.study.objective_task
    parts = []
    for task in dataset.tasks:
        counted = 1 / len(dataset.tasks) if only is None else float(only == task.name)
        constant = task.constant_error / task.unit
        parts.append(Part(task.kind, task.outputs, counted / constant))
    balanced = dataset.classes if spec.study.minimises_balanced else None
    return TaskSpec(dataset.task, balanced, tuple(parts))


def network_spec(spec: StudySpec, dataset: Dataset, parameters: Mapping[str, Value]) -> NetworkSpec:
    """What a trial trains."""
    if spec.network.is_own:
        own = own_network(spec, dataset, parameters)
        dropout = may_differ(spec.search, "dropout")
        return NetworkSpec(
            KIND, dataset.features, (), dataset.outputs, "", "", dropout=dropout, own=own
        )
    return NetworkSpec(
        spec.network.kind,
        dataset.features,
        hidden_widths(spec, parameters),
        dataset.outputs,
        str(parameters.get("activation", spec.network.activation)),
        str(parameters.get("initializer", spec.network.initializer)),
        spec.network.convolutions(dataset.features, dataset.row_shape),
        normalization=spec.network.normalized,
        dropout=may_differ(spec.search, "dropout"),
    )


def own_network(spec: StudySpec, dataset: Dataset, parameters: Mapping[str, Value]) -> OwnNetwork:
    """The user's network with a trial's arguments."""
    arguments = dict(spec.network.arguments or {})
    for name, value in parameters.items():
        if name.startswith(ARGUMENT):
            arguments[name.removeprefix(ARGUMENT)] = value
    shape = spec.network.shape  # and not what the data tells: the code is written for the spec
    return OwnNetwork(
        spec.network.kind,
        spec.network.code or code_digest(spec.network.kind),
        shape or dataset.features,
        tuple((name, frozen(value)) for name, value in sorted(arguments.items())),
    )


def trial_hyperparameters(spec: StudySpec, parameters: Mapping[str, Value]) -> Hyperparameters:
    """The traced numbers of a trial, as Python floats."""
    neutral = dict(Hyperparameters._field_defaults)
    weights = neutral.pop("task_weights")
    if spec.data.targets:
        given: dict[str, Any] = {**(spec.search.task_weights or {})}
        drawn = {n: v for n, v in parameters.items() if n.startswith(TASK_WEIGHT)}
        given |= {name.removeprefix(TASK_WEIGHT): value for name, value in drawn.items()}
        weights = tuple(float(given.get(name, 1.0)) for name in spec.data.targets)
    values = {**neutral, **fixed(spec.search), **parameters}
    numbers = [float(values[name]) for name in Hyperparameters._fields if name != "task_weights"]
    return Hyperparameters(*numbers, task_weights=weights)


def trial_fingerprint(
    spec: StudySpec, dataset: Dataset, number: int, parameters: Mapping[str, Value]
) -> str:
    """SHA-256 of all that decides a trial's weights, 64 hex digits: equal ones, equal weights."""
    signature = trial_signature(spec, dataset, parameters)
    hyper = trial_hyperparameters(spec, parameters)
    neutral = Hyperparameters._field_defaults
    # Without what is absent or does nothing: trials keep the fingerprints of before it existed.
    network: list[Any] = []
    for name, value in signature.network._asdict().items():
        if name not in NetworkSpec._field_defaults:
            network.append(value)
        elif isinstance(value, OwnNetwork):  # the same code elsewhere is the same network
            network.append([name, value._replace(place=place_of(value.place).name)])
        elif value != NetworkSpec._field_defaults[name]:
            network.append(value if name == "convolutions" else [name, value])
    training = [
        _told(v)
        for v, name in zip(signature[1:], Signature._fields[1:], strict=True)
        if v != Signature._field_defaults.get(name)
    ]
    numbers = [
        v for v, name in zip(hyper, Hyperparameters._fields, strict=True) if name not in neutral
    ]
    everything = {
        "data": dataset.fingerprint,
        "seed": spec.study.seed,
        "number": number,
        "signature": [network, *training],
        "hyperparameters": numbers,
    }
    others = {n: v for n, v in hyper._asdict().items() if v != neutral.get(n, v)}
    if others:
        everything["others"] = others
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def _told(value: Any) -> Any:
    """What the fingerprint is told of a value of the signature."""
    if isinstance(value, Transfer):
        return value._replace(folder="")
    if isinstance(value, TaskSpec):  # without what it had not yet when fingerprints were made
        last = 3 if value.parts else 1 if value.balanced is None else 2
        return value[:last]
    return value

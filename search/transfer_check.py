"""A network that takes over weights, held beside the one that it takes them from."""

from typing import Any

from ..datasets.dataset import Dataset
from ..datasets.scaling import KnownScaling
from ..models.devices import prepare_devices
from ..models.own_code import KIND
from ..models.transfer_source import Transfer, TransferError, read_source
from .spec import StudySpec
from .spec_convolutions import RESNET
from .spec_toml import shown

# Field of a NetworkSpec or of its convolutions → the key of [network] that decides it.
KEYS = {
    "kind": "kind",
    "shape": "shape",
    "channels": "channels",
    "kernels": "kernel",
    "strides": "stride",
    "paddings": "padding",
    "hidden": "hidden",
    "activation": "activation",
    "normalization": "normalization",
}


def transfer_of(spec: StudySpec) -> Transfer | None:
    """Whose weights the trials begin with; ``None`` where they are drawn."""
    network = spec.network
    if network.init_from is None:
        return None
    digest = network.init_digest or read_source(network.init_from).digest
    return Transfer(network.init_from, digest, network.transfer == "frozen")


def known_scaling(spec: StudySpec) -> KnownScaling | None:
    """What the rows are scaled by, where the network has learnt from rows scaled so."""
    if spec.network.init_from is None:
        return None
    source = read_source(spec.network.init_from)
    return KnownScaling(source.feature_names, source.mean, source.scale, spec.network.init_from)


def check_transferred(dataset: Dataset, spec: StudySpec) -> None:
    """Refuse a network that cannot take the weights over, before anything is stored or compiled.

    Raises:
        TransferError: names the key, or the layer, what it got and what it expected.
    """
    transfer = transfer_of(spec)
    if transfer is None:
        return
    prepare_devices(spec.compute.host_devices)
    from ..models.network import fields_of, spec_of
    from ..models.transfer import body_of
    from .trial_shape import network_spec

    ours = network_spec(spec, dataset, {})
    theirs = spec_of(read_source(transfer.folder).network)
    if ours.kind != KIND or theirs.kind != KIND:
        _refuse_other_fields(transfer.folder, fields_of(ours), fields_of(theirs))
    body_of(ours, transfer)


def _refuse_other_fields(folder: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    for field, key in KEYS.items():
        got, expected = (_value(fields, field) for fields in (ours, theirs))
        if got == expected:
            continue
        advice = f"write {key} = {shown(expected)}"
        if expected == KIND:
            advice = "name the code of that network"
        elif ours["kind"] == RESNET and field not in ours:
            advice = "write shape, channels and blocks as in the study of that network"
        elif expected is None:
            advice = "remove it"
        raise TransferError(
            f"network.{key} does not fit network.init_from: got {shown(got)}, expected "
            f"{shown(expected)}, as the network in {folder} has: {advice}."
        )


def _value(fields: dict[str, Any], field: str) -> Any:
    """A field of the network or of its convolutions, lists for tuples."""
    layers = fields["convolutions"] or {}
    value = fields[field] if field in fields else layers.get(field)
    return [*value] if isinstance(value, tuple) else value

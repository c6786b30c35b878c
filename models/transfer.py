"""Transfer learning: a network that begins with another one's weights, all but its head.

The head is new: the last linear layer of a network of ours; in a user's network every layer that
differs from the other's in name or shape. The rest, the body, is trained on, or kept as it is.
"""

import functools
from collections.abc import Collection, Hashable, Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .checkpoint import read_weights, weights_digest
from .network import Network, NetworkSpec, Variables, make_network, place_name
from .transfer_source import Transfer, TransferError

# How the names of the head's variables begin, by the kind of network.
HEADS = {"mlp": "output.", "cnn": "head.output.", "resnet": "head.output."}


def make_transferred(spec: NetworkSpec, form: str, transfer: Transfer) -> Network:
    """What ``make_network`` gives, with a body that is taken over.

    Frozen, the body gets no gradient, and what it normalises goes by its running statistics.

    Args:
        spec: of the network.
        form: of convolutions.
        transfer: where the body comes from.

    Raises:
        TransferError: the weights there do not fit.
    """
    body = body_of(spec, transfer)
    held = frozenset(body) if transfer.frozen else frozenset[str]()
    network = make_network(spec, form, held)

    def init(key: jax.Array) -> Variables:
        def begun(path: Any, drawn: jax.Array) -> jax.Array:
            taken = body.get(place_name(path))
            return drawn if taken is None else jnp.asarray(taken)

        drawn = network.init(key)
        return Variables(*(jax.tree.map_with_path(begun, part) for part in drawn))

    def train(
        variables: Variables, inputs: Any, key: jax.Array, dropout: Any
    ) -> tuple[jax.Array, Any]:
        def still(path: Any, leaf: jax.Array) -> jax.Array:
            return jax.lax.stop_gradient(leaf) if place_name(path) in held else leaf

        parameters = jax.tree.map_with_path(still, variables.parameters)
        return network.train(Variables(parameters, variables.state), inputs, key, dropout)

    return network._replace(init=init, train=train, body=frozenset(body))


def body_of(spec: NetworkSpec, transfer: Transfer) -> Mapping[str, np.ndarray]:
    """What a network takes over, by name: ``hidden.0.kernel`` → its numbers.

    Raises:
        TransferError: a layer of ours has another shape there; or a user's network has no layer of
            the name and shapes of one there, or none else that could be trained.
    """
    weights = verified_weights(transfer.folder, transfer.digest)
    drawn = jax.eval_shape(make_network(spec).init, jax.random.key(0))
    parameters, state = ({n: v.shape for n, v in named(part).items()} for part in drawn)
    shapes = {**parameters, **state}
    if spec.own is None:
        body = [name for name in shapes if not name.startswith(HEADS[spec.kind])]
        for name in body:
            _refuse_other_shape(transfer.folder, name, weights.get(name), shapes[name])
        if not body:
            raise TransferError(
                "there is no hidden layer to take over: write network.hidden = [128], say, in both "
                "studies"
            )
    else:
        there = {name: values.shape for name, values in weights.items()}
        other = {_layer(name) for name, shape in shapes.items() if there.get(name) != shape}
        body = [name for name in shapes if _layer(name) not in other]
        if not body:
            theirs, ours = (", ".join(sorted(names)[:4]) for names in (weights, shapes))
            raise TransferError(
                f"no layer of the network has the name and shapes of one in {transfer.folder}: "
                f"got {ours}, expected such as {theirs}"
            )
        if transfer.frozen and not set(parameters) - set(body):
            raise TransferError(
                'network.transfer = "frozen" leaves nothing to train: every layer has the name and '
                'shapes of one that is taken over. Write transfer = "fine_tune", or give the last '
                "layer another name"
            )
    return {name: weights[name] for name in body}


@functools.lru_cache(maxsize=4)
def verified_weights(folder: str, digest: str) -> Mapping[str, np.ndarray]:
    """The weights in a checkpoint's folder, by name.

    Raises:
        TransferError: they are not those of the digest.
    """
    weights = read_weights(Path(folder))
    found = weights_digest(weights)
    if found != digest:
        raise TransferError(
            f"the weights in {folder} are not those that its description tells of (SHA-256 "
            f"{found[:12]}, expected {digest[:12]}): restore the folder, or run its study again"
        )
    return weights


def transfer_optimizer(
    optimizer: optax.GradientTransformation,
    body: Collection[str],
    *,
    frozen: bool,
    head_share: jax.Array | None,
) -> optax.GradientTransformation:
    """``optimizer`` for a body that is frozen, or a head with a learning rate of its own.

    Args:
        optimizer: its steps are proportional to the learning rate, as those of all of ours are.
        body: names of the parameters that were taken over; the others are the head.
        frozen: whether the body stays as it is, without moments or weight decay.
        head_share: the head's learning rate by that of the body, float32 scalar ≥ 0; ``None`` for
            one rate.
    """

    def parts(parameters: Any) -> Any:
        return jax.tree.map_with_path(
            lambda path, _: "body" if place_name(path) in body else "head", parameters
        )

    if frozen:
        return optax.partition({"head": optimizer, "body": optax.set_to_zero()}, parts)
    if head_share is None:
        return optimizer
    scale: dict[Hashable, optax.GradientTransformation]
    scale = {"head": optax.scale(head_share), "body": optax.identity()}
    return optax.chain(optimizer, optax.partition(scale, parts))


def named(tree: Any) -> dict[str, Any]:
    """The leaves of a network's variables by name."""
    return {place_name(path): leaf for path, leaf in jax.tree.leaves_with_path(tree)}


def _layer(name: str) -> str:
    return name.rpartition(".")[0]


def _refuse_other_shape(
    folder: str, name: str, found: np.ndarray | None, expected: tuple[int, ...]
) -> None:
    if found is None or found.shape != expected:
        got = "nothing" if found is None else str(found.shape)
        number = name.rpartition(".")[2]
        raise TransferError(
            f"layer {_layer(name)} got the {number} {got} from {folder}, expected {expected}: "
            "write the [network] of that study"
        )

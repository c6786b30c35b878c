"""A network taken apart into pure functions of its parameters."""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
from flax import nnx

from .cnn import CNN
from .convolution_shapes import Convolutions, widest_layer
from .mlp import MLP

Parameters = Any  # a pytree of float32 arrays: the network's trainable numbers


class NetworkSpec(NamedTuple):
    """What determines every shape in a network; hashable."""

    kind: str  # a key of NETWORKS
    features: int  # columns of the inputs
    hidden: tuple[int, ...]  # units of each hidden layer; in a CNN, of those behind convolutions
    classes: int
    activation: str
    initializer: str
    convolutions: Convolutions | None = None  # of a CNN


class Network(NamedTuple):
    """Pure functions that stand for one network."""

    init: Callable[[jax.Array], Parameters]  # key → parameters
    apply: Callable[[Parameters, Any], jax.Array]  # inputs (rows, features) → logits
    parameters: int  # how many trainable numbers
    widest: int  # the most numbers that one row becomes on its way through the network


def build_mlp(spec: NetworkSpec, form: str, rngs: nnx.Rngs) -> nnx.Module:
    """The MLP that ``spec`` describes."""
    del form
    return MLP(
        spec.features, spec.hidden, spec.classes, spec.activation, spec.initializer, rngs=rngs
    )


def build_cnn(spec: NetworkSpec, form: str, rngs: nnx.Rngs) -> nnx.Module:
    """The CNN that ``spec`` describes; ``form`` is a key of ``convolution.FORMS``."""
    assert spec.convolutions is not None
    return CNN(
        spec.convolutions,
        spec.hidden,
        spec.classes,
        spec.activation,
        spec.initializer,
        form,
        rngs=rngs,
    )


# (spec, form of convolutions, rngs) → network
NETWORKS: dict[str, Callable[[NetworkSpec, str, nnx.Rngs], nnx.Module]] = {
    "mlp": build_mlp,
    "cnn": build_cnn,
}


def fields_of(spec: NetworkSpec) -> dict[str, Any]:
    """``spec`` for JSON; ``spec_of`` is its inverse."""
    layers = spec.convolutions
    return {**spec._asdict(), "convolutions": layers and layers._asdict()}


def spec_of(fields: Mapping[str, Any]) -> NetworkSpec:
    """The spec that went through JSON, which knows no tuples."""
    layers = fields.get("convolutions")
    return NetworkSpec(
        **{
            **fields,
            "hidden": tuple(fields["hidden"]),
            "convolutions": layers and Convolutions(**{k: tuple(v) for k, v in layers.items()}),
        }
    )


def make_network(spec: NetworkSpec, form: str = "native") -> Network:
    """Take the network that ``spec`` describes apart into pure functions.

    Args:
        spec: decides the parameters.
        form: of convolutions, a key of ``convolution.FORMS``; changes results by rounding only.
    """
    build = NETWORKS[spec.kind]
    abstract = nnx.eval_shape(lambda: build(spec, form, nnx.Rngs(0)))
    graph, shapes = nnx.split(abstract, nnx.Param)

    def init(key: jax.Array) -> Parameters:
        return nnx.split(build(spec, form, nnx.Rngs(params=key)), nnx.Param)[1]

    def apply(parameters: Parameters, inputs: jax.Array) -> jax.Array:
        return nnx.merge(graph, parameters)(inputs)

    count = sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(shapes))
    widths = [spec.features, *spec.hidden, spec.classes]
    if spec.convolutions:
        widths.append(widest_layer(spec.convolutions))
    return Network(init, apply, count, max(widths))

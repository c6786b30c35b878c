"""A network taken apart into pure functions of its parameters."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
from flax import nnx

from .mlp import MLP

Parameters = Any  # a pytree of float32 arrays: the network's trainable numbers


class NetworkSpec(NamedTuple):
    """What determines every shape in a network; hashable."""

    kind: str  # a key of NETWORKS
    features: int  # columns of the inputs
    hidden: tuple[int, ...]  # units of each hidden layer
    classes: int
    activation: str
    initializer: str


class Network(NamedTuple):
    """Pure functions that stand for one network."""

    init: Callable[[jax.Array], Parameters]  # key → parameters
    apply: Callable[[Parameters, Any], jax.Array]  # inputs (rows, features) → logits
    parameters: int  # how many trainable numbers


def build_mlp(spec: NetworkSpec, rngs: nnx.Rngs) -> nnx.Module:
    """The MLP that ``spec`` describes."""
    return MLP(
        spec.features, spec.hidden, spec.classes, spec.activation, spec.initializer, rngs=rngs
    )


NETWORKS: dict[str, Callable[[NetworkSpec, nnx.Rngs], nnx.Module]] = {"mlp": build_mlp}


def make_network(spec: NetworkSpec) -> Network:
    """Take the network that ``spec`` describes apart into pure functions."""
    build = NETWORKS[spec.kind]
    abstract = nnx.eval_shape(lambda: build(spec, nnx.Rngs(0)))
    graph, shapes = nnx.split(abstract, nnx.Param)

    def init(key: jax.Array) -> Parameters:
        return nnx.split(build(spec, nnx.Rngs(params=key)), nnx.Param)[1]

    def apply(parameters: Parameters, inputs: jax.Array) -> jax.Array:
        return nnx.merge(graph, parameters)(inputs)

    count = sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(shapes))
    return Network(init, apply, count)

"""A network taken apart into pure functions of its parameters."""

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from .cnn import CNN
from .convolution_shapes import Convolutions, widest_layer
from .dropout import Dropout, DropoutRate
from .flops import every_program
from .mlp import MLP
from .own_code import KIND as OWN
from .own_network import OwnNetwork, build_own, call_own
from .resnet import ResNet

Parameters = Any  # a pytree of float32 arrays: the network's trainable numbers
Array = jax.Array | np.ndarray  # on a device, or fetched to the host


class Variables(NamedTuple):
    """All numbers of a network."""

    parameters: Parameters  # what the optimiser changes
    state: Any  # a pytree: what training changes besides, such as running statistics; often empty


class NetworkSpec(NamedTuple):
    """What determines every shape in a network; hashable."""

    kind: str  # a key of NETWORKS
    features: int  # columns of the inputs
    hidden: tuple[int, ...]  # units of each hidden layer; in a CNN, of those behind convolutions
    outputs: int  # numbers that a row gets; see tasks.TaskSpec
    activation: str
    initializer: str
    convolutions: Convolutions | None = None  # of a CNN or a ResNet
    normalization: str = "none"  # one of NORMALIZATIONS
    dropout: bool = False  # whether any trial drops anything
    own: OwnNetwork | None = None  # a user's, with neither hidden layers nor names of ours


class Network(NamedTuple):
    """Pure functions that stand for one network."""

    init: Callable[[jax.Array], Variables]  # key → variables
    # In evaluation mode: inputs (rows, features) → outputs (rows, outputs)
    apply: Callable[[Variables, Array], jax.Array]
    # In training mode: the same inputs, a key of the step's and the rate of dropout, a float32
    # scalar in [0, 1) → outputs and the new state
    train: Callable[[Variables, Array, jax.Array, Any], tuple[jax.Array, Any]]
    parameters: int  # how many trainable numbers
    widest: int  # the most numbers that one row becomes on its way through the network
    drops: bool  # whether it has a layer whose rate ``train`` sets
    body: frozenset[str] = frozenset()  # names of variables that another network's weights begin


def build_mlp(spec: NetworkSpec, form: str, rngs: nnx.Rngs) -> nnx.Module:
    """The MLP that ``spec`` describes."""
    del form
    return MLP(
        spec.features,
        spec.hidden,
        spec.outputs,
        spec.activation,
        spec.initializer,
        spec.normalization,
        spec.dropout,
        rngs=rngs,
    )


def build_cnn(spec: NetworkSpec, form: str, rngs: nnx.Rngs) -> nnx.Module:
    """The CNN that ``spec`` describes; ``form`` is a key of ``convolution.FORMS``."""
    assert spec.convolutions is not None
    return CNN(
        spec.convolutions,
        spec.hidden,
        spec.outputs,
        spec.activation,
        spec.initializer,
        form,
        spec.normalization,
        spec.dropout,
        rngs=rngs,
    )


def build_resnet(spec: NetworkSpec, form: str, rngs: nnx.Rngs) -> nnx.Module:
    """The residual network that ``spec`` describes; ``form`` is a key of ``convolution.FORMS``."""
    assert spec.convolutions is not None
    return ResNet(
        spec.convolutions,
        spec.outputs,
        spec.activation,
        spec.initializer,
        form,
        spec.normalization,
        spec.dropout,
        rngs=rngs,
    )


def build_own_network(spec: NetworkSpec, form: str, rngs: nnx.Rngs) -> nnx.Module:
    """The user's network that ``spec`` names."""
    del form
    assert spec.own is not None
    return build_own(spec.own, spec.outputs, rngs)


# What a network's variables are: weights, what is set anew for each step, and the others.
PARTS = (nnx.Param, nnx.RngState, DropoutRate, ...)

# (spec, form of convolutions, rngs) → network
NETWORKS: dict[str, Callable[[NetworkSpec, str, nnx.Rngs], nnx.Module]] = {
    "mlp": build_mlp,
    "cnn": build_cnn,
    "resnet": build_resnet,
    OWN: build_own_network,
}


def fields_of(spec: NetworkSpec) -> dict[str, Any]:
    """``spec`` for JSON; ``spec_of`` is its inverse."""
    layers, own = spec.convolutions, spec.own
    nested = {"convolutions": layers and layers._asdict(), "own": own and own._asdict()}
    return {**spec._asdict(), **nested}


def spec_of(fields: Mapping[str, Any]) -> NetworkSpec:
    """The spec that went through JSON, which knows no tuples."""
    layers, own = fields.get("convolutions"), fields.get("own")
    outputs = fields.get("outputs", fields.get("classes"))  # their name before there were tasks
    return NetworkSpec(
        **{
            **{name: value for name, value in fields.items() if name != "classes"},
            "outputs": outputs,
            "hidden": tuple(fields["hidden"]),
            "convolutions": layers and Convolutions(**{k: tuple(v) for k, v in layers.items()}),
            "own": own and OwnNetwork(**{k: frozen(v) for k, v in own.items()}),
        }
    )


def frozen(value: Any) -> Any:
    """``value`` with tuples for its lists, so that it can be hashed."""
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


def place_name(path: Any) -> str:
    """``hidden.0.kernel``: the name of a variable, from the path of its leaf."""
    return jax.tree_util.keystr(path, simple=True, separator=".").removesuffix(".value")


def make_network(spec: NetworkSpec, form: str = "native", held: Collection[str] = ()) -> Network:
    """Take the network that ``spec`` describes apart into pure functions.

    Args:
        spec: decides the parameters.
        form: of convolutions, a key of ``convolution.FORMS``; changes results by rounding only.
        held: names of variables whose state training leaves as it is; batch normalisation among
            them goes by its running statistics.

    Raises:
        OwnCodeError: a user's network cannot be built.
    """
    build = NETWORKS[spec.kind]
    abstract = nnx.eval_shape(lambda: build(spec, form, streams_from(jax.random.key(0))))
    graph, shapes, streams, rates, _ = nnx.split(abstract, *PARTS)

    def init(key: jax.Array) -> Variables:
        _, parameters, *_, state = nnx.split(build(spec, form, streams_from(key)), *PARTS)
        return Variables(parameters, state)

    def whole(variables: Variables, key: jax.Array, dropout: Any) -> nnx.Module:
        # Made anew: NNX lets a variable be changed, or taken through a loop of its own (nnx.RNN),
        # only where it was made, and that is not outside of a gradient or of a branch; and the
        # caller's stay as they are.
        parameters, state = jax.tree.map(lambda leaf: leaf, tuple(variables))
        rate = jax.tree.map(lambda _: jnp.asarray(dropout, jnp.float32), rates)
        return nnx.merge(graph, parameters, keyed(streams, key), rate, state)

    def called(network: Any, inputs: Array) -> jax.Array:
        if spec.own is None:
            return network(inputs)
        return call_own(spec.own, network, inputs, spec.outputs)

    def apply(variables: Variables, inputs: Array) -> jax.Array:
        network = whole(variables, jax.random.key(0), 0)  # unused: nothing is random in evaluation
        network.eval()
        return called(network, inputs)

    def train(
        variables: Variables, inputs: Array, key: jax.Array, dropout: Any
    ) -> tuple[jax.Array, Any]:
        network = whole(variables, key, dropout)
        network.train()
        if not spec.dropout:
            network.set_attributes(Dropout, raise_if_not_found=False, deterministic=True)
        hold_statistics(network, held)
        outputs = called(network, inputs)
        after = nnx.split(network, *PARTS)[-1]
        if not held:
            return outputs, after
        return outputs, jax.tree.map_with_path(
            lambda path, old, new: old if place_name(path) in held else new, variables.state, after
        )

    count = sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(shapes))
    widest = own_width(init, apply, spec) if spec.own else built_in_width(spec)
    return Network(init, apply, train, count, widest, bool(jax.tree.leaves(rates)))


def hold_statistics(network: nnx.Module, held: Collection[str]) -> None:
    """Let the batch normalisations among the variables ``held`` go by their running statistics."""
    for path, module in nnx.iter_modules(network):
        if isinstance(module, nnx.BatchNorm) and ".".join(map(str, (*path, "mean"))) in held:
            module.use_running_average = True


def built_in_width(spec: NetworkSpec) -> int:
    """The most numbers that one row becomes in a network of ours."""
    widths = [spec.features, *spec.hidden, spec.outputs]
    if spec.convolutions:
        widths.append(widest_layer(spec.convolutions))
    return max(widths)


def own_width(
    init: Callable[[jax.Array], Variables],
    apply: Callable[[Variables, Array], jax.Array],
    spec: NetworkSpec,
) -> int:
    """The most numbers that one row becomes in a user's network: what a second row adds."""
    variables = jax.eval_shape(init, jax.random.key(0))

    def sizes(rows: int) -> list[int]:
        inputs = jax.ShapeDtypeStruct((rows, spec.features), jnp.float32)
        program = jax.make_jaxpr(apply)(variables, inputs)
        return [
            math.prod(getattr(variable.aval, "shape", ()))
            for part in every_program(program.jaxpr)
            for equation in part.eqns
            for variable in equation.outvars
        ]

    two, three = sizes(2), sizes(3)
    return max([spec.features, *(b - a for a, b in zip(two, three, strict=False))])


def streams_from(key: jax.Array) -> nnx.Rngs:
    """What a network is built with: weights are drawn from the stream ``params``."""
    return nnx.Rngs(key, params=key)


def keyed(streams: Any, key: jax.Array) -> Any:
    """A network's streams of random numbers, as they begin from ``key``."""
    leaves, structure = jax.tree.flatten(streams)
    keys = jax.dtypes.prng_key
    fresh = [
        jax.random.fold_in(key, place)
        if jnp.issubdtype(leaf.dtype, keys)
        else jnp.zeros(leaf.shape, leaf.dtype)
        for place, leaf in enumerate(leaves)
    ]
    return jax.tree.unflatten(structure, fresh)

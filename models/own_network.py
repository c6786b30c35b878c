"""A user's own network among the built-in ones: built, called and checked."""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

from .own_code import OwnCodeError, check_arguments, load_builder, own_errors, place_of
from .own_layer import failing_layer


class OwnNetwork(NamedTuple):
    """Which code makes a network, and from what; hashable."""

    place: str  # "/path/to/file.py:Network" or "package.module:Network"
    code: str  # SHA-256 of the code, see own_code.code_digest
    inputs: tuple[int, ...] | int  # what one row is
    arguments: tuple[tuple[str, Any], ...]  # further keywords, by name; lists as tuples


def build_own(own: OwnNetwork, outputs: int, rngs: nnx.Rngs) -> nnx.Module:
    """The network that the user's code makes.

    Raises:
        OwnCodeError: the code cannot be imported, takes other arguments, fails, or makes something
            else than a network with weights in float32.
    """
    builder = load_builder(own.place, own.code)
    name = place_of(own.place).name
    check_arguments(builder, [argument for argument, _ in own.arguments])
    with own_errors(own.place, f"{name} cannot be built"):
        network = builder(own.inputs, outputs, rngs=rngs, **dict(own.arguments))
    if not isinstance(network, nnx.Module):
        raise OwnCodeError(f"{name} gave {type(network).__name__}, expected an nnx.Module")
    weights = jax.tree.leaves_with_path(nnx.state(network, nnx.Param))
    if not weights:
        raise OwnCodeError(f"{name} has no nnx.Param, so there is nothing to train")
    for path, leaf in weights:
        if leaf.dtype != jnp.float32:
            place = jax.tree_util.keystr(path, simple=True, separator=".").removesuffix(".value")
            raise OwnCodeError(f"{name}: the weights {place} are {leaf.dtype}, expected float32")
    return network


def call_own(own: OwnNetwork, network: Any, inputs: Any, outputs: int) -> jax.Array:
    """What the network gives for ``inputs``, (rows, features): float32 (rows, outputs).

    Raises:
        OwnCodeError: it fails, or gives something else.
    """
    name = place_of(own.place).name
    told = functools.partial(failing_layer, network=network)
    with own_errors(own.place, f"{name} fails on {shape_text(inputs)}", told):
        given = network(inputs)
    expected = jax.ShapeDtypeStruct((len(inputs), outputs), jnp.float32)
    if not isinstance(given, jax.Array) or (given.shape, given.dtype) != (
        expected.shape,
        expected.dtype,
    ):
        got = shape_text(given) if isinstance(given, jax.Array) else type(given).__name__
        raise OwnCodeError(
            f"{name} gave {got} for {shape_text(inputs)}, expected {shape_text(expected)}: a row "
            "of outputs for each row"
        )
    return given


def shape_text(array: Any) -> str:
    """``float32 (2, 64)``."""
    return f"{array.dtype} {tuple(array.shape)}"

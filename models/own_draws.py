"""Whether a user's network draws random numbers that JAX does not know of."""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from .network import Network, NetworkSpec
from .own_code import OwnCodeError, place_of

_ROWS = 2


def check_draws(network: Network, spec: NetworkSpec) -> None:
    """Refuse a network that draws by numpy or by Python's ``random``.

    Such numbers are drawn once, when its program is made, and stay in it: all trials and steps
    would have the same, and another run others. So the program is made twice, without computing a
    number, and what stands in it must be the same.

    Args:
        network: a user's, which ``own_check.check_own`` has passed.
        spec: that describes it.

    Raises:
        OwnCodeError: it draws where it is built or called.
    """
    assert spec.own is not None
    key = jax.ShapeDtypeStruct((), jax.random.key(0).dtype)
    shapes = jax.eval_shape(network.init, jax.random.key(0))
    inputs = jax.ShapeDtypeStruct((_ROWS, spec.features), jnp.float32)
    rate = jax.ShapeDtypeStruct((), jnp.float32)
    for how, function, arguments in (
        ("built", network.init, (key,)),
        ("called", network.train, (shapes, inputs, key, rate)),
    ):
        if _numbers(function, arguments) != _numbers(function, arguments):
            raise OwnCodeError(
                f"{place_of(spec.own.place).name} draws random numbers where it is {how}, by numpy "
                "or Python's random, it seems: they would be drawn once, and be the same in all "
                "trials and steps. Draw them from rngs, as nnx.Dropout and the initialisers do"
            )


def _numbers(function: Callable, arguments: tuple[Any, ...]) -> list[bytes]:
    """The numbers that a function's program has in it, traced anew."""
    program = jax.make_jaxpr(lambda *its: function(*its))(*arguments)
    return [np.asarray(it).tobytes() for it in _constants(program) if not _is_key(it)]


def _constants(part: Any) -> Iterator[Any]:
    """Those of a program and of the programs within it."""
    if isinstance(part, core.ClosedJaxpr):
        yield from part.consts
        yield from _constants(part.jaxpr)
    elif isinstance(part, core.Jaxpr):
        for equation in part.eqns:
            yield from (it.val for it in equation.invars if isinstance(it, core.Literal))
            yield from _constants(tuple(equation.params.values()))
    elif isinstance(part, (tuple, list)):
        for inner in part:
            yield from _constants(inner)


def _is_key(constant: Any) -> bool:
    """Whether it is a key of JAX's, which has no bytes to look at."""
    dtype = getattr(constant, "dtype", None)
    return dtype is not None and jnp.issubdtype(dtype, jax.dtypes.prng_key)

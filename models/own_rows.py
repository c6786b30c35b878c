"""Whether a user's network answers for each row alone."""

import math
from typing import Any

import jax
import numpy as np

from .network import Network, NetworkSpec, Variables
from .own_code import OwnCodeError, place_of

_ROWS = 8
_KEPT = 2  # not in the middle, which stays where it is when rows are turned round
_OTHERS = 3.0  # what the rows beside it are multiplied by the second time
_ROUNDING = 1e-3  # of the row's largest output; a program gives the same row the same bits


def check_rows(network: Network, spec: NetworkSpec) -> None:
    """Refuse a network whose answer for a row changes, in evaluation mode, with those beside it.

    Its errors would depend on which rows are judged together, and so would what it answers for new
    rows. One drawn row is judged twice by one program, among other rows each time. In training rows
    may meet, as in batch normalisation.

    Args:
        network: a user's, which ``own_check.check_own`` has passed.
        spec: that describes it.

    Raises:
        OwnCodeError: the network mixes rows.
    """
    assert spec.own is not None

    shapes = jax.eval_shape(network.init, jax.random.key(0))

    @jax.jit
    def outputs_of(parameters: Any, rows: jax.Array) -> jax.Array:
        state = shapes.state
        if jax.tree.leaves(state):  # the weights that are drawn with it XLA leaves out
            state = network.init(jax.random.key(0)).state
        return network.apply(Variables(parameters, state), rows)

    # By numpy: a program that draws for every leaf takes twice as long to compile.
    generator = np.random.default_rng(0)
    parameters = jax.tree.map(lambda leaf: _drawn(generator, leaf.shape), shapes.parameters)
    rows, others = generator.standard_normal((2, _ROWS, spec.features), np.float32)
    others *= _OTHERS
    others[_KEPT] = rows[_KEPT]
    once, again = (np.asarray(outputs_of(parameters, it))[_KEPT] for it in (rows, others))
    if np.abs(once - again).max() > _ROUNDING * np.abs(once).max():  # false where one is NaN
        raise OwnCodeError(
            f"{place_of(spec.own.place).name} mixes rows: in evaluation mode, too, its answer for "
            "a row changes with the rows beside it, so errors would depend on which are judged "
            "together. Take no mean, sum or maximum over axis 0, the rows; nnx.BatchNorm does so "
            "in training only, unless it is called with use_running_average=False"
        )


def _drawn(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Weights that let what goes in come out at about its size: float32."""
    normal = generator.standard_normal(shape, np.float32)
    if len(shape) < 2:  # scales and biases
        return 1 + 0.1 * normal
    return normal / np.float32(math.sqrt(math.prod(shape[:-1])))

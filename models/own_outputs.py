"""Whether a user's network gives probabilities where logits are trained on."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .flops import every_program
from .network import Network, NetworkSpec, Variables
from .own_code import OwnCodeError, place_of
from .tasks import TaskSpec, columns_of

_ROWS = 64
# What each draw's inputs are multiplied by, and how far its weights are moved, in units of theirs.
_DRAWS = ((1.0, 0.0), (3.0, 1.0), (10.0, 3.0))
_LEAST_MOVE = 0.1  # also of weights that are all 0
_ROUNDING = 1e-3  # of a row's sum
# Without one of these no network keeps its outputs between 0 and 1.
_BOUNDING = {"exp", "exp2", "logistic", "tanh", "erf", "clamp", "min", "sin", "cos"}


class _Part(NamedTuple):
    """A task's own outputs."""

    kind: str  # "classification" | "multilabel"
    columns: slice
    named: str  # "", or which of the outputs they are


def check_logits(network: Network, spec: NetworkSpec, task: TaskSpec) -> None:
    """Refuse outputs that stay between 0 and 1, as behind a softmax or a sigmoid.

    The losses are of logits. Of probabilities in their place the softmax would make e / (e + C − 1)
    at most, of C classes. Random weights and inputs, ever larger ones, tell: outputs of a linear
    layer leave that interval, those of a softmax or sigmoid do not. A network without any
    operation that bounds is not drawn.

    Args:
        network: a user's, which ``own_check.check_own`` has passed.
        spec: that describes it.
        task: what is learnt; of a quantity ``own_quantities`` asks.

    Raises:
        OwnCodeError: the network ends so.
    """
    parts = list(_parts(spec, task))
    if spec.own is None or not parts or not _bounds(network, spec):
        return
    name = place_of(spec.own.place).name
    drawn = drawn_outputs(network, spec)
    for part in parts:
        values = [outputs[:, part.columns] for outputs in drawn]
        if _between_0_and_1(values):
            raise OwnCodeError(f"{name} gives probabilities{part.named}, {_told(part, values)}")


def _parts(spec: NetworkSpec, task: TaskSpec) -> Iterator[_Part]:
    if not task.parts:
        if task.kind in ("classification", "multilabel"):
            yield _Part(task.kind, slice(0, spec.outputs), "")
        return
    columns = columns_of(part.outputs for part in task.parts)
    for part, where in zip(task.parts, columns, strict=True):
        if part.kind == "classification":
            yield _Part(part.kind, where, f" in its outputs {where.start} to {where.stop - 1}")


def _bounds(network: Network, spec: NetworkSpec) -> bool:
    """Whether the network has an operation that could keep its outputs between 0 and 1."""
    variables = jax.eval_shape(network.init, jax.random.key(0))
    inputs = jax.ShapeDtypeStruct((2, spec.features), jnp.float32)
    program = jax.make_jaxpr(network.apply)(variables, inputs)
    names = {it.primitive.name for part in every_program(program.jaxpr) for it in part.eqns}
    return bool(names & _BOUNDING)


def drawn_outputs(network: Network, spec: NetworkSpec) -> list[np.ndarray]:
    """What drawn networks give for drawn rows: float32, of the rows that are finite."""

    shapes = jax.eval_shape(network.init, jax.random.key(0)).parameters

    @jax.jit
    def outputs_of(number: jax.Array, rows: jax.Array, moves: Any) -> jax.Array:
        drawn = network.init(jax.random.key(number))
        moved = jax.tree.map(lambda leaf, by: leaf + _size(leaf) * by, drawn.parameters, moves)
        return network.apply(Variables(moved, drawn.state), rows)

    found = []
    for number, (inputs, move) in enumerate(_DRAWS):
        # By numpy: a program that draws for every leaf takes twice as long to compile.
        normal = np.random.default_rng(number).standard_normal
        rows = inputs * normal((_ROWS, spec.features), np.float32)
        moves = jax.tree.map(lambda leaf, m=move, n=normal: m * n(leaf.shape, np.float32), shapes)
        found.append(np.asarray(outputs_of(np.int32(number), rows, moves)))
    return [outputs[np.isfinite(outputs).all(axis=1)] for outputs in found]


def _size(weights: jax.Array) -> jax.Array:
    """What weights are moved by: their root mean square, or a little where they begin with 0."""
    return jnp.maximum(jnp.sqrt(jnp.square(weights).mean()), _LEAST_MOVE)


def _between_0_and_1(drawn: list[np.ndarray]) -> bool:
    """Whether all outputs are, and not all of them alike (as of weights that begin with 0)."""
    inside = all(((values >= 0) & (values <= 1)).all() for values in drawn)
    return inside and any(values.size and np.ptp(values) > _ROUNDING for values in drawn)


def _told(part: _Part, drawn: list[np.ndarray]) -> str:
    sums = np.concatenate([values.sum(axis=1) for values in drawn])
    # Most rows: an exponential that overflows leaves a few with another sum.
    softmax = drawn[0].shape[1] > 1 and np.median(np.abs(sums - 1)) < _ROUNDING
    what = "as behind a softmax" if softmax else "as behind a sigmoid"
    if part.kind == "multilabel":
        most = f"no label could get a probability above {1 / (1 + math.exp(-1)):.2f} or below 0.50"
    else:
        classes = drawn[0].shape[1]
        most = f"no class could get a probability above {math.e / (math.e + classes - 1):.2f}"
    taken = "sigmoid" if part.kind == "multilabel" else "softmax"
    return (
        f"{what}: netclinic takes the {taken} itself, so {most}. Return what goes into the "
        f"{'softmax' if softmax else 'sigmoid'}, the logits"
    )

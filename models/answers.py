"""What a trained network gives for many rows, and what its last dense layer gets for them."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from .judging import piece_rows
from .network import Network, Variables
from .tasks import TaskSpec, columns_of, row_errors, task_errors

_CALLS = {"pjit", "jit", "closed_call", "custom_jvp_call", "custom_vjp_call"}
# What may stand between the last matrix product and the outputs without changing what they are of.
_PASSING = {"add", "add_any", "sub", "mul", "reshape", "squeeze", "convert_element_type", "copy"}


class Answers(NamedTuple):
    """What a network gives for the rows of a split."""

    outputs: np.ndarray  # (rows, outputs) float32, as it gives them: logits, or quantities
    # (rows, units) float32: what the layer that makes the outputs gets, the penultimate activations
    # of a network of several layers; None where it cannot be told
    features: np.ndarray | None


def network_answers(network: Network, variables: Variables, inputs: Any) -> Answers:
    """What ``network`` gives for each row, in evaluation mode.

    Rows are taken in pieces of one size, so that memory does not grow with their number.

    Args:
        network: see ``network.make_network``.
        variables: of the network.
        inputs: (rows, features) scaled, an array or datasets' ``ScaledRows``; rows ≥ 1.
    """
    outputs, features = [], []
    for given, last, known in _given(network, variables, inputs):
        outputs.append(np.asarray(given)[known:])
        if last is not None:
            features.append(np.asarray(last)[known:])
    return Answers(np.concatenate(outputs), np.concatenate(features) if features else None)


def network_outputs(network: Network, variables: Variables, inputs: Any) -> np.ndarray:
    """The outputs alone, as of ``network_answers``: of wide networks far less to keep."""
    given = _given(network, variables, inputs)
    return np.concatenate([np.asarray(outputs)[known:] for outputs, _, known in given])


def _given(
    network: Network, variables: Variables, inputs: Any
) -> Iterator[tuple[jax.Array, jax.Array | None, int]]:
    """Of each piece of the rows outputs, features, and how many the one before had, too."""
    for place, known in pieces_of(network, len(inputs)):
        # A slice stays on disk until it is looked at, and so does the rest.
        rows = np.asarray(inputs[place], np.float32)
        yield *_piece(network, variables, rows), known


def pieces_of(network: Network, count: int) -> Iterator[tuple[slice, int]]:
    """Pieces of one size that ``count`` rows are taken in, so that memory does not grow with them.

    Yields:
        Where a piece stands, and how many of its rows the one before had, too: the last one has.
    """
    size = piece_rows(network, max(1, count))
    for begin in range(0, max(1, count), size):
        first = max(0, min(begin, count - size))
        yield slice(first, first + size), begin - first


def task_answers(
    outputs: np.ndarray, tasks: tuple[Mapping[str, Any], ...]
) -> list[dict[str, str | float]]:
    """What ``outputs``, (rows, outputs of all tasks), say of each row, by the name of the task."""
    columns: list[list[Any]] = []
    places = columns_of(len(task["class_names"]) for task in tasks)
    for task, where in zip(tasks, places, strict=True):
        own = outputs[:, where]
        if task["kind"] == "regression":
            mean, scale = task["scale"]
            columns.append((own[:, 0].astype(np.float64) * scale + mean).tolist())
        else:
            columns.append([task["class_names"][i] for i in own.argmax(axis=-1)])
    names = [task["name"] for task in tasks]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def answer_errors(task: TaskSpec, answers: Answers, labels: np.ndarray) -> np.ndarray:
    """The error of each row, float32 (rows,); see ``tasks.row_errors``."""
    return np.asarray(row_errors(task, jnp.asarray(answers.outputs), labels))


def answer_task_errors(task: TaskSpec, answers: Answers, labels: np.ndarray) -> np.ndarray:
    """The error of each row in each of several tasks, float32 (rows, tasks)."""
    return np.asarray(task_errors(task, jnp.asarray(answers.outputs), labels))


# Once for all: splits of one size share a program.
@partial(jax.jit, static_argnames="network")
def _piece(
    network: Network, variables: Variables, rows: jax.Array
) -> tuple[jax.Array, jax.Array | None]:
    return with_last_inputs(lambda x: network.apply(variables, x), rows)


def with_last_inputs(function: Any, inputs: jax.Array) -> tuple[jax.Array, jax.Array | None]:
    """``function(inputs)``, and what went into the last matrix product behind ``inputs``.

    The way back from the outputs leads over sums, reshapes and the like to the matrix product that
    they are of; its left side, one row of numbers for each row of inputs, is what is looked for.
    ``None`` where the way ends at something else, as behind a softmax, or where no product is left
    of the inputs.

    Args:
        function: (rows, features) → (rows, outputs), traceable.
        inputs: (rows, features).
    """
    program = jax.make_jaxpr(function)(inputs)
    made: dict[int, tuple[str, list[Any]]] = {}  # value → the operation it is of, and its operands
    kept: list[Any] = [inputs]  # so that no two values have one id
    behind = {id(inputs)}  # values that depend on the inputs
    (outputs,) = _evaluated(program.jaxpr, program.consts, [inputs], made, kept, behind)
    value = outputs
    while id(value) in made:
        name, operands = made[id(value)]
        dependent = [it for it in operands if id(it) in behind]
        if len(dependent) != 1:
            return outputs, None
        value = dependent[0]
        if name == "dot_general":
            rows = value.ndim == 2 and len(value) == len(inputs)
            return outputs, value if rows else None
        if name not in _PASSING:
            return outputs, None
    return outputs, None


def _evaluated(
    program: core.Jaxpr,
    constants: Any,
    arguments: list[Any],
    made: dict[int, tuple[str, list[Any]]],
    kept: list[Any],
    behind: set[int],
) -> list[Any]:
    """The outputs of a program, and notes of how every value on the way was made."""
    values: dict[Any, Any] = dict(zip(program.constvars, constants, strict=True))
    values |= dict(zip(program.invars, arguments, strict=True))

    def value_of(it: Any) -> Any:
        return jnp.asarray(it.val) if isinstance(it, core.Literal) else values[it]

    for equation in program.eqns:
        operands = [value_of(it) for it in equation.invars]
        inside = next(_inside(equation), None)
        if inside is not None:
            results = _evaluated(inside.jaxpr, inside.consts, operands, made, kept, behind)
        else:
            parameters = equation.primitive.get_bind_params(equation.params)
            given = equation.primitive.bind(*operands, **parameters)
            results = list(given) if equation.primitive.multiple_results else [given]
            depends = any(id(it) in behind for it in operands)
            for result in results:
                made[id(result)] = (equation.primitive.name, operands)
                kept.append(result)
                if depends:
                    behind.add(id(result))
        values |= dict(zip(equation.outvars, results, strict=True))
    return [value_of(it) for it in program.outvars]


def _inside(equation: core.JaxprEqn) -> Iterator[core.ClosedJaxpr]:
    """The program of an equation that only calls one."""
    if equation.primitive.name in _CALLS:
        yield from (it for it in equation.params.values() if isinstance(it, core.ClosedJaxpr))

"""Whether a user's network can give the numbers that a quantity has."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from .flops import program_parts
from .network import Network, NetworkSpec
from .own_code import OwnCodeError, place_of
from .own_outputs import drawn_outputs
from .tasks import TaskSpec, columns_of

# What a network ends with, as a rule: its outputs leave 0 to either side.
_ENDS_OPEN = {"add", "sub", "dot_general", "conv_general_dilated"}
# Steps that leave numbers as they are
_SHAPES = {"reshape", "squeeze", "broadcast_in_dim", "convert_element_type", "transpose", "slice"}
_LOOPS = {"scan", "while", "cond"}
_ROUNDING = 1e-3
FAR = 1.5  # standard deviations from the mean, which a tanh cannot reach
_SOME = 0.01  # of the training rows


def check_quantities(network: Network, spec: NetworkSpec, task: TaskSpec, far: float = 0.0) -> None:
    """Refuse outputs of a quantity that never fall below 0, or are bounded as a tanh's are.

    A quantity is learnt standardised, with a mean of 0: what lies below its mean, or farther from
    it, could not be met. Random weights and inputs tell, as in ``own_outputs.check_logits``. A
    network that ends with a sum, as a linear layer does, is not drawn.

    Args:
        network: a user's, which ``own_check.check_own`` has passed.
        spec: that describes it.
        task: what is learnt; outputs of classes and labels are not looked at.
        far: the share of training rows, 0–1, whose quantity lies ``FAR`` or more from its mean; of
            several tasks 0, as it is not known. A target of −1 and 1 is met by a tanh.

    Raises:
        OwnCodeError: the network ends so.
    """
    parts = list(_parts(spec, task))
    if spec.own is None or not parts or _last_step(network, spec) in _ENDS_OPEN:
        return
    drawn = drawn_outputs(network, spec)
    for columns, named in parts:
        values = [outputs[:, columns] for outputs in drawn]
        if _never_below_0(values):
            raise OwnCodeError(
                f"{place_of(spec.own.place).name} never gives a number below 0{named}, as behind a "
                "relu or softplus: a quantity is learnt standardised, with a mean of 0, so what "
                "lies below its mean could not be met. Return what goes into that last step"
            )
        if far >= _SOME and _within_1(values):
            raise OwnCodeError(
                f"{place_of(spec.own.place).name} gives numbers between -1 and 1 alone{named}, as "
                "behind a tanh: a quantity is learnt standardised, and the "
                f"{100 * far:.0f} % of training rows that lie {FAR:g} standard deviations or more "
                "from its mean could not be met. Return what goes into that last step"
            )


def _parts(spec: NetworkSpec, task: TaskSpec) -> Iterator[tuple[slice, str]]:
    """Where quantities have their outputs, and how a message calls them."""
    if not task.parts:
        if task.kind == "regression":
            yield slice(0, spec.outputs), ""
        return
    columns = columns_of(part.outputs for part in task.parts)
    for part, where in zip(task.parts, columns, strict=True):
        if part.kind == "regression":
            yield where, f" in its output {where.start}"


def _never_below_0(drawn: list[np.ndarray]) -> bool:
    """Whether no output is, and not all of them are alike (as of weights that begin with 0)."""
    return all((values >= 0).all() for values in drawn) and any(
        values.size and np.ptp(values) > _ROUNDING for values in drawn
    )


def _within_1(drawn: list[np.ndarray]) -> bool:
    """Whether all outputs lie between −1 and 1, and some of them at an end."""
    sizes = [float(np.abs(values).max(initial=0.0)) for values in drawn]
    return 1 - _ROUNDING < max(sizes) <= 1


def _last_step(network: Network, spec: NetworkSpec) -> str | None:
    """The name of the operation that outputs come from; ``None`` where it cannot be told."""
    variables = jax.eval_shape(network.init, jax.random.key(0))
    inputs = jax.ShapeDtypeStruct((2, spec.features), jnp.float32)
    found = _made_by(jax.make_jaxpr(network.apply)(variables, inputs).jaxpr, 0)
    return found if isinstance(found, str) else None


def _made_by(program: core.Jaxpr, place: int) -> str | int | None:
    """The operation that makes a program's output, or the number of the input that it is."""
    made = {id(it): (eqn, i) for eqn in program.eqns for i, it in enumerate(eqn.outvars)}
    at = program.outvars[place]
    while id(at) in made:
        equation, place = made[id(at)]
        name = equation.primitive.name
        inner = None if name in _LOOPS else next(program_parts(equation.params), None)
        if inner is not None:
            found = _made_by(inner, place)
            if not isinstance(found, int):
                return found
            at = equation.invars[found]
        elif name in _SHAPES:
            at = equation.invars[0]
        else:
            return name
    return next((i for i, it in enumerate(program.invars) if it is at), None)

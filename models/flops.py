"""Floating-point operations of a traced program: those of its matrix products and convolutions."""

import math
from collections.abc import Iterator
from typing import Any

from jax.extend import core


def count_flops(program: core.Jaxpr) -> int:
    """Multiplications and additions in the matrix products and convolutions of ``program``.

    A product of (m, k) by (k, n) is 2·m·k·n. A loop counts as often as it is run, a branch as the
    more expensive one, a sharded program on all its devices. What is done elementwise is left out:
    it is the products that a peak in FLOP/s is about.

    Raises:
        ValueError: a loop whose number of rounds is not known beforehand holds products.
    """
    return sum(_flops(equation) for equation in program.eqns)


def _flops(equation: core.JaxprEqn) -> int:
    name, parameters = equation.primitive.name, equation.params
    if name == "dot_general":
        (contracted, _), _ = parameters["dimension_numbers"]
        left = _shape(equation.invars[0])
        return 2 * math.prod(_shape(equation.outvars[0])) * math.prod(left[a] for a in contracted)
    if name == "conv_general_dilated":
        kernel = _shape(equation.invars[1])
        channels = kernel[parameters["dimension_numbers"].rhs_spec[0]]  # of the output
        return 2 * math.prod(_shape(equation.outvars[0])) * math.prod(kernel) // channels
    inside = [count_flops(part) for part in program_parts(parameters)]
    if name == "cond":
        return max(inside)
    if name == "while" and any(inside):
        raise ValueError("a while loop holds products: how often it runs is not known")
    times = {"scan": lambda: parameters["length"], "shard_map": lambda: parameters["mesh"].size}
    return sum(inside) * times.get(name, lambda: 1)()


def _shape(variable: Any) -> tuple[int, ...]:
    return variable.aval.shape


def every_program(program: core.Jaxpr) -> Iterator[core.Jaxpr]:
    """``program`` and all programs inside its equations, at any depth."""
    yield program
    for equation in program.eqns:
        for inner in program_parts(equation.params):
            yield from every_program(inner)


def program_parts(value: Any) -> Iterator[core.Jaxpr]:
    """The programs inside an equation's parameters."""
    if isinstance(value, core.ClosedJaxpr):
        yield value.jaxpr
    elif isinstance(value, core.Jaxpr):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from program_parts(inner)
    elif isinstance(value, (tuple, list)):
        for inner in value:
            yield from program_parts(inner)

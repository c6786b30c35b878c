"""Where a traced network has weights and activations, found in its program whoever wrote it.

An activation is what the program does element by element to one array, not linear but with a slope
that settles on both sides: relu, gelu, tanh, … or a user's own. Its layer is that of the weights
last used on the way to it. What is inside of loops, branches or rematerialised parts is not found.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from .flops import program_parts

LEVEL = 1e-3  # of an activation's greatest slope: below, it has levelled off
STEEPEST = 10.0  # an exponential is no activation
FAR = 30.0  # from 0, where what levels off has done so
# What slopes are looked at for; the first ones come first, as small arrays have no room for more.
_ENDS = (-FAR, -FAR / 2, FAR / 2, FAR)
_GRID = np.array([*_ENDS, 0.0, *(s * x for x in np.geomspace(0.1, 12, 40) for s in (1, -1))])
# fmt: off
_ELEMENTWISE = frozenset((
    "abs", "add", "and", "atan2", "cbrt", "ceil", "clamp", "convert_element_type", "copy", "cos",
    "div", "eq", "erf", "erf_inv", "erfc", "exp", "exp2", "expm1", "floor", "ge", "gt",
    "integer_pow", "is_finite", "le", "log", "log1p", "logistic", "lt", "max", "min", "mul", "ne",
    "neg", "nextafter", "not", "or", "pow", "rem", "round", "rsqrt", "select_n", "sign", "sin",
    "square", "sqrt", "stop_gradient", "sub", "tan", "tanh", "xor",
))
# fmt: on
_CALLS = frozenset(("jit", "pjit", "closed_call", "custom_jvp_call", "custom_vjp_call"))
_PRODUCTS = frozenset(("dot_general", "conv_general_dilated"))
_CONSTANT = object()  # the root of what depends on no argument


class Tap(NamedTuple):
    """One activation; places count the equations of the program."""

    layer: int  # whose it is: a place in ``Taps.layers``
    before: int  # the equation that gives what it is applied to
    behind: int  # the one that gives what it makes of it
    steepest: float  # its greatest slope
    levels: int  # on how many sides it levels off: 0, 1 (relu) or 2 (tanh)


class Taps(NamedTuple):
    """The layers of a network, in the order in which its program uses their weights."""

    layers: tuple[str, ...]  # names of weights: arrays with at least two axes
    taps: tuple[Tap, ...]  # at most one a layer
    primitives: tuple[str, ...]  # of the program that it was found in


class Tapped(NamedTuple):
    """What a network gives, and what it is made of."""

    given: tuple[Any, ...]  # what the program returns
    before: tuple[jax.Array, ...]  # what each activation is applied to, (rows, …, units)
    behind: tuple[jax.Array, ...]  # what it makes of it, the same shape


def find_taps(program: core.ClosedJaxpr, weights: Mapping[int, str]) -> Taps:
    """Find layers and activations.

    Args:
        program: of a few rows.
        weights: which of its arguments are weights: place → name.
    """
    jaxpr = program.jaxpr
    variables = {jaxpr.invars[place]: name for place, name in weights.items()}
    order = list(dict.fromkeys(v for e in jaxpr.eqns for v in _known(e.invars) if v in variables))
    layers, summaries = _layers(jaxpr, order), _summaries(jaxpr)
    found: dict[int, Tap] = {}
    for before, behind in _groups(jaxpr):
        root = jaxpr.eqns[before].outvars[0]
        layer = layers.get(root, -1)
        if layer < 0 or layer in found or root in summaries or len(_shape(root)) < 2:
            continue
        shape = _activation_shape(_between(jaxpr, before, behind), root)
        if shape is not None:
            found[layer] = Tap(layer, before, behind, *shape)
    names = tuple(variables[v] for v in order)
    return Taps(names, tuple(found.values()), _primitives(jaxpr))


def call_tapped(taps: Taps, program: core.ClosedJaxpr, arguments: Sequence[Any]) -> Tapped:
    """Run a program, and see what its activations do.

    Args:
        taps: found in a program of the same function, maybe with other rows.
        program: to run. Where its equations are others, nothing is seen.
        arguments: flat, as the program takes them.
    """
    jaxpr = program.jaxpr
    taken = taps.taps if _primitives(jaxpr) == taps.primitives else ()
    seen = [jaxpr.eqns[place].outvars[0] for t in taken for place in (t.before, t.behind)]
    count = len(jaxpr.outvars)
    longer = core.ClosedJaxpr(_with_outputs(jaxpr, [*jaxpr.outvars, *seen]), program.consts)
    given = core.jaxpr_as_fun(longer)(*arguments)
    return Tapped(tuple(given[:count]), tuple(given[count::2]), tuple(given[count + 1 :: 2]))


def slopes(
    taps: Taps, program: core.ClosedJaxpr, before: Sequence[jax.Array]
) -> tuple[jax.Array, ...]:
    """The slope of each activation at what it is applied to: (rows, …, units) each."""
    if not before:
        return ()
    return tuple(
        _slope(_between(program.jaxpr, tap.before, tap.behind), values)
        for tap, values in zip(taps.taps, before, strict=True)
    )


def _slope(activation: Callable[[jax.Array], jax.Array], values: jax.Array) -> jax.Array:
    return jax.jvp(activation, (values,), (jnp.ones_like(values),))[1]


def _shape(variable: Any) -> tuple[int, ...]:
    return variable.aval.shape


def _known(variables: Iterable[Any]) -> list[core.Var]:
    return [v for v in variables if not isinstance(v, core.Literal)]


def _primitives(jaxpr: core.Jaxpr) -> tuple[str, ...]:
    return tuple(equation.primitive.name for equation in jaxpr.eqns)


def _layers(jaxpr: core.Jaxpr, order: Sequence[core.Var]) -> dict[core.Var, int]:
    """For each variable the weights last used on the way to it: their place in ``order``."""
    found = {variable: place for place, variable in enumerate(order)}
    for equation in jaxpr.eqns:
        last = max((found.get(v, -1) for v in _known(equation.invars)), default=-1)
        found |= dict.fromkeys(equation.outvars, last)
    return found


def _summaries(jaxpr: core.Jaxpr) -> set[core.Var]:
    """Means, variances and the like: what only sums over axes lead to, not a layer's numbers."""
    found: set[core.Var] = set()
    data: set[core.Var] = set()  # what was computed, beside arguments and constants
    for equation in jaxpr.eqns:
        computed = data & set(_known(equation.invars))
        name = equation.primitive.name
        data |= set(equation.outvars)
        summed = bool(computed) and computed <= found and name not in _PRODUCTS
        if summed or name.startswith("reduce_"):
            found |= set(equation.outvars)
    return found


def _groups(jaxpr: core.Jaxpr) -> list[tuple[int, int]]:
    """What is done element by element to one array: the equations before it and at its end."""
    giver = {e.outvars[0]: place for place, e in enumerate(jaxpr.eqns)}
    roots: dict[core.Var, Any] = {}
    for equation in jaxpr.eqns:
        root = _root(equation, roots)
        roots |= {v: v if root is None else root for v in equation.outvars}
    used: dict[core.Var, bool] = {}  # whether something else than its own group uses a variable
    for equation in jaxpr.eqns:
        own = roots[equation.outvars[0]] if equation.outvars else None
        for variable in _known(equation.invars):
            used[variable] = used.get(variable, False) or roots.get(variable) is not own
    used |= dict.fromkeys(_known(jaxpr.outvars), True)
    return [
        (giver[root], place)
        for place, equation in enumerate(jaxpr.eqns)
        if equation.outvars
        and (root := roots[equation.outvars[0]]) in giver
        and root is not equation.outvars[0]
        and used.get(equation.outvars[0], False)
    ]


def _root(equation: core.JaxprEqn, roots: Mapping[core.Var, Any]) -> Any:
    """The one array that an equation works on element by element; ``None``: it does otherwise."""
    known = _known(equation.invars)
    found = {roots.get(v, v) for v in known} - {_CONSTANT}
    if not found:
        return _CONSTANT
    if len(found) > 1 or not _is_elementwise(equation):
        return None
    root = found.pop()
    shape = _shape(root)
    return root if shape and all(_shape(v) == shape for v in equation.outvars) else None


def _is_elementwise(equation: core.JaxprEqn) -> bool:
    name = equation.primitive.name
    if name in _CALLS:
        parts = list(program_parts(equation.params))
        return all(_is_elementwise(inner) for part in parts for inner in part.eqns)
    if name == "broadcast_in_dim":  # of a number; of anything else it changes the shape
        return not any(_shape(v) for v in equation.invars)
    return name in _ELEMENTWISE


def _between(jaxpr: core.Jaxpr, before: int, behind: int) -> Callable[[jax.Array], jax.Array]:
    """The function from what equation ``before`` gives to what ``behind`` gives."""
    root, end = jaxpr.eqns[before].outvars[0], jaxpr.eqns[behind].outvars[0]
    needed, kept = {end}, []
    for equation in reversed(jaxpr.eqns[: behind + 1]):
        if needed & set(equation.outvars) - {root}:
            kept.append(equation)
            needed |= set(_known(equation.invars)) - {root}
    inner = jaxpr.replace(
        constvars=[],
        invars=[root],
        outvars=[end],
        eqns=kept[::-1],
        debug_info=jaxpr.debug_info.with_unknown_names(),
    )
    return lambda values: core.jaxpr_as_fun(core.ClosedJaxpr(inner, []))(values)[0]


def _activation_shape(
    function: Callable[[jax.Array], jax.Array], root: core.Var
) -> tuple[float, int] | None:
    """Greatest slope, and on how many sides it levels off; ``None``: it is no activation."""
    numbers = np.resize(_GRID, _shape(root)).astype(np.float32)
    if getattr(root.aval, "dtype", None) != numbers.dtype:
        return None
    with jax.ensure_compile_time_eval():
        found = np.abs(np.asarray(_slope(function, jnp.asarray(numbers))))
    steepest = float(found.max(initial=0.0))
    if not np.isfinite(found).all() or not 0 < steepest <= STEEPEST:
        return None
    if np.ptp(found) < LEVEL * steepest or not set(_ENDS) <= set(numbers.ravel().tolist()):
        return None  # linear, or too few numbers to tell
    left, less, more, right = (found[numbers == end].max() for end in _ENDS)
    if max(abs(left - less), abs(right - more)) > LEVEL * steepest:
        return None  # a square, a sine
    return steepest, sum(bool(side < LEVEL * steepest) for side in (left, right))


def _with_outputs(jaxpr: core.Jaxpr, outputs: list[Any]) -> core.Jaxpr:
    return jaxpr.replace(outvars=outputs, debug_info=jaxpr.debug_info.with_unknown_names())

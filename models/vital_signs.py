"""Vital signs of a trial's network: what its layers do at the start and at the end of training.

Measured by a program of its own, on some of the training rows, in training mode without dropout. So
the programs that train are the same with and without it.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .activation_taps import LEVEL, Tapped, Taps, call_tapped, find_taps, slopes
from .judging import Rows
from .network import Network, Variables, place_name
from .objective import trained_losses
from .signature import Signature
from .tasks import row_losses
from .trial_keys import step_key

MOMENTS = ("start", "end")
# Training rows looked at: a unit silent on all of them is active on fewer than 0.6 % (95 %); where
# a training is short, on fewer than 2.3 %.
PROBE_ROWS = 512
_LEAST_PROBE_ROWS = 128
_TRAINED_PER_PROBED = 64  # so that looking takes less than a tenth of training (benchmarks/LOG.md)
NUMBERS_OF_PROBE = 2**22  # between two layers, of a lane: 16 MiB
NUMBERS_TOGETHER = 2 * NUMBERS_OF_PROBE  # between two layers, of all lanes looked at side by side
SATURATED = 0.1  # of an activation's greatest slope: below, a number is saturated
INPUTS = "inputs"  # the name of what comes before the first layer
_ROWS_OF_ANALYSIS = 64
_UNKNOWN = float("nan")
_LEAST_VARIANCE = 1e-10  # by the mean square: less is what rounding makes of a constant unit


class LayerSigns(NamedTuple):
    """What is measured of each layer: float32 (layers,) each; NaN where it cannot be.

    The first layer is the inputs, which have units but no weights. What a layer gives is what its
    activation makes of it; the last layer gives the network's outputs.
    """

    units: jax.Array  # how many
    mean: jax.Array  # of what the layer gives, over rows, positions and units
    variance: jax.Array  # of a unit over rows and positions, mean over units
    typical_variance: jax.Array  # geometric mean over the units that vary
    largest_variance: jax.Array  # maximum over units
    spread: jax.Array  # in front of the activation: variance over rows by mean square, 0–1
    dead: jax.Array  # share of units whose activation has levelled off at all rows and positions
    saturated: jax.Array  # share of numbers where an activation with two level sides is nearly flat
    gradient: jax.Array  # L2 norm of the gradient of the trained loss by the layer's weights
    weights: jax.Array  # L2 norm of the weights
    update: jax.Array  # L2 norm of what the optimiser would add now, by that of the weights
    moved: jax.Array  # L2 norm of weights − initial weights, by that of the initial weights


class VitalSigns(NamedTuple):
    """What is measured of a trial, with a leading axis of ``MOMENTS``."""

    loss: jax.Array  # mean over the rows looked at
    zero_loss: jax.Array  # of outputs that are all 0: ln C in classification
    gradient: jax.Array  # L2 norm of the gradient of the trained loss by all weights
    layers: LayerSigns


class Probe(NamedTuple):
    """What looks at one trial."""

    layers: tuple[str, ...]  # names, the inputs first
    rows: np.ndarray  # numbers of the training rows looked at
    look: Callable[[Any, Any, Rows], VitalSigns]  # (initial state, state, those rows) → signs


def make_probe(
    signature: Signature,
    network: Network,
    optimizer: Callable[[Any], optax.GradientTransformation],
    rows: int,
) -> Probe:
    """Build the function that looks at one trial of a signature.

    Args:
        signature: of the trial.
        network: that is trained.
        optimizer: from hyperparameters.
        rows: of the training split.
    """
    chosen = probe_rows(signature, network, rows)
    taps, names = analyse(signature, network)

    def forward(variables: Variables, inputs: jax.Array, key: jax.Array) -> Tapped:
        arguments = (variables, inputs, key)
        return call_tapped(taps, traced(network, *arguments), jax.tree.leaves(arguments))

    def look(initial: Any, state: Any, probed: Rows) -> VitalSigns:
        inputs, labels = probed
        first = initial.variables.parameters

        def one(variables: Variables, moments: Any) -> VitalSigns:
            key = step_key(state.key, state.epoch, jnp.int32(0))

            def loss(parameters: Any) -> tuple[jax.Array, Tapped]:
                seen = forward(Variables(parameters, variables.state), inputs, key)
                hyper = state.hyperparameters
                losses = trained_losses(signature, hyper, seen.given[0], labels)
                return losses.mean(), seen

            parameters = variables.parameters
            gradient, seen = jax.grad(loss, has_aux=True)(parameters)
            change = optimizer(state.hyperparameters).update
            updates, _ = change(gradient, moments, parameters)
            outputs, task = seen.given[0], signature.task
            flat = slopes(taps, traced(network, variables, inputs, key), seen.before)
            weights = _weights(names, parameters, first, gradient, updates)
            return VitalSigns(
                row_losses(task, outputs, labels).mean(),
                row_losses(task, jnp.zeros_like(outputs), labels).mean(),
                optax.tree.norm(gradient),
                _layer_signs(taps, inputs, seen, flat, weights),
            )

        both = (initial.variables, initial.optimizer), (state.variables, state.optimizer)
        stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *both)
        return jax.lax.map(lambda moment: one(*moment), stacked)

    return Probe((INPUTS, *map(layer_name, names)), chosen, look)


def unknown_signs(layers: int) -> VitalSigns:
    """The signs of a trial that is not looked at."""
    moments = len(MOMENTS)
    nothing = jnp.full((moments, layers), _UNKNOWN, jnp.float32)
    one = nothing[:, 0]
    return VitalSigns(one, one, one, LayerSigns(*[nothing] * len(LayerSigns._fields)))


def probe_rows(signature: Signature, network: Network, rows: int) -> np.ndarray:
    """Numbers of the training rows looked at in each trial, of ``rows``; see ``spread_rows``.

    Of a short training they are fewer, so that looking at it takes no longer than a tenth of it.
    """
    trained = signature.trained_rows(rows) * signature.epochs
    wanted = min(PROBE_ROWS, max(_LEAST_PROBE_ROWS, trained // _TRAINED_PER_PROBED))
    return spread_rows(signature, network, rows, wanted)


def spread_rows(signature: Signature, network: Network, rows: int, wanted: int) -> np.ndarray:
    """Numbers of about ``wanted`` training rows to look at, of ``rows``.

    No more than memory holds at once, nor less than a batch; evenly spread, as some splits are in
    order.
    """
    fitting = min(wanted, NUMBERS_OF_PROBE // network.widest)
    count = min(rows, max(signature.batch_size, fitting))
    return np.arange(count) * rows // count


def layer_name(weights: str) -> str:
    """``hidden.0`` of ``hidden.0.kernel``."""
    return weights.removesuffix(".kernel")


def analyse(signature: Signature, network: Network) -> tuple[Taps, tuple[str, ...]]:
    """The layers of a network with their activations, and the names of their weights."""
    key = jax.eval_shape(lambda: jax.random.key(0))
    variables = jax.eval_shape(network.init, key)
    rows = jax.ShapeDtypeStruct((_ROWS_OF_ANALYSIS, signature.network.features), jnp.float32)
    program = traced(network, variables, rows, key)
    leaves = enumerate(jax.tree.leaves_with_path(variables.parameters))
    weights = {place: place_name(path) for place, (path, leaf) in leaves if leaf.ndim > 1}
    taps = find_taps(program, weights)
    return taps, taps.layers


def traced(network: Network, variables: Any, inputs: Any, key: Any) -> Any:
    """The program of the network in training mode, with nothing dropped."""

    def called(variables: Variables, inputs: jax.Array, key: jax.Array) -> tuple[jax.Array, Any]:
        return network.train(variables, inputs, key, 0.0)

    return jax.make_jaxpr(called)(variables, inputs, key)


class _Weights(NamedTuple):
    """Of the weights of each layer: float32 (layers,) each, the inputs left out."""

    gradient: jax.Array
    weights: jax.Array
    update: jax.Array
    moved: jax.Array


def _weights(names: Sequence[str], parameters: Any, first: Any, *changes: Any) -> _Weights:
    parts = [
        {place_name(path): leaf for path, leaf in jax.tree.leaves_with_path(tree)}
        for tree in (parameters, first, *changes)
    ]

    def norms(values: Callable[[str], jax.Array]) -> jax.Array:
        return jnp.stack([jnp.sqrt(jnp.square(values(name)).sum()) for name in names])

    now, begun, gradient, update = (functools.partial(dict.__getitem__, part) for part in parts)
    moved = norms(lambda name: now(name) - begun(name))
    size = norms(now)
    return _Weights(norms(gradient), size, norms(update) / size, moved / norms(begun))


def _layer_signs(
    taps: Taps, inputs: jax.Array, seen: Tapped, flat: Sequence[jax.Array], weights: _Weights
) -> LayerSigns:
    columns = [_given(inputs)]
    by_layer = {tap.layer: place for place, tap in enumerate(taps.taps)} if seen.before else {}
    for layer in range(len(taps.layers)):
        if layer in by_layer:
            place = by_layer[layer]
            tap = taps.taps[place]
            signs = _given(seen.behind[place], seen.before[place])
            columns.append(signs | _activity(flat[place], tap.steepest, tap.levels))
        elif layer == len(taps.layers) - 1:
            columns.append(_given(seen.given[0], seen.given[0]))
        else:
            columns.append({})
    measured = {
        name: jnp.stack([jnp.asarray(c.get(name, _UNKNOWN), jnp.float32) for c in columns])
        for name in LayerSigns._fields
    }
    none = jnp.full((1,), _UNKNOWN, jnp.float32)  # of the inputs
    of_weights = {name: jnp.concatenate([none, v]) for name, v in weights._asdict().items()}
    return LayerSigns(**measured | of_weights)


def _given(values: jax.Array, before: jax.Array | None = None) -> dict[str, Any]:
    """What a layer gives, (rows, …, units), and what its activation is applied to."""
    units = values.reshape(-1, values.shape[-1])
    variances = units.var(axis=0)
    signs = {
        "units": units.shape[-1],
        "mean": units.mean(),
        "variance": variances.mean(),
        "typical_variance": _geometric_mean(variances, _LEAST_VARIANCE * jnp.square(units).mean(0)),
        "largest_variance": variances.max(),
    }
    if before is None:
        return signs
    square = jnp.square(before).mean()
    between_rows = before.var(axis=0).mean()
    return signs | {"spread": jnp.where(square > 0, between_rows / square, 0.0)}


def _geometric_mean(values: jax.Array, least: jax.Array) -> jax.Array:
    """Of those above ``least``; 0 where there are none. A median would be sorted: slow to compile.

    Args:
        values: (units,).
        least: (units,) what rounding makes of 0.
    """
    some = values > least
    logarithms = jnp.where(some, jnp.log(jnp.where(some, values, 1.0)), 0.0)
    mean = logarithms.sum() / jnp.maximum(some.sum().astype(jnp.float32), 1.0)
    return jnp.where(some.any(), jnp.exp(mean), 0.0)


def _activity(slope: jax.Array, steepest: float, levels: int) -> dict[str, Any]:
    """How alive units are, of the slope of their activation, (rows, …, units)."""
    flat = jnp.abs(slope) / steepest
    silent = (flat < LEVEL).all(axis=tuple(range(slope.ndim - 1)))
    signs = {"dead": silent.astype(jnp.float32).mean()}
    if levels == 2:
        signs["saturated"] = (flat < SATURATED).astype(jnp.float32).mean()
    return signs

"""How the trained loss curves where a network stands: the ends of its Hessian's spectrum.

By Lanczos' method (1950, J Res Nat Bur Stand 45:255) on Hessian-vector products (Pearlmutter 1994,
Neural Comput 6:147), so that no Hessian is ever built.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from .hyperparameters import Hyperparameters
from .judging import Rows
from .network import Network, Variables, place_name
from .objective import trained_losses
from .optimizers import weights_not_biases
from .signature import Signature

STEPS = 12  # Hessian-vector products
_BROKEN = 1e-6  # of the largest number in the tridiagonal matrix: below, nothing new was found
_SEED = 0  # of the vector that Lanczos' method starts from, the same for all trials


class Tridiagonal(NamedTuple):
    """What Lanczos' method leaves of a Hessian, and the gradient there."""

    gradient: Any  # float32 scalar: L2 norm
    diagonal: Any  # float32 (STEPS,)
    beside: Any  # float32 (STEPS,): the last is of a step that is not made


class Curvature(NamedTuple):
    """Of the loss that is minimised, L2 included, by all parameters that are trained."""

    gradient: float  # L2 norm
    lowest: float  # smallest Ritz value: no less than the Hessian's smallest eigenvalue
    highest: float  # largest Ritz value: no more than the largest one


def curvature_at(
    signature: Signature,
    network: Network,
    variables: Variables,
    hyper: Hyperparameters,
    rows: Rows,
) -> Curvature | None:
    """How the trained loss curves around ``variables``, in training mode without dropout.

    To it belongs ½ · weight_decay · ‖w‖², save with adamw, which decays weights beside the loss.

    Args:
        signature: of the trial.
        network: that was trained.
        variables: where to look.
        hyper: of the trial, as Python floats.
        rows: training rows to look on.

    Returns:
        ``None`` where a number is not finite.
    """
    key = jax.random.key(_SEED)
    decay = 0.0 if signature.optimizer == "adamw" else hyper.weight_decay
    frozen = signature.transfer is not None and signature.transfer.frozen
    held = network.body if frozen else frozenset[str]()
    parameters = variables.parameters
    moving = jax.tree.map_with_path(lambda path, _: place_name(path) not in held, parameters)

    def loss(values: Any) -> jax.Array:
        outputs, _ = network.train(Variables(values, variables.state), rows.inputs, key, 0.0)
        masked = zip(*map(jax.tree.leaves, (weights_not_biases(values), values)), strict=True)
        squares: Any = sum(jnp.square(leaf).sum() for shrinks, leaf in masked if shrinks)
        losses = trained_losses(signature, hyper, outputs, rows.labels)
        return losses.mean() + 0.5 * decay * squares

    found = jax.jit(lambda values: tridiagonal(loss, values, moving))(parameters)
    return curvature_of(jax.device_get(found))


def tridiagonal(loss: Callable[[Any], jax.Array], parameters: Any, moving: Any) -> Tridiagonal:
    """Lanczos' method on the Hessian of ``loss``.

    No basis is kept. What rounding then does is to find some eigenvalues twice, not to miss the
    outer ones (Paige 1971).

    Args:
        loss: of parameters, a float32 scalar.
        parameters: a pytree of float32 arrays.
        moving: the same tree of booleans: which of them are trained.
    """
    point, shaped = ravel_pytree(parameters)
    masked = jax.tree.map(
        lambda leaf, moves: np.full(leaf.shape, moves, np.float32), parameters, moving
    )
    mask = ravel_pytree(masked)[0]

    def slope(flat: jax.Array) -> jax.Array:
        return mask * jax.grad(lambda values: loss(shaped(values)))(flat)

    def step(vectors: Any, _: None) -> tuple[Any, tuple[jax.Array, jax.Array]]:
        before, now, beside = vectors
        curved = jax.jvp(slope, (point,), (now,))[1] - beside * before
        diagonal = now @ curved
        rest = curved - diagonal * now
        size = jnp.linalg.norm(rest)
        following = jnp.where(size > 0, rest / jnp.where(size > 0, size, 1.0), 0.0)
        return (now, following, size), (diagonal, size)

    start = mask * jax.random.normal(jax.random.key(_SEED), point.shape)
    begun = jnp.zeros_like(point), start / jnp.linalg.norm(start), jnp.zeros(())
    _, found = jax.lax.scan(step, begun, None, length=STEPS)
    return Tridiagonal(jnp.linalg.norm(slope(point)), *found)


def curvature_of(found: Tridiagonal) -> Curvature | None:
    """The ends of the spectrum; ``None`` where a number is not finite.

    Args:
        found: numpy arrays.
    """
    gradient, diagonal, beside = (np.asarray(part, np.float64) for part in found)
    if not all(np.isfinite(part).all() for part in (gradient, diagonal, beside)):
        return None
    largest = max(np.abs(diagonal).max(), np.abs(beside[:-1]).max())
    small = np.flatnonzero(beside <= _BROKEN * largest)
    count = small[0] + 1 if len(small) else len(diagonal)
    between = beside[: count - 1]
    matrix = np.diag(diagonal[:count]) + np.diag(between, 1) + np.diag(between, -1)
    ritz = np.linalg.eigvalsh(matrix)
    return Curvature(float(gradient), float(ritz[0]), float(ritz[-1]))

"""Optimisers as optax chains; every number is traced, so one compiled program serves all trials."""

from typing import Any

import jax
import jax.numpy as jnp
import optax

SCHEDULES = ("constant", "cosine")
OPTIMIZERS = ("sgd", "nesterov")


def weights_not_biases(parameters: Any) -> Any:
    """Mask of what L2 applies to: matrices and tensors, not biases (Goodfellow et al., §7.1)."""
    return jax.tree.map(lambda leaf: leaf.ndim > 1, parameters)


def make_optimizer(
    optimizer: str,
    schedule: str,
    steps: int,
    learning_rate: jax.Array,
    weight_decay: jax.Array,
    momentum: jax.Array,
) -> optax.GradientTransformation:
    """SGD with momentum and L2, as one optax chain.

    With gradient g of the data loss, weights w and velocity v: g ← g + weight_decay·w (the gradient
    of ½·weight_decay·‖w‖², biases excepted); v ← momentum·v + g; w ← w − η·v, or with Nesterov
    w ← w − η·(g + momentum·v) (Sutskever et al. 2013, §2, in PyTorch's form).

    Args:
        optimizer: "sgd" or "nesterov".
        schedule: "constant", or "cosine" from learning_rate to 0 (Loshchilov & Hutter 2017, eq. 5).
        steps: minibatches in the whole training.
        learning_rate: float32 scalar > 0, may be traced.
        weight_decay: float32 scalar ≥ 0, may be traced.
        momentum: float32 scalar in [0, 1), may be traced.
    """

    def eta(step: Any) -> Any:
        if schedule == "constant":
            return learning_rate
        done = step.astype(jnp.float32) / steps
        return learning_rate * 0.5 * (1.0 + jnp.cos(jnp.pi * done))

    return optax.chain(
        optax.add_decayed_weights(weight_decay, mask=weights_not_biases),
        optax.trace(decay=momentum, nesterov=optimizer == "nesterov"),  # pyright: ignore[reportArgumentType]
        optax.scale_by_learning_rate(eta),
    )

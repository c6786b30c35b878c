"""Optimisers as optax chains; every number is traced, so one compiled program serves all trials."""

from typing import Any

import jax
import jax.numpy as jnp
import optax

from .schedules import Rate

OPTIMIZERS = ("sgd", "nesterov", "adagrad", "rmsprop", "adam", "adamw")


def weights_not_biases(parameters: Any) -> Any:
    """Mask of what L2 applies to: matrices and tensors, not biases (Goodfellow et al., §7.1)."""
    return jax.tree.map(lambda leaf: leaf.ndim > 1, parameters)


def make_optimizer(
    optimizer: str,
    rate: Rate,
    weight_decay: jax.Array,
    momentum: jax.Array,
    beta2: jax.Array,
    epsilon: jax.Array,
    clip_norm: jax.Array | None,
) -> optax.GradientTransformation:
    """The whole way from the gradient g of the data loss to the change of the weights w.

    First g is clipped, g ← g · min(1, clip_norm / ‖g‖) over all parameters together (Pascanu et al.
    2013, algorithm 1). Then the gradient of ½ · weight_decay · ‖w‖² is added, biases and other
    vectors excepted: g ← g + weight_decay · w; not so with adamw, which decays the weights beside
    the moments. With learning rate η, m and v from 0, all element by element:

    - sgd: m ← momentum · m + g; w ← w − η · m. nesterov: w ← w − η · (g + momentum · m)
      (Sutskever et al. 2013, §2, in PyTorch's form).
    - adagrad: v ← v + g²; w ← w − η · g / (√v + epsilon) (Duchi et al. 2011, figure 1).
    - rmsprop: v ← beta2 · v + (1 − beta2) · g² (Tieleman & Hinton 2012, lecture 6.5);
      m ← momentum · m − η · g / (√v + epsilon); w ← w + m (Graves 2013, eq. 40–45, not centred).
    - adam: m ← momentum · m + (1 − momentum) · g; v ← beta2 · v + (1 − beta2) · g²; at step t
      from 1, w ← w − η · m / (1 − momentum^t) / (√(v / (1 − beta2^t)) + epsilon) (Kingma & Ba 2015,
      algorithm 1).
    - adamw: the same without L2 in g, and w ← w − η · weight_decay · w (Loshchilov & Hutter 2019,
      algorithm 2, whose λ is learning_rate · weight_decay here).

    Args:
        optimizer: one of ``OPTIMIZERS``.
        rate: the learning rate of each step.
        weight_decay: float32 scalar ≥ 0.
        momentum: float32 scalar in [0, 1); adagrad has none.
        beta2: float32 scalar in [0, 1); of rmsprop, adam and adamw only.
        epsilon: float32 scalar > 0; of adagrad, rmsprop, adam and adamw only.
        clip_norm: float32 scalar > 0; ``None`` for no clipping at all.
    """
    decay = optax.add_decayed_weights(weight_decay, mask=weights_not_biases)
    step = optax.scale_by_learning_rate(rate)
    adam = _scale_by_adam(momentum, beta2, epsilon)
    rms = optax.scale_by_rms(beta2, epsilon, eps_in_sqrt=False)
    chains = {
        "sgd": (decay, optax.trace(momentum), step),
        "nesterov": (decay, optax.trace(momentum, nesterov=True), step),
        "adagrad": (decay, _scale_by_root_sum_of_squares(epsilon), step),
        "rmsprop": (decay, rms, step, optax.trace(momentum)),
        "adam": (decay, adam, step),
        "adamw": (adam, decay, step),
    }
    clip = () if clip_norm is None else (optax.clip_by_global_norm(clip_norm),)
    return optax.chain(*clip, *chains[optimizer])


def _scale_by_adam(
    momentum: jax.Array, beta2: jax.Array, epsilon: jax.Array
) -> optax.GradientTransformation:
    adam = optax.scale_by_adam(momentum, beta2, epsilon)

    def update(updates: Any, state: Any, params: Any = None) -> Any:
        with jax.numpy_dtype_promotion("standard"):  # Optax raises a float32 to an int32
            return adam.update(updates, state, params)

    return optax.GradientTransformation(adam.init, update)


def _scale_by_root_sum_of_squares(epsilon: jax.Array) -> optax.GradientTransformation:
    """AdaGrad's. Optax's own has epsilon under the root, where it means something else."""

    def init(params: Any) -> Any:
        return optax.ScaleByRssState(optax.tree.zeros_like(params))

    def update(updates: Any, state: Any, params: Any = None) -> Any:
        del params
        squares = jax.tree.map(lambda g, v: v + g * g, updates, state.sum_of_squares)
        scaled = jax.tree.map(lambda g, v: g / (jnp.sqrt(v) + epsilon), updates, squares)
        return scaled, optax.ScaleByRssState(squares)

    return optax.GradientTransformation(init, update)

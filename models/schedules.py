"""The learning rate over the steps of a training; every number may be traced."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

SCHEDULES = ("constant", "exponential", "step", "cosine")
Rate = Callable[[Any], Any]  # step, int32 from 0 → learning rate, float32


class Length(NamedTuple):
    """How long a training is."""

    epochs: int
    steps: int  # minibatches an epoch


def make_schedule(
    schedule: str,
    length: Length,
    decay_epochs: int,
    learning_rate: jax.Array,
    decay_rate: jax.Array,
    warmup: jax.Array | None,
) -> Rate:
    """The learning rate η of each step s of all S = epochs · steps, both from 0.

    With warm-up over the first W = round(warmup · S) steps, η(s) = learning_rate · (s + 1) / W
    there (linear, as Goyal et al. 2017, §2.2), and the schedule begins behind it: with
    t = max(0, s − W) steps of it done,

    - constant: η = learning_rate;
    - exponential: η = learning_rate · decay_rate^(t / steps), decay_rate a factor an epoch;
    - step: η = learning_rate · decay_rate^⌊t / (steps · decay_epochs)⌋ (He et al. 2016, §3.4);
    - cosine: η = learning_rate · ½(1 + cos(π · t / (S − W))), which would reach 0 at step S
      (Loshchilov & Hutter 2017, eq. 5, without restarts).

    Args:
        schedule: one of ``SCHEDULES``.
        length: of the whole training.
        decay_epochs: epochs between two falls, ≥ 1; of "step" only.
        learning_rate: float32 scalar > 0.
        decay_rate: float32 scalar in (0, 1]; of "exponential" and "step" only.
        warmup: float32 scalar in [0, 1), a fraction of all steps; ``None`` for none at all.
    """
    total = length.epochs * length.steps

    def decayed(done: Any, beyond: Any) -> Any:
        """η when ``done`` of the ``beyond`` steps behind the warm-up are done."""
        if schedule == "constant":
            return learning_rate
        if schedule == "cosine":
            return learning_rate * 0.5 * (1.0 + jnp.cos(jnp.pi * (_float(done) / _float(beyond))))
        falls = (
            _float(done) / length.steps
            if schedule == "exponential"
            else _float(done // (length.steps * decay_epochs))  # whole numbers: exact at the edge
        )
        return learning_rate * decay_rate**falls

    if warmup is None:
        return lambda step: decayed(step, total)
    warm = jnp.round(warmup * total).astype(jnp.int32)

    def rate(step: Any) -> Any:
        rising = jnp.minimum(1.0, _float(step + 1) / _float(jnp.maximum(warm, 1)))
        return decayed(jnp.maximum(step - warm, 0), jnp.maximum(total - warm, 1)) * rising

    return rate


def _float(number: Any) -> Any:
    return number if isinstance(number, int) else number.astype(jnp.float32)

"""A trial is its (study seed, number): the keys that all its random numbers come from."""

from typing import Any

import jax
import jax.numpy as jnp

from .network import Array


def trial_key(seed: int | Array, seed_high: int | Array, number: Any) -> jax.Array:
    """The key of a trial: the study's seed (its low and high 32 bits) and the trial's number."""
    return jax.random.fold_in(jax.random.fold_in(jax.random.key(seed), seed_high), number)


def replicate_key(key: jax.Array, replicate: int | Array) -> jax.Array:
    """The key of a trial's replicate; number 0 is the trial itself, with its own ``key``."""
    other = jax.random.fold_in(jax.random.fold_in(key, 3), replicate)
    return jnp.where(replicate == 0, key, other)


def initial_weights_key(key: jax.Array) -> jax.Array:
    """The key that a trial's initial weights are drawn from."""
    return jax.random.fold_in(key, 0)


def step_key(key: jax.Array, epoch: jax.Array, step: jax.Array) -> jax.Array:
    """The key of one step of a trial; its uses fold a number of their own in, so that
    nothing is drawn twice."""
    return jax.random.fold_in(jax.random.fold_in(jax.random.fold_in(key, 2), epoch), step)

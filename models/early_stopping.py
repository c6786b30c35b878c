"""Early stopping: a trial that goes no further keeps the weights of its best epoch."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from .network import Variables


class Best(NamedTuple):
    """The epoch of a trial after which the validation error was lowest, the first of equals."""

    variables: Variables  # as they were after it; the initial ones before the first epoch
    epoch: jax.Array  # int32, from 1; 0 before the first
    error: jax.Array  # float32: the validation error after it; infinite before the first


def before_the_first(variables: Variables) -> Best:
    """What is the best of no epochs."""
    return Best(variables, jnp.zeros((), jnp.int32), jnp.full((), jnp.inf, jnp.float32))


def better(best: Best, epoch: Best) -> Best:
    """The better of the best so far and a later ``epoch``; an error of NaN is never better."""
    lower = epoch.error < best.error
    return jax.tree.map(lambda new, old: jnp.where(lower, new, old), epoch, best)

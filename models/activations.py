"""Activation functions by the name that a spec gives them."""

from collections.abc import Callable

import jax

ACTIVATIONS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "relu": jax.nn.relu,
    "leaky_relu": jax.nn.leaky_relu,
    "gelu": jax.nn.gelu,
    "selu": jax.nn.selu,
    "tanh": jax.nn.tanh,
    "sigmoid": jax.nn.sigmoid,
}

"""A network as users write them, sound by default, with mistakes to choose from."""

from itertools import pairwise

import jax
import jax.numpy as jnp
from flax import nnx


class Network(nnx.Module):
    """Dense layers with an activation between them."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        layers: int = 2,
        width: int = 48,
        activation: str = "relu",
        scale: float = 1.0,  # times He's standard deviation; LeCun's where it is not relu
        bias: float = 0.0,  # that hidden units start with
        head: float | None = None,  # standard deviation of the last layer's weights
        factor: float = 1.0,  # of the outputs
        mistake: str = "none",  # "same_weights" | "zero_weights" | "cut_off" | "relu_outputs"
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the weights."""
        gain = scale * (2.0**0.5 if activation == "relu" else 1.0)
        draw = nnx.initializers.variance_scaling(gain**2, "fan_in", "normal")
        if mistake == "same_weights":
            draw = nnx.initializers.constant(0.05)
        if mistake == "zero_weights":
            draw = nnx.initializers.zeros
        start = nnx.initializers.constant(bias)
        widths = [inputs, *[width] * layers]
        self.hidden = nnx.List(
            nnx.Linear(a, b, kernel_init=draw, bias_init=start, rngs=rngs)
            for a, b in pairwise(widths)
        )
        deviation = width**-0.5 if head is None else head
        last = nnx.initializers.normal(0.0 if mistake == "zero_weights" else deviation)
        self.output = nnx.Linear(width, outputs, kernel_init=last, rngs=rngs)
        self.activation = activation
        self.factor = factor
        self.mistake = mistake

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """(rows, inputs) → (rows, outputs)."""
        activate = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}
        values = inputs
        for place, layer in enumerate(self.hidden):
            values = activate[self.activation](layer(values))
            if self.mistake == "cut_off" and place == 0:
                values = jax.lax.stop_gradient(values)
        given = self.factor * self.output(values)
        return jax.nn.relu(given) if self.mistake == "relu_outputs" else given

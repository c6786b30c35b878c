"""A network of one's own for examples/own_network.toml: a small MLP-Mixer."""

import jax
from flax import nnx
from netclinic.models import Dropout


class Block(nnx.Module):
    """Mixes the rows of an image with one another, then the numbers within each row."""

    def __init__(self, rows: int, width: int, *, rngs: nnx.Rngs) -> None:
        """Draw the weights for ``rows`` of ``width`` numbers."""
        self.between = nnx.Linear(rows, rows, rngs=rngs)
        self.within = nnx.Linear(width, width, rngs=rngs)
        self.norms = nnx.List(nnx.LayerNorm(width, rngs=rngs) for _ in range(2))
        self.dropout = Dropout(rngs=rngs)  # its rate is [search] dropout

    def __call__(self, values: jax.Array) -> jax.Array:
        """(images, rows, width) → the same shape."""
        mixed = self.between(self.norms[0](values).swapaxes(1, 2))
        values = values + nnx.gelu(mixed).swapaxes(1, 2)
        return values + self.dropout(nnx.gelu(self.within(self.norms[1](values))))


class Mixer(nnx.Module):
    """After Tolstikhin et al. 2021, with the rows of an image as patches."""

    def __init__(
        self,
        inputs: tuple[int, ...],  # [network] shape
        outputs: int,  # numbers that a row of the data gets: one a class
        *,
        width: int,  # these two are [network.arguments] or [search.arguments]
        blocks: int = 2,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the weights."""
        self.inputs = inputs
        self.widen = nnx.Linear(inputs[1], width, rngs=rngs)
        self.blocks = nnx.List(Block(inputs[0], width, rngs=rngs) for _ in range(blocks))
        self.norm = nnx.LayerNorm(width, rngs=rngs)
        self.output = nnx.Linear(width, outputs, rngs=rngs)

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """(rows, features) → (rows, outputs)."""
        values = self.widen(inputs.reshape(-1, *self.inputs))
        for block in self.blocks:
            values = block(values)
        return self.output(self.norm(values).mean(axis=1))

"""The multi-layer perceptron."""

from collections.abc import Callable
from itertools import pairwise

import jax
from flax import nnx

from .activations import ACTIVATIONS
from .dropout import make_dropout
from .initializers import INITIALIZERS
from .normalization import make_normalization, needs_bias

Product = Callable[..., jax.Array]  # with the arguments of jax.lax.dot_general


class MLP(nnx.Module):
    """Fully connected layers with one activation between them; the last layer is linear.

    Where it is asked for, what a hidden layer gives is normalised before the activation, and some
    of it is dropped behind.

    Hidden weights are drawn by ``initializer``; the output layer by LeCun's (variance 1/n, right
    for linear units), so that the initial loss is near ln(classes); biases start at zero.

    >>> import jax.numpy as jnp
    >>> network = MLP(64, (128, 128), 10, rngs=nnx.Rngs(0))
    >>> network(jnp.zeros((5, 64))).shape
    (5, 10)
    """

    def __init__(
        self,
        features: int,
        hidden: tuple[int, ...],
        classes: int,
        activation: str = "relu",
        initializer: str = "he_normal",
        normalization: str = "none",
        dropout: bool = False,
        *,
        first_product: Product = jax.lax.dot_general,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the weights; ``hidden`` may be empty, which gives a linear classifier.

        ``first_product`` is that of the inputs, whose columns may be in another order than the
        kernel's rows.
        """
        widths = (features, *hidden)
        products = [first_product, *[jax.lax.dot_general] * len(hidden)]
        self.hidden = nnx.List(
            nnx.Linear(
                n_in,
                n_out,
                use_bias=needs_bias(normalization),
                kernel_init=INITIALIZERS[initializer],
                dot_general=product,
                rngs=rngs,
            )
            for (n_in, n_out), product in zip(pairwise(widths), products, strict=False)
        )
        self.normalizations = nnx.List(
            make_normalization(normalization, width, rngs=rngs) for width in hidden
        )
        self.dropouts = nnx.List(make_dropout(dropout, rngs=rngs) for _ in hidden)
        self.output = nnx.Linear(
            widths[-1],
            classes,
            kernel_init=INITIALIZERS["lecun_normal"],
            dot_general=products[-1],
            rngs=rngs,
        )
        self.activation = activation

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """Logits, (rows, classes), of ``inputs``, (rows, features)."""
        activate = ACTIVATIONS[self.activation]
        layers = zip(self.hidden, self.normalizations, self.dropouts, strict=True)
        for layer, normalize, drop in layers:
            inputs = drop(activate(normalize(layer(inputs))))
        return self.output(inputs)

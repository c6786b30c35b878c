"""The convolutional network, over one axis (signals) or two (images)."""

import math
from itertools import pairwise

import jax
import jax.numpy as jnp
from flax import nnx

from .activations import ACTIVATIONS
from .convolution import FORMS, Padding
from .convolution_shapes import Convolutions, end_padding, layer_shapes
from .dropout import make_dropout
from .initializers import INITIALIZERS
from .mlp import MLP
from .normalization import make_normalization, needs_bias


class Convolution(nnx.Module):
    """One convolutional layer: a kernel and, maybe, one bias a channel, which starts at zero."""

    def __init__(
        self,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        padding: Padding,
        initializer: str,
        *,
        bias: bool = True,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw a kernel of ``shape``, (*positions, channels in, channels out).

        Its fan-in is the product of all but the last number, what one window sees.
        """
        self.kernel = nnx.Param(INITIALIZERS[initializer](rngs.params(), shape))
        self.bias = nnx.Param(jnp.zeros(shape[-1])) if bias else nnx.data(None)
        self.strides = strides
        self.padding = padding

    def __call__(self, inputs: jax.Array, form: str) -> jax.Array:
        """(rows, *axes, channels) → the same with other sizes; ``form`` is a key of ``FORMS``."""
        values = FORMS[form](inputs, self.kernel[...], self.strides, self.padding)
        if self.bias is None:
            return values
        return values + jnp.expand_dims(self.bias[...], range(values.ndim - 1))


class CNN(nnx.Module):
    """Convolutions with one activation behind each, then an MLP on all that the last one gives.

    Weights are drawn as in ``MLP``, and each layer may be normalised and drop as there, a
    convolution whole channels. Strides shorten the axes; there is no pooling.

    >>> import jax.numpy as jnp
    >>> layers = Convolutions((8, 8, 1), (16, 32), (3, 3), (1, 2), ("same", "same"))
    >>> network = CNN(layers, (64,), 10, rngs=nnx.Rngs(0))
    >>> network(jnp.zeros((5, 64))).shape
    (5, 10)
    """

    def __init__(
        self,
        layers: Convolutions,
        hidden: tuple[int, ...],
        classes: int,
        activation: str = "relu",
        initializer: str = "he_normal",
        form: str = "native",
        normalization: str = "none",
        dropout: bool = False,
        *,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the weights.

        Args:
            layers: the convolutions.
            hidden: units of the dense layers behind them; may be empty.
            classes: how many logits a row gets.
            activation: a key of ``ACTIVATIONS``.
            initializer: a key of ``INITIALIZERS``.
            form: how convolutions are computed, a key of ``FORMS``; it changes no parameter.
            normalization: of each convolution and each dense layer, see ``make_normalization``.
            dropout: behind each activation.
            rngs: has a stream for parameters.

        Raises:
            ShapeError: the layers do not fit one another.
        """
        shapes = layer_shapes(layers)
        each = zip(pairwise(shapes), *layers[2:], strict=True)
        self.convolutions = nnx.List(
            Convolution(
                ((kernel,) * len(before[:-1])) + (before[-1], after[-1]),
                (stride,) * len(before[:-1]),
                tuple(end_padding(size, kernel, stride, padding) for size in before[:-1]),
                initializer,
                bias=needs_bias(normalization),
                rngs=rngs,
            )
            for (before, after), kernel, stride, padding in each
        )
        axes = len(layers.shape) - 1
        self.normalizations = nnx.List(
            make_normalization(normalization, channels, axes=axes, rngs=rngs)
            for channels in layers.channels
        )
        self.dropouts = nnx.List(
            make_dropout(dropout, channels=True, rngs=rngs) for _ in layers.channels
        )
        self.head = MLP(
            math.prod(shapes[-1]),
            hidden,
            classes,
            activation,
            initializer,
            normalization,
            dropout,
            rngs=rngs,
        )
        self.shape = layers.shape
        self.activation = activation
        self.form = form

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """Logits, (rows, classes), of ``inputs``, (rows, features): each row in C order."""
        activate = ACTIVATIONS[self.activation]
        values = inputs.reshape(-1, *self.shape)
        layers = zip(self.convolutions, self.normalizations, self.dropouts, strict=True)
        for layer, normalize, drop in layers:
            values = drop(activate(normalize(layer(values, self.form))))
        return self.head(values.reshape(len(values), -1))

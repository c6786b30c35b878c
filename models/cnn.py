"""The convolutional network, over one axis (signals) or two (images)."""

import functools
import math
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jax.lax import dot_general

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
        """The layer's outputs, in the layout of ``form``, a key of ``FORMS``, as its inputs are."""
        how = FORMS[form]
        values = how.convolve(inputs, self.kernel[...], self.strides, self.padding)
        if self.bias is None:
            return values
        others = [axis for axis in range(values.ndim) if axis != how.channel_axis % values.ndim]
        return values + jnp.expand_dims(self.bias[...], others)


def make_convolution(
    before: tuple[int, ...],
    channels: int,
    kernel: int,
    stride: int,
    padding: int | str,
    *,
    initializer: str,
    bias: bool,
    rngs: nnx.Rngs,
) -> Convolution:
    """Draw a convolution whose kernel, stride and padding are the same along every axis.

    Args:
        before: of a row: (*axes, channels).
        channels: that it gives.
        kernel: positions that the kernel spans.
        stride: positions from one window to the next.
        padding: zeros at both ends, or "same": only the stride shortens rows.
        initializer: a key of ``INITIALIZERS``.
        bias: whether it has one.
        rngs: has a stream for parameters.
    """
    axes = before[:-1]
    return Convolution(
        (*[kernel] * len(axes), before[-1], channels),
        (stride,) * len(axes),
        tuple(end_padding(size, kernel, stride, padding) for size in axes),
        initializer,
        bias=bias,
        rngs=rngs,
    )


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
        options = {"initializer": initializer, "bias": needs_bias(normalization), "rngs": rngs}
        self.convolutions = nnx.List(
            make_convolution(before, after[-1], kernel, stride, padding, **options)
            for (before, after), kernel, stride, padding in each
        )
        axes, last = len(layers.shape) - 1, FORMS[form].rows_last
        self.normalizations = nnx.List(
            make_normalization(normalization, channels, axes=axes, rows_last=last, rngs=rngs)
            for channels in layers.channels
        )
        self.dropouts = nnx.List(
            make_dropout(dropout, channels=True, rows_last=last, rngs=rngs) for _ in layers.channels
        )
        self.head = MLP(
            math.prod(shapes[-1]),
            hidden,
            classes,
            activation,
            initializer,
            normalization,
            dropout,
            first_product=functools.partial(channels_first, shapes[-1]) if last else dot_general,
            rngs=rngs,
        )
        self.shape = layers.shape
        self.activation = activation
        self.form = form

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """Logits, (rows, classes), of ``inputs``, (rows, features): each row in C order."""
        activate = ACTIVATIONS[self.activation]
        values = FORMS[self.form].turned(inputs.reshape(-1, *self.shape))
        layers = zip(self.convolutions, self.normalizations, self.dropouts, strict=True)
        for layer, normalize, drop in layers:
            values = drop(activate(normalize(layer(values, self.form))))
        if FORMS[self.form].rows_last:
            return self.head(values.reshape(-1, len(inputs)).T)
        return self.head(values.reshape(len(inputs), -1))


def channels_first(
    shape: tuple[int, ...], inputs: jax.Array, kernel: jax.Array, *how: Any, **options: Any
) -> jax.Array:
    """``dot_general`` of rows that have channels first by a kernel whose rows go by ``shape``.

    The kernel is put into their order, as it is far smaller than they are.

    Args:
        shape: (*axes, channels).
        inputs: (rows, channels times axes).
        kernel: (axes times channels, units).
        how: as for ``dot_general``.
        options: as for ``dot_general``.
    """
    turned = jnp.moveaxis(kernel.reshape(*shape, -1), -2, 0)
    return dot_general(inputs, turned.reshape(kernel.shape), *how, **options)

"""The residual network with its activations in front, over one axis (signals) or two (images)."""

from itertools import pairwise

import jax
from flax import nnx

from .activations import ACTIVATIONS
from .cnn import make_convolution
from .convolution import FORMS
from .convolution_shapes import SAME, Convolutions, layer_shapes
from .dropout import make_dropout
from .mlp import MLP
from .normalization import make_normalization, needs_bias


class Block(nnx.Module):
    """Two convolutions, each behind a normalisation and an activation, and a way past both.

    The way past is the identity (He et al. 2016, "Identity mappings in deep residual networks",
    fig. 4e). Where the shape changes it is a convolution of 1 × 1 instead, of the activated input;
    in the first block of a network it begins behind the activation, too (ibid., appendix).
    """

    def __init__(
        self,
        shapes: tuple[tuple[int, ...], ...],
        strides: tuple[int, ...],
        activation: str,
        initializer: str,
        form: str,
        normalization: str,
        dropout: bool,
        *,
        is_first: bool,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the weights.

        Args:
            shapes: of a row before, between and behind the convolutions: (*axes, channels).
            strides: of both.
            activation: a key of ``ACTIVATIONS``.
            initializer: a key of ``INITIALIZERS``.
            form: of convolutions, a key of ``FORMS``.
            normalization: see ``make_normalization``.
            dropout: of whole channels, between the convolutions.
            is_first: of its network.
            rngs: has a stream for parameters.
        """
        options = {"initializer": initializer, "bias": needs_bias(normalization), "rngs": rngs}
        axes, last = len(shapes[0]) - 1, FORMS[form].rows_last
        self.convolutions = nnx.List(
            make_convolution(before, after[-1], 3, stride, SAME, **options)
            for (before, after), stride in zip(pairwise(shapes), strides, strict=True)
        )
        self.normalizations = nnx.List(
            make_normalization(normalization, shape[-1], axes=axes, rows_last=last, rngs=rngs)
            for shape in shapes[:2]
        )
        self.dropout = make_dropout(dropout, channels=True, rows_last=last, rngs=rngs)
        changes = shapes[0] != shapes[-1]
        self.past = nnx.data(
            make_convolution(shapes[0], shapes[-1][-1], 1, strides[0], SAME, **options)
            if changes
            else None
        )
        self.begins_behind = changes or is_first
        self.activation = activation
        self.form = form

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """Axes and channels to those behind the block, in the layout of its form."""
        activate = ACTIVATIONS[self.activation]
        active = activate(self.normalizations[0](inputs))
        past = active if self.begins_behind else inputs
        if self.past is not None:
            past = self.past(past, self.form)
        values = self.convolutions[0](active, self.form)
        values = self.dropout(activate(self.normalizations[1](values)))
        return past + self.convolutions[1](values, self.form)


class ResNet(nnx.Module):
    """One convolution, stages of blocks, the mean over all positions, and a linear layer.

    Made for small inputs: the first convolution keeps every position, and each later stage halves
    the axes (He et al. 2016, "Deep residual learning", §4.2). ``residual_layers`` gives the layers.

    >>> import jax.numpy as jnp
    >>> from .convolution_shapes import residual_layers
    >>> layers = residual_layers((8, 8, 1), (16, 32), (1, 1))
    >>> network = ResNet(layers, 10, rngs=nnx.Rngs(0))
    >>> network(jnp.zeros((5, 64))).shape
    (5, 10)
    """

    def __init__(
        self,
        layers: Convolutions,
        outputs: int,
        activation: str = "relu",
        initializer: str = "he_normal",
        form: str = "native",
        normalization: str = "batch",
        dropout: bool = False,
        *,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the weights.

        Args:
            layers: the first convolution, then two of each block.
            outputs: how many numbers a row gets.
            activation: a key of ``ACTIVATIONS``.
            initializer: a key of ``INITIALIZERS``, of all convolutions.
            form: how convolutions are computed, a key of ``FORMS``; it changes no parameter.
            normalization: in front of each activation, see ``make_normalization``.
            dropout: between the convolutions of each block.
            rngs: has a stream for parameters.
        """
        shapes = layer_shapes(layers)
        self.first = make_convolution(
            shapes[0],
            shapes[1][-1],
            layers.kernels[0],
            layers.strides[0],
            SAME,
            initializer=initializer,
            bias=needs_bias(normalization),
            rngs=rngs,
        )
        self.blocks = nnx.List(
            Block(
                shapes[place : place + 3],
                layers.strides[place : place + 2],
                activation,
                initializer,
                form,
                normalization,
                dropout,
                is_first=place == 1,
                rngs=rngs,
            )
            for place in range(1, len(layers.channels), 2)
        )
        channels, axes, last = shapes[-1][-1], len(layers.shape) - 1, FORMS[form].rows_last
        self.normalization = make_normalization(
            normalization, channels, axes=axes, rows_last=last, rngs=rngs
        )
        self.head = MLP(channels, (), outputs, rngs=rngs)
        self.shape = layers.shape
        self.activation = activation
        self.form = form

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """(rows, outputs) of ``inputs``, (rows, features): each row in C order."""
        form = FORMS[self.form]
        values = self.first(form.turned(inputs.reshape(-1, *self.shape)), self.form)
        for block in self.blocks:
            values = block(values)
        values = ACTIVATIONS[self.activation](self.normalization(values))
        return self.head(form.turned(values.mean(axis=range(1, values.ndim - 1))))

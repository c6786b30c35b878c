"""Shapes that follow from a CNN's layers, against jax, and what is said where none follows."""

import jax
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.models.convolution_shapes import (
    Convolutions,
    ShapeError,
    end_padding,
    layer_shapes,
    row_shape,
    widest_layer,
)

MNIST_1D = Convolutions((40, 1), (25, 25, 25), (5, 3, 3), (2, 2, 2), (1, 1, 1))


@given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 5))
def test_same_padding_is_jaxs(size: int, kernel: int, stride: int) -> None:
    [expected] = jax.lax.padtype_to_pads((size,), (kernel,), (stride,), "SAME")
    assert end_padding(size, kernel, stride, "same") == expected


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((40,), (40, 1)),
        ((40, 1), (40, 1)),
        ((1, 40), (40, 1)),
        ((8, 8), (8, 8, 1)),
        ((28, 28, 3), (28, 28, 3)),
        ((128, 1, 9), (128, 9)),
        ((1, 1), (1, 1)),
        ((1,), (1, 1)),
    ],
)
def test_rows_have_one_axis_or_two_and_channels(shape, expected) -> None:
    assert row_shape(shape) == expected


def test_the_mnist_1d_network() -> None:
    assert layer_shapes(MNIST_1D) == ((40, 1), (19, 25), (10, 25), (5, 25))
    assert widest_layer(MNIST_1D) == 10 * 3 * 25


@pytest.mark.parametrize(
    ("layers", "key", "message"),
    [
        (
            Convolutions((4, 4, 1), (3, 3), (3, 5), (2, 1), ("same", 0)),
            "kernel",
            "layer 2 got 2 × 2 positions, which padding 0 leaves at 2, for a kernel of 5; expected "
            "at least 5 along every axis: write a smaller kernel or a smaller stride, or "
            'padding = "same"',
        ),
        (
            Convolutions((9, 2, 1), (3,), (5,), (1,), (1,)),
            "kernel",
            "layer 1 got 9 × 2 positions, which padding 1 makes 4, for a kernel of 5; expected at "
            "least 5 along every axis: write a smaller kernel or a smaller stride, or "
            'padding = "same"',
        ),
        (
            Convolutions((9, 1), (3,), (3,), (1,), (3,)),
            "padding",
            "layer 1 got a padding of 3 for a kernel of 3; expected at most 2, or windows would "
            "hold nothing but zeros",
        ),
    ],
)
def test_what_does_not_fit_is_said(layers: Convolutions, key: str, message: str) -> None:
    with pytest.raises(ShapeError) as caught:
        layer_shapes(layers)
    assert (caught.value.key, str(caught.value)) == (key, message)

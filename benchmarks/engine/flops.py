"""How many floating-point operations a workload's matrix products take, by formula.

A product of (rows × in) by (in × out) takes 2·rows·in·out. Training a minibatch takes three
products a layer: the outputs, the gradient of the weights, and the gradient of the inputs, which
the first layer does not need. Evaluating takes the first of them. Nothing else is counted:
activations, the loss, updates and norms are a few operations a number, and the minibatch orders
none.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple


class Shape(NamedTuple):
    """What decides the number of operations."""

    widths: tuple[int, ...]  # columns of the inputs, units of each hidden layer, classes
    training_rows: int
    validation_rows: int
    batch_size: int
    epochs: int


def forward_flops(widths: Sequence[int]) -> int:
    """Of one row from the inputs to the logits."""
    return sum(2 * n_in * n_out for n_in, n_out in pairwise(widths))


def step_flops(widths: Sequence[int], batch_size: int) -> int:
    """Of the gradient of one minibatch, its logits included."""
    first = 2 * widths[0] * widths[1]
    return batch_size * (3 * forward_flops(widths) - first)


def trial_flops(shape: Shape) -> int:
    """Of one trial that is trained to its end and evaluated on all rows after each epoch."""
    steps = shape.training_rows // shape.batch_size
    evaluated = shape.training_rows + shape.validation_rows
    epoch = steps * step_flops(shape.widths, shape.batch_size)
    return shape.epochs * (epoch + evaluated * forward_flops(shape.widths))

"""Normalisation of a layer's outputs, by the name that a spec gives it."""

import jax
from flax import nnx

NORMALIZATIONS = ("none", "batch", "layer")
# Of the running statistics that a minibatch leaves: short trainings have too few steps for Flax's
# own 0.99, whose statistics would still hold a fifth of their start after 160 steps.
KEPT = 0.9


class Unchanged(nnx.Module):
    """Stands where nothing is normalised."""

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """``inputs``."""
        return inputs


def make_normalization(
    kind: str, features: int, *, rngs: nnx.Rngs, axes: int = 0, rows_last: bool = False
) -> Unchanged | nnx.BatchNorm | nnx.LayerNorm:
    """What brings numbers, (rows, axes …, features), to mean 0 and variance 1.

    Then each feature is scaled and shifted, at first by 1 and 0.

    Args:
        kind: "batch": a feature over all rows and axes of a minibatch, and in evaluation by the
            running mean and variance of training (Ioffe & Szegedy 2015); "layer": all numbers of a
            row (Ba et al. 2016, §3); "none".
        features: how many.
        rngs: has a stream for parameters.
        axes: between rows and features.
        rows_last: the numbers are (features, axes …, rows).
    """
    if kind == "none":
        return Unchanged()
    feature_axis = 0 if rows_last else -1
    if kind == "batch":
        return nnx.BatchNorm(
            features, axis=feature_axis, momentum=KEPT, use_fast_variance=False, rngs=rngs
        )
    return nnx.LayerNorm(
        features,
        reduction_axes=tuple(range(axes + 1) if rows_last else range(-1 - axes, 0)),
        feature_axes=feature_axis,
        use_fast_variance=False,
        rngs=rngs,
    )


def needs_bias(kind: str) -> bool:
    """Whether the layer in front has a bias: batch normalisation would take it out again."""
    return kind != "batch"

"""Augmentation: training rows changed at random, on the device, in ways that leave their labels.

Each function takes a key, rows (rows, *axes, channels) float32 as the network gets them, so scaled
column by column, and a strength: a float32 scalar, traced, so that one program serves all
strengths. Every row draws for itself; at strength 0 the rows stay as they are, bit for bit. What is
moved in from beyond the edge is 0, the mean of each scaled column.

dm-pix has the like of flip, rotation, brightness and contrast, of one RGB image between 0 and 1;
but no shift, cut-out or colour by channel, and nothing for signals: half of this would stay.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from .hyperparameters import AUGMENTATIONS
from .network import Array


def flip(key: jax.Array, images: jax.Array, strength: Any) -> jax.Array:
    """Mirror left and right; ``strength`` is the probability, 0 … 1."""
    turned = jax.random.uniform(key, (len(images),)) < strength
    return jnp.where(_each(turned, images), images[:, :, ::-1], images)


def shift(key: jax.Array, rows: jax.Array, strength: Any) -> jax.Array:
    """Move by whole positions along every axis, up to the fraction ``strength`` of its length."""
    sizes = rows.shape[1:-1]
    drawn = jax.random.uniform(key, (len(sizes), len(rows)))
    for axis, size in enumerate(sizes):
        most = jnp.round(strength * size)
        steps = jnp.floor(drawn[axis] * (2 * most + 1)) - most
        rows = shifted(rows, steps.astype(jnp.int32), axis + 1)
    return rows


def shifted(rows: jax.Array, steps: jax.Array, axis: int) -> jax.Array:
    """Each row moved along ``axis`` by its own of ``steps``, int32 (rows,), towards its end."""
    size = rows.shape[axis]
    source = jnp.arange(size)[None] - steps[:, None]
    shape = [1] * rows.ndim
    shape[0], shape[axis] = len(rows), size
    source = source.reshape(shape)
    moved = jnp.take_along_axis(rows, source.clip(0, size - 1), axis)
    return jnp.where((source >= 0) & (source < size), moved, 0)


def rotation(key: jax.Array, images: jax.Array, strength: Any) -> jax.Array:
    """Turn about the middle by up to ``strength`` degrees either way."""
    return rotated(images, strength * _signed(key, images))


def rotated(images: jax.Array, degrees: jax.Array) -> jax.Array:
    """Each image turned anticlockwise by its own of ``degrees`` (rows,), bilinearly."""
    rows, height, width, channels = images.shape
    angle = jnp.deg2rad(degrees)[:, None, None]
    cosine, sine = jnp.cos(angle), jnp.sin(angle)
    down = (jnp.arange(height, dtype=jnp.float32) - (height - 1) / 2)[None, :, None]
    right = (jnp.arange(width, dtype=jnp.float32) - (width - 1) / 2)[None, None, :]
    y = cosine * down + sine * right + (height - 1) / 2  # where each pixel comes from
    x = cosine * right - sine * down + (width - 1) / 2
    top, left = jnp.floor(y), jnp.floor(x)
    flat = images.reshape(rows, height * width, channels)

    def corner(row: jax.Array, column: jax.Array, weight: jax.Array) -> jax.Array:
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        place = row.clip(0, height - 1) * width + column.clip(0, width - 1)
        found = jnp.take_along_axis(flat, place.astype(jnp.int32).reshape(rows, -1, 1), 1)
        share = jnp.where(inside, weight, 0)[..., None]
        return share * found.reshape(images.shape)

    low, near = y - top, x - left
    return (
        corner(top, left, (1 - low) * (1 - near))
        + corner(top, left + 1, (1 - low) * near)
        + corner(top + 1, left, low * (1 - near))
        + corner(top + 1, left + 1, low * near)
    )


def brightness(key: jax.Array, images: jax.Array, strength: Any) -> jax.Array:
    """Add one number to all of an image, up to ``strength`` either way."""
    return images + _each(strength * _signed(key, images), images)


def contrast(key: jax.Array, images: jax.Array, strength: Any) -> jax.Array:
    """Stretch an image about its own mean by a factor of 1 ± up to ``strength``, 0 … 1."""
    deviation = images - images.mean(axis=range(1, images.ndim), keepdims=True)
    return images + _each(strength * _signed(key, images), images) * deviation


def color(key: jax.Array, images: jax.Array, strength: Any) -> jax.Array:
    """Multiply each channel by a factor of its own of 1 ± up to ``strength``, 0 … 1."""
    drawn = jax.random.uniform(key, (len(images), images.shape[-1]), minval=-1.0, maxval=1.0)
    return images + strength * drawn[:, None, None, :] * images


def noise(key: jax.Array, rows: jax.Array, strength: Any) -> jax.Array:
    """Add normal noise with the standard deviation ``strength`` to every number."""
    return rows + strength * jax.random.normal(key, rows.shape)


def cutout(key: jax.Array, images: jax.Array, strength: Any) -> jax.Array:
    """Set a square to 0 whose side is the fraction ``strength`` of the image's shorter one.

    Its middle is any pixel, so that it may lie partly outside (DeVries & Taylor 2017, §3.2).
    """
    sizes = images.shape[1:-1]
    side = jnp.round(strength * min(sizes))
    drawn = jax.random.uniform(key, (len(sizes), len(images)))
    hidden = jnp.ones(images.shape, bool)
    for axis, size in enumerate(sizes):
        first = jnp.floor(drawn[axis] * size) - jnp.floor(side / 2)
        place = jnp.arange(size, dtype=jnp.float32)[None] - first[:, None]
        shape = [1] * images.ndim
        shape[0], shape[axis + 1] = len(images), size
        hidden &= ((place >= 0) & (place < side)).reshape(shape)
    return jnp.where(hidden, 0, images)


# (key, rows, strength) → rows
FUNCTIONS: dict[str, Callable[[jax.Array, jax.Array, Any], jax.Array]] = {
    "augment_flip": flip,
    "augment_rotation": rotation,
    "augment_shift": shift,
    "augment_brightness": brightness,
    "augment_contrast": contrast,
    "augment_color": color,
    "augment_noise": noise,
    "augment_cutout": cutout,
}


def augmented(
    inputs: Array, shape: tuple[int, ...], key: jax.Array, strengths: Mapping[str, Any]
) -> jax.Array:
    """A minibatch's rows, changed by all that ``strengths`` names, in the order of AUGMENTATIONS.

    Args:
        inputs: (rows, features) float32.
        shape: of a row: one axis or two, then channels.
        key: of the step; each augmentation draws from one of its own.
        strengths: float32 scalars by name, a key of ``FUNCTIONS``.
    """
    rows = jnp.asarray(inputs).reshape(-1, *shape)
    for place, name in enumerate(AUGMENTATIONS):
        if name in strengths:
            rows = FUNCTIONS[name](jax.random.fold_in(key, place), rows, strengths[name])
    return rows.reshape(inputs.shape)


def _each(values: jax.Array, rows: jax.Array) -> jax.Array:
    """One value a row, shaped so that it meets all numbers of its row."""
    return values.reshape(-1, *[1] * (rows.ndim - 1))


def _signed(key: jax.Array, rows: jax.Array) -> jax.Array:
    """One number a row, uniform between −1 and 1."""
    return jax.random.uniform(key, (len(rows),), minval=-1.0, maxval=1.0)

"""Rows in MNIST-1D's manner: 40 positions of a signal, in which one of ten shapes lies somewhere.

Each row holds its class's shape stretched, moved and scaled, under smooth noise, white noise and a
slope (Greydanus and Kobak, Scaling Down Deep Learning with MNIST-1D, 2024). Drawn and not read.
"""

import numpy as np

CLASSES, POSITIONS = 10, 40
SPLITS = {"train": 4_000, "validation": 1_000, "test": 1_000}  # nobody looks at the test rows
KNOTS = 12  # points of a shape, joined by straight lines
WIDTHS = 10.0, 16.0  # positions that a shape spans
SCALES = 0.6, 1.4  # a shape's height, in standard deviations of its points
SMOOTH, SMOOTH_OVER = 0.25, 5  # standard deviation of the smooth noise, positions it averages
WHITE, SLOPE = 0.05, 0.75  # standard deviation; most rise or fall from the middle to an end


def rows() -> dict[str, np.ndarray]:
    """The splits as netclinic takes them from a Python function."""
    random = np.random.default_rng(0)
    shapes = random.standard_normal((CLASSES, KNOTS))
    shapes[:, [0, -1]] = 0.0  # a shape begins and ends where there is none
    arrays = {}
    for split, count in SPLITS.items():
        labels = random.permutation(np.arange(count) % CLASSES)
        inputs = np.stack([_signal(random, shapes[label]) for label in labels])
        arrays |= {f"x_{split}": inputs.astype(np.float32), f"y_{split}": labels}
    return arrays


def _signal(random: np.random.Generator, shape: np.ndarray) -> np.ndarray:
    """One row (positions,) with ``shape``, (knots,), in it."""
    width = random.uniform(*WIDTHS)
    begin = random.uniform(0, POSITIONS - width)
    knots = begin + np.linspace(0, width, KNOTS)
    positions = np.arange(POSITIONS)
    signal = random.uniform(*SCALES) * np.interp(positions, knots, shape)
    rough = random.standard_normal(POSITIONS + SMOOTH_OVER - 1)
    smooth = np.convolve(rough, np.full(SMOOTH_OVER, SMOOTH_OVER**-0.5), "valid")
    slope = random.uniform(-SLOPE, SLOPE) * np.linspace(-1, 1, POSITIONS)
    return signal + SMOOTH * smooth + WHITE * random.standard_normal(POSITIONS) + slope

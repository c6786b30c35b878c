"""Rows of MNIST's size: 60,000 × 784 to train on, ten normal classes, drawn and not read."""

import numpy as np

CLASSES, COLUMNS = 10, 784
SPLITS = {"train": 60_000, "validation": 10_000, "test": 1_000}  # nobody looks at the test rows
DISTANCE = 0.1  # of a class's mean from 0 in each column, in standard deviations of the noise


def rows() -> dict[str, np.ndarray]:
    """The splits as netclinic takes them from a Python function."""
    random = np.random.default_rng(0)
    means = DISTANCE * random.standard_normal((CLASSES, COLUMNS), np.float32)
    arrays = {}
    for split, count in SPLITS.items():
        labels = random.permutation(np.arange(count) % CLASSES)
        noise = random.standard_normal((count, COLUMNS), np.float32)
        arrays |= {f"x_{split}": means[labels] + noise, f"y_{split}": labels}
    return arrays

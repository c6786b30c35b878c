"""The data of bridge.toml: clean digits to learn from, noisy ones to recognise."""

import numpy as np
from sklearn.datasets import load_digits


def digits() -> dict[str, np.ndarray]:
    """Return ready-made splits; validation and test rows are of one kind, training of another."""
    rng = np.random.default_rng(0)
    x, y = load_digits(return_X_y=True)
    order = rng.permutation(len(x))
    parts = {
        "train": order[:1197],
        "validation": order[1197:1497],
        "test": order[1497:],
    }
    noise = {"train": 0.0, "validation": 0.6, "test": 0.6}
    made = {}
    for name, rows in parts.items():
        made[f"x_{name}"] = x[rows] / 16 + noise[name] * rng.standard_normal(x[rows].shape)
        made[f"y_{name}"] = y[rows]
    return made

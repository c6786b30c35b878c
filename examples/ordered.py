"""The data of ordered.toml: readings of a machine that ages, good or bad."""

import numpy as np

ROWS, MEASURES = 3000, 8


def readings() -> dict[str, np.ndarray]:
    """Return x, y and the hour of each reading; what is bad changes slowly with the hours."""
    rng = np.random.default_rng(0)
    hour = np.arange(ROWS) / 4
    x = rng.normal(0, 1, (ROWS, MEASURES))
    angle = np.pi / 3 * hour / hour[-1]
    bad = x[:, 0] * np.cos(angle) + x[:, 1] * np.sin(angle) + rng.normal(0, 0.3, ROWS) > 0
    return {"x": x, "y": np.where(bad, "bad", "good"), "hour": hour}

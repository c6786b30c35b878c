"""The data of signs.toml: small colour pictures of four signs, lit and painted in many ways."""

import numpy as np

ROWS, SIDE = 2000, 12


def pictures() -> tuple[np.ndarray, np.ndarray]:
    """Return pictures (2000, 12, 12, 3) from 0 to 1, and which sign each shows."""
    rng = np.random.default_rng(0)
    names = np.array(["cross", "disc", "square", "triangle"])
    label = rng.integers(0, 4, ROWS)
    middle = rng.uniform(4.5, 6.5, (ROWS, 2, 1, 1))
    size = rng.uniform(2.5, 4.5, (ROWS, 1, 1))
    down, right = (np.mgrid[:SIDE, :SIDE][:, None] - middle.swapaxes(0, 1)) / size
    most = np.maximum(abs(down), abs(right))
    shapes = (
        (np.minimum(abs(down), abs(right)) < 0.3) & (most < 1),
        np.hypot(down, right) < 1,
        most < 0.85,
        (abs(right) < (down + 1) / 2) & (abs(down) < 1),
    )
    inked = np.choose(label[:, None, None], shapes)[..., None]
    paper = rng.uniform(0.4, 1, (ROWS, 1, 1, 3))
    ink = paper * rng.uniform(0, 0.6, (ROWS, 1, 1, 3))
    light = rng.uniform(0.5, 1, (ROWS, 1, 1, 1))
    seen = light * np.where(inked, ink, paper) + rng.normal(0, 0.1, (ROWS, SIDE, SIDE, 3))
    return seen.clip(0, 1), names[label]

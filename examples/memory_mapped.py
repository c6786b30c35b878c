"""Writes the data of memory_mapped.toml, ten overlapping clouds of points, beside this file."""

from pathlib import Path

import numpy as np


def write(folder: Path, rows: int) -> None:
    """Write points.npy (rows, 32) float32 and clouds.npy (rows,), a block at a time."""
    rng = np.random.default_rng(0)
    middles = rng.normal(0, 0.7, (10, 32))
    x = np.lib.format.open_memmap(folder / "points.npy", "w+", np.float32, (rows, 32))
    y = np.lib.format.open_memmap(folder / "clouds.npy", "w+", np.int64, (rows,))
    for first in range(0, rows, 10_000):
        block = slice(first, min(first + 10_000, rows))
        y[block] = rng.integers(0, 10, block.stop - first)
        x[block] = middles[y[block]] + rng.normal(0, 1, (block.stop - first, 32))


if __name__ == "__main__":
    write(Path(__file__).parent, 50_000)

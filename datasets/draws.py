"""Random draws by seed: one independent stream for each purpose, none of them global."""

from enum import IntEnum

import numpy as np

from .dataset import DataError


class Stream(IntEnum):
    """What a generator draws; a number keeps its meaning for ever, or old studies change."""

    SPLIT = 0
    TRAINING_ORDER = 1
    SYNTHETIC = 2
    BRIDGE = 3


def generator(seed: int, stream: Stream) -> np.random.Generator:
    """Return ``numpy.random.default_rng([seed, stream])``.

    Raises:
        DataError: the seed is negative.
    """
    if seed < 0:
        raise DataError(f"seed = {seed}; write an integer of at least 0.")
    return np.random.default_rng([seed, int(stream)])

"""What lanes are filled with: trials, and the arrays that put them into their lanes."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import jax
import numpy as np

from .hyperparameters import Hyperparameters, plain


class Trial(NamedTuple):
    """What a lane is filled with."""

    number: int
    hyperparameters: Hyperparameters  # Python floats
    replicate: int = 0  # above 0, the trial is trained again with another seed


class Filling(NamedTuple):
    """What ``fill`` puts into each lane: arrays (capacity,)."""

    new: Any  # bool: whether the lane gets a trial
    stop: Any  # bool: whether the lane's trial trains no further
    hyperparameters: Hyperparameters
    seed: Any  # uint32: the study seed's low 32 bits
    seed_high: Any  # uint32
    number: Any  # uint32: of the trial
    replicate: Any  # uint32: of the trial


def filling_of(
    trials: Mapping[int, Trial], stopped: Collection[int], capacity: int, seed: int, tasks: int
) -> Filling:
    """The arrays, on the host; lanes that get no trial have neutral numbers.

    Args:
        trials: that begin, by lane.
        stopped: lanes whose trials train no further.
        capacity: how many lanes there are.
        seed: the study's, 0 … 2**63 − 1.
        tasks: how many are learnt together; 0 for one.
    """
    neutral, structure = jax.tree.flatten(plain(1.0, tasks))
    hyper = np.tile(np.array(neutral, np.float32), (capacity, 1))
    numbers = np.zeros(capacity, np.uint32)
    replicates = np.zeros_like(numbers)
    new = np.zeros(capacity, bool)
    stop = np.zeros(capacity, bool)
    stop[list(stopped)] = True
    for lane, trial in trials.items():
        hyper[lane] = jax.tree.leaves(trial.hyperparameters)
        numbers[lane], new[lane], replicates[lane] = trial.number, True, trial.replicate
    low = np.full_like(numbers, seed & 0xFFFFFFFF)
    high = np.full_like(numbers, seed >> 32)
    values = jax.tree.unflatten(structure, list(hyper.T))
    return Filling(new, stop, values, low, high, numbers, replicates)

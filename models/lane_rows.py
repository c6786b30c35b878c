"""The splits as lanes take them: copied to every device, or left on the host."""

from typing import Any, NamedTuple

import jax
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from ..datasets.dataset import Split
from .judging import Rows
from .lane_plan import LanePlan, mesh_of
from .minibatches import GroupedRows


class PlacedRows(NamedTuple):
    """The splits on every device, moved once and shared by the programs of all signatures."""

    train: Rows
    validation: Rows
    test: Rows
    bridge: Rows | None = None
    picked: Any = None  # int32 (picked,): validation rows whose errors are kept one by one
    grouped: GroupedRows | None = None  # the training rows, where they come in groups


def place_rows(
    train: Split,
    validation: Split,
    test: Split,
    plan: LanePlan,
    bridge: Split | None = None,
    picked: np.ndarray | None = None,
    grouped: GroupedRows | None = None,
) -> PlacedRows:
    """Copy the splits to every device of ``plan``."""
    everywhere = NamedSharding(mesh_of(plan), PartitionSpec())

    def read(split: Split) -> Rows:
        return Rows(np.asarray(split.inputs), split.labels)

    splits = read(train), read(validation), read(test), bridge and read(bridge)
    rows = PlacedRows(*splits, picked, grouped)
    return jax.device_put(rows, everywhere)


class StreamedRows(NamedTuple):
    """The splits, which stay on the host: numpy arrays, maybe memory-mapped."""

    train: Rows
    validation: Rows
    test: Rows
    bridge: Rows | None = None
    picked: np.ndarray | None = None  # int32: validation rows whose errors are kept one by one
    grouped: GroupedRows | None = None  # the training rows, where they come in groups

"""Parts of arrays that lie on devices, for which no program is compiled where the host sees them.

Indexing an array of jax compiles some small programs for each shape, a tenth of a second each.
"""

from typing import Any

import jax
import numpy as np


def lane_of(leaf: jax.Array, lane: int) -> np.ndarray:
    """The numbers in one lane.

    Args:
        leaf: (lanes, …), spread over devices by lanes.
        lane: from 0.
    """
    for shard in leaf.addressable_shards:
        first = shard.index[0].start or 0
        if first <= lane < first + shard.data.shape[0]:
            return np.array(_seen(shard.data)[lane - first])
    raise IndexError(f"got lane {lane}, there are {leaf.shape[0]}")


def rows_of(leaf: jax.Array, rows: np.ndarray) -> jax.Array:
    """Some rows of an array, where it lies.

    Args:
        leaf: (n, …), whole on every device.
        rows: numbers of the rows, int (k,).
    """
    return jax.device_put(_seen(leaf)[rows], leaf.sharding)


def _seen(array: jax.Array) -> Any:
    """The array as the host sees it in place; as it is where it would be copied, from a GPU."""
    on_host = all(device.platform == "cpu" for device in array.devices())
    return np.asarray(array) if on_host else array

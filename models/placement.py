"""Where the rows of a study lie while it trains: on every device, or on the host."""

from typing import NamedTuple

import numpy as np

from ..datasets.dataset import Split
from .judging import Rows
from .lane_plan import LanePlan
from .lane_rows import PlacedRows, StreamedRows, place_rows
from .lanes import Lanes
from .memory import data_room
from .minibatches import by_group
from .signature import Signature
from .streamed_judging import row_bytes
from .streamed_lanes import StreamedLanes

AnyRows = PlacedRows | StreamedRows
AnyLanes = Lanes | StreamedLanes


class Placement(NamedTuple):
    """Where the rows lie, and why."""

    stream: bool
    size: int  # bytes of all rows on a device
    room: int | None  # bytes of a device's memory that rows may take; None: it does not tell


def choose_placement(asked: str, splits: tuple[Split, ...], devices: int) -> Placement:
    """Decide where rows lie: on every device where they fit. Results are the same.

    Args:
        asked: "resident", "stream", or "auto" to decide.
        splits: the rows.
        devices: how many get a copy.
    """
    size = sum(len(split.labels) * row_bytes(Rows(*split)) for split in splits)
    room = data_room(devices)
    fits = room is None or size <= room
    return Placement(asked == "stream" or (asked == "auto" and not fits), size, room)


def hold_rows(
    train: Split,
    validation: Split,
    test: Split,
    plan: LanePlan,
    bridge: Split | None = None,
    picked: np.ndarray | None = None,
    groups: np.ndarray | None = None,
) -> AnyRows:
    """The rows as the lanes of ``plan`` take them.

    Args:
        train: to train on.
        validation: to watch.
        test: to judge by.
        plan: of the lanes.
        bridge: to judge by, too.
        picked: int32, the numbers of the validation rows whose errors are kept one by one.
        groups: int, the number of each training row's group, by which bootstrap samples draw them.
    """
    grouped = None if groups is None else by_group(groups)
    if not plan.stream:
        return place_rows(train, validation, test, plan, bridge, picked, grouped)
    splits = Rows(*train), Rows(*validation), Rows(*test), bridge and Rows(*bridge)
    return StreamedRows(*splits, picked, grouped)


def make_lanes(
    signature: Signature, rows: AnyRows, plan: LanePlan, seed: int, epochs: int
) -> AnyLanes:
    """The lanes that train on rows that lie so; arguments as for ``Lanes``."""
    if isinstance(rows, StreamedRows):
        return StreamedLanes(signature, rows, plan, seed, epochs)
    return Lanes(signature, rows, plan, seed, epochs)

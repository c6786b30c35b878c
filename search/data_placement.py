"""Where a study's rows lie while its trials train, chosen and told."""

from ..datasets.dataset import Dataset
from ..diagnostics.number_text import size_text
from ..models.lane_plan import plan_lanes
from ..models.placement import Placement, choose_placement
from .spec import StudySpec


def placement_of(spec: StudySpec, dataset: Dataset) -> Placement:
    """Where the rows lie; starts the devices.

    Args:
        spec: of the study.
        dataset: to train on.
    """
    devices = None if spec.compute.devices == "auto" else spec.compute.devices
    parts = (dataset.train, dataset.validation, dataset.test, dataset.bridge)
    splits = tuple(part for part in parts if part)
    return choose_placement(spec.compute.data, splits, plan_lanes(None, None, devices).devices)


def placement_text(placement: Placement) -> str:
    """In words, with the numbers that decided.

    >>> placement_text(Placement(stream=True, size=47_000_000_000, room=12_300_000_000))
    '47.0 GB of data, streamed (a device has room for 12.3 GB)'
    """
    where = "streamed" if placement.stream else "resident on each device"
    room = "" if placement.room is None else f" (a device has room for {size_text(placement.room)})"
    return f"{size_text(placement.size)} of data, {where}{room}"

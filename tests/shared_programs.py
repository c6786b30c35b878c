"""Programs of lanes, traced and compiled once a process for all studies that have the same."""

import functools

from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_programs import LanePrograms
from netclinic.models.signature import Signature

_kept = functools.lru_cache(maxsize=32)(LanePrograms)


def shared_programs(signature: Signature, rows: int, plan: LanePlan, epochs: int) -> LanePrograms:
    """``LanePrograms``, the same where it is asked for the same.

    Not where they hold what lies in a folder: another network's weights, or a user's code.
    """
    kept_apart = signature.transfer is not None or signature.network.own is not None
    return (LanePrograms if kept_apart else _kept)(signature, rows, plan, epochs)

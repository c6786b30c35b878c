"""What lanes need of a device's memory, as the compiler says, against a formula by hand."""

from itertools import pairwise

import jax
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes
from netclinic.models.network import NetworkSpec
from netclinic.models.signature import Signature

FEATURES, HIDDEN, CLASSES = 64, (96, 96), 10


def lanes_of(lanes: int, strategy: str, devices: int, rows: int, batch: int) -> Lanes:
    split = Split(np.zeros((rows, FEATURES), np.float32), np.zeros(rows, np.int32))
    plan = LanePlan(lanes, strategy, devices)
    network = NetworkSpec("mlp", FEATURES, HIDDEN, CLASSES, "relu", "he_normal")
    signature = Signature(network, "sgd", "constant", 4, batch)
    return Lanes(signature, place_rows(split, split, split, plan), plan, 0, 2)


def by_hand(rows: int, batch: int) -> float:
    """Bytes a lane: weights, velocities, gradients, and the layers of a minibatch or of all rows.

    A minibatch's layers are kept for the gradient, twice; the evaluation of all rows keeps a layer
    and the one before it.
    """
    widths = (FEATURES, *HIDDEN, CLASSES)
    parameters = sum((a + 1) * b for a, b in pairwise(widths))
    pair = max(a + b for a, b in pairwise(widths[1:]))
    return 4 * (3 * parameters + max(2 * batch * sum(widths), rows * pair))


@pytest.mark.parametrize(("rows", "batch"), [(64, 64), (512, 16)])
def test_vmap_needs_the_same_for_each_further_lane(rows: int, batch: int) -> None:
    """First the minibatch decides, then the evaluation of all rows."""
    needs = {k: lanes_of(k, "vmap", 1, rows, batch).device_bytes() for k in (4, 8, 16)}
    lane = (needs[16] - needs[8]) / 8
    assert (needs[8] - needs[4]) / 4 == pytest.approx(lane, rel=0.05)
    assert by_hand(rows, batch) / 2 < lane < by_hand(rows, batch) * 2


def test_map_needs_for_a_further_lane_little_more_than_its_state() -> None:
    """Intermediate results are those of one lane, whatever K is."""
    few, many = (lanes_of(k, "map", 1, 512, 16) for k in (4, 16))
    state = sum(leaf.nbytes for leaf in jax.tree.leaves(many.empty())) / 16
    lane = (many.device_bytes() - few.device_bytes()) / 12
    assert state < lane < 3 * state


def test_test_and_bridge_rows_lie_beside_the_program() -> None:
    few, many = (Split(np.zeros((n, FEATURES), np.float32), np.zeros(n, np.int32)) for n in (8, 72))
    lanes = lanes_of(4, "map", 1, 64, 64)
    needs = []
    for test, bridge in ((few, None), (many, None), (few, many)):
        placed = place_rows(few, few, test, lanes.plan, bridge)
        needs.append(Lanes(lanes.signature, placed, lanes.plan, 0, 2).device_bytes())
    row = 4 * (FEATURES + 1)
    assert needs[1] - needs[0] == 64 * row
    assert needs[2] - needs[0] == 72 * row


def test_lanes_share_the_devices_memory() -> None:
    one, two = (lanes_of(8, "vmap", devices, 64, 64).device_bytes() for devices in (1, 2))
    assert 0.4 < two / one < 0.7


def test_the_program_is_ready_once_its_memory_is_known() -> None:
    lanes = lanes_of(4, "vmap", 1, 64, 64)
    empty = lanes.empty()
    lanes.device_bytes()
    compiled = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, _, **__: compiled.append(event)
    )
    lanes.train_segment(empty)
    found = [event for event in compiled if event.endswith("backend_compile_duration")]
    assert found == [], "compiled once"

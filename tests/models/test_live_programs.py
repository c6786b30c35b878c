"""What nobody holds leaves the memory once it is many; what is held goes on as it was."""

import gc
import weakref
from collections.abc import Iterator

import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import plain
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes, fetched
from netclinic.models.live_programs import give_back_programs, live_programs
from netclinic.models.network import NetworkSpec
from netclinic.models.signature import Signature

FEATURES = 3


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    """As in a run, where so few are made that Python does not look for garbage of old age."""
    give_back_programs(0)
    gc.disable()
    yield
    gc.enable()


def compiled(units: int) -> Lanes:
    rows = np.random.default_rng(0).normal(size=(8, FEATURES)).astype(np.float32)
    split = Split(rows, np.arange(8, dtype=np.int32) % 2)
    plan = LanePlan(2, "map", 1)
    network = NetworkSpec("mlp", FEATURES, (units,), 2, "relu", "he_normal")
    signature = Signature(network, "sgd", "constant", 2, 4)
    lanes = Lanes(signature, place_rows(split, split, split, plan), plan, 0, 2)
    lanes.compile()
    return lanes


def loss_of(lanes: Lanes) -> np.ndarray:
    trial = Trial(3, plain(0.1))
    _, curves = lanes.train_segment(lanes.fill(lanes.empty(), {0: trial}))
    return np.asarray(fetched(curves).curves.training_loss)[0]


def test_dropped_lanes_and_single_operations_are_given_back() -> None:
    held, dropped = compiled(5), compiled(6)
    loss = loss_of(held)
    gone = weakref.ref(dropped._programs)
    for length in range(100, 120):
        jnp.add(jnp.zeros(length), 1.0)
    del dropped
    before = live_programs()
    assert not give_back_programs(before), "not more than so many: nothing is looked for"
    assert gone() is not None, "a cycle, which only the collector ends"
    assert give_back_programs(10)
    assert gone() is None
    assert live_programs() <= before - 20
    assert not give_back_programs(0), "what is left is no surplus"
    np.testing.assert_array_equal(loss_of(held), loss)

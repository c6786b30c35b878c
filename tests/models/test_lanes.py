import jax
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models.lanes import LanePlan, Lanes, Trial, plan_lanes
from netclinic.models.network import NetworkSpec
from netclinic.models.training import Hyperparameters, Signature

EPOCHS, SEGMENT = 4, 2
SIGNATURE = Signature(
    NetworkSpec("mlp", 8, (32,), 3, "relu", "he_normal"), "sgd", "constant", EPOCHS, 16
)


def split(rows: int, seed: int) -> Split:
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=rows).astype(np.int32)
    inputs = rng.normal(size=(rows, 8)) + labels[:, None]
    return Split(inputs.astype(np.float32), labels)


TRAIN, VALIDATION, TEST = split(150, 0), split(60, 1), split(50, 2)


def trials(count: int) -> list[Trial]:
    rng = np.random.default_rng(7)
    return [
        Trial(i, Hyperparameters(*(10 ** rng.uniform([-4, -6, -0.3], [-1, -2, 0]) * [1, 1, 0.95])))
        for i in range(count)
    ]


def run(batch: list[Trial], plan: LanePlan, size: int) -> np.ndarray:
    """All curves and the test score of each trial: (trials, 5 × epochs + 2)."""
    lanes = Lanes(SIGNATURE, TRAIN, VALIDATION, TEST, plan, seed=11, epochs=SEGMENT)
    found = []
    for first in range(0, len(batch), size):
        part = batch[first : first + size]
        state = lanes.start(part)
        columns = []
        for _ in range(EPOCHS // SEGMENT):
            state, seen = lanes.train_segment(state)
            columns += list(seen.curves)
        columns += [score[:, None] for score in lanes.test(state)]
        found.append(np.concatenate(columns, axis=1)[: len(part)])
    return np.concatenate(found)


@pytest.fixture(scope="module")
def alone() -> np.ndarray:
    """64 trials trained one at a time on one device."""
    return run(trials(64), LanePlan(1, "map", 1), 1)


@pytest.mark.parametrize(("lanes", "devices"), [(7, 1), (64, 1), (2, 2), (7, 2), (64, 2)])
def test_the_same_trials_bit_for_bit_for_every_k(alone, lanes: int, devices: int) -> None:
    found = run(trials(64), LanePlan(lanes, "map", devices), lanes)
    np.testing.assert_array_equal(found, alone)


def test_vmap_agrees_with_map_to_rounding(alone) -> None:
    found = run(trials(8), LanePlan(8, "vmap", 2), 8)
    np.testing.assert_allclose(found, alone[:8], atol=1e-4)


@pytest.mark.parametrize("strategy", ["map", "vmap"])
def test_a_nan_lane_leaves_its_neighbours_bit_equal(strategy: str) -> None:
    healthy = trials(8)
    sick = [*healthy]
    sick[3] = Trial(3, Hyperparameters(1e6, 1e-2, 0.99))
    plan = LanePlan(8, strategy, 2)
    without, with_nan = run(healthy, plan, 8), run(sick, plan, 8)
    assert np.isnan(with_nan[3]).any()
    others = [i for i in range(8) if i != 3]
    np.testing.assert_array_equal(with_nan[others], without[others])


def test_more_trials_than_lanes_are_refused() -> None:
    lanes = Lanes(SIGNATURE, TRAIN, VALIDATION, TEST, LanePlan(2, "map", 1), seed=0, epochs=2)
    with pytest.raises(ValueError, match="3 trials do not fit 2 lanes"):
        lanes.start(trials(3))


def test_a_plan_follows_the_backend_and_the_user() -> None:
    count = len(jax.devices())
    assert plan_lanes(None, None) == LanePlan(8 * count, "map", count)
    assert plan_lanes(1, None) == LanePlan(1, "map", 1)
    assert plan_lanes(7, "vmap", 1) == LanePlan(7, "vmap", 1)


@pytest.mark.parametrize(
    ("plan", "capacity"),
    [((7, "map", 2), 8), ((7, "map", 1), 7), ((1, "map", 1), 2), ((1, "vmap", 1), 1)],
)
def test_every_device_has_as_many_lanes(plan: tuple, capacity: int) -> None:
    assert LanePlan(*plan).capacity == capacity


def test_weights_of_one_lane_are_that_trials() -> None:
    plan = LanePlan(4, "map", 1)
    lanes = Lanes(SIGNATURE, TRAIN, VALIDATION, TEST, plan, seed=0, epochs=EPOCHS)
    state, _ = lanes.train_segment(lanes.start(trials(4)))
    alone = Lanes(SIGNATURE, TRAIN, VALIDATION, TEST, LanePlan(1, "map", 1), seed=0, epochs=EPOCHS)
    single, _ = alone.train_segment(alone.start(trials(4)[2:3]))
    ours, theirs = lanes.parameters_of(state, 2), alone.parameters_of(single, 0)
    assert all(jax.tree.leaves(jax.tree.map(np.array_equal, ours, theirs)))

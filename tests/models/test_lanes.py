import functools

import jax
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models import placement
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.lane_plan import LanePlan, plan_lanes
from netclinic.models.lanes import fetched
from netclinic.models.network import NetworkSpec
from netclinic.models.placement import AnyLanes, hold_rows
from netclinic.models.signature import Signature

EPOCHS, SEGMENT, SEED = 4, 2, 11
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


@functools.cache
def make_lanes(plan: LanePlan) -> AnyLanes:
    """Made once for the runs of a plan: what takes long is to trace and compile its programs."""
    rows = hold_rows(TRAIN, VALIDATION, TEST, plan)
    return placement.make_lanes(SIGNATURE, rows, plan, SEED, SEGMENT)


def run(batch: list[Trial], plan: LanePlan, size: int) -> np.ndarray:
    """All curves and the test score of each trial: (trials, 5 × epochs + 2)."""
    lanes = make_lanes(plan)
    found = []
    for first in range(0, len(batch), size):
        part = batch[first : first + size]
        state = lanes.fill(lanes.empty(), dict(enumerate(part)))
        columns = []
        for _ in range(EPOCHS // SEGMENT):
            state, seen = lanes.train_segment(state)
            columns += list(fetched(seen).curves[:5])
        columns += [value[:, None] for value in lanes.test(state) if value is not None]
        found.append(np.concatenate(columns, axis=1)[: len(part)])
    return np.concatenate(found)


def compilations(into: list[str]) -> None:
    """From now on, note every compilation of this process in ``into``."""

    def note(event: str, seconds: float, **_: object) -> None:
        if event.endswith("backend_compile_duration"):
            into.append(f"{event}: {seconds:.3f} s")

    jax.monitoring.register_event_duration_secs_listener(note)


@pytest.fixture(scope="module")
def alone() -> np.ndarray:
    """64 trials trained one at a time on one device."""
    return run(trials(64), LanePlan(1, "map", 1), 1)


# What holds of lanes holds wherever the rows lie.
placed = pytest.mark.parametrize("stream", [False, True], ids=["resident", "stream"])


@placed
@pytest.mark.parametrize(("lanes", "devices"), [(7, 1), (2, 2), (7, 2), (64, 2)])
def test_the_same_trials_bit_for_bit_for_every_k(
    alone, lanes: int, devices: int, stream: bool
) -> None:
    found = run(trials(64), LanePlan(lanes, "map", devices, stream=stream), lanes)
    np.testing.assert_array_equal(found, alone)


@placed
def test_vmap_agrees_with_map_to_rounding(alone, stream: bool) -> None:
    found = run(trials(7), LanePlan(7, "vmap", 2, stream=stream), 7)
    np.testing.assert_allclose(found, alone[:7], atol=1e-4)


@placed
@pytest.mark.parametrize("strategy", ["map", "vmap"])
def test_a_nan_lane_leaves_its_neighbours_bit_equal(strategy: str, stream: bool) -> None:
    healthy = trials(7)
    sick = [*healthy]
    sick[3] = Trial(3, Hyperparameters(1e6, 1e-2, 0.99))
    plan = LanePlan(7, strategy, 2, stream=stream)
    without, with_nan = run(healthy, plan, 7), run(sick, plan, 7)
    assert np.isnan(with_nan[3]).any()
    others = [i for i in range(7) if i != 3]
    np.testing.assert_array_equal(with_nan[others], without[others])


@placed
@pytest.mark.parametrize("strategy", ["map", "vmap"])
def test_a_refilled_lane_is_bit_equal_to_one_that_began_empty(strategy: str, stream: bool) -> None:
    """Lane 1 gets trial 5 when trials 0 and 2 are half way; nothing is compiled anew."""
    lanes = make_lanes.__wrapped__(LanePlan(7, strategy, 2, stream=stream))
    batch = trials(6)
    state = lanes.empty()
    seen, epochs, compiled = [], [], []
    for filling in ({0: batch[0], 4: batch[2]}, {1: batch[5]}, {}):
        state, curves = lanes.train_segment(lanes.fill(state, filling))
        curves = fetched(curves)
        seen.append(np.stack(curves.curves[:5]))
        epochs.append(curves.epoch.tolist())
        if len(epochs) == 1:  # from now on
            compilations(compiled)
    found_compiled = tuple(compiled)
    beside = [batch[n] for n in (0, 5, 1, 3, 2)]
    expected = run(beside, LanePlan(7, strategy, 2), 7)
    columns = {0: (0, 1), 1: (1, 2), 4: (0, 1)}
    for lane, parts in columns.items():
        found = np.concatenate([seen[i][:, lane] for i in parts], axis=0).ravel()
        np.testing.assert_array_equal(found, expected[lane, :-2])
    others = [4] * 3
    assert epochs == [[2, 4, 4, 4, 2, *others], [4, 2, 4, 4, 4, *others], [4] * 8]
    assert found_compiled == (), "a refill compiles nothing"


@placed
def test_only_the_wanted_lanes_are_judged(stream: bool) -> None:
    lanes = make_lanes(LanePlan(7, "map", 2, stream=stream))
    state = lanes.fill(lanes.empty(), dict(enumerate(trials(7))))
    wanted = np.isin(np.arange(8), [0, 3])
    some = lanes.test(state, wanted)
    assert np.isfinite(some.error).tolist() == wanted.tolist()
    np.testing.assert_array_equal(some.error[wanted], lanes.test(state).error[wanted])


@placed
def test_more_trials_than_lanes_are_refused(stream: bool) -> None:
    lanes = make_lanes(LanePlan(2, "map", 1, stream=stream))
    with pytest.raises(ValueError, match="3 trials do not fit 2 lanes"):
        lanes.fill(lanes.empty(), dict(enumerate(trials(3))))
    with pytest.raises(ValueError, match=r"got lanes \[2\]; there are 2, from 0"):
        lanes.fill(lanes.empty(), {2: trials(1)[0]})


def test_a_plan_follows_the_backend_and_the_user() -> None:
    count = len(jax.devices())
    assert plan_lanes(None, None) == LanePlan(8 * count, "map", count, "chwn")
    assert plan_lanes(1, None) == LanePlan(1, "map", 1, "chwn")
    assert plan_lanes(7, "vmap", 1, "im2col") == LanePlan(7, "vmap", 1, "im2col")


@pytest.mark.parametrize(
    ("plan", "capacity"),
    [((7, "map", 2), 8), ((7, "map", 1), 7), ((1, "map", 1), 2), ((1, "vmap", 1), 1)],
)
def test_every_device_has_as_many_lanes(plan: tuple, capacity: int) -> None:
    assert LanePlan(*plan).capacity == capacity


@pytest.mark.parametrize(
    ("plan", "lanes"),
    [((16, "map", 2), 8), ((7, "vmap", 2), 4), ((3, "vmap", 1), 1), ((2, "map", 1), 1)],
)
def test_every_device_gets_half_as_many_lanes(plan: tuple, lanes: int) -> None:
    assert LanePlan(*plan).halved() == LanePlan(lanes, *plan[1:])


@pytest.mark.parametrize("plan", [(1, "map", 1), (2, "vmap", 2)])
def test_one_lane_a_device_cannot_be_halved(plan: tuple) -> None:
    assert LanePlan(*plan).halved() is None


@placed
def test_weights_of_one_lane_are_that_trials(stream: bool) -> None:
    lanes = make_lanes(LanePlan(7, "map", 2, stream=stream))
    state, _ = lanes.train_segment(lanes.fill(lanes.empty(), dict(enumerate(trials(4)))))
    alone = make_lanes(LanePlan(1, "map", 1))
    single, _ = alone.train_segment(alone.fill(alone.empty(), {0: trials(4)[2]}))
    ours, theirs = lanes.variables_of(state, 2), alone.variables_of(single, 0)
    assert all(jax.tree.leaves(jax.tree.map(np.array_equal, ours, theirs)))

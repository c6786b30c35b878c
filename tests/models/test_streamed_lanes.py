"""Streamed rows give the numbers of resident ones, however they are cut into chunks."""

import functools
from typing import Any

import jax
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models import judging, kept_program, streamed_judging
from netclinic.models.convolution_shapes import Convolutions, residual_layers
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.kept_program import KeptProgram
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lanes import fetched
from netclinic.models.network import NetworkSpec
from netclinic.models.placement import AnyLanes, hold_rows, make_lanes
from netclinic.models.signature import Signature
from netclinic.models.streamed_lanes import StreamedLanes
from netclinic.models.tasks import TaskSpec

MLP = NetworkSpec("mlp", 16, (24,), 3, "relu", "he_normal")
LAYERS = Convolutions((4, 4, 1), (3, 5), (3, 3), (1, 2), ("same", 1))
NETWORKS = {
    "mlp": MLP,
    "cnn": MLP._replace(kind="cnn", convolutions=LAYERS),
    "resnet": MLP._replace(
        kind="resnet",
        hidden=(),
        convolutions=residual_layers((4, 4, 1), (3,), (1,)),
        normalization="batch",
        dropout=True,
    ),
}
EPOCHS, BATCH, LANES = 3, 16, 5
MINIBATCH = LANES * BATCH * 4 * (16 + 1)  # bytes of all lanes'


def split(rows: int, seed: int) -> Split:
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=rows).astype(np.int32)
    inputs = rng.normal(size=(rows, 16)) + labels[:, None]
    return Split(inputs.astype(np.float32), labels)


SPLITS = split(150, 0), split(61, 1), split(50, 2)  # nine minibatches
BRIDGE = split(45, 3)
GROUPS = np.random.default_rng(5).integers(12, size=150)
PICKED = np.random.default_rng(4).permutation(61)[:50].astype(np.int32)
HYPER = Hyperparameters(0.01, 1e-3, 0.5, dropout=0.3)
TRIALS = {n: Trial(n, HYPER._replace(learning_rate=0.01 * (n + 1))) for n in range(LANES)}


def lanes_of(kind: str, strategy: str, *, stream: bool, **more: Any) -> AnyLanes:
    plain = Signature(NETWORKS[kind], "nesterov", "cosine", EPOCHS, BATCH)
    signature = plain._replace(**more)
    plan = LanePlan(LANES, strategy, 1, stream=stream)
    return make_lanes(signature, hold_rows(*SPLITS, plan, BRIDGE, PICKED, GROUPS), plan, 3, 2)


def run(lanes: AnyLanes) -> list[np.ndarray]:
    """Curves of two segments (the last epoch of the second is past the end), scores, answers."""
    state = lanes.fill(lanes.empty(), TRIALS)
    found = []
    for _ in range(2):
        state, seen = lanes.train_segment(state)
        found += jax.tree.leaves(fetched(seen).curves)
    bridge = lanes.test_bridge(state)
    assert bridge is not None
    wanted = np.arange(lanes.plan.capacity) % 2 == 0
    errors = lanes.row_errors(state, wanted)
    assert errors is not None
    tests = lanes.test_errors(state, wanted)
    assert not errors[~wanted].any()
    assert not tests[~wanted].any()
    judged = *lanes.test(state), *bridge, lanes.answers(state)[:LANES]
    return [*found, *judged, errors[:LANES], tests[:LANES]]


@functools.cache
def resident(strategy: str, at_once: int) -> list[np.ndarray]:
    """What resident rows give, whatever the chunks of streamed ones are."""
    del at_once  # how many numbers are judged at once tells what is kept apart
    return run(lanes_of("mlp", strategy, stream=False))


@pytest.mark.parametrize("minibatches", [1, 4])
@pytest.mark.parametrize(("strategy", "pieces"), [("map", 1), ("map", 4), ("vmap", 4)])
def test_bit_equal_for_every_size_of_chunks(
    strategy: str, pieces: int, minibatches: float, monkeypatch
) -> None:
    """Chunks of two minibatches (the fewest) and of four; pieces of which the last overlaps."""
    monkeypatch.setattr(streamed_judging, "CHUNK_BYTES", int(minibatches * MINIBATCH))
    if pieces > 1:
        monkeypatch.setattr(judging, "NUMBERS_AT_ONCE", 24 * 150 // pieces)
        # A kept program is not asked for the number that it was made with.
        monkeypatch.setattr(kept_program, "programs_folder", lambda: None)
    streamed = run(lanes_of("mlp", strategy, stream=True))
    expected = resident(strategy, judging.NUMBERS_AT_ONCE)
    for ours, theirs in zip(streamed, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("cnn", {"bootstrap": True}),
        ("resnet", {"patience": 1}),
        ("mlp", {"patience": 1, "task": TaskSpec("classification", balanced=3)}),
    ],
)
def test_bit_equal_whatever_is_trained(kind: str, more: dict[str, Any]) -> None:
    both = (lanes_of(kind, "map", stream=stream, **more) for stream in (False, True))
    for ours, theirs in zip(*map(run, both), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("more", [{}, {"bootstrap": True}], ids=["rows", "bootstrap"])
@pytest.mark.parametrize("stream", [False, True], ids=["resident", "stream"])
def test_compiling_reads_no_rows_and_leaves_nothing_to_compile(
    stream: bool, more: dict[str, Any], monkeypatch
) -> None:
    lanes = lanes_of("mlp", "map", stream=stream, **more)
    with monkeypatch.context() as meanwhile:
        if stream:
            meanwhile.setattr(StreamedLanes, "_place", lambda self, rows: pytest.fail("read"))
        lanes.compile()
        lanes.compile_judges()
        if not more:
            lanes.compile_look()
    monkeypatch.setattr(KeptProgram, "_loaded", lambda *_: pytest.fail("compiled or loaded"))
    state, _ = lanes.train_segment(lanes.fill(lanes.empty(), TRIALS))
    lanes.test(state)
    lanes.test_bridge(state)
    if more:
        lanes.answers(state)
    else:
        lanes.row_errors(state, np.ones(lanes.plan.capacity, bool))
        lanes.vital_signs(state, TRIALS)


def test_what_is_known_without_running(monkeypatch) -> None:
    """FLOPs are those of resident lanes; memory is that of the lanes and of a few chunks."""
    resident, streamed = (lanes_of("mlp", "map", stream=stream) for stream in (False, True))
    assert streamed.epoch_flops(streamed.empty()) == resident.epoch_flops(resident.empty())
    monkeypatch.setattr(streamed_judging, "CHUNK_BYTES", MINIBATCH)
    small = lanes_of("mlp", "map", stream=True)
    chunks = 4  # one that trains, one that waits to, two that are read
    more = streamed.device_bytes() - small.device_bytes()
    assert more == pytest.approx(chunks * (9 - 2) * MINIBATCH, rel=0.1)
    assert "func.func public @main" in streamed.lowered("cuda")

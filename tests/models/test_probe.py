"""The number of lanes: chosen by trying, within memory, and remembered."""

import sys
from collections.abc import Callable

import jax
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models import memory, probe
from netclinic.models.convolution_shapes import Convolutions
from netclinic.models.kept_files import clear_folder
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes
from netclinic.models.network import NetworkSpec
from netclinic.models.probe import Work, choose_form, choose_lanes, probed_plan, segment_seconds
from netclinic.models.probe_cache import Finding, probe_folder, remember, remembered
from netclinic.models.signature import Signature

SIGNATURE = Signature(NetworkSpec("mlp", 4, (4,), 3, "relu", "he_normal"), "sgd", "constant", 2, 8)
RNG = np.random.default_rng(0)
ROWS = Split(RNG.normal(size=(24, 4)).astype(np.float32), np.arange(24, dtype=np.int32) % 3)
EXHAUSTED = jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes")


@pytest.fixture
def home(tmp_path, monkeypatch) -> None:
    if sys.platform != "linux":
        pytest.skip("the variable is that of XDG")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def device(overhead: float, lane: float, holds: int = 10**6) -> tuple[Callable, list[int]]:
    """Seconds of a segment on a device that holds so many lanes, and the numbers asked for."""
    asked: list[int] = []

    def seconds(lanes: int) -> float | None:
        asked.append(lanes)
        return None if lanes > holds else overhead + lane * lanes

    return seconds, asked


MUCH = Work(1000, 10**9)  # so much that every number is worth trying


@pytest.mark.parametrize(
    ("overhead", "lane", "holds", "most", "chosen", "tried"),
    [
        (1.0, 0.01, 10**6, 4096, 512, [8, 32, 128, 512, 2048, 1024]),
        (1.0, 0.005, 10**6, 4096, 2048, [8, 32, 128, 512, 2048, 4096]),
        (1.0, 0.01, 100, 4096, 64, [8, 32, 128, 64, 128]),  # memory ends
        (1.0, 0.01, 10**6, 100, 64, [8, 32, 64]),  # more are of no use
        (1.0, 0.01, 10**6, 5, 5, [5]),
        (0.0, 1.0, 10**6, 4096, 8, [8, 32, 16]),  # side by side is no faster
        (1.0, 0.01, 3, 4096, 2, [8, 4, 2]),
        (1.0, 0.01, 0, 4096, 1, [8, 4, 2, 1]),
        (1.0, 0.0, 10**6, 4096, 4096, [8, 32, 128, 512, 2048, 4096]),
    ],
)
def test_lanes_are_multiplied_while_it_pays(overhead, lane, holds, most, chosen, tried) -> None:
    seconds, asked = device(overhead, lane, holds)
    best = seconds(chosen)
    asked.clear()
    assert choose_lanes(seconds, MUCH, most) == (chosen, chosen / best if best else 0)
    assert asked == tried


def test_thousands_of_trials_begin_on_more_lanes() -> None:
    for trials, first in ((1023, 8), (1024, 16), (4096, 64), (10**9, 64)):
        seconds, asked = device(1.0, 0.01)
        choose_lanes(seconds, Work(trials, 10**9))
        assert asked[:2] == [first, 4 * first]
    seconds, asked = device(1.0, 0.01, holds=20)
    assert choose_lanes(seconds, Work(4096, 4)).lanes == 16
    assert asked == [64, 32, 16]


def timed(seconds: Callable, compiling: float) -> tuple[Callable, Callable]:
    """``seconds``, and a clock that goes on by ``compiling`` with every call of it."""
    now = 0.0

    def slow(lanes: int) -> float | None:
        nonlocal now
        now += compiling
        return seconds(lanes)

    return slow, lambda: now


def test_patience_ends() -> None:
    seconds, asked = device(1.0, 0.0)
    slow, clock = timed(seconds, 20.0)
    assert choose_lanes(slow, MUCH, clock=clock).lanes == 128
    assert asked == [8, 32, 128]


@pytest.mark.parametrize(
    ("trials", "tried"),
    [
        (64, [8]),  # 8 rounds of 4 segments of 0.108 s: over before the next compile is
        (512, [8, 32]),  # 28 s at K = 8, 8 s at 32
        (1024, [16, 64]),  # 30 s at K = 16, 11 s at 64
        (4096, [64, 256, 1024]),  # 42, 23 and 18 s
    ],
)
def test_a_study_is_not_probed_for_longer_than_it_trains(trials, tried) -> None:
    seconds, asked = device(0.1, 0.001)
    slow, clock = timed(seconds, 18.0)
    chosen = choose_lanes(slow, Work(trials, 4), clock=clock)
    assert asked == tried
    assert chosen.lanes == tried[-1]


def test_a_form_that_is_hopeless_on_the_first_lanes_is_tried_on_no_more() -> None:
    fast, asked_fast = device(1.0, 0.01)
    near, asked_near = device(1.5, 0.01)
    slow, asked_slow = device(2.5, 0.01)
    found = choose_form({"fast": fast, "near": near, "slow": slow}, MUCH, 4096)
    assert asked_slow == [8]
    assert asked_fast[:2] == asked_near[:2] == [8, 32]
    assert found["slow"] == (8, 8 / 2.58)
    assert found["fast"].lanes == 512


def real_seconds(limit: int | None = None, **options) -> float | None:
    plan = LanePlan(4, "vmap", 2)
    return segment_seconds(SIGNATURE, place_rows(ROWS, ROWS, ROWS, plan), plan, 1, limit, **options)


def test_the_time_is_the_median_of_segments_that_compile_nothing() -> None:
    times = iter([0.0, 100.0, 100.0, 100.25, 100.25, 101.0, 101.0, 101.5])
    assert real_seconds(clock=lambda: next(times)) == 0.5
    assert next(times, None) is None


def test_a_slow_segment_is_timed_once() -> None:
    times = iter([0.0, 100.0, 100.0, 120.0])
    assert real_seconds(clock=lambda: next(times)) == 20.0
    assert next(times, None) is None


def test_every_timed_segment_trains_every_lane(monkeypatch) -> None:
    """Trials of two epochs would be done after the second segment of one, were there no refill."""
    epochs = []
    fetched = probe.fetched
    monkeypatch.setattr(probe, "fetched", lambda curves: epochs.append(fetched(curves).epoch))
    assert real_seconds()
    assert [e.tolist() for e in epochs] == [[1] * 4] * (1 + probe.ROUNDS)


def test_lanes_that_do_not_fit_are_not_run(monkeypatch) -> None:
    monkeypatch.setattr(Lanes, "empty", lambda _: pytest.fail("memory was asked for"))
    assert real_seconds(limit=100) is None


def test_memory_that_ends_all_the_same_is_no_error(monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise EXHAUSTED

    monkeypatch.setattr(Lanes, "train_segment", fails)
    assert real_seconds() is None


def test_another_failure_is_told(monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise jax.errors.JaxRuntimeError("INTERNAL: ptxas not found")

    monkeypatch.setattr(Lanes, "train_segment", fails)
    with pytest.raises(jax.errors.JaxRuntimeError, match="ptxas"):
        real_seconds()


SPLITS = (ROWS, ROWS, ROWS)
PLAN = LanePlan(2, "vmap", 2)
IMAGES = Convolutions((2, 2, 1), (3,), (2,), (1,), ("same",))
CNN = SIGNATURE._replace(network=NetworkSpec("cnn", 4, (4,), 3, "relu", "he_normal", IMAGES))


@pytest.mark.usefixtures("home")
def test_a_tiny_network_is_probed_once(monkeypatch) -> None:
    found = probed_plan(SIGNATURE, SPLITS, PLAN, 1, ["im2col"], MUCH, most=20)
    assert found.lanes in (16, 32), "8 or 16 on each of two devices"
    assert found == PLAN._replace(lanes=found.lanes)
    assert len(list(probe_folder().glob("*.json"))) == 1
    monkeypatch.setattr(probe, "segment_seconds", lambda *_: pytest.fail("probed again"))
    assert probed_plan(SIGNATURE, SPLITS, PLAN, 1, ["im2col"], MUCH, most=20) == found
    assert probed_plan(SIGNATURE, SPLITS, PLAN, 1, ["im2col"], MUCH, most=31) == found, "the same K"
    assert clear_folder(probe_folder()) == 1
    assert clear_folder(probe_folder()) == 0
    with pytest.raises(pytest.fail.Exception, match="probed again"):
        probed_plan(SIGNATURE, SPLITS, PLAN, 1, ["im2col"], MUCH, most=20)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("lanes", "chosen"),
    [
        ({"im2col": 0.01, "native": 0.02}, (64, "im2col")),
        ({"im2col": 0.02, "native": 0.01}, (64, "native")),
        ({"im2col": None, "native": 0.5}, (8, "native")),  # the one that memory holds
    ],
)
def test_the_faster_form_is_chosen_with_its_number_of_lanes(monkeypatch, lanes, chosen) -> None:
    def seconds(signature, rows, plan: LanePlan, *_: object) -> float | None:
        lane = lanes[plan.form]
        return None if lane is None else 0.1 + lane * plan.lanes

    monkeypatch.setattr(probe, "segment_seconds", seconds)
    for _ in range(2):  # probed, then remembered
        plan = probed_plan(CNN, SPLITS, LanePlan(1, "vmap", 1), 1, ["im2col", "native"], MUCH, 64)
        assert plan == LanePlan(chosen[0], "vmap", 1, chosen[1])


@pytest.mark.usefixtures("home")
def test_both_forms_of_a_tiny_cnn_are_really_run(monkeypatch) -> None:
    forms, real = set(), probe.segment_seconds

    def seconds(signature, rows, plan: LanePlan, *more) -> float | None:
        forms.add(plan.form)
        return real(signature, rows, plan, *more)

    monkeypatch.setattr(probe, "segment_seconds", seconds)
    found = probed_plan(CNN, SPLITS, PLAN, 1, ["im2col", "native"], MUCH, most=2)
    assert forms == {"im2col", "native"}
    assert found.lanes == 4
    assert found.form in forms


@pytest.mark.usefixtures("home")
def test_another_question_is_probed_for_itself(monkeypatch) -> None:
    monkeypatch.setattr(probe, "segment_seconds", lambda *_: None)
    fewer = (Split(ROWS.inputs[:16], ROWS.labels[:16]), ROWS, ROWS)
    one = LanePlan(1, "vmap", 1)
    probed_plan(SIGNATURE, SPLITS, one, 1, ["im2col"], MUCH)
    probed_plan(SIGNATURE._replace(batch_size=4), SPLITS, one, 1, ["im2col"], MUCH)
    probed_plan(SIGNATURE, fewer, one, 1, ["im2col"], MUCH)
    probed_plan(SIGNATURE, SPLITS, PLAN, 1, ["im2col"], MUCH)
    probed_plan(SIGNATURE, SPLITS, one, 2, ["im2col"], MUCH)
    probed_plan(SIGNATURE, SPLITS, one, 1, ["native"], MUCH)
    monkeypatch.setattr(jax, "__version__", "0.0")
    probed_plan(SIGNATURE, SPLITS, one, 1, ["im2col"], MUCH)
    assert len(list(probe_folder().glob("*.json"))) == 7


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"lanes": 8}',
        '{"lanes": "8", "form": "native"}',
        '{"lanes": 0, "form": "native"}',
        '{"lanes": true, "form": "native"}',
        '{"lanes": 8, "form": 1}',
        "\xff",
    ],
)
def test_a_damaged_file_is_ignored_and_rewritten(text: str) -> None:
    remember("question", Finding(64, "native"))
    (file,) = probe_folder().iterdir()
    assert remembered("question") == (64, "native")
    file.write_text(text, encoding="latin-1")
    assert remembered("question") is None
    remember("question", Finding(32, "im2col"))
    assert remembered("question") == (32, "im2col")
    assert list(probe_folder().iterdir()) == [file]


@pytest.mark.usefixtures("home")
def test_a_folder_that_cannot_be_made_is_no_error() -> None:
    probe_folder().parent.write_text("a file where the folder should be")
    remember("question", Finding(64, "native"))
    assert remembered("question") is None


@pytest.mark.parametrize(
    ("stats", "limit"), [(None, None), ({"bytes_in_use": 1}, None), ({"bytes_limit": 1000}, 900)]
)
def test_a_part_of_the_memory_stays_free(monkeypatch, stats, limit) -> None:
    class Device:
        def memory_stats(self) -> dict | None:
            return stats

    monkeypatch.setattr(jax, "devices", lambda: [Device()])
    assert memory.memory_limit() == limit

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np
import pytest
from netclinic.models import kept_program
from netclinic.models.kept_program import KEPT, KeptProgram

RUN = """
from netclinic.models.devices import prepare_devices
prepare_devices(2)
import jax, numpy as np
from jax import monitoring
from netclinic.datasets.dataset import Split
from netclinic.models.hyperparameters import plain
from netclinic.models.lane_plan import LanePlan
from netclinic.models.filling import Trial
from netclinic.models.lanes import fetched
from netclinic.models.network import NetworkSpec
from netclinic.models.placement import hold_rows, make_lanes
from netclinic.models.signature import Signature
lowered = []
monitoring.register_event_duration_secs_listener(lambda name, *_, **__: lowered.append(name))
rng = np.random.default_rng(0)
def split(rows):
    inputs = rng.normal(size=(rows, 4)).astype("float32")
    return Split(inputs, rng.integers(3, size=rows, dtype="int32"))
spec = NetworkSpec("mlp", 4, (5,), 3, "relu", "he_normal")
splits = split(40), split(20), split(24)
numbers = []
for devices, stream in ((1, False), (2, False), (2, True)):
    plan = LanePlan(4, "map", devices, stream=stream)
    signature = Signature(spec, "sgd", "constant", 4, 8)
    lanes = make_lanes(signature, hold_rows(*splits, plan), plan, 7, 2)
    state = lanes.fill(lanes.empty(), {0: Trial(3, plain(0.1)), 2: Trial(5, plain(0.2))})
    for _ in range(2):
        state, curves = lanes.train_segment(state)
        numbers += fetched(curves).curves.training_loss[[0, 2]].ravel().tolist()
    numbers += lanes.test(state).loss[[0, 2]].tolist()
    numbers += [lanes.epoch_flops(state), lanes.device_bytes()]
print(sum("jaxpr_to_mlir" in name for name in lowered), *numbers)
"""


def run_in_a_process(home: Path) -> tuple[int, list[float]]:
    """(programs that were lowered, what the lanes measured) of a fresh process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("JAX_")}
    environment |= {
        "XDG_CACHE_HOME": str(home),
        "JAX_PLATFORMS": "cpu",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    lowered, *numbers = done.stdout.split()
    return int(lowered), [float(number) for number in numbers]


def kept_in(home: Path) -> list[Path]:
    return sorted(home.rglob(f"*{KEPT}"))


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is that of XDG")
def test_a_second_process_lowers_no_program_of_lanes(tmp_path: Path) -> None:
    """Neither those of one device nor those of two, nor those of streamed rows."""
    first, numbers = run_in_a_process(tmp_path)
    files = kept_in(tmp_path)
    of_streamed = 9  # live, order, advance, conclude, stack, scores, and three sizes of split
    assert len(files) == 2 * 3 + of_streamed  # fills, trains, judges
    second, again = run_in_a_process(tmp_path)
    assert again == numbers
    assert first - second == len(files)
    # A file that was cut short is no error, and neither is one that is something else.
    for place, file in enumerate(files):
        file.write_bytes((file.read_bytes()[:1000], b"", b"not a program")[place % 3])
    lowered, again = run_in_a_process(tmp_path)
    assert again == numbers
    # What jax's own cache had is not written: streamed lanes do not find what filled the others.
    assert lowered == first + 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept_program, "programs_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def twice() -> Callable[..., float]:
    """Calls a program; jax's own cache, which lasts from one run of the tests to the next, has no
    program of its name."""
    name = f"twice_{uuid.uuid4().hex}"

    def called(made_of: object = "it", values: tuple[float, ...] = (1.0, 2.0)) -> float:
        program = KeptProgram(f"{name}_{made_of}", lambda x: x * 2, jax.devices()[:1], made_of)
        given = jax.device_put(np.array(values, "float32"), jax.devices()[0])
        return float(program(given)[0])

    return called


def test_what_decides_a_program_decides_which_is_loaded(folder, twice) -> None:
    def kept() -> int:
        return len(kept_in(folder))

    assert (twice(), kept()) == (2, 1)
    assert (twice(), kept()) == (2, 1)
    assert (twice("another"), kept()) == (2, 2)
    assert (twice(values=(3.0, 2.0)), kept()) == (6, 2)
    assert (twice(values=(3.0, 2.0, 1.0)), kept()) == (6, 3)


def test_other_code_versions_or_settings_are_other_programs(folder, twice, monkeypatch) -> None:
    twice("one")
    monkeypatch.setattr(kept_program, "_environment", lambda: "another digest")
    monkeypatch.setattr(kept_program, "_hits", lambda: 0)
    twice("one")
    assert len(kept_in(folder)) == 2


def test_what_came_from_jaxs_own_cache_is_not_written(folder, twice) -> None:
    """It lacks symbols then, and would fail when it is run."""
    twice()
    kept_in(folder)[0].unlink()
    if not jax.config.values["jax_compilation_cache_dir"]:
        pytest.skip("jax's own cache is off")
    assert twice() == 2
    assert not kept_in(folder)


def test_without_a_folder_or_a_digest_of_its_code_nothing_is_kept(
    folder, twice, monkeypatch
) -> None:
    assert twice(None) == 2
    monkeypatch.setattr(kept_program, "programs_folder", lambda: None)
    assert twice() == 2
    blocked = folder / "a file"
    blocked.write_text("where a folder should be")
    monkeypatch.setattr(kept_program, "programs_folder", lambda: blocked)
    assert twice("another") == 2
    assert not kept_in(folder)

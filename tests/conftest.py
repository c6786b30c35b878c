"""Sloppiness fails: strict dtypes and ranks in every test, warnings are errors (pyproject).

Programs are compiled to be ready soon, not to run fast; tests/models/test_optimized.py compiles
some as users get them. All of them: ``JAX_DISABLE_MOST_OPTIMIZATIONS=0 XLA_FLAGS= pytest``.
"""

import gc
import os
import shutil
from collections.abc import Callable, Generator
from importlib import metadata
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock
from netclinic.models.devices import prepare_devices

# A newer XLA has no other way to make fusions, and ends a process that names the flag.
EMITTERS = "--xla_cpu_use_fusion_emitters=false"
FLAGS = [EMITTERS] if metadata.version("jaxlib").startswith("0.10.") else []
# Many tests compile the same small programs: each is compiled once for all processes.
CACHE = Path(__file__).parents[1] / ".pytest_cache"
MANY = 256  # programs of 1 to 2 MB that a file may leave; the fewer, the more are made again
COMPILED = CACHE / "xla"
SETTINGS = {
    # Most of the suite's time was LLVM's: with these, 142 seconds of tests of models took 52.
    "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
    "XLA_FLAGS": " ".join([*FLAGS, "--xla_cpu_parallel_codegen_split_count=1"]),
    "JAX_NUMPY_DTYPE_PROMOTION": "strict",
    "JAX_NUMPY_RANK_PROMOTION": "raise",
    "JAX_PLATFORMS": "cpu",
    "XDG_CACHE_HOME": str(CACHE / "user"),  # not the user's own
    "JAX_COMPILATION_CACHE_DIR": str(COMPILED),
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}
for name, value in SETTINGS.items():
    os.environ.setdefault(name, value)

# Programs and their traces live as long as the process, and were looked through for garbage again
# and again: a tenth of the time of tests of studies.
gc.set_threshold(50_000, 20, 50)

# This imports jax, so it comes last. Two devices: every test walks the many-device path.
prepare_devices(2)

hypothesis.settings.register_profile("netclinic", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.load_profile("netclinic")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The examples first: what takes long must not be what the last process is left with.

    Traces before them: jax writes all programs of its process into each, two seconds at the end.
    """
    first = ["test_trace.py", "test_examples.py"]
    items.sort(key=lambda item: [item.path.name != name for name in first])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator:
    """Between files programs are given back: each process grew to 3 to 5 GB by the end.

    Not between tests, which would find a program or not by what another process took over.
    """
    from netclinic.models.live_programs import give_back_programs  # it imports jax

    result = yield
    if nextitem is None or nextitem.path != item.path:
        give_back_programs(MANY)
    return result


@pytest.fixture(scope="session")
def made_once(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str, Callable[[Path], object]], Path]:
    """Gives a folder that is filled once for all test processes; each gets a copy of its own."""
    alone = not hasattr(request.config, "workerinput")
    root = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        place, begun = root / f"once-{name}", root / f"begun-{name}"
        with FileLock(root / f"once-{name}.lock"):
            if not place.exists():
                shutil.rmtree(begun, ignore_errors=True)  # of a process that failed
                begun.mkdir()
                fill(begun)
                begun.rename(place)
        return Path(shutil.copytree(place, tmp_path_factory.mktemp(name) / "copy"))

    return made

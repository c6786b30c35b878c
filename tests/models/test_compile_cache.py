import os
import subprocess
import sys
from pathlib import Path

import pytest
from netclinic.models.compile_cache import (
    FOLDER,
    cache_root,
    cache_state,
    clear_compile_cache,
    machine_key,
)

COMPILE = """
from netclinic.models.devices import prepare_devices
prepare_devices(1)
import jax, jax.numpy as jnp
from jax import monitoring
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)  # a fast machine keeps it too
hits = []
monitoring.register_event_listener(lambda name, **_: hits.append(name))
f = jax.jit(lambda x: jnp.sort(jnp.tanh(x @ x))[::-1].cumsum(axis=0))
total = float(f(jnp.ones((8, 8))).sum())
print(sum(name.endswith("cache_hits") for name in hits), total)
"""


def compile_once(cache: Path, **variables: str) -> tuple[int, float]:
    """(programs that came from the cache, what they computed) of a fresh process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("JAX_")}
    environment |= {"XDG_CACHE_HOME": str(cache), "JAX_PLATFORMS": "cpu", **variables}
    done = subprocess.run(
        [sys.executable, "-c", COMPILE], env=environment, capture_output=True, text=True, check=True
    )
    assert not done.stderr
    hits, total = done.stdout.split()
    return int(hits), float(total)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is that of XDG")
def test_a_second_process_compiles_nothing_and_computes_the_same(home) -> None:
    assert cache_root() == home / "netclinic" / "xla"
    first, total = compile_once(home)
    state = cache_state()
    assert first == 0
    assert state.programs > 0
    assert (cache_root() / machine_key()).is_dir()
    second, again = compile_once(home)
    assert second > 0
    assert again == total
    assert clear_compile_cache().programs == state.programs
    assert not cache_root().exists()
    assert cache_state().programs == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is that of XDG")
def test_jaxs_own_variable_decides(home, tmp_path) -> None:
    compile_once(home, **{FOLDER: str(tmp_path / "elsewhere")})
    assert not cache_root().exists()
    assert clear_compile_cache().programs == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is that of XDG")
def test_a_folder_that_cannot_be_made_is_no_error(tmp_path) -> None:
    (tmp_path / "netclinic").write_text("a file where the folder should be")
    assert compile_once(tmp_path)[0] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is that of XDG")
def test_what_a_killed_process_left_is_compiled_once_more_and_kept(home) -> None:
    _, total = compile_once(home)
    programs = sorted((cache_root() / machine_key()).glob("*-cache"))
    for program in programs:
        program.write_bytes(b"")
        program.with_name(program.name.removesuffix("cache") + "atime").unlink()
    assert compile_once(home) == (0, total)
    assert all(program.read_bytes() for program in programs)
    assert compile_once(home) == (len(programs), total)


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is that of XDG")
def test_a_program_that_cannot_be_read_is_compiled_and_nothing_said(home) -> None:
    _, total = compile_once(home)
    for program in (cache_root() / machine_key()).glob("*-cache"):
        program.write_bytes(program.read_bytes()[:40])
    assert compile_once(home, PYTHONWARNINGS="") == (0, total)

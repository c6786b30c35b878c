import gzip
import os
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest
from netclinic.models.trace import TraceError, refuse_unwritable_trace, traced


def compute() -> None:
    def planted(x: jax.Array) -> jax.Array:
        return jnp.sort(x @ x)

    jax.jit(planted)(jnp.ones((8, 8))).block_until_ready()


def traces(folder: Path) -> list[Path]:
    return sorted(folder.glob("plugins/profile/*/*.xplane.pb"))


def test_a_trace_holds_what_jax_did(tmp_path) -> None:
    with traced(tmp_path):
        compute()
    (file,) = traces(tmp_path)
    assert b"jit_planted" in file.read_bytes()
    (page,) = file.parent.glob("*.trace.json.gz")
    assert "traceEvents" in gzip.decompress(page.read_bytes()).decode()


@pytest.mark.parametrize("kind", [ZeroDivisionError, KeyboardInterrupt, GeneratorExit])
def test_a_trace_ends_with_the_block_however_it_is_left(tmp_path, kind) -> None:
    def leave() -> None:
        compute()
        raise kind

    with pytest.raises(kind), traced(tmp_path):
        leave()
    assert len(traces(tmp_path)) == 1
    with traced(tmp_path / "next"):  # jax takes one at a time
        compute()


def test_a_process_that_is_traced_already(tmp_path) -> None:
    with (
        traced(tmp_path / "first"),
        pytest.raises(TraceError, match=r"cannot be started .*Run without --profile"),
        traced(tmp_path / "second"),
    ):
        pass
    assert len(traces(tmp_path / "first")) == 1


def test_a_trace_that_cannot_be_written_at_the_end(tmp_path, monkeypatch) -> None:
    stop = jax.profiler.stop_trace

    def fail() -> None:
        stop()
        raise RuntimeError("no space left")

    monkeypatch.setattr(jax.profiler, "stop_trace", fail)
    with pytest.raises(TraceError, match=r"not be written \(no space left\)"), traced(tmp_path):
        compute()
    with pytest.raises(ZeroDivisionError), traced(tmp_path):
        raise ZeroDivisionError


def test_a_folder_is_made(tmp_path) -> None:
    refuse_unwritable_trace(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_file_is_no_folder(tmp_path) -> None:
    (file := tmp_path / "file").touch()
    with pytest.raises(TraceError, match=r"file: .*\(it is a file\).*--profile FOLDER"):
        refuse_unwritable_trace(file)
    with pytest.raises(TraceError, match="Not a directory"):
        refuse_unwritable_trace(file / "below")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(tmp_path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(TraceError, match="Permission denied"):
        refuse_unwritable_trace(tmp_path)

"""Compiled programs kept on disk, so that a second run of the same shapes compiles nothing."""

import hashlib
import os
import platform
import shutil
import warnings
from pathlib import Path
from typing import NamedTuple

import platformdirs
from filelock import FileLock

SIZE_CAP = 1 << 30  # bytes; the least recently used programs go first
FOLDER = "JAX_COMPILATION_CACHE_DIR"  # jax's own variable: where it is set, it decides
PATIENCE = 10.0  # seconds to wait for another process that writes


class CacheState(NamedTuple):
    """What lies in the cache."""

    folder: Path
    programs: int
    size: int  # bytes


def cache_root() -> Path:
    """The folder of all our compiled programs, by XDG: ``~/.cache/netclinic/xla``."""
    return platformdirs.user_cache_path("netclinic") / "xla"


def use_compile_cache() -> None:
    """Let jax keep its programs; jax must be imported and nothing compiled yet.

    Where the folder cannot be written, programs are compiled anew in every process, as ever.
    """
    import jax

    # What cannot be read or written is compiled: nothing that a user need do anything about.
    warnings.filterwarnings("ignore", "Error (reading|writing) persistent compilation cache entry")
    if os.environ.get(FOLDER):
        return
    folder = cache_root() / machine_key()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    if not os.access(folder, os.W_OK):
        return
    _remove_unfinished(folder)
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_compilation_cache_max_size", SIZE_CAP)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.05)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def _remove_unfinished(folder: Path) -> None:
    """Remove programs that a killed process, or a full disk, left cut short.

    jax neither reads nor replaces them, and puts away nothing more once it must make room. It
    writes when a program was used (``-atime``) after the program, both under one lock.
    """
    try:
        with FileLock(folder / ".lockfile", timeout=PATIENCE):
            for program in folder.glob("*-cache"):
                if not program.with_name(program.name.removesuffix("cache") + "atime").exists():
                    program.unlink(missing_ok=True)
    except OSError:  # the time-out, too
        return  # they are compiled in this process, too


def programs_folder() -> Path | None:
    """Where programs are kept ready to run (kept_program.py), beside jax's own.

    ``None`` where nothing is kept.
    """
    import jax

    folder = jax.config.values["jax_compilation_cache_dir"]
    return Path(folder) / "ready" if folder else None


def machine_key() -> str:
    """A short name of this kind of processor: a program for another one may not run here.

    Home folders are shared between machines, and XLA's CPU programs use what the processor has.
    """
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(errors="replace").splitlines()
        wanted = ("model name", "flags", "Features", "CPU part")
        processor += "".join(sorted({line for line in lines if line.startswith(wanted)}))
    return hashlib.sha256(processor.encode()).hexdigest()[:12]


def cache_state() -> CacheState:
    """How much lies in our cache, for all kinds of processor."""
    files = [file for file in cache_root().rglob("*") if file.is_file()]
    programs = sum(file.name.endswith("-cache") for file in files)
    return CacheState(cache_root(), programs, sum(file.stat().st_size for file in files))


def clear_compile_cache() -> CacheState:
    """Remove every kept program; what was there.

    Raises:
        OSError: a file cannot be removed.
    """
    before = cache_state()
    if before.folder.exists():
        shutil.rmtree(before.folder)
    return before

"""A trace of what jax does, written to a folder for xprof or Perfetto to show."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path


class TraceError(Exception):
    """A trace cannot be taken or written; the message says why and what to type next."""


def refuse_unwritable_trace(folder: Path) -> None:
    """Find out before anything is trained that no trace can be written; loads no jax.

    Args:
        folder: for the trace; made where it is missing.

    Raises:
        TraceError: names the folder and the reason.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = "it is a file" if folder.is_file() else error.strerror
        raise TraceError(
            f"{folder}: the trace cannot be written there ({reason}). Allowed is a folder that "
            "can be written or made; name another one: --profile FOLDER"
        ) from error


@contextlib.contextmanager
def traced(folder: Path) -> Iterator[None]:
    """Trace jax within the block; the trace is written however the block is left.

    The devices must be prepared: jax starts them with the trace.

    Args:
        folder: gets ``plugins/profile/TIME/*.xplane.pb`` and ``*.trace.json.gz``, beside those
            of earlier traces.

    Raises:
        TraceError: the process is traced already, or the trace could not be written.
    """
    import jax

    options = jax.profiler.ProfileOptions()
    # Every call of a Python function would slow down what is measured, and fill the trace.
    options.python_tracer_level = 0
    try:
        jax.profiler.start_trace(folder, profiler_options=options)
    except RuntimeError as error:
        raise TraceError(
            f"{folder}: the trace cannot be started ({error}). Run without --profile"
        ) from error
    try:
        yield
    except BaseException:
        with contextlib.suppress(RuntimeError):  # what went wrong first is what to tell
            jax.profiler.stop_trace()
        raise
    try:
        jax.profiler.stop_trace()
    except RuntimeError as error:
        raise TraceError(
            f"{folder}: the trace could not be written ({error}). The trials are stored; "
            "`netclinic resume STUDY` goes on from there"
        ) from error

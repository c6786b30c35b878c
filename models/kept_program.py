"""A program that is kept on disk as it runs: a later process loads it, and traces nothing.

jax's own cache is asked only for what has been traced and lowered, which for small networks takes
several times as long as loading what was compiled (benchmarks/LOG.md).
"""

import contextlib
import functools
import hashlib
import os
import pickle
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import flax
import jax
import jaxlib
import numpy as np
import optax
from jax.experimental import serialize_executable
from jax.stages import Compiled, Traced

from .compile_cache import programs_folder
from .flops import count_flops
from .kept_files import make_room, write_whole
from .room_digest import room_digest

SIZE_CAP = 1 << 29  # bytes; the programs that were used least recently go first
KEPT = ".program"  # how the files' names end

_seen = threading.local()  # .hits: programs that this thread got from jax's own cache


def _count_hits(event: str, **_: Any) -> None:
    if event == "/jax/compilation_cache/cache_hits":
        _seen.hits = _hits() + 1


def _hits() -> int:
    return getattr(_seen, "hits", 0)


jax.monitoring.register_event_listener(_count_hits)


class Ready(NamedTuple):
    """A compiled program."""

    call: Compiled
    flops: int  # operations of one call, see ``count_flops``; 0 where they were not counted


class KeptProgram:
    """A function that is jitted and compiled for the arguments it gets, or loaded from disk.

    Loading gives the program of the process that compiled it, bit for bit. What cannot be kept
    (a folder that is not writable, a program that holds constants) is compiled, as ever.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        devices: Sequence[Any],
        made_of: object,
        *,
        counted: bool = True,
        **options: Any,
    ) -> None:
        """Load and compile nothing yet.

        Args:
            name: of the program, an identifier.
            function: to jit.
            devices: jax's, that it runs on.
            made_of: all that decides the function beside its name and this package's code, of a
                ``repr`` that says so; ``None`` keeps nothing.
            counted: whether to count its operations, which cannot be where an argument says how
                often a loop is run.
            options: of ``jax.jit``.
        """
        # jax's own cache tells programs apart by name, too: of a new version, it has none.
        version = metadata.version("netclinic").replace(".", "_")
        function.__name__ = f"netclinic_{version}_{name}"
        self.function = jax.jit(function, **options)
        self._devices = devices
        self._counts = counted
        self._made_of = made_of and (name, made_of, sorted(options.items()))
        self.made: dict[Any, Ready] = {}  # by the shapes of the arguments
        self._counted: dict[Any, int] = {}  # operations, by these

    def __call__(self, *arguments: Any) -> Any:
        """Run the program; arguments that it donates are consumed."""
        return self.ready(*arguments).call(*arguments)

    def ready(self, *arguments: Any) -> Ready:
        """The program for arguments of these shapes, which may be ``jax.ShapeDtypeStruct``."""
        shapes = _shapes(arguments)
        if shapes not in self.made:
            self.made[shapes] = self._loaded(arguments, self._place(shapes))
        return self.made[shapes]

    def flops(self, *arguments: Any) -> int:
        """``Ready.flops``; of what is not there to be run it is counted, and nothing compiled."""
        shapes = _shapes(arguments)
        if shapes in self.made:
            return self.made[shapes].flops
        if shapes not in self._counted:
            self._counted[shapes] = self._count(self.function.trace(*arguments))
        return self._counted[shapes]

    def _count(self, traced: Traced) -> int:
        return count_flops(traced.jaxpr.jaxpr) if self._counts else 0

    def _place(self, shapes: tuple[Any, ...]) -> Path | None:
        folder = programs_folder()
        if self._made_of is None or folder is None:
            return None
        devices = [(device.id, device.device_kind) for device in self._devices]
        decides = (_environment(), self._made_of, devices, shapes)
        return folder / (hashlib.sha256(repr(decides).encode()).hexdigest() + KEPT)

    def _loaded(self, arguments: tuple[Any, ...], place: Path | None) -> Ready:
        if place is not None:
            # A file that is cut short, or of a format that this jax does not know, is written anew.
            with contextlib.suppress(Exception):
                return self._read(place)
        traced, hits = self.function.trace(*arguments), _hits()
        ready = Ready(traced.lower().compile(), self._count(traced))
        # Out of jax's own cache a program comes without what is needed to write it once more.
        if place is not None and _hits() == hits:
            # Whatever hinders it (a full disk, constants inside), the program is there to be run.
            with contextlib.suppress(Exception):
                _write(place, ready)
        return ready

    def _read(self, place: Path) -> Ready:
        written, given, returned, flops = pickle.loads(place.read_bytes())
        trees = jax.tree.structure(given), jax.tree.structure(returned)
        call = serialize_executable.deserialize_and_load(
            written, *trees, execution_devices=self._devices
        )
        with contextlib.suppress(OSError):
            os.utime(place)  # it was used now
        return Ready(call, flops)


def _write(place: Path, ready: Ready) -> None:
    written, *trees = serialize_executable.serialize(ready.call)
    # Structures themselves cannot be pickled; what has them can.
    given, returned = (jax.tree.unflatten(tree, [0] * tree.num_leaves) for tree in trees)
    content = pickle.dumps((written, given, returned, ready.flops))
    write_whole(place, content)
    make_room(place.parent, SIZE_CAP)


def _shapes(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """All of the arguments that decides the program."""
    leaves, structure = jax.tree.flatten(arguments)
    return structure, *map(_shape, leaves)


def _shape(leaf: Any) -> Any:
    """All of an argument that decides the program."""
    sharding = getattr(leaf, "sharding", None)
    if sharding is None:
        return np.shape(leaf), np.result_type(leaf)
    # On a single device all shardings are the same.
    return leaf.shape, leaf.dtype, sharding if sharding.num_devices > 1 else None


@functools.cache
def _environment() -> str:
    """A digest of what decides programs beside what they are made of: code, versions, settings."""
    backend = jax.devices()[0].client
    settings = {k: v for k, v in jax.config.values.items() if "cache" not in k}
    decides = (
        room_digest("models"),
        sys.version,
        *(module.__version__ for module in (jax, jaxlib, flax, optax, np)),
        (backend.platform, backend.platform_version, len(jax.devices())),
        sorted(settings.items()),
        os.environ.get("XLA_FLAGS"),
    )
    return hashlib.sha256(repr(decides).encode()).hexdigest()

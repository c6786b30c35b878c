"""What small models made of a data set, kept on disk: the next study of the same rows asks nothing.

Studies of one data set follow one another, and what is found out aside (aside.py) depends on no
network. The rows themselves are not kept.
"""

import contextlib
import hashlib
import os
import pickle
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from ..diagnostics.bayes.data_question import DataQuestion, answered
from ..models.compile_cache import cache_root, machine_key
from ..models.kept_files import make_room, write_whole
from ..models.room_digest import room_digest

if TYPE_CHECKING:
    from ..diagnostics.bayes.data_reading import DataReading

SIZE_CAP = 1 << 28  # bytes; the readings that were used least recently go first
_DECIDE = ("diagnostics", "datasets")  # the rooms whose code decides a reading
_LIBRARIES = ("netclinic", "numpy", "scipy", "scikit-learn")


def readings_folder() -> Path:
    """Where they lie, by XDG: ``~/.cache/netclinic/readings``."""
    return cache_root().with_name("readings")


def read_once(asked: DataQuestion) -> "DataReading":
    """What small models make of the data, or made of it before: the same to the last bit."""
    place = _place(asked)
    # A file that is not there, or cut short, is written anew.
    with contextlib.suppress(Exception):
        kept = _with_rows(pickle.loads(place.read_bytes()), asked)
        os.utime(place)  # it was used now
        return kept
    reading = answered(asked)
    # Whatever hinders it, such as a full disk, the reading is there to be used.
    with contextlib.suppress(OSError):
        write_whole(place, pickle.dumps(_with_rows(reading, None), pickle.HIGHEST_PROTOCOL))
        make_room(place.parent, SIZE_CAP)
    return reading


def _place(asked: DataQuestion) -> Path:
    """The file of what this machine, with this code and these versions, answers."""
    versions = [sys.version, machine_key(), room_digest(*_DECIDE)]
    versions += map(metadata.version, _LIBRARIES)
    decides = pickle.dumps((versions, asked), pickle.HIGHEST_PROTOCOL)
    return readings_folder() / f"{hashlib.sha256(decides).hexdigest()}.reading"


def _with_rows(reading: "DataReading", asked: DataQuestion | None) -> "DataReading":
    """With the rows of its question, which it came without; without them for ``None``."""
    tasks = {
        name: _with_rows(it, asked and asked.tasks[name]) for name, it in reading.tasks.items()
    }
    seen = reading.seen and reading.seen._replace(rows=asked and asked.rows)
    return reading._replace(tasks=tasks, seen=seen)

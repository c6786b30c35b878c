"""What probes of this machine's devices found, kept on disk as small JSON files; loads no jax."""

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from .compile_cache import cache_root
from .kept_files import write_whole


class Finding(NamedTuple):
    """What trains a signature fastest on the devices of this machine."""

    lanes: int  # a device
    form: str  # of convolutions, a key of convolution.FORMS


def probe_folder() -> Path:
    """Where the findings lie, by XDG: ``~/.cache/netclinic/probes``."""
    return cache_root().with_name("probes")


def remembered(question: Any) -> Finding | None:
    """What ``remember`` was told about ``question``; ``None`` when nothing that can be read.

    Args:
        question: anything that JSON can write: equal text, equal question.
    """
    try:
        found = json.loads(_file(question).read_text())
        lanes, form = found["lanes"], found["form"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    sound = type(lanes) is int and lanes > 0 and isinstance(form, str)
    return Finding(lanes, form) if sound else None


def remember(question: Any, finding: Finding) -> None:
    """Keep the answer, whatever was kept before.

    Where the folder cannot be written, the next process probes anew.
    """
    content = json.dumps({**finding._asdict(), "question": question}) + "\n"
    with contextlib.suppress(OSError):
        write_whole(_file(question), content.encode())


def _file(question: Any) -> Path:
    text = json.dumps(question, sort_keys=True)
    return probe_folder() / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"

"""What ``[data] source`` may be, and what it asks of keys that mean something for one kind only."""

import re
import shlex
from pathlib import PurePath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ..datasets.source_kinds import BUNDLED, SYNTHETIC, SourceKind, kind_of
from .spec_entries import nearest
from .spec_key import refused
from .spec_toml import shown, toml_value

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Owner(NamedTuple):
    """The sources that a key is for."""

    kinds: tuple[SourceKind, ...]
    which: str  # in a message, with what only they have
    lacks: str  # what is said of any other
    instead: str = ""  # what else can be done


_DRAWN = Owner(
    (SourceKind.SYNTHETIC,),
    f"{', '.join(map(toml_value, SYNTHETIC))} are drawn to measure",
    "is not",
)
_IMAGES = Owner((SourceKind.FOLDER,), "a folder of images has images to change", "is none")
OWNERS = {
    "ignore": Owner(
        (SourceKind.TABLE, SourceKind.FOLDER),
        ".csv and .parquet files and sets that Hugging Face datasets saved have columns with names",
        "has not",
    ),
    "labels": Owner((SourceKind.ARRAY,), "a .npy source has its labels in another file", "has not"),
    "missing": Owner(
        (SourceKind.TABLE, SourceKind.ARCHIVE, SourceKind.FUNCTION, SourceKind.FOLDER),
        "tables, .npz files, sets that Hugging Face datasets saved and Python functions are read "
        "with values missing",
        "is not",
        ", or give the arrays as a .npz file",
    ),
    "rows": _DRAWN._replace(instead=", or write train_rows to train on fewer"),
    "dimensions": _DRAWN,
    "image_size": _IMAGES,
    "image_mode": _IMAGES,
}


def fitted(key: str, value: Any, source: str) -> Any:
    """The value of a key of ``OWNERS``, where the source is one that the key is for.

    Raises:
        PydanticCustomError: the key means nothing for this source, or it is required.
        ValueError: labels are no .npy file.
    """
    owner = OWNERS[key]
    own = kind_of(source) in owner.kinds
    if value is not None and not own:
        raise refused(
            f"got {shown(value)}; only {owner.which}, {shown(source)} {owner.lacks}: remove this "
            f"key{owner.instead}",
            beside="data.source",
        )
    if key == "labels" and own:
        if value is None:
            raise refused(
                f"required, since {shown(source)} holds inputs only: write the path of the file "
                'that holds the labels, for example labels = "y.npy"',
                beside="data.source",
            )
        if not value.lower().endswith(".npy"):
            raise ValueError
    return value


def known_source(source: str, allowed: str) -> str:
    """``source``, where it is of a kind that can be read.

    Args:
        source: as the spec has it.
        allowed: what it may be, for the message.

    Raises:
        PydanticCustomError: it is an address, or of no kind.
        ValueError: it is not printable.
    """
    if not source.isprintable():
        raise ValueError
    if _ADDRESS.match(source):
        raise refused(f"got {shown(source)}; files are read, no addresses: {_first(source)}")
    if kind_of(source) is None:
        near = nearest(source, BUNDLED + SYNTHETIC)
        if not near and source and not PurePath(source).suffix:
            near = f"; if it is a folder, write {shown(f'{source}/')}."
        raise refused(f"got {shown(source)}; no such source{near or '.'} Allowed: {allowed}")
    return source


def _first(address: str) -> str:
    """What to do before the file at a web address can be read."""
    parts = urlsplit(address)
    file = PurePath(parts.path).name or "data.csv"
    get = "copy it to this machine first"
    if parts.scheme.lower() in ("http", "https", "ftp"):
        get = f"download it first, with curl -L -o {shlex.quote(file)} {shlex.quote(address)}"
    return f"{get}, and write source = {toml_value(file)}"

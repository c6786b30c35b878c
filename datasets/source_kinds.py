"""Which kind of source a ``[data] source`` is, told from its text alone."""

import os
from enum import StrEnum

BUNDLED = ("digits", "breast_cancer", "wine", "iris", "diabetes")
SYNTHETIC = ("two_gaussians", "twonorm", "friedman1")
QUANTITIES = ("diabetes", "friedman1")  # whose target is one; those of the other two are classes
TABLE_FILES = (".csv", ".parquet")


class SourceKind(StrEnum):
    """The kind, as messages call it."""

    BUNDLED = "a bundled set"
    SYNTHETIC = "a synthetic set"
    ARCHIVE = "a .npz file"
    ARRAY = "a .npy file"
    TABLE = "a table"
    FUNCTION = "a Python function"
    FOLDER = "a folder"


def kind_of(source: str) -> SourceKind | None:
    """Return the kind of ``source``; ``None`` where it is none that can be read.

    What has a slash and no suffix of a file that can be read is a folder: a word alone is more
    likely a misspelt name.

    >>> kind_of("digits"), kind_of("photos/"), kind_of("photos"), kind_of("make.py:moons")
    (<SourceKind.BUNDLED: 'a bundled set'>, <SourceKind.FOLDER: 'a folder'>, None, \
<SourceKind.FUNCTION: 'a Python function'>)
    """
    if source in BUNDLED:
        return SourceKind.BUNDLED
    if source in SYNTHETIC:
        return SourceKind.SYNTHETIC
    file, _, function = source.rpartition(":")
    if file.lower().endswith(".py"):
        return SourceKind.FUNCTION if function.isidentifier() else None
    name = source.lower()
    if name.endswith(".npz"):
        return SourceKind.ARCHIVE
    if name.endswith(".npy"):
        return SourceKind.ARRAY
    if name.endswith(TABLE_FILES):
        return SourceKind.TABLE
    if not name.endswith(".py") and ("/" in source or os.sep in source):
        return SourceKind.FOLDER
    return None

"""What ``[data] source`` asks of other keys: some mean something for one kind of source only."""

from typing import Any, NamedTuple

from ..datasets.source_kinds import SYNTHETIC, SourceKind, kind_of
from .spec_key import refused
from .spec_toml import shown, toml_value


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

"""The rows of a source, whatever its kind: who reads it, and where its files lie."""

from pathlib import Path

from .bundled import read_bundled
from .dataset import DataError
from .request import DataRequest
from .rows import CURE_OF_ANSWERED, Rows
from .source_kinds import BUNDLED, SYNTHETIC, TABLE_FILES, SourceKind, kind_of
from .synthetic import draw_synthetic
from .wording import did_you_mean

_FILES = (".npz", ".npy", *TABLE_FILES)
# Settings of one kind of source only, and how messages call that kind.
_OWN = {
    SourceKind.TABLE: (".csv and .parquet files", ("target",)),
    SourceKind.SYNTHETIC: (", ".join(SYNTHETIC), ("rows", "dimensions")),
    SourceKind.FOLDER: ("folders of images", ("image_size", "image_mode")),
    SourceKind.ARRAY: (".npy files", ("labels",)),
}


def read_source(request: DataRequest) -> Rows:
    """Return the rows of the source, whatever its kind.

    Raises:
        DataError: there is no such source, it cannot be read, or a setting is for another kind.
    """
    source, read_as = request.source, request.read_as
    kind = kind_of(source) if request.arrays is None else SourceKind.ARCHIVE
    if kind is None:
        raise DataError(_unknown(source))
    for owner in _OWN:
        if kind is not owner:
            _refuse(request, owner)
    if kind is SourceKind.SYNTHETIC:
        return draw_synthetic(source, request.rows, request.dimensions, request.seed)
    if kind is SourceKind.BUNDLED:
        return read_bundled(source)
    if kind is SourceKind.FUNCTION:
        from .functions import read_function

        file, _, function = source.rpartition(":")
        return read_function(existing_file(request, file), function, read_as)
    if request.arrays is not None:
        from .arrays import rows_of

        where = source_name(source)
        return rows_of(request.arrays, where, read_as=read_as, cure=CURE_OF_ANSWERED)
    if kind is SourceKind.FOLDER:
        return _read_folder(request, _existing_folder(request))
    path = existing_file(request, source)
    if kind is SourceKind.ARRAY:
        from .arrays import read_npy

        if request.labels is None:
            raise DataError(
                f"{path.name} has no labels; write, under [data], the file that has them: "
                f'labels = "y.npy"'
            )
        apart = request.apart and existing_file(request, request.apart)
        return read_npy(path, existing_file(request, request.labels), apart or None)
    if kind is SourceKind.ARCHIVE:
        from .arrays import read_npz

        return read_npz(path, read_as)
    from .tables import read_table  # pyarrow takes a third of a second

    wanted = request.target or _names(request) or None
    return read_table(path, wanted, read_as)


def source_name(source: str) -> str:
    """Return the source without the folders of a path."""
    return source if source in BUNDLED + SYNTHETIC else Path(source).name


def _names(request: DataRequest) -> tuple[str, ...]:
    return tuple(name for name, _ in request.targets)


def _read_folder(request: DataRequest, folder: Path) -> Rows:
    """Return the rows of a folder: saved by Hugging Face ``datasets``, or of images."""
    from .hugging_face import is_saved, read_saved
    from .images import read_images

    if is_saved(folder):
        images = request.image_size, request.image_mode
        return read_saved(folder, *images, request.read_as, _names(request))
    if request.ignore:
        raise DataError(
            f"{folder.name} is a folder of images, which has no columns to be ignored: remove "
            f"ignore."
        )
    if request.missing is not None:
        raise DataError(
            f"{folder.name} is a folder of images, which lack no values: remove missing."
        )
    if request.apart is not None:
        raise DataError(
            f"{folder.name} is a folder of images, which has no column {request.apart!r} to be "
            f'split by. Write split = "random", or make folders train and test.'
        )
    return read_images(folder, request.image_size, request.image_mode)


def _refuse(request: DataRequest, owner: SourceKind) -> None:
    """Refuse settings that only another kind of source has a use for, rather than ignore them."""
    sources, keys = _OWN[owner]
    for key in keys:
        value = getattr(request, key)
        if value is not None:
            raise DataError(
                f"{key} = {value!r} means nothing for the source {request.source!r}: it is for "
                f"{sources} only. Remove it."
            )


def existing_file(request: DataRequest, file: str) -> Path:
    """Return the absolute path of a file, which may start at the folder of the spec.

    Raises:
        DataError: it does not exist.
    """
    path = (request.folder / Path(file).expanduser()).resolve()
    if path.is_file():
        return path
    if path.is_dir():
        raise DataError(f"{path} is a folder; write the path of a file in it.")
    raise DataError(_missing("file", path))


def _existing_folder(request: DataRequest) -> Path:
    """Return the folder's absolute path."""
    path = (request.folder / Path(request.source).expanduser()).resolve()
    if path.is_dir():
        return path
    if path.is_file():
        raise DataError(f"{path} is no folder; files that can be read are {', '.join(_FILES)}.")
    raise DataError(_missing("folder", path))


def _missing(what: str, path: Path) -> str:
    siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    return (
        f"there is no {what} {path}{did_you_mean(path.name, siblings)}; a relative path starts at "
        f"the folder of the spec."
    )


def _unknown(source: str) -> str:
    """Return the message for a source that is neither a known name nor a readable file."""
    names = BUNDLED + SYNTHETIC
    if source.lower().endswith(".py"):
        return f"the source {source!r} names no function; write {source + ':load'!r}, say."
    return (
        f"unknown source {source!r}{did_you_mean(source, names)}; allowed are {', '.join(names)}, "
        f"a {', '.join(_FILES)} file, path/to/folder/ of images, and path/to/file.py:function."
    )

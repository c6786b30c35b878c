"""Folders of images: one folder a class, named like it.

``folder/cat/1.png`` is a picture of class ``cat``, however deep below ``cat`` it lies. Where the
folder holds ``train`` and ``test`` (and maybe ``validation``) instead of classes, these hold the
classes and are used as splits. Pixels are 8-bit numbers, rows × columns of one grey value or of
red, green and blue. Files that are no pictures by their suffix, and hidden ones, are left out;
pictures of a kind that is not read are refused.
"""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .arrays import column_names
from .dataset import DataError
from .rows import ReadyMade, Rows
from .wording import counted, listed, reason

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm")
# Pictures, too, as of telephones and cameras: a class would lose those without a word.
_UNREAD = (".heic", ".heif", ".avif", ".jfif", ".jp2", ".svg", ".psd", ".dng", ".cr2", ".nef")
_TABLES = (".parquet", ".arrow", ".csv", ".json", ".jsonl")
SPLITS = ("train", "validation", "test")
_MODES = {"grey": "L", "rgb": "RGB"}  # Pillow's names
_GREY = ("1", "L", "LA", "La")  # Pillow's modes without colour
_DEEP = ("I", "F")  # first letters of its modes with more than 8 bits
_ODD_NAMES = {"val": "validation", "valid": "validation", "dev": "validation", "training": "train"}


class Picture(NamedTuple):
    """A picture that has not been decoded."""

    name: str  # how messages call it
    content: Path | bytes  # of the file
    label: str  # the class: the folder's name


def read_images(folder: Path, size: tuple[int, int] | None, mode: str | None) -> Rows:
    """Read every picture below a folder.

    Args:
        folder: an existing folder of folders.
        size: (height, width) to resize to, aspect ratio not kept; ``None``: all are of one size.
        mode: "grey" or "rgb"; ``None``: grey if all pictures are grey.

    Raises:
        DataError: no class folders, no pictures in one, one that cannot be read, or several sizes.
    """
    blocks = [_pictures(part) for part in _parts(folder)]
    pictures = [picture for block in blocks for picture in block]
    return picture_rows(
        pictures,
        [len(block) for block in blocks],
        size,
        mode,
        f"{folder.name}: the folder of classes",
    )


class Pictures(NamedTuple):
    """New pictures, as a network takes them that learnt from such."""

    names: tuple[str, ...]  # of the files, below the folder that was named
    pixels: np.ndarray  # (pictures, features) uint8
    resized: int  # how many were of another size


def read_pictures(place: Path, shape: tuple[int, ...]) -> Pictures:
    """Read one picture, or all below a folder, whatever its folders are called.

    Args:
        place: an existing file or folder.
        shape: (height, width) of grey pictures, (height, width, 3) of coloured ones; others are
            made so as ``read_images`` does with a size and a mode.

    Raises:
        DataError: no pictures there, or one that cannot be read.
    """
    files = [place] if place.is_file() else list(_files(place))
    if not files:
        raise DataError(f"{place} has no pictures ({', '.join(SUFFIXES)}).")
    names = [file.name if file == place else file.relative_to(place).as_posix() for file in files]
    height, width, *colours = shape
    mode, size = "rgb" if colours else "grey", (height, width)
    pictures = [Picture(str(file), file, "") for file in files]
    pixels = np.stack([_pixels(picture, mode, size).ravel() for picture in pictures])
    return Pictures(tuple(names), pixels, sum(_size(picture) != size for picture in pictures))


def _size(picture: Picture) -> tuple[int, int]:
    """Return (height, width), as the camera was held."""
    with _opened(picture) as image:
        width, height = ImageOps.exif_transpose(image).size
    return height, width


def picture_rows(
    pictures: Sequence[Picture],
    lengths: Sequence[int],
    size: tuple[int, int] | None,
    mode: str | None,
    labels_from: str,
) -> Rows:
    """Decode pictures, the splits' one behind the other; ``size`` and ``mode`` as above.

    Args:
        pictures: of all splits.
        lengths: pictures in each of training, (validation) and test split; or of all.
        size: (height, width) to resize to.
        mode: "grey" or "rgb".
        labels_from: how messages call the labels.
    """
    mode = mode or _common_mode(pictures)
    first = _pixels(pictures[0], mode, size)
    inputs = np.empty((len(pictures), *first.shape), np.uint8)
    for row, picture in enumerate(pictures):
        pixels = _pixels(picture, mode, size)
        if pixels.shape != first.shape:
            raise DataError(
                f"the pictures differ in size: {pictures[0].name} has {_extent(first)} pixels, "
                f"{picture.name} has {_extent(pixels)}. Write, under [data], a size for all: "
                f"image_size = {list(first.shape[:2])}"
            )
        inputs[row] = pixels
    shape = inputs.shape[1:]
    columns = column_names(shape)
    return Rows(
        inputs.reshape(len(inputs), -1),
        columns,
        (None,) * len(columns),
        np.array([picture.label for picture in pictures]),
        labels_from,
        None if len(lengths) == 1 else ReadyMade(lengths[0], sum(lengths[1:-1]), lengths[-1]),
        shape,
    )


def _parts(folder: Path) -> list[Path]:
    """Return the folders that hold classes: the split folders, or the folder itself."""
    names = {path.name for path in _folders(folder)}
    odd = sorted(names & set(_ODD_NAMES))
    if not names & {"train", "training"}:
        return [folder]
    if odd:
        raise DataError(
            f"{folder} has a folder {odd[0]!r} beside the training pictures; it is called "
            f"{_ODD_NAMES[odd[0]]!r} here: rename it."
        )
    if names - set(SPLITS) or "test" not in names:
        raise DataError(
            f"{folder} has the folders {listed(sorted(names))}; allowed are one folder a class, or "
            f"train and test (and validation) with one folder a class in each."
        )
    return [folder / name for name in SPLITS if name in names]


def _folders(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def _pictures(part: Path) -> list[Picture]:
    """Return the pictures of a folder of classes, by class and path."""
    found: list[Picture] = []
    classes = _folders(part)
    if not classes:
        _refuse_tables(part)
        loose = counted(len(list(_files(part))), "picture")
        raise DataError(
            f"{part} has no folders, but {loose} in it; put the pictures of each class into a "
            f"folder of its own, as in {part.name}/cat/1.png."
        )
    for folder in classes:
        files = list(_files(folder))
        if not files:
            _refuse_tables(folder)
            raise DataError(
                f"the class folder {folder} has no pictures ({', '.join(SUFFIXES)}). Put some "
                f"there, or remove it."
            )
        found += [Picture(str(file), file, folder.name) for file in files]
    return found


def _refuse_tables(folder: Path) -> None:
    """Raise where a folder without pictures holds tables, as a data set of a hub does."""
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _TABLES)
    if found:
        raise DataError(
            f"{folder} has no pictures, but tables, such as {found[0].name}. A folder is one of "
            "pictures, or one that Hugging Face datasets saved. Name a .csv or .parquet file as "
            'source, or save it: datasets.load_dataset("path/to/folder").save_to_disk("saved")'
        )


def _files(folder: Path) -> Iterator[Path]:
    """Give the picture files below a folder, in the same order on every machine."""
    inside = sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix())
    for path in inside:
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file():
            continue
        if path.suffix.lower() in _UNREAD:
            raise DataError(
                f"{path} is a picture of a kind that is not read. Save those as one of "
                f"{', '.join(SUFFIXES)}, or remove them."
            )
        if path.suffix.lower() in SUFFIXES:
            yield path


def _common_mode(pictures: Sequence[Picture]) -> str:
    """Return "grey" if every picture is, from the files' headers."""
    for picture in pictures:
        with _opened(picture) as image:
            if image.mode not in _GREY:
                return "rgb"
    return "grey"


def _pixels(picture: Picture, mode: str, size: tuple[int, int] | None) -> np.ndarray:
    """Return (height, width) grey or (height, width, 3) uint8, turned as the camera was held."""
    with _opened(picture) as image:
        try:
            upright = ImageOps.exif_transpose(image).convert(_MODES[mode])
        except (OSError, ValueError, SyntaxError) as error:
            raise _broken(picture, error) from error
    if size is not None:
        upright = upright.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return np.asarray(upright)


def _opened(picture: Picture) -> Image.Image:
    """Return the picture with its header read; refuse more than 8 bits a value."""
    try:
        content = picture.content
        image = Image.open(io.BytesIO(content) if isinstance(content, bytes) else content)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise _broken(picture, error) from error
    if image.mode.startswith(_DEEP):
        with image:
            raise DataError(
                f"{picture.name} has pixels of more than 8 bits (Pillow's mode {image.mode}). "
                f"Save it with 8 bits, or give the pixels as arrays in a .npz file."
            )
    return image


def _broken(picture: Picture, error: Exception) -> DataError:
    unknown = isinstance(error, UnidentifiedImageError)
    said = "its bytes are no picture of a known kind" if unknown else reason(error)
    return DataError(
        f"{picture.name} cannot be read as a picture: {said}. Remove it, or save it anew."
    )


def _extent(pixels: np.ndarray) -> str:
    return f"{pixels.shape[0]} × {pixels.shape[1]}"

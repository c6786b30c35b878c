"""CSV files: read by Arrow, refused with what to write where they are not as expected."""

import codecs
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from .dataset import DataError

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # as Excel's "Unicode text" begins


def read_csv(path: Path, text: Collection[str] = ()) -> pa.Table:
    """Read a file with a header, its fields separated by commas.

    Args:
        path: of the file.
        text: columns to read as text, whatever their fields look like; they need not be there.

    Raises:
        DataError: the header is not UTF-8, or the file is separated otherwise.
        ArrowException: it cannot be parsed.
    """
    header = _header(path)
    try:
        return pyarrow.csv.read_csv(
            path,
            # One thread: the message of a broken line then names its number.
            read_options=pyarrow.csv.ReadOptions(use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                strings_can_be_null=True, column_types=dict.fromkeys(text, pa.string())
            ),
        )
    except pa.ArrowInvalid as error:
        if separator := other_separator(header):
            raise DataError(f"{path.name}: {separated(path, separator)}") from error
        raise


def _header(path: Path) -> str:
    """The first line."""
    with path.open("rb") as file:
        line = file.readline()
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        encoding = "utf-16" if line.startswith(_UTF_16) else "latin-1"
        raise DataError(f"{path.name}: the header {not_utf8(path.name, encoding)}") from error


def other_separator(header: str) -> str | None:
    """What separates a header that has no comma, if it is a usual separator."""
    return None if "," in header else next((s for s in ";\t|" if s in header), None)


def separated(path: Path, separator: str) -> str:
    """What is said of a file that is separated otherwise."""
    return (
        f"it seems to be separated by {separator!r}. Write it with commas, and numbers with "
        f"decimal points, in pandas: read_csv({path.name!r}, sep={separator!r}, decimal=',')"
        f".to_csv({path.name!r}, index=False)"
    )


def not_utf8(name: str, encoding: str = "latin-1") -> str:
    """What is said of text in another encoding."""
    return (
        "is not UTF-8 text. Write the file as UTF-8, in pandas with the encoding that it has: "
        f"read_csv({name!r}, encoding={encoding!r}).to_csv({name!r}, index=False)"
    )

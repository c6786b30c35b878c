"""CSV files: read by Arrow, refused with what to write where they are not as expected."""

import codecs
from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from .dataset import DataError

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # as Excel's "Unicode text" begins
_NO_UTF_8 = "invalid UTF8 data"  # Arrow's words, of a column that is to be text


def read_csv(path: Path, text: Collection[str] = ()) -> pa.Table:
    """Read a file with a header, its fields separated by commas.

    Args:
        path: of the file.
        text: columns to read as text, whatever their fields look like; they need not be there.

    Raises:
        DataError: the header or ``text`` is not UTF-8, or the file is separated otherwise.
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
        if _NO_UTF_8 in str(error):
            raise DataError(f"{path.name} {not_utf8(path.name)}") from error
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
    """What a header has more of than commas, which a name may hold, if it is a usual separator."""
    most = max(";\t|", key=header.count)
    return most if header.count(most) > header.count(",") else None


def refuse_one_column(path: Path, names: Sequence[str]) -> None:
    """Refuse a table of one column that seems to be several, separated otherwise.

    Raises:
        DataError: it is.
    """
    if len(names) == 1 and (separator := other_separator(names[0])):
        raise DataError(
            f"{path.name} has one column only, {names[0]!r}: {separated(path, separator)}"
        )


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

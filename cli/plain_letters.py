"""What a terminal or file without Unicode shows in place of signs that it has not."""

import codecs

NAME = "netclinic.plain"  # of the handler, as ``errors`` of a stream
# A minus that is lost changes a number; each sign has one column, so that tables stay in shape.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("−–—─·", "-"),
        **dict.fromkeys("├┤", "|"),
        **dict.fromkeys("●▶", "*"),
        **{"▲": "!", "×": "x", "→": ">", "←": "<", "’": "'", "²": "2", "✓": "+"},
        **dict(zip("▁▂▃▄▅▆▇█", "_.-~=+*#", strict=True)),
        **{"…": "...", "≤": "<=", "≥": ">=", "≠": "!=", "±": "+-", "½": "1/2"},
    }
)


def plain(error: UnicodeError) -> tuple[str, int]:
    """The signs that cannot be written in those that can, and question marks for others.

    >>> plain(UnicodeEncodeError("ascii", "−1.8 … 日", 0, 8, ""))
    ('-1.8 ... ?', 8)

    Raises:
        UnicodeError: it is not about writing.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_PLAIN)
    return "".join(it if it.isascii() else "?" for it in text), error.end


codecs.register_error(NAME, plain)

"""Values as TOML text, as short as a message can bear."""

import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST = 80  # characters of a value that a message repeats
DEEPEST = 4  # nested tables or lists that a message repeats


def toml_key(key: str) -> str:
    """``key`` as TOML would have it on the left of an equals sign."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else toml_string(key)


def toml_string(text: str) -> str:
    """``text`` as a TOML basic string."""
    return printable(json.dumps(text, ensure_ascii=False))


def printable(text: str) -> str:
    """``text`` with whatever a terminal could take as a command or a line break escaped."""
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def toml_value(value: Any) -> str:
    """``value`` on one line of TOML, whole; what has no value in a table is left out."""
    return _text(value, sys.maxsize)


def shown(value: Any) -> str:
    """``value`` as TOML; cut after ``LONGEST`` characters, and an ellipsis below ``DEEPEST``."""
    text = _text(value, DEEPEST)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _text(value: Any, depth: int) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return toml_string(value)
        case int():
            return str(value) if abs(value) < 10**40 else "a number of more than 40 digits"
        case float():
            return repr(value) if math.isfinite(value) else str(value)
        case Mapping() | Sequence() if depth == 0:
            return "…"
        case Mapping():
            there = ((toml_key(str(k)), v) for k, v in value.items() if v is not None)
            return "{" + ", ".join(f"{key} = {_text(v, depth - 1)}" for key, v in there) + "}"
        case Sequence():
            return "[" + ", ".join(_text(v, depth - 1) for v in value) + "]"
    return str(value)  # TOML's dates and times read as they are written

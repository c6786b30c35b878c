"""Rows and documents as JSON for programs: every digit, times as UTC, null for what JSON lacks."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any


def json_text(thing: Any) -> str:
    """Built-in types as indented JSON with a final newline; see ``jsonable``."""
    return json.dumps(jsonable(thing), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_objects(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """One object a row, with distinct keys."""
    keys = distinct(names)
    return [dict(zip(keys, row, strict=True)) for row in rows]


def distinct(names: Sequence[str]) -> list[str]:
    """Names with ``_2``, ``_3``, … after those that were there before: JSON keys are unique."""
    taken: list[str] = []
    for name in names:
        further = (f"{name}_{i}" for i in range(2, len(names) + 2))
        taken.append(next(n for n in (name, *further) if n not in taken))
    return taken


def jsonable(value: Any) -> Any:
    """A value as JSON has it.

    Numbers that are not finite become null, naive times are marked as UTC, bytes are hexadecimal.
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.tzinfo is None else "")
    if isinstance(value, Mapping):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(v) for v in value]
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, str | int | None) else str(value)

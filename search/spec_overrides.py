"""``-S table.key=value``: what the command line changes in a spec."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from .spec import TABLES
from .spec_errors import Problem
from .spec_toml import printable

Origins = dict[tuple[str, str], str]  # (table, key) → the override that set it last

# Keys of [search] that are no entry, but a table of entries by the user's own names.
_OF_ENTRIES = ("arguments", "task_weights")


def with_overrides(
    content: Mapping[str, Any], overrides: Sequence[str]
) -> tuple[dict[str, Any], Origins, list[Problem]]:
    """``content`` with every override in place, their origins, and those that cannot be read.

    A value is TOML or, where it is not, a bare word that stands for itself as text. In
    ``[search]`` a law replaces the entry: ``search.momentum.uniform=[0.5,0.9]``,
    ``search.arguments.width.int=[8,64]``.
    """
    changed: dict[str, Any] = dict(content)
    origins: Origins = {}
    problems: list[Problem] = []
    for override in overrides:
        origin = f"-S {override}"
        try:
            path, value = _read(override)
        except ValueError as error:
            problems.append(Problem(origin, "", "", str(error)))
            continue
        table, key = path[:2]
        if table not in changed:
            origins[table, ""] = origin
        origins[table, key] = origin
        _put(changed, path, value, replace=table == "search")
    return changed, origins, problems


def _read(override: str) -> tuple[list[str], Any]:
    """The path and the value of an override; a ValueError says what is wrong with it."""
    left, equals, right = override.partition("=")
    path = [part.strip() for part in left.split(".")]
    if not equals or len(path) < 2 or not all(path):
        owners = [table for table, model in TABLES.items() if path[0] in model.model_fields]
        known = f"{owners[0]}.{path[0]}={right or '…'}" if owners and len(path) == 1 else ""
        example = known or "training.epochs=50"
        raise ValueError(f"an override is table.key=value: write for example -S {example}")
    return path, _value(right.strip())


def _value(text: str) -> Any:
    try:
        content = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError) as error:
        if not text:
            raise ValueError("there is no value after the equals sign") from None
        if re.fullmatch(r"[+-]?(\.\d+|\d+\.)", text):
            raise ValueError(
                f"a number has digits on both sides of its point: write {float(text)}"
            ) from None
        if text[0] in "[{\"'" or not text.isprintable():
            reason = str(error).partition(" (at ")[0]
            raise ValueError(f"the value {printable(text)} is not valid TOML: {reason}") from None
        return text
    if content.keys() != {"value"}:
        raise ValueError("an override sets one key: write a further -S for the next")
    return content["value"]


def _put(content: dict[str, Any], path: Sequence[str], value: Any, *, replace: bool) -> None:
    """Set ``value`` at ``path``; what is no table on the way becomes one, but for the first."""
    *way, last = path
    for depth, part in enumerate(way):
        below = content.get(part, {})
        if not isinstance(below, dict) and depth == 0:
            return  # the file has a value where a table belongs: that is what will be reported
        entry = depth > 0 and not (depth == 1 and part in _OF_ENTRIES)
        keep = isinstance(below, dict) and not (replace and entry)
        content[part] = dict(below) if keep else {}  # a copy: the caller's stays as it is
        content = content[part]
    content[last] = value

"""``-S table.key=value`` and ``-S ~table.key``: what the command line changes in a spec."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from .spec import TABLES
from .spec_errors import Problem
from .spec_toml import printable

REMOVAL = "~"  # as Hydra and DVC have it
Origins = dict[tuple[str, str], str]  # (table, key) → the override that set it last

# Keys of [search] that are no entry, but a table of entries by the user's own names.
_OF_ENTRIES = ("arguments", "task_weights")


def with_overrides(
    content: Mapping[str, Any], overrides: Sequence[str]
) -> tuple[dict[str, Any], Origins, list[Problem]]:
    """``content`` with every override in place, their origins, and those that cannot be read.

    A value is TOML or, where it is not, a bare word that stands for itself as text. In
    ``[search]`` a law replaces the entry: ``search.momentum.uniform=[0.5,0.9]``,
    ``search.arguments.width.int=[8,64]``. With ``~`` in front, and no value, a key is removed.
    """
    changed: dict[str, Any] = dict(content)
    origins: Origins = {}
    problems: list[Problem] = []
    for override in overrides:
        origin = f"-S {override}"
        removes = override.lstrip().startswith(REMOVAL)
        try:
            path, value = _removed(override) if removes else _read(override)
            left = _without(changed, path) if removes else changed
        except ValueError as error:
            problems.append(Problem(origin, "", "", str(error)))
            continue
        table, key = path[:2]
        if table not in changed:
            origins[table, ""] = origin
        origins[table, key] = origin
        changed = left
        if not removes:
            _put(changed, path, value, replace=table == "search")
    return changed, origins, problems


def removal(name: str) -> str:
    """What removes a key, ``"table.key"``, from a spec, as ``-S`` takes it."""
    return f"{REMOVAL}{name}"


def _read(override: str) -> tuple[list[str], Any]:
    """The path and the value of an override; a ValueError says what is wrong with it."""
    left, equals, right = override.partition("=")
    path = [part.strip() for part in left.split(".")]
    if not equals or len(path) < 2 or not all(path):
        owners = [table for table, model in TABLES.items() if path[0] in model.model_fields]
        known = f"{owners[0]}.{path[0]}={right or '…'}" if owners and len(path) == 1 else ""
        example = known or "training.epochs=50"
        raise ValueError(f"an override is table.key=value: write for example -S {example}")
    if not right.strip():
        raise ValueError(
            "there is no value after the equals sign. To remove the key, write "
            f"-S '{removal('.'.join(path))}'"
        )
    return path, _value(right.strip())


def _removed(override: str) -> tuple[list[str], None]:
    """The path of the key that an override removes; a ValueError says what is wrong with it."""
    text = override.strip().removeprefix(REMOVAL)
    path = [part.strip() for part in text.split(".")]
    if "=" in text or len(path) < 2 or not all(path):
        raise ValueError(
            f"a key is removed by {REMOVAL}table.key, without a value: write for example "
            f"-S '{REMOVAL}training.patience'"
        )
    return path, None


def _without(content: Mapping[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """``content`` without the key at ``path``; one that no spec has is put there, to be refused.

    Raises:
        ValueError: a name within a key, as of an argument, is not there.
    """
    table, key, *_ = path
    keys = content.get(table, {})
    if not isinstance(keys, Mapping):
        return dict(content)  # the file has a value where a table belongs: that will be reported
    if table not in TABLES or key not in TABLES[table].model_fields:
        return {**content, table: {**keys, key: ""}}
    try:
        return {**content, table: _pruned(keys, path[1:])}
    except KeyError:
        raise ValueError(f"there is no {'.'.join(path)} to remove") from None


def _pruned(keys: Mapping[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """Keys without the one at ``path``, nor a table that nothing is left in."""
    head, *rest = path
    left = None
    if rest:
        below = keys.get(head)
        if not isinstance(below, Mapping) or rest[0] not in below:
            raise KeyError(head)
        left = _pruned(below, rest)
    return {k: left if k == head else v for k, v in keys.items() if k != head or left}


def _value(text: str) -> Any:
    try:
        content = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError) as error:
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

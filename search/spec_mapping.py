"""A spec given as a mapping, in Python: the TOML that says the same, and is stored of it."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from .spec_errors import Problem, SpecError
from .spec_toml import toml_key, toml_value

_ALLOWED = (
    "allowed is what TOML can say: text, a number, true or false, lists and tables of them. Rows "
    "go into a file that source names, by numpy.savez or as a table's to_parquet writes it"
)


def mapping_text(content: Mapping[str, Any], file: str) -> str:
    """TOML of a spec's tables, ``{"study": {"name": "digits"}, …}``.

    Paths become text, NumPy's numbers Python's, tuples lists; a key whose value is ``None`` is left
    out, as TOML has none.

    Args:
        content: by table and key, whatever the values.
        file: what messages call the spec.

    Raises:
        SpecError: with every value that TOML cannot say, as an array.
    """
    problems = [
        Problem(file, str(table), str(key), f"got a value of type {kind}; {_ALLOWED}")
        for table, keys in content.items()
        for key, value in (keys.items() if isinstance(keys, Mapping) else [("", keys)])
        if (kind := next(_unsayable(value), None)) is not None
    ]
    if problems:
        raise SpecError(problems)
    plain = _plain(content)
    alone = {table: keys for table, keys in plain.items() if not isinstance(keys, Mapping)}
    tables = {table: keys for table, keys in plain.items() if table not in alone}
    parts = [_lines(alone), *(f"[{toml_key(it)}]\n{_lines(tables[it])}" for it in tables)]
    return "\n".join(filter(None, parts))


def _lines(keys: Mapping[str, Any]) -> str:
    return "".join(f"{toml_key(key)} = {toml_value(value)}\n" for key, value in keys.items())


def _unsayable(value: Any) -> Iterator[str]:
    """The types, within a value, that TOML has no word for."""
    match value:
        case None | bool() | int() | float() | str() | np.bool_() | np.number() | PurePath():
            return
        case Mapping():
            inside: Iterable[Any] = value.values()
        case list() | tuple():
            inside = value
        case _:
            yield type(value).__name__
            return
    for it in inside:
        yield from _unsayable(it)


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): _plain(it) for key, it in value.items() if it is not None}
        case list() | tuple():
            return [_plain(it) for it in value]
        case np.generic():  # also those that are Python's, too: NumPy writes them its own way
            return value.item()
        case PurePath():
            return str(value)
    return value

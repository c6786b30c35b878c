"""The spec told from its models, key by key: the text of ``docs/spec.md``."""

import types
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from .spec import TABLES
from .spec_key import Key, key_of

PREFACE = """\
# The spec

<!-- Made by `python -m netclinic.search.spec_reference > docs/spec.md`; a test compares. -->

A study is described by one TOML file. `netclinic init` writes one in which every key is
explained. `netclinic schema > netclinic.schema.json` and a first line
`#:schema ./netclinic.schema.json` let editors with Taplo (such as Even Better TOML in VS Code)
complete and check it. Only `[study] name` and `[data] source` must be given.

`-S table.key=value` changes a key for one run: `-S training.epochs=50`,
`-S data.source=wine`, `-S search.learning_rate.log=[1e-6,1e-2]`. The value is TOML; a word
that is not stands for itself as text. `-S '~training.patience'` removes a key, which is then what
it is by default; `-S '~network.arguments.width'` one name of several.

An entry of `[search]` is one law:

| entry | draws |
|---|---|
| `{log = [low, high]}` | 10^U(log₁₀ low, log₁₀ high): every power of ten equally often |
| `{one_minus_log = [a, b]}` | 1 − 10^U(log₁₀ a, log₁₀ b): `[1e-3, 1e-1]` gives 0.9 to 0.999 |
| `{uniform = [low, high]}` | U(low, high) |
| `{int = [low, high]}` | a whole number, both limits included |
| `{choice = [a, b, …]}` | one of the values |
| a number | nothing: the value is fixed (where the key allows it) |
"""


WHOLE_NUMBERS = "list of whole numbers"


class KeyEntry(NamedTuple):
    """One key as a reader needs it."""

    name: str
    kind: str  # its type in words
    default: str | None  # as TOML text; None where there is none
    required: bool
    key: Key


def keys_of(model: type[BaseModel]) -> Iterator[KeyEntry]:
    """The keys of one table, in the order of the model."""
    for name, field in model.model_fields.items():
        key = key_of(model, name)
        absent = field.is_required() or field.default is None
        yield KeyEntry(
            name, _kind(field.annotation), None if absent else key.example, field.is_required(), key
        )


def reference() -> str:
    """The text of ``docs/spec.md``."""
    parts = [PREFACE]
    for table, model in TABLES.items():
        parts.append(f"\n## [{table}]\n\n{model.__doc__}\n\n")
        parts.append("| key | type | default | allowed | meaning |\n|---|---|---|---|---|\n")
        for entry in keys_of(model):
            default = "required" if entry.required else f"`{entry.default}`"
            default = "–" if default == "`None`" else default
            cells = (f"`{entry.name}`", entry.kind, default, entry.key.allowed, entry.key.meaning)
            parts.append(f"| {' | '.join(cells)} |\n")
    return "".join(parts)


def _kind(annotation: Any) -> str:
    """A type in words."""
    words = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    if annotation in words:
        return words[annotation]
    origin = get_origin(annotation)
    if origin is Literal:
        return "text"
    if origin is dict:
        return "table"
    if origin is tuple:
        return "list of texts" if _kind(get_args(annotation)[0]) == "text" else WHOLE_NUMBERS
    if origin in (Union, types.UnionType):
        kinds = [_kind(part) for part in get_args(annotation) if part is not type(None)]
        return " or ".join(dict.fromkeys(kinds))
    if isinstance(annotation, type):
        return "entry" if hasattr(annotation, "law") else "table"
    return _kind(get_args(annotation)[0])  # Annotated


if __name__ == "__main__":
    print(reference(), end="")

"""What is wrong with a spec, in words: every problem with its file, table and key."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import ValidationError

from .spec import TABLES
from .spec_entries import nearest
from .spec_key import key_of
from .spec_toml import printable, shown, toml_key


class Problem(NamedTuple):
    """One thing to mend."""

    file: str  # as the user named it, or the override: "-S training.epochs=0"
    table: str  # "training"; "" for what concerns the file as a whole
    key: str  # "epochs"; "" for what concerns the table as a whole
    text: str  # what was got, what is allowed, what to write

    def __str__(self) -> str:
        """The whole message on one line."""
        table = f"[{toml_key(self.table)}]" if self.table else ""
        key = toml_key(self.key) if self.key else ""
        place = " ".join(filter(None, (table, key)))
        stop = "" if self.text.endswith((".", "?")) else "."
        return ": ".join(filter(None, (printable(self.file), place, self.text))) + stop


class SpecError(Exception):
    """A spec cannot be used; ``str()`` is one printable line a problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order in which they are shown."""
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Document(NamedTuple):
    """A spec before it is validated, and where each part of it came from."""

    file: str
    content: Mapping[str, Any]  # as TOML gives it, overrides applied
    overrides: Mapping[tuple[str, str], str]  # (table, key) → the "-S …" that set it last

    def origin(self, *places: tuple[str, str]) -> str:
        """What to name as the origin of a problem: the first override among places, or the file."""
        return next((self.overrides[p] for p in places if p in self.overrides), self.file)


def problems_of(error: ValidationError, document: Document) -> list[Problem]:
    """One problem a key, in the order of the models."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for detail in error.errors(include_url=False):
        context = detail.get("ctx", {})
        table, key = (*map(str, detail["loc"][:2]), "", "")[:2]
        place = (table, key or context.get("key", ""))
        if place not in found or detail["type"] == "refused":
            found[place] = detail
    return [_problem(place, detail, document) for place, detail in found.items()]


def _problem(place: tuple[str, str], detail: Mapping[str, Any], document: Document) -> Problem:
    table, key = place
    if detail["type"] == "refused":
        other_table, _, other_key = detail["ctx"]["beside"].partition(".")
        origin = document.origin(place, (other_table, other_key))
        return Problem(origin, table, key, detail["ctx"]["text"])
    origin = document.origin(place)
    if not key:
        return _table_problem(origin, table, detail)
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 2:
        return Problem(origin, table, key, _unknown_key(table, key))
    model = TABLES[table]
    note = key_of(model, key)
    if detail["type"] == "missing" and len(detail["loc"]) == 2:
        return Problem(origin, table, key, f"missing: write for example {key} = {note.example}")
    value = document.content[table][key]
    near = nearest(value, _words(model.model_fields[key].annotation)) if type(value) is str else ""
    if near:
        return Problem(origin, table, key, f"got {shown(value)}{near} Allowed: {note.allowed}")
    text = f"got {shown(value)}; allowed: {note.allowed}; write for example {key} = {note.example}"
    return Problem(origin, table, key, text)


def _table_problem(origin: str, table: str, detail: Mapping[str, Any]) -> Problem:
    if detail["type"] == "missing":
        first = next(iter(TABLES[table].model_fields))
        example = f"{first} = {key_of(TABLES[table], first).example}"
        text = f"this table is missing: write a line [{table}] and below it, for example, {example}"
        return Problem(origin, table, "", text)
    value = detail["input"]
    if table in TABLES:
        text = (
            f"got {shown(value)}, which is no table: write a line [{table}] and its keys below it"
        )
        return Problem(origin, table, "", text)
    if not isinstance(value, Mapping):
        owners = _owners(table)
        where = f"it belongs to {owners}" if owners else f"the tables are {_listed(TABLES)}"
        return Problem(origin, "", table, f"this key stands before any table; {where}")
    near = nearest(table, list(TABLES), "[]") or "."
    return Problem(origin, table, "", f"unknown table{near} Allowed: {_listed(TABLES)}")


def _unknown_key(table: str, key: str) -> str:
    names = list(TABLES[table].model_fields)
    owners = _owners(key)
    near = f"; it belongs to {owners}." if owners else nearest(key, names) or "."
    return f"unknown key{near} Allowed: {', '.join(names)}"


def _owners(key: str) -> str:
    return " or ".join(f"[{name}]" for name, model in TABLES.items() if key in model.model_fields)


def _listed(tables: Iterable[str]) -> str:
    return ", ".join(f"[{name}]" for name in tables)


def _words(annotation: Any) -> Sequence[str]:
    """The strings that a type's literals allow."""
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if isinstance(word, str)]
    return [word for part in get_args(annotation) for word in _words(part)]

"""The arguments of a user's own network: ``[network.arguments]`` and ``[search.arguments]``."""

import math
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from ..models.own_code import GIVEN
from .entries import Choice, Int
from .spec_entries import Numbers, Words, law_of
from .spec_key import refused
from .spec_table import NamedEntries
from .spec_toml import shown, toml_key

VALUES = "a finite number (a whole one of 64 bits), text, true, false, or a list of those"
LIMIT = 2**31 - 1
BITS = 2**63  # TOML's whole numbers lie below
RANGE = f"a whole number from −{LIMIT:,} to {LIMIT:,}"
WHOLE = Numbers((Int, Choice), RANGE, -LIMIT, LIMIT, whole=True)
NUMBER = Numbers((Choice,), "a number", -1e300)
ALLOWED = "{int = [low, high]} or {choice = […]}, of numbers or of words"


@dataclass(frozen=True)
class Arguments(NamedEntries):
    """Annotation of a table of arguments by name."""

    searched: bool  # of entries, else of values

    allowed = "arguments by name"

    def one(self, name: str, value: Any) -> Any:
        """One entry, checked; see ``NamedEntries``."""
        if not re.fullmatch(r"[A-Za-z_]\w*", name, flags=re.ASCII):
            raise refused(f"{toml_key(name)} is no name of an argument of Python's")
        if name in GIVEN:
            raise refused(f"{name} is filled in by netclinic: remove it")
        if not self.searched:
            if not _is_value(value):
                raise refused(f"{name}: got {shown(value)}; allowed: {VALUES}")
            return value
        try:
            return _entry(value)
        except PydanticCustomError as error:
            raise refused(f"{name}: {(error.context or {})['text']}") from None


def _is_value(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_value, value))
    if isinstance(value, float):
        return math.isfinite(value)  # JSON, as which the database keeps the spec, has no other
    return isinstance(value, bool | str) or (isinstance(value, int) and -BITS <= value < BITS)


def _entry(value: Any) -> Int | Choice:
    """How one argument is searched: whole numbers, or a choice of numbers or of words."""
    if isinstance(value, BaseModel):
        value = value.model_dump(by_alias=True)
    law, content = law_of(value, (Int, Choice), ALLOWED)
    values = content if law is Choice and isinstance(content, list | tuple) else ()
    if values and all(isinstance(v, str) for v in values):
        return Words(tuple(values)).read(value)
    read: Any = (NUMBER if any(isinstance(v, float) for v in values) else WHOLE).read(value)
    return read

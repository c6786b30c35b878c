"""How a key of ``[search]`` reads its entry, and what it says about the entries it refuses."""

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, ValidationError, core_schema

from .entries import LAWS, Choice, Entry, OneMinusLog
from .spec_key import refused
from .spec_toml import shown, toml_value


@dataclass(frozen=True)
class Numbers:
    """Annotation of a numeric key of ``[search]``: its laws, its range, whether it may be fixed."""

    laws: tuple[type[Entry], ...]
    range: str  # in words, continues "every value must be …"
    low: float
    high: float = math.inf
    open_low: bool = False  # low itself is refused
    open_high: bool = False
    whole: bool = False
    fixed: bool = False  # a plain number is an entry, too

    @property
    def allowed(self) -> str:
        """Continues "allowed: …"."""
        forms = [_form(law) for law in self.laws] + ["a number"] * self.fixed
        return f"{_either(forms)}, every value {self.range}"

    def read(self, value: Any) -> Entry | float:
        """The entry or fixed number that ``value``, as TOML gives it, stands for.

        Raises:
            PydanticCustomError: it stands for none; the message is complete.
        """
        if isinstance(value, BaseModel):
            value = value.model_dump(by_alias=True)
        if self.fixed and self._is_number(value):
            return self._inside(value, [value])[0]
        law, content = law_of(value, self.laws, self.allowed)
        if law is Choice:
            numbers = _distinct(value, content, self._is_number, self.allowed)
            return Choice(choice=tuple(self._inside(value, numbers)))
        if not (_is_list(content) and len(content) == 2 and all(map(self._is_number, content))):
            raise refused(f"got {shown(value)}; allowed: {self.allowed}")
        entry = _made(law, content)
        self._inside(value, [entry.low, entry.high])
        return entry

    def _is_number(self, value: Any) -> bool:
        kinds = int if self.whole else (int, float)
        number = isinstance(value, kinds) and not isinstance(value, bool)
        return number and -1e300 < value < 1e300  # neither inf nor nan, and a float can hold it

    def _inside(self, value: Any, numbers: Sequence[Any]) -> list[Any]:
        for number in numbers:
            above = number > self.low if self.open_low else number >= self.low
            below = number < self.high if self.open_high else number <= self.high
            if not (above and below):
                raise refused(f"got {shown(value)}; every value must be {self.range}")
        return [number if self.whole else float(number) for number in numbers]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read before the type is checked."""
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """One alternative a law, limits included."""
        number: dict[str, Any] = {"type": "integer" if self.whole else "number"}
        number["exclusiveMinimum" if self.open_low else "minimum"] = self.low
        if self.high < math.inf:
            number["exclusiveMaximum" if self.open_high else "maximum"] = self.high
        return {"anyOf": [_law_schema(law, number) for law in self.laws] + [number] * self.fixed}


@dataclass(frozen=True)
class Words:
    """Annotation of a categorical key of ``[search]``: the names to choose from."""

    words: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """Continues "allowed: …"."""
        return f"{{choice = […]}} of {', '.join(map(toml_value, self.words))}"

    def read(self, value: Any) -> Choice:
        """The choice that ``value``, as TOML gives it, stands for.

        Raises:
            PydanticCustomError: it stands for none; the message is complete.
        """
        if isinstance(value, BaseModel):
            value = value.model_dump(by_alias=True)
        _, content = law_of(value, (Choice,), self.allowed)
        names = _distinct(value, content, lambda name: isinstance(name, str), self.allowed)
        for name in names:
            if name not in self.words:
                near = nearest(name, self.words) or "."
                text = f"got {shown(value)}; {toml_value(name)} is unknown{near}"
                raise refused(f"{text} Allowed: {self.allowed}")
        return Choice(choice=tuple(names))

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read before the type is checked."""
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A list of the known names."""
        return _law_schema(Choice, {"enum": list(self.words)})


def nearest(name: str, names: Sequence[str], marks: str = '""') -> str:
    """``; did you mean "…"?`` with the name most like ``name`` between ``marks``, or nothing."""
    folded = {known.lower(): known for known in names}
    near = difflib.get_close_matches(name.lower(), folded, n=1)
    return f"; did you mean {marks[0]}{folded[near[0]]}{marks[1]}?" if near else ""


def _form(law: type[Entry]) -> str:
    if law is Choice:
        return "{choice = […]}"
    limits = "1 − high, 1 − low" if law is OneMinusLog else "low, high"
    return f"{{{law.law} = [{limits}]}}"


def _either(forms: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(forms[:-1]), forms[-1])))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def law_of(value: Any, laws: Sequence[type[Entry]], allowed: str) -> tuple[type[Entry], Any]:
    """The law an entry names, and what stands on its right."""
    if not isinstance(value, Mapping) or not value:
        raise refused(f"got {shown(value)}; allowed: {allowed}")
    if len(value) > 1:
        raise refused(f"got {shown(value)}; an entry has one law only. Allowed: {allowed}")
    ((name, content),) = value.items()
    names = [law.law for law in laws]
    if name not in names:
        what = "is not a law for this key" if name in LAWS else "is not a law"
        near = "" if name in LAWS else nearest(name, names)
        raise refused(
            f"got {shown(value)}; {toml_value(name)} {what}{near or '.'} Allowed: {allowed}"
        )
    return LAWS[name], content


def _distinct(value: Any, content: Any, fits: Callable[[Any], bool], allowed: str) -> list[Any]:
    """The values of a choice."""
    if not _is_list(content) or not content or not all(map(fits, content)):
        raise refused(f"got {shown(value)}; allowed: {allowed}")
    if len(set(content)) < len(content):
        once = shown({"choice": list(dict.fromkeys(content))})
        raise refused(f"got {shown(value)}; each value may stand once: write {once}")
    return list(content)


def _made(law: type[Entry], bounds: Sequence[float]) -> Any:
    """The entry; its own complaint about its limits is passed on as it is."""
    try:
        return law.model_validate({law.law: bounds})
    except ValidationError as error:
        raise refused(error.errors()[0].get("ctx", {})["text"]) from None


def _law_schema(law: type[Entry], item: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of one law over values of the schema ``item``."""
    values: dict[str, Any] = {"type": "array", "items": item}
    if law is Choice:
        values |= {"minItems": 1, "uniqueItems": True}
    else:
        values |= {"minItems": 2, "maxItems": 2}
    return {
        "type": "object",
        "title": law.law,
        "description": law.__doc__,
        "properties": {law.law: values},
        "required": [law.law],
        "additionalProperties": False,
    }

"""What a spec's model says about one key beside its type: its meaning, its range, an example."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError


@dataclass(frozen=True)
class Key:
    """Annotation of a key; error messages, the reference, the template and editors read it."""

    meaning: str  # one or two sentences
    allowed: str  # continues "allowed: …"
    example: str  # a valid value as TOML text

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Put the meaning and the range where an editor shows them."""
        return {**handler(schema), "description": f"{self.meaning} Allowed: {self.allowed}."}


Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Width = Annotated[int, Field(strict=True, ge=1, le=65_536)]
Fraction = Annotated[float, Field(strict=True, gt=0, lt=1, allow_inf_nan=False)]


def key_of(model: type[BaseModel], name: str) -> Key:
    """The annotation of the key ``name`` of ``model``."""
    return next(mark for mark in model.model_fields[name].metadata if isinstance(mark, Key))


def refused(text: str, key: str = "", beside: str = "") -> PydanticCustomError:
    """An error whose message is complete: ``text`` is shown as it is, after table and key.

    ``key`` is the one concerned where a whole table is validated; ``beside`` (``"table.key"``) is
    the other one that ``text`` speaks of, where the two do not go together.
    """
    return PydanticCustomError("refused", "{text}", {"text": text, "key": key, "beside": beside})

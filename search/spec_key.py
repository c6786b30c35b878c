"""What a spec's model says about one key beside its type: its meaning, its range, an example."""

from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
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


def refused(text: str, key: str | None = None) -> PydanticCustomError:
    """An error whose message is complete: ``text`` is shown as it is, after table and ``key``."""
    context = {"text": text} if key is None else {"text": text, "key": key}
    return PydanticCustomError("refused", "{text}", context)

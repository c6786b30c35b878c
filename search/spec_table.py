"""A table of the spec whose names are the user's own, checked entry by entry."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .spec_key import refused
from .spec_toml import shown


class NamedEntries:
    """Annotation of such a table; what its entries are says a class of its own."""

    allowed: ClassVar[str]  # e.g. "arguments by name"

    def read(self, given: Any) -> Any:
        """What the table holds, checked.

        Raises:
            PydanticCustomError: it is no such table; the message is complete.
        """
        if given is None:
            return None
        if not isinstance(given, Mapping):
            raise refused(f"got {shown(given)}; allowed: a table of {self.allowed}")
        return {name: self.one(name, value) for name, value in given.items()}

    def one(self, name: str, value: Any) -> Any:
        """One entry, checked.

        Raises:
            PydanticCustomError: its name or its value is none of those allowed.
        """
        raise NotImplementedError

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read before the type is checked."""
        return core_schema.no_info_before_validator_function(self.read, handler(source))

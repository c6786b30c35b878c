"""The weights of tasks that are learnt together: ``[search.task_weights]``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .entries import Choice, Log, Uniform
from .spec_entries import Numbers
from .spec_key import refused
from .spec_toml import shown, toml_key

TASK_WEIGHT = Numbers((Log, Uniform, Choice), "at least 0", 0, fixed=True)


@dataclass(frozen=True)
class TaskWeights:
    """Annotation of a table of weights by the names of targets."""

    def read(self, given: Any) -> Any:
        """What the table holds, checked.

        Raises:
            PydanticCustomError: it is no table of weights; the message is complete.
        """
        if given is None:
            return None
        if not isinstance(given, Mapping):
            raise refused(f"got {shown(given)}; allowed: a table of weights by name of a target")
        return {name: self._one(name, value) for name, value in given.items()}

    def _one(self, name: str, value: Any) -> Any:
        try:
            return TASK_WEIGHT.read(value)
        except PydanticCustomError as error:
            raise refused(f"{toml_key(name)}: {(error.context or {})['text']}") from None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read before the type is checked."""
        return core_schema.no_info_before_validator_function(self.read, handler(source))

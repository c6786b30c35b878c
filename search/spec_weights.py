"""The weights of tasks that are learnt together: ``[search.task_weights]``."""

from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticCustomError

from .entries import Choice, Log, Uniform
from .spec_entries import Numbers
from .spec_key import refused
from .spec_table import NamedEntries
from .spec_toml import toml_key

TASK_WEIGHT = Numbers((Log, Uniform, Choice), "at least 0", 0, fixed=True)


@dataclass(frozen=True)
class TaskWeights(NamedEntries):
    """Annotation of a table of weights by the names of targets."""

    allowed = "weights by name of a target"

    def one(self, name: str, value: Any) -> Any:
        """One entry, checked; see ``NamedEntries``."""
        try:
            return TASK_WEIGHT.read(value)
        except PydanticCustomError as error:
            raise refused(f"{toml_key(name)}: {(error.context or {})['text']}") from None

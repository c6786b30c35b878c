"""A wider network of a user's own: which of its arguments says so, and whether it can help."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...storage.records.results import TrialResult
from ..list_text import joined

# Names of arguments that say so, wherever a network has them; the first one is doubled
_NAMES = ("width", "widths", "hidden", "units", "channels", "features", "layers", "depth", "blocks")


def wider_own_network(spec: Mapping[str, Any]) -> str | None:
    """The change that doubles such an argument; ``None`` where none of the spec's is known.

    >>> wider_own_network({"network": {"arguments": {"width": 64}}, "search": {}})
    '-S network.arguments.width=128'
    >>> wider_own_network({"network": {}, "search": {"arguments": {"blocks": {"int": [1, 4]}}}})
    '-S search.arguments.blocks={int=[4,8]}'
    """
    given = spec["network"].get("arguments") or {}
    searched = spec["search"].get("arguments") or {}
    for name in _NAMES:
        for law, values in searched.get(name, {}).items():
            if _are_whole(values):
                return f"-S search.arguments.{name}={{{law}=[{max(values)},{2 * max(values)}]}}"
        value: Any = given.get(name)
        if name in searched or value is None:
            continue
        if isinstance(value, list | tuple) and value and _are_whole(value):
            doubled = ",".join(str(2 * it) for it in value)
            return f"-S network.arguments.{name}=[{doubled}]"
        if _are_whole([value]):
            return f"-S network.arguments.{name}={2 * value}"
    return None


def without_activation(result: TrialResult | None) -> str | None:
    """The names of all hidden layers where none was seen to have an activation, else ``None``."""
    hidden = result.signs[-1].layers[1:-1] if result and result.signs else ()
    if not hidden or any(it.dead is not None for it in hidden):
        return None
    return joined([it.layer for it in hidden])


def _are_whole(values: Sequence[Any]) -> bool:
    return all(type(it) is int for it in values)

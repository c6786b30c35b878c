"""A resolved spec as TOML that describes the same study once more."""

from collections.abc import Mapping
from typing import Any

from .spec_toml import toml_key, toml_value

RESOLVED = "spec_resolved.toml"  # the file of a study's spec as it was run; reports name it


def resolved_text(resolved: Mapping[str, Mapping[str, Any]]) -> str:
    """Every table and key of a resolved spec; keys without a value are left out, as TOML has none.

    ``parse_spec`` of the text gives the same resolved spec.
    """
    tables = []
    for table, keys in resolved.items():
        lines = [f"{toml_key(k)} = {toml_value(v)}\n" for k, v in keys.items() if v is not None]
        tables.append(f"[{toml_key(table)}]\n{''.join(lines)}")
    return "\n".join(tables)

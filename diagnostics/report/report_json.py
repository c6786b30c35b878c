"""The diagnosis as ``diagnosis.json``."""

import json

from ..findings import Diagnosis


def render_json(diagnosis: Diagnosis) -> str:
    """The diagnosis as indented JSON with its keys in a stable order and a final newline.

    Raises:
        ValueError: A number is not finite, which JSON cannot hold.
    """
    return json.dumps(diagnosis.as_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

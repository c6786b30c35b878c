"""A digest of rooms' code: what was made by other code is not taken for made by this one."""

import hashlib
from pathlib import Path


def room_digest(*rooms: str) -> str:
    """Of all Python files in these rooms; 16 hex digits.

    Args:
        rooms: of netclinic, or folders in them, e.g. ``"diagnostics/bayes"``.
    """
    root, digest = Path(__file__).parents[1], hashlib.sha256()
    for room in rooms:
        for file in sorted((root / room).rglob("*.py")):
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]

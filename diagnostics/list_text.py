"""How a report names several things in one sentence."""

from collections.abc import Sequence


def joined(parts: Sequence[str], *, comma: bool = False) -> str:
    """The parts as one, with a comma before "and" where asked.

    >>> joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])}{',' if comma else ''} and {parts[-1]}"

"""A spec to start from: what ``netclinic init`` writes."""

import textwrap

from .spec import TABLES
from .spec_reference import keys_of

WIDTH = 96  # characters of a comment line
FIRST_LINES = """\
# A study of netclinic. Every key stands here with its meaning; the values are the defaults, and
# keys behind a # are optional. Change what you like, then: netclinic run FILE
"""


def template() -> str:
    """A valid spec with every key and its meaning, for ``netclinic init``."""
    parts = [FIRST_LINES]
    for table, model in TABLES.items():
        parts.append(f"\n[{table}]  # {model.__doc__}\n")
        for entry in keys_of(model):
            parts += ["\n", _comment(entry.key.meaning), _comment(f"Allowed: {entry.key.allowed}.")]
            off = "# " if entry.default is None and not entry.required else ""
            parts.append(f"{off}{entry.name} = {entry.key.example}\n")
    return "".join(parts)


def _comment(sentence: str) -> str:
    lines = textwrap.wrap(sentence, WIDTH, break_long_words=False, break_on_hyphens=False)
    return "".join(f"# {line}\n" for line in lines)

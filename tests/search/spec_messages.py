"""The message that a user reads of a spec that is wrong, whole."""

from pathlib import Path

import pytest
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import parse_spec

HEAD = '[study]\nname = "a"\n[data]\nsource = "digits"\n'
COUNT = "a whole number from 1 to 1,000,000"


def message_of(text: str, *overrides: str) -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, file="digits.toml", folder=Path("/specs"), overrides=overrides)
    return str(caught.value)


def message_of_line(table: str, line: str) -> str:
    """Behind the file's name; the line stands in an otherwise valid spec."""
    required = {"study": 'name = "a"', "data": 'source = "digits"'}
    parts = {**required, table: required.get(table, "")}
    key = line.partition(" = ")[0]
    kept = "" if parts[table].startswith(key) else parts[table]
    parts[table] = f"{kept}\n{line}"
    text = "".join(f"[{name}]\n{content}\n" for name, content in parts.items())
    return message_of(text).removeprefix("digits.toml: ")

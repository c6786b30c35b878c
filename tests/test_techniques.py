"""docs/techniques.md: its keys are the spec's, its tests and examples exist."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from netclinic.search.spec import TABLES

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "techniques.md").read_text()


class Row(NamedTuple):
    sentence: str
    keys: str
    tests: str
    example: str


ROWS = [
    Row(*(cell.strip() for cell in line.strip("|").split("|")))
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| what is")
]


def test_there_are_rows() -> None:
    assert len(ROWS) >= 30
    assert all(row.sentence and row.tests for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.sentence[:40])
def test_every_key_is_one_of_the_spec(row: Row) -> None:
    for table, key in re.findall(r"`\[(\w+)\] (\w+)", row.keys):
        assert key in TABLES[table].model_fields, (table, key)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.sentence[:40])
def test_every_test_and_example_exists(row: Row) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row.tests)
    assert named, "a sentence without a test"
    for file, function in named:
        body = ast.parse((ROOT / file).read_text()).body
        functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
        assert not function or function in functions, (file, function)
    for file in re.findall(r"\(\.\./(examples/[\w./]+)\)", row.example):
        assert (ROOT / file).exists(), file

"""The network in docs/networks.md is one that netclinic takes, and fails as the page says."""

import re
from pathlib import Path

import pytest
from netclinic.models.own_code import OwnCodeError
from netclinic.search import parse_spec
from netclinic.search.study_data import load_data

PAGE = (Path(__file__).parents[1] / "docs" / "networks.md").read_text()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found
    return found[1]


def test_the_network_of_the_page_is_taken(tmp_path: Path) -> None:
    (tmp_path / "wide.py").write_text(block("python"))
    loaded = parse_spec(block("toml"), file="wide.toml", folder=tmp_path)
    assert load_data(loaded.spec, tmp_path).features == 64


def test_it_fails_in_the_line_that_the_page_says(tmp_path: Path) -> None:
    code = block("python").replace("Linear(inputs + width", "Linear(inputs")
    (tmp_path / "wide.py").write_text(code)
    loaded = parse_spec(block("toml"), file="wide.toml", folder=tmp_path)
    said = re.search("error: (.*TypeError)", block("text"))
    assert said
    with pytest.raises(OwnCodeError, match=f"^{re.escape(said[1])}"):
        load_data(loaded.spec, tmp_path)

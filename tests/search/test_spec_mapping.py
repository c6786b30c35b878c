"""A spec that is given as a mapping is the spec that the same TOML gives."""

from pathlib import Path

import numpy as np
import pytest
from netclinic.search import SpecError, load_spec, parse_spec

TABLES = {
    "study": {"name": 'it\'s "digits"', "trials": np.int64(8), "timeout": None},
    "data": {"source": Path("there") / "digits.npz", "standardize": np.bool_(False)},
    "network": {"hidden": (32, 16)},
    "search": {
        "learning_rate": {"log": [np.float64(1e-4), 0.1]},
        "momentum": {"one_minus_log": [0.9, 0.999]},
        "batch_size": {"choice": np.array([16, 32]).tolist()},
    },
    "pruning": None,
}
TEXT = """\
[study]
name = "it's \\"digits\\""
trials = 8

[data]
source = "there/digits.npz"
standardize = false

[network]
hidden = [32, 16]

[search]
learning_rate = {log = [0.0001, 0.1]}
momentum = {one_minus_log = [0.9, 0.999]}
batch_size = {choice = [16, 32]}
"""


def test_the_same_as_toml_is_the_same_spec_and_is_stored_as_toml(tmp_path: Path) -> None:
    given = parse_spec(TABLES, folder=tmp_path, overrides=["study.seed=3"])
    assert given.text == TEXT
    assert given == parse_spec(TEXT, folder=tmp_path, overrides=["study.seed=3"])
    assert given.spec.study.seed == 3
    (tmp_path / "study.toml").write_text(given.text)
    assert load_spec(str(tmp_path / "study.toml"), ["study.seed=3"]) == given


def test_relative_paths_start_in_the_working_directory(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_spec(TABLES).spec.data.source == str(tmp_path / "there" / "digits.npz")


def test_what_toml_cannot_say_is_refused_with_its_place() -> None:
    rows = np.zeros((4, 2))
    given = {"data": {"source": (rows, rows)}, "training": {"epochs": {1}}, "study": {3}}
    with pytest.raises(SpecError) as refused:
        parse_spec(given)
    lines = str(refused.value).splitlines()
    assert [line.partition(";")[0] for line in lines] == [
        "spec: [data] source: got a value of type ndarray",
        "spec: [training] epochs: got a value of type set",
        "spec: [study]: got a value of type set",
    ]
    assert "numpy.savez" in lines[0]


def test_what_is_no_table_is_told_as_of_a_file() -> None:
    for given in ({"study": "digits"}, 'study = "digits"'):
        with pytest.raises(SpecError, match=r"spec: \[study\]"):
            parse_spec(given)

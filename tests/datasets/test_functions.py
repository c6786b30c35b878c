import sys
from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataError
from netclinic.datasets.arrays import LAYOUTS_TEXT
from netclinic.datasets.functions import read_function


def python(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text)
    return path


def test_a_pair_is_read(tmp_path):
    path = python(tmp_path, "def load():\n    return [[1.0], [2.0]], ['a', 'b']\n")
    rows = read_function(path, "load")
    np.testing.assert_array_equal(rows.inputs, [[1], [2]])
    assert rows.labels.tolist() == ["a", "b"]
    assert rows.labels_from == "mine.py:load: y"


def test_a_mapping_with_ready_made_splits_is_read(tmp_path):
    path = python(
        tmp_path,
        "def load():\n"
        "    return {a + part: [[1], [2]] if a == 'x' else [0, 1]\n"
        "            for part in ('_train', '_validation', '_test') for a in 'xy'}\n",
    )
    assert read_function(path, "load").ready_made == (2, 2, 2)


def test_files_beside_it_can_be_imported_and_the_path_is_put_back(tmp_path):
    (tmp_path / "netclinic_test_neighbour.py").write_text("ROWS = [[1], [2]]\n")
    path = python(
        tmp_path,
        "from dataclasses import dataclass\n"
        "import netclinic_test_neighbour\n"
        "@dataclass\n"
        "class Settings:\n"
        "    labels: 'list[int]'\n"
        "def load():\n"
        "    return netclinic_test_neighbour.ROWS, Settings([0, 1]).labels\n",
    )
    before = list(sys.path)
    assert read_function(path, "load").labels.tolist() == [0, 1]
    assert sys.path == before
    del sys.modules["netclinic_test_neighbour"]


def test_a_changed_file_is_run_anew(tmp_path):
    for label in ("old", "new"):  # of equal length, within the same second
        text = f"def load():\n    return [[1], [2]], ['{label}', 'x']\n"
        rows = read_function(python(tmp_path, text), "load")
        assert rows.labels.tolist() == [label, "x"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a = 1\nx = (\n",
            "mine.py:2: the file raised SyntaxError: '(' was never closed (mine.py, line 2)",
        ),
        (
            "from .other import load\n",
            "mine.py:1: the file raised ImportError: attempted relative import with no known "
            "parent package. Import without the dot",
        ),
        ("a = 1\nraise ValueError('boom')\n", "mine.py:2: the file raised ValueError: boom"),
        (
            "import netclinic_no_such\n",
            "mine.py:1: the file raised ModuleNotFoundError: No module named 'netclinic_no_such'",
        ),
        (
            "def load():\n    a = 1\n    return inner(a)\ndef inner(a):\n    return a / 0\n",
            "mine.py:5: load() raised ZeroDivisionError: division by zero",
        ),
        (
            "import json\ndef load():\n    return json.loads('{')\n",
            "mine.py:3: load() raised JSONDecodeError: Expecting property name enclosed in double "
            "quotes: line 1 column 2 (char 1)",
        ),
        ("def load():\n    raise SystemExit(3)\n", "mine.py:2: load() raised SystemExit: 3"),
        (
            "\n\ndef load(path):\n    return path\n",
            "mine.py:3: load() raised TypeError: load() missing 1 required positional argument: "
            "'path'",
        ),
        (
            "def laod():\n    return 1\n",
            "mine.py:load: 'load' is not defined there (did you mean 'laod'?); its functions are "
            "laod.",
        ),
        ("load = 3\n", "mine.py:load: 'load' is not a function; the file defines no function."),
        (  # and no warning of Python's, which would fail here
            "\nasync def load():\n    return [[1.0]], [0]\n",
            "mine.py:2: load() is a coroutine, which is not awaited; write def in place of async "
            "def, and in it asyncio.run(…) of what has to be awaited.",
        ),
        (
            "def load():\n    return 3\n",
            "mine.py:load() returned int; it must return (x, y), or a mapping with "
            f"{LAYOUTS_TEXT}.",
        ),
        (
            "def load():\n    return 1, 2, 3\n",
            "mine.py:load() returned tuple of 3; it must return (x, y), or a mapping with "
            f"{LAYOUTS_TEXT}.",
        ),
        (
            "def load():\n    return {'inputs': 1}\n",
            f"mine.py:load has inputs; allowed are {LAYOUTS_TEXT}.",
        ),
        (
            "def load():\n    return None, None\n",
            "mine.py:load: x has type object; features must be real numbers. Encode text columns "
            "as numbers, or give a .csv or .parquet file, whose text columns are encoded.",
        ),
    ],
)
def test_what_goes_wrong_is_reported_with_file_and_line(tmp_path, text, message):
    with pytest.raises(DataError) as refused:
        read_function(python(tmp_path, text), "load")
    assert str(refused.value) == message


def test_ctrl_c_is_not_swallowed(tmp_path):
    path = python(tmp_path, "def load():\n    raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        read_function(path, "load")

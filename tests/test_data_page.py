"""The code in docs/data.md writes what netclinic reads, and its specs are taken."""

import re
import tomllib
from pathlib import Path

import jax
import numpy as np
import PIL.Image
import pytest
from netclinic.datasets import Dataset
from netclinic.models.checkpoint import Surroundings, save_network
from netclinic.models.network import NetworkSpec, make_network
from netclinic.search import parse_spec
from netclinic.search.study_data import load_data

PAGE = (Path(__file__).parents[1] / "docs" / "data.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
SPECS = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
# Of libraries that the tests do without: pandas, and Hugging Face's, which would download.
ELSEWHERE = ("frame", "datasets.load_dataset")


def block(holds: str) -> str:
    (found,) = (it for it in PYTHON if holds in it)
    return found


def load(folder: Path, **data: object) -> Dataset:
    spec = {"study": {"name": "page"}, "data": {"source": "", **data}}
    return load_data(parse_spec(spec, folder=folder).spec, folder)


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the blocks suppose: arrays of 40 rows of two classes, and libraries by their names."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 6)), np.arange(40) % 2
    return {"numpy": np, "PIL": PIL, "x": x, "y": y}


def test_arrays_are_read_as_the_page_writes_them(names, tmp_path) -> None:
    exec(block("numpy.savez"), names)
    assert load(tmp_path, source="arrays.npz").features == 6
    exec(block("numpy.save("), names)
    assert load(tmp_path, source="x.npy", labels="y.npy").features == 6


def test_images_are_read_as_the_page_writes_them(names, tmp_path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(10):
            code = block("fromarray").replace("cat/1.png", f"{name}/{number}.png")
            exec(code, {**names, "pixels": np.full((4, 5), number, np.uint8)})
    assert load(tmp_path, source="photos/").row_shape == (4, 5)


def test_functions_of_the_page_are_called(names, tmp_path) -> None:
    arrays = "import numpy\nx, y = numpy.random.default_rng(0).normal(size=(40, 6)), [0, 1] * 20\n"
    (tmp_path / "load.py").write_text(arrays + block("def function"))
    (tmp_path / "features.py").write_text("import numpy\n" + block("def spectrum"))
    found = load(tmp_path, source="load.py:function", features="features.py:spectrum")
    assert found.features == 4


def test_answers_are_told_as_the_page_asks_for_them(names, tmp_path, capsys) -> None:
    features = ("bill", "island=b", "island=c")
    spec = NetworkSpec("mlp", 3, (2,), 2, "relu", "he_normal")
    around = Surroundings("penguins", 0, "f", ("a", "b"), features, (0.0,) * 3, (1.0,) * 3)
    folder = tmp_path / "netclinic-out" / "penguins" / "best"
    save_network(folder, spec, make_network(spec).init(jax.random.key(0)), around)
    (tmp_path / "new.csv").write_text("island,bill\nb,1.5\nc,2\n")
    exec(block("import csv"), names)
    answers, sure = capsys.readouterr().out.split("\n", 1)
    assert len(eval(answers)) == 2
    assert sure.startswith("('a', 'b') [[")


def test_no_block_of_python_is_left_out() -> None:
    ran = ("numpy.savez", "numpy.save(", "fromarray", "def function", "def spectrum", "import csv")
    assert all(any(name in it for name in (*ran, *ELSEWHERE)) for it in PYTHON)


@pytest.mark.parametrize("text", SPECS)
def test_specs_are_valid(text, tmp_path) -> None:
    part = tomllib.loads(text)
    several = {"task": "multitask", "targets": {"genre": "classification", "length": "regression"}}
    data = {"source": "table.csv", **part.pop("data", several)}
    if data.get("missing"):
        data["target"] = "species"
    assert parse_spec({"study": {"name": "page"}, "data": data, **part}, folder=tmp_path).spec

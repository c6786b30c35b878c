"""``diagnose --predictions``: a network of another framework instead of a study."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from netclinic.datasets.predictions import read_archive
from netclinic.models import load_network
from netclinic.search.spec_file import spec_from_resolved
from netclinic.search.study_data import load_data
from netclinic.storage import TrialStore

from ..search.test_trained_elsewhere import save


@pytest.fixture
def model(tmp_path):
    save(tmp_path / "model.npz", answer=lambda *it: np.zeros(len(it[2]), int))
    return tmp_path / "model.npz"


def test_a_study_is_judged_alike_by_its_networks_predictions(call, finished, tmp_path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    with TrialStore("sqlite:///netclinic.db") as store:
        resolved = store.load_study("tiny").spec
    assert resolved is not None
    spec = spec_from_resolved(resolved)
    dataset, best, found = load_data(spec, Path.cwd()), load_network("netclinic-out/tiny/best"), {}
    scaling = dataset.preprocessing
    for name in ("train", "validation", "test"):
        split = getattr(dataset, name)
        raw = split.inputs * scaling.scale + scaling.mean
        found |= {f"x_{name}": raw, f"y_{name}": split.labels, f"p_{name}": best.outputs(raw)}
    np.savez("model.npz", **found)
    quick = ("-S", "diagnosis.regions=false", "-f", "json")
    told = json.loads(call("diagnose", "--predictions", "model.npz", *quick).out)
    study = json.loads(call("diagnose", "tiny", "-f", "json").out)
    for split in ("training", "validation", "test"):
        for key in ("value", "low", "high", "n"):
            expected = pytest.approx(study["errors"][split][key], abs=1e-6)
            assert told["errors"][split][key] == expected, (split, key)
    assert told["verdict"] == study["verdict"]


def test_the_page_writes_a_file_that_is_read(tmp_path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "predictions.md").read_text(encoding="utf-8")
    rng, names = np.random.default_rng(0), {}
    for split in ("train", "validation", "test"):
        names |= {f"x_{split}": rng.normal(size=(9, 2)), f"y_{split}": np.arange(9) % 3}
    model = SimpleNamespace(predict=lambda rows: np.zeros(len(rows), int))
    exec(page.split("```python\n")[1].split("```")[0], {**names, "model": model})
    read_archive(tmp_path / "model.npz")


# Given, and regions not sought: what is tested here is the front door.
QUICK = ("-S", "diagnosis.bayes_error=0.25", "-S", "diagnosis.regions=false")


def test_it_is_printed_and_its_reports_are_written(call, model) -> None:
    told = call("diagnose", "--predictions", str(model), *QUICK, "--html", "r.html")
    assert told.code == 0
    assert told.out.startswith("The predictions of model.npz\n")
    assert "High bias" in told.out
    assert "cost" not in told.out
    assert "Wrote r.html" in told.err
    assert "High bias" in (model.parent / "r.html").read_text()
    assert not (model.parent / "netclinic.db").exists()


def test_programs_get_every_number(call, model) -> None:
    failing = ("-f", "json", "--fail-on", "high_bias")
    told = call("diagnose", "--predictions", str(model), *QUICK, *failing)
    assert told.code == 1
    found = json.loads(told.out)
    assert found["verdict"] == ["high_bias"]
    rows = call("diagnose", "--predictions", str(model), *QUICK, "-f", "csv").out.splitlines()
    assert rows[0] == "quantity,value,low,high"
    assert rows[1].startswith("bayes_error,0.25,")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--predictions", "none.npz"), 1, "none.npz does not exist"),
        (("--predictions", "none.npz", "--evaluated"), 2, "--evaluated is for --curves only"),
        (("tiny", "--predictions", "none.npz"), 2, "got STUDY and --predictions"),
        (("--predictions", "model.npz", "-S", "training.epochs=3"), 2, "trained elsewhere"),
    ],
)
def test_what_cannot_be_judged_is_told(call, model, arguments, code, message) -> None:
    told = call("diagnose", *arguments)
    assert (told.code, told.out) == (code, "")
    assert message in " ".join(told.err.split())
    assert "Traceback" not in told.err

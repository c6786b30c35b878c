"""``diagnose --predictions``: a network of another framework instead of a study."""

import json

import numpy as np
import pytest

from ..search.test_trained_elsewhere import save


@pytest.fixture
def model(tmp_path):
    save(tmp_path / "model.npz", answer=lambda *it: np.zeros(len(it[2]), int))
    return tmp_path / "model.npz"


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

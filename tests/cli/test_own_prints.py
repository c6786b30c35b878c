"""What a user's own network prints is no data: it goes to stderr."""

import json
import tomllib

import pytest

from .conftest import IRIS

PRINTING = """\
from flax import nnx

print("imported")


class Net(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.layer = nnx.Linear(inputs, outputs, rngs=rngs)

    def __call__(self, x):
        print("called with", x.shape)
        return self.layer(x)
"""
OWN = IRIS.replace("hidden = [8]", 'kind = "net.py:Net"')
QUICK = ["-S", "diagnosis.bayes_error=0.01", "-S", "diagnosis.regions=false"]


@pytest.mark.parametrize("options", [["--dry-run"], [*QUICK, "--no-progress"]])
def test_what_a_network_prints_is_no_data(call, tmp_path, options) -> None:
    (tmp_path / "net.py").write_text(PRINTING)
    (tmp_path / "own.toml").write_text(OWN)
    called = call("run", "own.toml", *options)
    assert called.code == 0
    assert "imported\n" in called.err
    assert "called with (" in called.err
    assert "imported" not in called.out
    assert "called with" not in called.out
    if "--dry-run" in options:
        assert tomllib.loads(called.out)["network"]["kind"].endswith("net.py:Net")
    else:
        assert called.out.startswith("tiny, trial ")
    if "--dry-run" not in options:
        idea = ("-S", "training.epochs=3", "--seeds", "2", "--no-progress", "-f", "json")
        tried = call("treat", "tiny", *idea)
        assert "called with (" in tried.err
        assert json.loads(tried.out)["treated_study"] == "tiny-own"

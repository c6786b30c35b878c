"""What a user sees when a device runs out of memory: warnings or an error, never a traceback."""

from pathlib import Path

import jax
import pytest
from netclinic.models.lanes import Lanes

from .conftest import IRIS
from .test_run import GIVEN


@pytest.fixture
def holds(monkeypatch):
    """Memory for so many lanes and no more."""

    def prepare(most: int) -> None:
        real = Lanes.train_segment

        def train_segment(lanes: Lanes, state):
            if lanes.plan.lanes > most:
                raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory")
            return real(lanes, state)

        monkeypatch.setattr(Lanes, "train_segment", train_segment)

    return prepare


def test_a_warning_for_each_halving(call, holds) -> None:
    Path("study.toml").write_text(IRIS)
    holds(2)
    called = call("run", "study.toml", "-S", "compute.lanes=8", *GIVEN, "--no-progress")
    assert called.code == 0
    warnings = [line for line in called.err.splitlines() if "memory" in line]
    assert warnings == [
        "Not enough memory for 8 trials at once: going on with 4 (next time: -S compute.lanes=4).",
        "Not enough memory for 4 trials at once: going on with 2 (next time: -S compute.lanes=2).",
    ]
    assert "4 of 4 trials" in called.err


def test_an_error_where_not_even_one_fits(call, holds) -> None:
    Path("study.toml").write_text(IRIS)
    holds(0)
    called = call("run", "study.toml", "--no-progress")
    assert called.code == 1
    assert "error: not enough memory to train a trial at a time" in called.err
    assert "-S training.batch_size=N" in called.err
    assert "Traceback" not in called.err

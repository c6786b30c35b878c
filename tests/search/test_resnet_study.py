"""A study of residual networks on digits, from the spec to the saved network."""

from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataError
from netclinic.models import ResNet, load_network
from netclinic.search import parse_spec
from netclinic.search.study_data import load_data

from tests.search.conftest import GIVEN, UNSEEN, load, run

EXAMPLE = (Path(__file__).parents[2] / "examples" / "resnet.toml").read_text()
SMALL = (*GIVEN, UNSEEN, "study.trials=2", "training.epochs=8", "compute.segment=4")


@pytest.mark.slow
def test_it_learns_digits_and_the_best_network_has_the_error_that_is_stored(tmp_path) -> None:
    run(tmp_path, *SMALL, "search.learning_rate={log=[0.05,0.2]}", text=EXAMPLE)
    trials = load(tmp_path, "digits-resnet").trials
    best = load_network(tmp_path / "out" / "best")
    assert isinstance(best.network, ResNet)
    stored = trials[best.surroundings.trial].result
    assert stored is not None
    assert stored.validation_error is not None
    assert stored.validation_error < 0.2
    test = load_data(parse_spec(EXAMPLE, file="", folder=tmp_path).spec, tmp_path).test
    wrong = (np.asarray(best.network(test.inputs)).argmax(-1) != test.labels).mean()
    assert stored.test_error == pytest.approx(wrong, abs=1.5 / len(test.labels))


def test_more_stages_than_the_rows_have_positions_to_halve_are_refused(tmp_path) -> None:
    changes = ("data.source=iris", "training.batch_size=8", "network.channels=[4,4,4,4]")
    with pytest.raises(DataError) as caught:
        run(tmp_path, *changes, text=EXAMPLE)
    assert str(caught.value) == (
        "network.channels does not fit 'iris': stage 4 got 1 position along every axis, expected "
        "at least 2, since each stage but the first halves them: write at most 3 stages, or a "
        "larger shape."
    )

"""A study of convolutional networks from the spec to the report."""

import json
from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataError
from netclinic.models import CNN, load_network
from netclinic.search import parse_spec
from netclinic.search.study_data import load_data
from netclinic.search.trial_shape import hidden_widths
from netclinic.storage.records.results import Outcome

from tests.search.conftest import GIVEN, UNSEEN, load, run, url_in

EXAMPLE = (Path(__file__).parents[2] / "examples" / "cnn.toml").read_text()
SMALL = (
    "study.trials=4",
    "training.epochs=4",
    "network.channels=[4,8]",
    "compute.segment=2",
    "data.train_rows=300",
    *GIVEN,
    UNSEEN,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the example has run, with fewer trials, epochs, channels and rows."""
    folder = tmp_path_factory.mktemp("cnn")
    run(folder, *SMALL, text=EXAMPLE)
    return folder


def test_every_trial_ends_and_the_report_is_written(folder) -> None:
    results = [trial.result for trial in load(folder, "digits-cnn").trials]
    assert [r and r.outcome for r in results] == [Outcome.COMPLETED] * 4
    # 3 × 3 × 1 × 4 + 4, 3 × 3 × 4 × 8 + 8, and 10 classes from 8 channels of 4 × 4 positions
    assert {r.parameters for r in results if r} == {40 + 296 + 128 * 10 + 10}
    diagnosis = json.loads((folder / "out" / "diagnosis.json").read_text())
    assert diagnosis["study"] == "digits-cnn"
    assert "digits-cnn" in (folder / "out" / "report.html").read_text()


def test_the_best_network_is_a_cnn_with_the_error_that_is_stored(folder) -> None:
    best = load_network(folder / "out" / "best")
    assert isinstance(best.network, CNN)
    trials = load(folder, "digits-cnn").trials
    stored = trials[best.surroundings.trial].result
    assert stored is not None
    assert stored.value == min(t.value for t in trials if t.value is not None)
    spec = parse_spec(EXAMPLE, file="", folder=folder, overrides=SMALL).spec
    test = load_data(spec, folder).test
    wrong = (np.asarray(best.network(test.inputs)).argmax(-1) != test.labels).mean()
    assert stored.test_error == pytest.approx(wrong, abs=1.5 / len(test.labels))


def test_the_form_of_convolutions_is_no_part_of_a_trial(folder, tmp_path) -> None:
    run(tmp_path, *SMALL, "compute.convolution=native", text=EXAMPLE)
    pairs = zip(load(folder, "digits-cnn").trials, load(tmp_path, "digits-cnn").trials, strict=True)
    for one, other in pairs:
        assert one.parameters == other.parameters
        assert one.result is not None
        assert other.result is not None
        assert one.result.training_loss == pytest.approx(other.result.training_loss, rel=1e-3)
    best = [load_network(place / "out" / "best").surroundings for place in (folder, tmp_path)]
    assert best[0].trial == best[1].trial
    assert best[0].fingerprint == best[1].fingerprint


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            "shape = [8, 8]",
            "network.shape does not fit 'iris': a row has 4 features, expected 64 for the shape "
            "[8, 8]: write a shape whose numbers multiply to 4, or remove it for a signal.",
        ),
        (
            "",
            "network.kernel does not fit 'iris': layer 2 got 2 positions, which padding 0 leaves "
            "at 2, for a kernel of 3; expected at least 3 along every axis: write a smaller kernel "
            'or a smaller stride, or padding = "same".',
        ),
    ],
)
def test_layers_that_do_not_fit_the_rows_are_refused_before_anything_is_stored(
    shape, message, tmp_path
) -> None:
    text = EXAMPLE.replace("shape = [8, 8]", shape)
    with pytest.raises(DataError) as caught:
        run(tmp_path, "data.source=iris", "training.batch_size=8", "network.padding=0", text=text)
    assert str(caught.value) == message
    assert not Path(url_in(tmp_path).removeprefix("sqlite:///")).exists()


def test_layers_and_units_are_those_of_the_dense_layers_behind() -> None:
    spec = parse_spec(EXAMPLE, file="", folder=Path()).spec
    assert hidden_widths(spec, {}) == ()
    assert hidden_widths(spec, {"layers": 2, "units": 7}) == (7, 7)

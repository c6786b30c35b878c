"""A study whose training rows are augmented, from the spec to the saved network; and refusals."""

from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataError
from netclinic.models import load_network
from netclinic.search import parse_spec
from netclinic.search.study_data import load_data

from tests.search.conftest import GIVEN, UNSEEN, load, numbers_only, run

EXAMPLE = (Path(__file__).parents[2] / "examples" / "augmentation.toml").read_text()
SMALL = (
    "study.trials=3",
    "training.epochs=4",
    "network.channels=[4,8]",
    "compute.segment=2",
    "data.train_rows=300",
    *GIVEN,
    UNSEEN,
)
NAME = "digits-augmentation"


def test_a_study_repeats_and_its_network_is_judged_by_rows_as_they_are(tmp_path) -> None:
    folders = [tmp_path / name for name in ("resident", "streamed", "plain")]
    for folder in folders:
        folder.mkdir()
    run(folders[0], *SMALL, "compute.lanes=1", text=EXAMPLE)
    run(folders[1], *SMALL, "compute.lanes=4", "compute.data=stream", text=EXAMPLE)
    first, other = (load(folder, NAME) for folder in folders[:2])
    assert numbers_only(first) == numbers_only(other)
    assert {"augment_shift", "augment_rotation", "augment_noise"} < set(first.trials[0].parameters)
    assert first.provenance is not None
    assert first.provenance.row_shape == (8, 8), "which advice on augmentation goes by"
    best = load_network(folders[0] / "out" / "best")
    stored = first.trials[best.surroundings.trial].result
    assert stored is not None
    spec = parse_spec(EXAMPLE, file="", folder=tmp_path, overrides=SMALL).spec
    test = load_data(spec, tmp_path).test
    wrong = (np.asarray(best.network(test.inputs)).argmax(-1) != test.labels).mean()
    assert stored.test_error == pytest.approx(wrong, abs=1.5 / len(test.labels))


IRIS = 'study = {name = "a"}\ndata = {source = "iris"}\ntraining = {batch_size = 16}\n'
MORE = (
    "Remove this key; or, where they are, say so: [network] shape = [8, 8], or a source that tells "
    "it, such as arrays of three axes."
)
SIGNAL = ("network.kind=cnn", "network.channels=[4]")


def refusal(*changes: str) -> str | None:
    spec = parse_spec(IRIS, file="a.toml", folder=Path(), overrides=changes).spec
    try:
        load_data(spec, Path())
    except DataError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            ("search.augment_flip=0.5",),
            f"search.augment_flip does not fit 'iris': its rows are not known to be images. {MORE}",
        ),
        (
            (*SIGNAL, "search.augment_cutout.uniform=[0,0.5]"),
            f"search.augment_cutout does not fit 'iris': its rows are not known to be images. "
            f"{MORE}",
        ),
        (
            ("search.augment_shift=0.5",),
            "search.augment_shift does not fit 'iris': its rows are not known to be signals or "
            f"images. {MORE}",
        ),
        (
            (*SIGNAL, "network.shape=[2,2]", "search.augment_color=0.5"),
            "search.augment_color does not fit 'iris': its images have one channel: write "
            "augment_brightness or augment_contrast instead.",
        ),
        (
            ("network.shape=[2,2]",),
            "network.shape = [2, 2] says nothing to an mlp, which takes rows flat, unless an "
            'augmentation changes them: remove it, or write kind = "cnn" and channels = [16, 32], '
            "or [search] augment_shift = 0.1.",
        ),
        (
            ("network.shape=[8,8]", "search.augment_flip=0.5"),
            "network.shape does not fit 'iris': a row has 4 features, expected 64 for the shape "
            "[8, 8]: write a shape whose numbers multiply to 4, or remove it.",
        ),
    ],
)
def test_what_rows_cannot_be_changed_by_is_refused(changes, message) -> None:
    assert refusal(*changes) == message


@pytest.mark.parametrize(
    "changes",
    [
        ("search.augment_noise=0.5",),
        ("search.augment_flip=0",),
        (*SIGNAL, "search.augment_shift=0.5"),
        (*SIGNAL, "network.shape=[2,2]", "search.augment_flip=0.5"),
        ("network.shape=[2,2]", "search.augment_flip=0.5"),
        ("data.source=digits", "search.augment_rotation=10"),
    ],
)
def test_what_they_can_be_changed_by_is_not(changes) -> None:
    assert refusal(*changes) is None

"""What decides a trial, and its fingerprint."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from netclinic.datasets.dataset import Dataset
from netclinic.models.signature import Subset
from netclinic.search import parse_spec
from netclinic.search.spec import StudySpec
from netclinic.search.study_data import load_data
from netclinic.search.trial_shape import on_subset, trial_fingerprint, trial_signature

TEXT = """
study = {name = "s", seed = 5}
data = {source = "iris"}
network = {hidden = [8]}
training = {epochs = 6, batch_size = 16}
"""
NUMBERS = {"learning_rate": 0.1, "weight_decay": 0.01, "momentum": 0.9}


def spec_of(*overrides: str) -> StudySpec:
    return parse_spec(TEXT, file="", folder=Path(), overrides=overrides).spec


@pytest.fixture(scope="module")
def iris() -> Dataset:
    return replace(load_data(spec_of(), Path()), fingerprint="f")


def test_a_perceptron_has_the_fingerprint_of_before_there_were_cnns(iris) -> None:
    """Written out as the first version did: saved networks of older studies are still known."""
    everything = {
        "data": "f",
        "seed": 5,
        "number": 3,
        "signature": [["mlp", 4, [8], 3, "relu", "he_normal"], "sgd", "constant", 6, 16],
        "hyperparameters": [0.1, 0.01, 0.9],
    }
    expected = hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()
    assert trial_fingerprint(spec_of(), iris, 3, NUMBERS) == expected


@pytest.mark.parametrize(
    ("overrides", "uses"),
    [
        ((), ()),
        (("search.warmup=0", "search.label_smoothing=0.0"), ()),
        (("search.warmup=0.1",), ("warmup",)),
        (("search.clip_norm=1",), ("clip_norm",)),
        (("search.label_smoothing.uniform=[0,0.2]",), ("label_smoothing",)),
        (("search.augment_noise.log=[0.1,1]", "search.augment_flip=0"), ("augment_noise",)),
    ],
)
def test_a_program_holds_what_a_trial_may_use(overrides, uses, iris) -> None:
    assert trial_signature(spec_of(*overrides), iris, NUMBERS).uses == uses


def test_optimiser_schedule_and_their_numbers_change_the_fingerprint(iris) -> None:
    step = ("training.schedule=step", "search.decay_rate=0.5")
    changes = [
        (),
        ("training.optimizer=adam",),
        ("training.optimizer=adam", "search.beta2=0.9"),
        ("training.optimizer=adam", "search.epsilon=1e-3"),
        ("training.schedule=exponential", "search.decay_rate=0.5"),
        ("training.schedule=exponential", "search.decay_rate=0.6"),
        (*step, "training.decay_epochs=1"),
        (*step, "training.decay_epochs=2"),
        ("search.warmup=0.1",),
        ("search.warmup=0.2",),
        ("search.clip_norm=1",),
        ("search.label_smoothing=0.1",),
        ("search.augment_noise=0.1",),
        ("search.augment_noise=0.2",),
    ]
    found = {trial_fingerprint(spec_of(*change), iris, 3, NUMBERS) for change in changes}
    assert len(found) == len(changes)


CNN = ("network.kind=cnn", "network.channels=[4,5]")


@pytest.mark.parametrize(
    "change",
    [
        "network.kernel=2",
        "network.stride=2",
        "network.padding=1",
        "network.channels=[4,6]",
        "network.shape=[2,2]",
        "network.hidden=[]",
    ],
)
def test_every_key_of_a_cnn_changes_its_signature_and_fingerprint(change, iris) -> None:
    specs = [spec_of(*CNN, "network.padding=0", "network.kernel=1"), spec_of(*CNN, change)]
    base = spec_of(*CNN)
    for spec in specs:
        assert trial_signature(spec, iris, {}) != trial_signature(base, iris, {})
        assert trial_fingerprint(spec, iris, 3, NUMBERS) != trial_fingerprint(
            base, iris, 3, NUMBERS
        )
    assert len({trial_signature(spec, iris, {}) for spec in specs}) == 2  # and it can be hashed


def test_what_is_written_out_is_the_same_network_as_the_default(iris) -> None:
    short = spec_of(*CNN)
    long = spec_of(
        *CNN,
        "network.shape=[4,1]",
        "network.kernel=3",
        "network.stride=[1,1]",
        'network.padding="same"',
        "compute.convolution=native",
    )
    assert trial_signature(short, iris, {}) == trial_signature(long, iris, {})


@pytest.mark.parametrize(
    ("change", "dropout"),
    [
        ("search.dropout=0", False),
        ("search.dropout=0.5", True),
        ("search.dropout.uniform=[0,0.5]", True),
        ("search.dropout.choice=[0,0.5]", True),
    ],
)
def test_only_where_a_trial_may_drop_anything_does_the_program_know_of_it(
    change, dropout, iris
) -> None:
    spec, numbers = spec_of(change), {**NUMBERS, "dropout": 0.25}
    assert trial_signature(spec, iris, {}).network.dropout is dropout
    fingerprint = trial_fingerprint(spec, iris, 3, numbers if dropout else NUMBERS)
    assert (fingerprint != trial_fingerprint(spec_of(), iris, 3, NUMBERS)) is dropout


def test_normalisation_changes_the_fingerprint(iris) -> None:
    kinds = [f"network.normalization={n}" for n in ("none", "batch", "layer")]
    found = [trial_fingerprint(spec_of(k), iris, 3, NUMBERS) for k in kinds]
    assert found[0] == trial_fingerprint(spec_of(), iris, 3, NUMBERS)
    assert len(set(found)) == 3


@pytest.mark.parametrize(
    ("wanted", "epochs", "patience"), [(48, 12, 8), (32, 18, 12), (17, 36, 24)]
)
def test_fewer_rows_are_trained_on_in_as_many_steps(wanted, epochs, patience, iris) -> None:
    full = trial_signature(spec_of("training.patience=4"), iris, NUMBERS)
    fewer = on_subset(full, wanted, 96)
    assert (fewer.epochs, fewer.patience) == (epochs, patience)
    assert fewer.epochs * (wanted // 16) == full.epochs * (96 // 16)
    assert fewer.subset == Subset(wanted, full.epochs, 6)
    assert fewer._replace(epochs=6, patience=4, subset=None) == full

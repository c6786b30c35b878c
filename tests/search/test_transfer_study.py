"""Studies whose trials begin with the best network of another one."""

import json
import shutil
import threading
from pathlib import Path

import jax
import numpy as np
import pytest
from netclinic.datasets.dataset import DataError
from netclinic.models.checkpoint import load_network, read_weights, save_network
from netclinic.models.network import make_network
from netclinic.models.transfer_source import TransferError
from netclinic.search import (
    StudyError,
    Wanted,
    load_spec,
    parse_spec,
    plan_of,
    resume_study,
    run_study,
)
from netclinic.search.resolved_text import resolved_text
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import resolved_of, spec_from_resolved
from netclinic.search.study_data import load_data
from netclinic.search.trial_shape import trial_fingerprint, trial_signature
from netclinic.storage.records.results import Outcome

from .conftest import UNSEEN, load, numbers_only, run, url_in

TARGET = """
study = {name = "target", trials = 4, seed = 9}
data = {source = "iris", train_rows = 30}
network = {hidden = [8], init_from = "out/best"}
training = {epochs = 4, batch_size = 10}
search = {head_learning_rate = {log = [1e-3, 1e-1]}}
compute = {segment = 2, lanes = 4}
"""
FROZEN = TARGET.replace('"out/best"', '"out/best", transfer = "frozen"').replace(
    "search = {head_learning_rate = {log = [1e-3, 1e-1]}}\n", ""
)
WITHOUT = ("~network.init_from", "~search.head_learning_rate")
NUMBERS = {
    "learning_rate": 0.1,
    "weight_decay": 0.01,
    "momentum": 0.9,
    "head_learning_rate": 0.2,
}


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """Where the source has run: out/best holds its best network."""
    folder = tmp_path_factory.mktemp("source")
    run(folder, "study.trials=4")
    return folder


@pytest.fixture
def folder(source: Path, tmp_path: Path) -> Path:
    shutil.copytree(source / "out", tmp_path / "out")
    return tmp_path


def other_weights(best: Path) -> None:
    """Save others in their place."""
    loaded = load_network(best)
    drawn = make_network(loaded.spec).init(jax.random.key(5))
    save_network(best, loaded.spec, drawn, loaded.surroundings)


def spec_in(folder: Path, *overrides: str, text: str = TARGET):
    return parse_spec(text, file="target.toml", folder=folder, overrides=overrides).spec


def target(folder: Path, *overrides: str, text: str = TARGET) -> None:
    """Run the target; its results lie beside those of the source."""
    loaded = parse_spec(text, file="target.toml", folder=folder, overrides=overrides)
    for _ in run_study(loaded, url_in(folder), folder / "target", threading.Event()):
        pass


def test_a_frozen_study_keeps_all_but_the_last_layer(folder: Path) -> None:
    target(folder, text=FROZEN)
    trials = load(folder, "target").trials
    assert [t.result and t.result.outcome for t in trials] == [Outcome.COMPLETED] * 4
    before, after = read_weights(folder / "out/best"), read_weights(folder / "target/best")
    kept = {name for name, values in after.items() if (values == before[name]).all()}
    assert kept == {"hidden.0.kernel", "hidden.0.bias"}


def test_fine_tuned_trials_have_a_learning_rate_for_the_head(folder: Path) -> None:
    target(folder, UNSEEN)
    study = load(folder, "target")
    assert {"learning_rate", "head_learning_rate"} <= set(study.trials[0].parameters)
    before, after = read_weights(folder / "out/best"), read_weights(folder / "target/best")
    assert all((values != before[name]).any() for name, values in after.items())


def test_rows_are_scaled_as_those_of_the_source(folder: Path) -> None:
    theirs = json.loads((folder / "out/best/network.json").read_text())
    for standardize in ("true", "false"):
        spec = spec_in(folder, f"data.standardize={standardize}")
        dataset = load_data(spec, folder)
        np.testing.assert_allclose(dataset.preprocessing.mean, theirs["mean"])
        np.testing.assert_allclose(dataset.preprocessing.scale, theirs["scale"])
        raw = dataset.train.inputs * theirs["scale"] + theirs["mean"]
        assert raw.min() > 0
        assert abs(dataset.train.inputs.mean()) < 1


def test_a_study_that_is_gone_on_with_has_the_same_trials(folder: Path) -> None:
    target(folder, "study.trials=2")
    steps = resume_study("target", url_in(folder), folder / "target", threading.Event(), trials=4)
    assert list(steps)[-1].conclusion is not None
    target(folder, "study.name=at-once", "compute.lanes=1")
    found = [numbers_only(load(folder, name)) for name in ("target", "at-once")]
    assert found[0] == found[1]


def test_a_study_is_gone_on_with_where_its_weights_were_moved(folder: Path) -> None:
    target(folder, "study.trials=2")
    shutil.move(folder / "out/best", folder / "moved")
    target(folder, "network.init_from=moved", "study.trials=3")
    assert len(load(folder, "target").trials) == 3


def test_a_treatment_may_do_without_the_weights(folder: Path) -> None:
    """The digest stayed, and was refused without the folder that it was of."""
    target(folder, "study.trials=2")
    plan = plan_of("target", url_in(folder), Wanted(None, WITHOUT))
    assert plan.loaded.spec.network.init_from is None
    assert plan.tried.spec_change == " -S ".join(WITHOUT)


def test_a_study_is_not_gone_on_with_from_other_weights(folder: Path) -> None:
    target(folder, UNSEEN, "study.trials=1")
    other_weights(folder / "out/best")
    changed = "^the weights that trials of study 'target' begin with have changed since it began"
    with pytest.raises(StudyError, match=changed):
        target(folder, UNSEEN)
    with pytest.raises(StudyError, match=changed):
        list(resume_study("target", url_in(folder), folder / "target", threading.Event()))
    shutil.rmtree(folder / "out/best")
    with pytest.raises(StudyError, match=r"-S network.init_from=FOLDER/best"):
        list(resume_study("target", url_in(folder), folder / "target", threading.Event()))


def test_weights_that_are_not_those_of_the_description_are_refused(folder: Path) -> None:
    description = folder / "out/best/network.json"
    changed = {**json.loads(description.read_text()), "weights_sha256": "0" * 64}
    description.write_text(json.dumps(changed))
    with pytest.raises(TransferError, match="are not those that its description tells of"):
        load_data(spec_in(folder), folder)


def test_the_weights_decide_the_fingerprint_and_their_folder_does_not(folder: Path) -> None:
    shutil.copytree(folder / "out/best", folder / "moved")
    spec = spec_in(folder)
    data = load_data(spec, folder)
    frozen = spec_in(folder, text=FROZEN)
    moved = spec_in(folder, "network.init_from=moved")
    other_weights(folder / "out/best")
    specs = [spec, moved, frozen, spec_in(folder)]
    prints = [trial_fingerprint(one, data, 0, NUMBERS) for one in specs]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3
    assert len({trial_signature(one, data, NUMBERS) for one in specs}) == 4
    plain = spec.model_copy(update={"network": spec.network.model_copy(update={"init_from": None})})
    assert trial_signature(plain, data, NUMBERS).transfer is None


def test_the_resolved_spec_is_read_back(folder: Path) -> None:
    spec = spec_in(folder)
    assert spec.network.init_from == str(folder / "out/best")
    assert len(spec.network.init_digest or "") == 64
    assert spec_from_resolved(resolved_of(spec)) == spec
    (folder / "resolved.toml").write_text(resolved_text(resolved_of(spec)))
    assert load_spec(folder / "resolved.toml").spec == spec


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("network.init_from=nowhere", "[network] init_from: {folder}/nowhere holds no saved"),
        ("network.init_from=out", "it lies in the folder best inside: add that to the path."),
        (
            'network.init_digest="' + "0" * 64 + '"',
            "[network] init_digest: the weights in {folder}/out/best have another SHA-256, ",
        ),
        (
            "network.transfer=forzen",
            '[network] transfer: got "forzen"; did you mean "frozen"? Allowed: "fine_tune", ',
        ),
        (
            "network.transfer=frozen",
            "[search] head_learning_rate: got {log = [0.001, 0.1]}; with [network] transfer = "
            '"frozen" the head is all that is trained, at learning_rate: remove this key.',
        ),
        *(
            (
                f"search.{change}",
                f"[search] {change.partition('.')[0]}: cannot be searched with [network] "
                "init_from, which gives one network: remove this key, and write under [network] "
                "what the network there has.",
            )
            for change in (
                "layers.int=[1,2]",
                "units.int=[8,16]",
                'activation.choice=["relu","tanh"]',
                'initializer.choice=["he_normal","orthogonal"]',
            )
        ),
    ],
)
def test_messages_of_a_spec(change: str, message: str, folder: Path) -> None:
    with pytest.raises(SpecError) as caught:
        spec_in(folder, change)
    assert message.replace("{folder}", str(folder)) in str(caught.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            '[network]\ntransfer = "frozen"',
            '[network] transfer: got "frozen"; belongs to init_from = "path/to/best": write that, '
            "or remove this key.",
        ),
        (
            "[search]\nhead_learning_rate = 0.1",
            "[search] head_learning_rate: got 0.1; belongs to a network that takes over weights: "
            'write [network] init_from = "path/to/best", or remove this key.',
        ),
    ],
)
def test_keys_that_need_weights_to_begin_with(line: str, message: str) -> None:
    text = f'study = {{name = "a"}}\ndata = {{source = "iris"}}\n{line}\n'
    with pytest.raises(SpecError) as caught:
        parse_spec(text, file="a.toml", folder=Path())
    assert str(caught.value) == f"a.toml: {message}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            ("network.hidden=[9]",),
            "network.hidden does not fit network.init_from: got [9], expected [8], as the network "
            "in {folder}/out/best has: write hidden = [8].",
        ),
        (
            ("network.activation=tanh",),
            'network.activation does not fit network.init_from: got "tanh", expected "relu"',
        ),
        (
            ("network.normalization=batch",),
            'network.normalization does not fit network.init_from: got "batch", expected "none"',
        ),
        (
            ("network.kind=cnn", "network.channels=[4]"),
            'network.kind does not fit network.init_from: got "cnn", expected "mlp", as the '
            'network in {folder}/out/best has: write kind = "mlp".',
        ),
    ],
)
def test_another_architecture_is_refused_before_training(
    changes: tuple[str, ...], message: str, folder: Path
) -> None:
    with pytest.raises(TransferError) as caught:
        load_data(spec_in(folder, *changes), folder)
    assert message.replace("{folder}", str(folder)) in str(caught.value)


def test_other_features_are_refused_before_training(folder: Path) -> None:
    many = r"the rows have 13 features, expected 4, as the network in .*/out/best learnt from"
    with pytest.raises(DataError, match=many):
        load_data(spec_in(folder, "data.source=wine"), folder)
    x = np.random.default_rng(0).normal(size=(90, 4))
    np.savez(folder / "other.npz", x=x, y=np.arange(90) % 3)
    named = r"feature 1 is 'x0', expected 'sepal length \(cm\)', as the network in"
    with pytest.raises(DataError, match=named):
        load_data(spec_in(folder, "data.source=other.npz"), folder)

"""A study of a user's own network: from the spec to the network loaded again."""

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from netclinic.models import load_network
from netclinic.models.checkpoint import CheckpointError
from netclinic.models.own_code import OwnCodeError, load_builder
from netclinic.search import StudyError, load_spec, predict_rows, resume_study
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import parse_spec, resolved_of, spec_from_resolved
from netclinic.search.study_data import load_data
from netclinic.search.trial_shape import trial_fingerprint, trial_signature
from netclinic.storage.records.results import Outcome

from tests.search.conftest import GIVEN, load, run, url_in

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = (EXAMPLES / "own_network.toml").read_text()
NAME = "digits-own-network"
SMALL = (
    *GIVEN,
    "study.trials=3",
    "training.epochs=2",
    "compute.segment=2",
    "data.train_rows=200",
    "search.arguments.width.choice=[4,6]",
    "network.arguments.blocks=1",
    "diagnosis.vital_signs=false",  # a second a width; tests/test_examples.py has them
)


def beside(folder: Path) -> Path:
    """The example's code, in the folder."""
    return Path(shutil.copy(EXAMPLES / "own_network.py", folder))


def spec_in(folder: Path, *overrides: str):
    return parse_spec(EXAMPLE, file="own.toml", folder=folder, overrides=overrides).spec


def message_of(folder: Path, *overrides: str) -> str:
    with pytest.raises(SpecError) as caught:
        spec_in(folder, *overrides)
    return str(caught.value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the example has run, smaller."""
    folder = tmp_path_factory.mktemp("own")
    beside(folder)
    run(folder, *SMALL, text=EXAMPLE)
    return folder


def test_trials_of_each_width_end_and_the_best_can_be_loaded(folder) -> None:
    trials = load(folder, NAME).trials
    assert [t.result and t.result.outcome for t in trials] == [Outcome.COMPLETED] * 3
    sizes = {t.parameters["arguments.width"]: t.result.parameters for t in trials if t.result}
    for width, size in sizes.items():
        w = int(width)
        block = 8 * 8 + 8 + w * w + w + 2 * 2 * w
        assert size == 8 * w + w + block + 2 * w + w * 10 + 10
    best = load_network(folder / "out" / "best")
    stored = trials[best.surroundings.trial].result
    assert stored is not None
    data = load_data(spec_in(folder, *SMALL), folder)
    wrong = (np.asarray(best.network(data.test.inputs)).argmax(-1) != data.test.labels).mean()
    assert stored.test_error == pytest.approx(wrong, abs=1.5 / len(data.test.labels))


def test_a_study_is_not_gone_on_with_under_other_code(folder) -> None:
    code = folder / "own_network.py"
    text = code.read_text()
    code.write_text(text.replace("nnx.gelu", "nnx.relu"))
    try:
        changed = (
            "^the code of the network of study 'digits-own-network' has changed since it began"
        )
        with pytest.raises(StudyError, match=changed):
            run(folder, *SMALL, text=EXAMPLE)
        with pytest.raises(StudyError, match=changed):
            list(resume_study(NAME, url_in(folder), folder / "out", threading.Event()))
    finally:
        code.write_text(text)


def test_the_network_is_loaded_with_its_code_only(folder, tmp_path) -> None:
    shutil.copytree(folder / "out" / "best", tmp_path / "best")
    code = beside(tmp_path)
    away = folder / "away.py"
    (folder / "own_network.py").rename(away)
    load_builder.cache_clear()  # as in another process
    try:
        gone = "the code of this network is needed to load it, but no such file: .*place="
        with pytest.raises(CheckpointError, match=gone):
            load_network(tmp_path / "best")
        assert load_network(tmp_path / "best", f"{code}:Mixer").network is not None
        np.save(tmp_path / "new.npy", np.zeros((2, 64), np.float32))
        told = predict_rows(tmp_path / "best", tmp_path / "new.npy", f"{code}:Mixer")
        assert len(told.rows) == 2
        code.write_text(code.read_text() + "# changed\n")
        load_builder.cache_clear()
        with pytest.raises(CheckpointError, match=r"own_network.py has changed \(its code"):
            load_network(tmp_path / "best", f"{code}:Mixer")
    finally:
        away.rename(folder / "own_network.py")


def test_what_does_not_fit_is_refused_before_anything_is_stored(tmp_path) -> None:
    beside(tmp_path)
    unknown = r"unknown argument 'block' \(did you mean 'blocks'\?\); Mixer takes width, blocks"
    with pytest.raises(OwnCodeError, match=unknown):
        run(tmp_path, "network.arguments.block=2", text=EXAMPLE)
    at = r"own_network.py, line \d+, in __init__: Mixer cannot be built: "
    with pytest.raises(OwnCodeError, match=at + "TypeError: .*many"):
        run(tmp_path, 'search.arguments.width.choice=["many"]', text=EXAMPLE)
    with pytest.raises(OwnCodeError, match=at):
        run(tmp_path, "search.arguments.width.int=[-1,4]", text=EXAMPLE)
    assert not Path(url_in(tmp_path).removeprefix("sqlite:///")).exists()


def test_the_code_decides_the_fingerprint_and_its_folder_does_not(tmp_path) -> None:
    prints, signatures = [], []
    for name, change in (("a", ""), ("b", ""), ("c", "# changed\n")):
        (tmp_path / name).mkdir()
        code = beside(tmp_path / name)
        code.write_text(code.read_text() + change)
        spec = spec_in(tmp_path / name)
        data = load_data(spec, tmp_path)
        numbers = {"learning_rate": 0.1, "dropout": 0.1, "arguments.width": 16}
        prints.append(trial_fingerprint(spec, data, 0, numbers))
        signatures.append(trial_signature(spec, data, numbers))
    assert prints[0] == prints[1] != prints[2]
    assert len(set(signatures)) == 3
    own = signatures[0].network.own
    assert own is not None
    assert own.arguments == (("blocks", 2), ("width", 16))
    assert own.inputs == (8, 8)


def test_the_resolved_spec_is_read_back(tmp_path) -> None:
    beside(tmp_path)
    spec = spec_in(tmp_path)
    assert spec.network.kind == f"{tmp_path / 'own_network.py'}:Mixer"
    assert spec_from_resolved(resolved_of(spec)) == spec
    assert load_spec_text(tmp_path, resolved_of(spec)) == spec


def load_spec_text(folder: Path, resolved: dict):
    from netclinic.search.resolved_text import resolved_text

    (folder / "resolved.toml").write_text(resolved_text(resolved))
    return load_spec(folder / "resolved.toml").spec


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "network.kind=other.py:Mixer",
            "[network] kind: no such file: {folder}/other.py.",
        ),
        (
            'network.code="' + "0" * 64 + '"',
            "[network] code: the code of own_network.py:Mixer has another SHA-256, ",
        ),
        (
            "network.hidden=[8]",
            "[network] hidden: got [8]; a network of your own does not see it: remove this key, or "
            "write it into [network.arguments] where the network takes it.",
        ),
        (
            "network.normalization=batch",
            '[network] normalization: got "batch"; a network of your own does not see it: remove',
        ),
        (
            "search.units.int=[1,2]",
            "[search] units: a network of your own does not see it: write units into "
            "[search.arguments], where the network takes it.",
        ),
        (
            "network.kind=mlp",
            '[network] arguments: got {blocks = 2}; belongs to a network of your own (kind = "path',
        ),
        (
            "network.arguments.rngs=1",
            "[network] arguments: rngs is filled in by netclinic: remove it.",
        ),
        (
            'network.arguments={"a b" = 1}',
            '[network] arguments: "a b" is no name of an argument of Python\'s.',
        ),
        (
            "network.arguments.width={a = 1}",
            "[network] arguments: width: got {a = 1}; allowed: a finite number (a whole one of 64 "
            "bits), text, true, false, or a list of those.",
        ),
        (
            "search.arguments.width=8",
            "[search] arguments: width: got 8; allowed: {int = [low, high]} or {choice = […]}, of "
            "numbers or of words.",
        ),
        (
            "search.arguments.width.uniform=[1,2]",
            '[search] arguments: width: got {uniform = [1, 2]}; "uniform" is not a law for this',
        ),
        (
            "search.arguments.width.int=[4,2]",
            "[search] arguments: width: got {int = [4, 2]}; the lower limit must be below",
        ),
    ],
)
def test_messages(change: str, message: str, tmp_path) -> None:
    beside(tmp_path)
    assert message.replace("{folder}", str(tmp_path)) in message_of(tmp_path, change)


def test_arguments_of_a_network_of_ours_are_not_searched(tmp_path) -> None:
    with pytest.raises(SpecError, match=r"\[search\] arguments: belongs to a network of your own"):
        parse_spec(
            'study = {name = "a"}\ndata = {source = "iris"}\n',
            file="",
            folder=tmp_path,
            overrides=["search.arguments.width.int=[1,2]"],
        )


@pytest.mark.parametrize("values", ["[1,2]", "[0.5,1.0]", '["a","b"]'])
def test_a_choice_keeps_the_type_of_its_values(values: str, tmp_path) -> None:
    beside(tmp_path)
    entry = spec_in(tmp_path, f"search.arguments.width.choice={values}").search.arguments
    assert entry is not None
    assert repr(list(entry["width"].values)) == repr(json.loads(values))

import errno
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import jax
import numpy as np
import pytest
from flax import nnx
from netclinic.models import judging
from netclinic.models.checkpoint import (
    DESCRIPTION,
    CheckpointError,
    Surroundings,
    load_network,
    read_weights,
    save_network,
    saved_fingerprint,
    weights_digest,
)
from netclinic.models.convolution_shapes import Convolutions, residual_layers
from netclinic.models.dropout import Dropout
from netclinic.models.network import NetworkSpec, make_network

SPEC = NetworkSpec("mlp", 4, (8, 5), 3, "tanh", "xavier_normal")
AROUND = Surroundings("s", 3, "f1", ("a", "b", "c"), ("w", "x", "y", "z"), (1.0,) * 4, (2.0,) * 4)


def test_a_saved_network_comes_back_as_it_was(tmp_path) -> None:
    network = make_network(SPEC)
    weights = network.init(jax.random.key(0))
    save_network(tmp_path / "best", SPEC, weights, AROUND)
    loaded = load_network(tmp_path / "best")
    inputs = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    logits = network.apply(weights, (inputs - 1) / 2)
    np.testing.assert_array_equal(loaded.network((inputs - 1) / 2), logits)
    assert loaded.predict(inputs) == ["abc"[i] for i in logits.argmax(-1)]
    assert (loaded.spec, loaded.surroundings) == (SPEC, AROUND)


def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path, monkeypatch) -> None:
    weights = make_network(SPEC).init(jax.random.key(0))
    save_network(tmp_path, SPEC, weights, AROUND)
    said = "no room for the network, which takes 0.1 MB. Make room and go on with"

    def fill(*_: object, **__: object) -> None:
        raise ValueError("RESOURCE_EXHAUSTED: No space left on device [os_error_code='28']")

    with monkeypatch.context() as patch:
        patch.setattr("orbax.checkpoint.StandardCheckpointer.save", fill)
        with pytest.raises(OSError, match=said):  # found out amid the writing
            save_network(tmp_path, SPEC, weights, AROUND._replace(trial=4))
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 16))
        patch.delattr("orbax.checkpoint.StandardCheckpointer.save")
        with pytest.raises(OSError, match=said) as found:
            save_network(tmp_path, SPEC, weights, AROUND._replace(trial=4))
    assert (found.value.errno, found.value.filename) == (errno.ENOSPC, str(tmp_path))
    assert load_network(tmp_path).surroundings == AROUND


def test_threads_save_at_once(tmp_path) -> None:
    """Workers of one process: Orbax alone loses a folder, or waits for minutes."""
    weights = make_network(SPEC).init(jax.random.key(0))

    def save(name: str) -> None:
        for _ in range(20):
            save_network(tmp_path / name, SPEC, weights, AROUND)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(save, "ab"))
    for name in "ab":
        assert load_network(tmp_path / name).surroundings == AROUND


# A process of its own, as several workers of one study save: Orbax alone loses what another writes.
SAVER = """
import sys
from pathlib import Path
from netclinic.models.devices import prepare_devices
prepare_devices(1)  # as every command does: what another saver has half compiled is no news
import jax
from netclinic.models.checkpoint import load_network, save_network
from netclinic.models.network import make_network
from tests.models.test_checkpoint import AROUND, SPEC
mine = AROUND._replace(trial=int(sys.argv[2]))
weights = make_network(SPEC).init(jax.random.key(mine.trial))
for _ in range(10):
    save_network(Path(sys.argv[1]), SPEC, weights, mine)
    load_network(sys.argv[1])
"""


def test_processes_save_and_read_in_one_folder_at_once(tmp_path) -> None:
    command = [sys.executable, "-c", SAVER, str(tmp_path)]
    savers = [
        subprocess.Popen([*command, number], stderr=subprocess.PIPE, text=True) for number in "12"
    ]
    for saver in savers:
        said = saver.communicate(timeout=120)[1]
        assert (saver.returncode, said) == (0, "")
    described = json.loads((tmp_path / DESCRIPTION).read_text())["weights_sha256"]
    assert described == weights_digest(read_weights(tmp_path)), "of another worker's network"


def test_a_table_is_answered_for_and_how_sure_it_is_is_told(tmp_path) -> None:
    network = make_network(SPEC)
    weights = network.init(jax.random.key(0))
    save_network(tmp_path, SPEC, weights, AROUND)
    loaded = load_network(tmp_path)
    inputs = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    table = {name: inputs[:, place].tolist() for place, name in enumerate("wxyz")}
    assert loaded.predict({**table, "answer": ["a"] * 20}) == loaded.predict(inputs)
    sure = loaded.probabilities(table)
    assert sure.sum(axis=1) == pytest.approx(1, abs=1e-6)
    assert ["abc"[i] for i in sure.argmax(axis=1)] == loaded.predict(inputs)
    save_network(tmp_path, SPEC, weights, AROUND._replace(task="multilabel"))
    each = load_network(tmp_path).probabilities(inputs)
    assert each == pytest.approx(1 / (1 + np.exp(-loaded.outputs(inputs))), abs=1e-6)
    save_network(tmp_path, SPEC, weights, AROUND._replace(task="regression"))
    with pytest.raises(ValueError, match="'regression' gives no probabilities"):
        load_network(tmp_path).probabilities(inputs)


def test_many_rows_are_answered_for_in_pieces(tmp_path, monkeypatch) -> None:
    save_network(tmp_path, SPEC, make_network(SPEC).init(jax.random.key(0)), AROUND)
    loaded, called = load_network(tmp_path), []
    inputs = np.random.default_rng(0).normal(size=(20, 4))
    whole = loaded.outputs(inputs)
    apply = type(loaded.network).__call__
    monkeypatch.setattr(
        type(loaded.network), "__call__", lambda *them: called.append(len(them[1])) or apply(*them)
    )
    monkeypatch.setattr(judging, "NUMBERS_AT_ONCE", 7 * 8)  # seven rows of the widest layer
    # Products of other sizes add up in another order, which near 0 is no small share.
    np.testing.assert_allclose(loaded.outputs(inputs), whole, rtol=1e-6, atol=1e-6)
    assert called == [7, 7, 7]
    assert loaded.outputs(inputs[:0]).shape == (0, 3)


def test_rows_of_another_width_are_refused_with_the_step_that_makes_them(tmp_path) -> None:
    weights = make_network(SPEC).init(jax.random.key(0))
    save_network(tmp_path, SPEC, weights, AROUND)
    with pytest.raises(ValueError, match=r"got inputs of shape \(2, 5\), expected \(rows, 4\)$"):
        load_network(tmp_path).predict(np.zeros((2, 5)))
    save_network(tmp_path, SPEC, weights, AROUND._replace(feature_step="step.py:spectrum"))
    said = r"expected \(rows, 4\), as step.py:spectrum makes them of raw rows: apply it first"
    with pytest.raises(ValueError, match=said):
        load_network(tmp_path).predict(np.zeros(4))


def test_a_saved_cnn_comes_back_as_it_was(tmp_path) -> None:
    layers = Convolutions((2, 2, 1), (3, 5), (2, 1), (1, 1), ("same", 0))
    spec = NetworkSpec("cnn", 4, (), 3, "relu", "he_normal", layers)
    network = make_network(spec, "im2col")
    weights = network.init(jax.random.key(0))
    save_network(tmp_path, spec, weights, AROUND)
    loaded = load_network(tmp_path)
    inputs = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    np.testing.assert_allclose(loaded.network(inputs), network.apply(weights, inputs), atol=1e-5)
    assert loaded.spec == spec
    assert isinstance(loaded.spec.convolutions, Convolutions)


def test_a_saved_resnet_comes_back_with_its_running_statistics(tmp_path) -> None:
    layers = residual_layers((4, 1), (3, 5), (1, 1))
    spec = NetworkSpec("resnet", 4, (), 3, "relu", "he_normal", layers, "batch")
    network = make_network(spec, "im2col")
    weights = network.init(jax.random.key(0))
    inputs = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    _, state = network.train(weights, inputs, jax.random.key(1), 0.0)
    moved = weights._replace(state=state)
    save_network(tmp_path, spec, moved, AROUND)
    loaded = load_network(tmp_path)
    assert loaded.spec == spec
    np.testing.assert_allclose(loaded.network(inputs), network.apply(moved, inputs), atol=1e-5)
    assert np.abs(loaded.network(inputs) - network.apply(weights, inputs)).max() > 1e-3


def test_a_network_read_back_can_be_trained_on_with_dropout(tmp_path) -> None:
    spec = SPEC._replace(dropout=True)
    network = make_network(spec)
    weights = network.init(jax.random.key(0))
    save_network(tmp_path, spec, weights, AROUND)
    read = load_network(tmp_path).network
    inputs = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    np.testing.assert_array_equal(read(inputs), network.apply(weights, inputs))
    read.train()
    np.testing.assert_array_equal(read(inputs), network.apply(weights, inputs))  # a rate of 0
    for _, module in nnx.iter_modules(read):
        if isinstance(module, Dropout):
            module.rate[...] = np.float32(0.5)
    assert np.abs(read(inputs) - read(inputs)).max() > 0.01


def test_a_network_of_before_there_were_convolutions_is_read(tmp_path) -> None:
    weights = make_network(SPEC).init(jax.random.key(0))
    save_network(tmp_path, SPEC, weights, AROUND)
    description = json.loads((tmp_path / DESCRIPTION).read_text())
    del description["network"]["convolutions"]
    (tmp_path / DESCRIPTION).write_text(json.dumps(description))
    assert load_network(tmp_path).spec == SPEC


def test_a_later_save_replaces_an_earlier_one(tmp_path) -> None:
    weights = [make_network(SPEC).init(jax.random.key(i)) for i in range(2)]
    save_network(tmp_path, SPEC, weights[0], AROUND)
    save_network(tmp_path, SPEC, weights[1], AROUND._replace(fingerprint="f2"))
    assert saved_fingerprint(tmp_path) == "f2"
    inputs = np.ones((1, 4), np.float32)
    expected = make_network(SPEC).apply(weights[1], inputs)
    np.testing.assert_array_equal(load_network(tmp_path).network(inputs), expected)


def test_a_folder_without_a_network_is_refused(tmp_path) -> None:
    (tmp_path / "best").mkdir()
    (tmp_path / "best" / "network.json").write_text('{"fingerprint": "f"}')
    with pytest.raises(CheckpointError, match=f"network, but {tmp_path}/best does$"):
        load_network(tmp_path)
    (tmp_path / "best" / "network.json").unlink()
    assert saved_fingerprint(tmp_path) is None
    with pytest.raises(CheckpointError, match="holds no saved network"):
        load_network(tmp_path)

"""A user's own network: its code's digest, its arguments, its errors, and its training."""

import json
import textwrap
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes, fetched
from netclinic.models.network import NetworkSpec, Variables, fields_of, make_network, spec_of
from netclinic.models.own_check import check_own
from netclinic.models.own_code import KIND, OwnCodeError, check_arguments, code_digest, load_builder
from netclinic.models.own_network import OwnNetwork
from netclinic.models.signature import Signature

FEATURES, CLASSES = 6, 3
HEAD = """\
import jax.numpy as jnp
from flax import nnx
from netclinic.models import MLP, Dropout


class Network(nnx.Module):
"""
GOOD = """\
    def __init__(self, inputs, outputs, *, width=8, rngs):
        self.hidden = nnx.Linear(inputs, width, rngs=rngs)
        self.norm = nnx.BatchNorm(width, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.ours = Dropout(rngs=rngs)
        self.output = nnx.Linear(width, outputs, rngs=rngs)

    def __call__(self, x):
        x = nnx.relu(self.norm(self.hidden(x)))
        return self.output(self.ours(self.dropout(x)))
"""

OURS = """\
    def __init__(self, inputs, outputs, *, rngs):
        self.ours = Dropout(rngs=rngs)
        self.output = nnx.Linear(inputs, outputs, rngs=rngs)

    def __call__(self, x):
        return self.output(self.ours(x))
"""

RECURRENT = """\
    def __init__(self, inputs, outputs, *, rngs):
        self.rnn = nnx.RNN(nnx.LSTMCell(1, 4, rngs=rngs))
        self.output = nnx.Linear(4, outputs, rngs=rngs)

    def __call__(self, x):
        return self.output(self.rnn(x[..., None])[:, -1])
"""


def write(folder: Path, body: str, name: str = "own.py") -> str:
    """The place of ``Network`` in a file of this body."""
    (folder / name).write_text(HEAD + body)
    return f"{folder / name}:Network"


def spec_at(place: str, *, dropout: bool = False, inputs: Any = FEATURES, **arguments: Any):
    own = OwnNetwork(place, code_digest(place), inputs, tuple(arguments.items()))
    return NetworkSpec(KIND, FEATURES, (), CLASSES, "", "", dropout=dropout, own=own)


@pytest.fixture
def good(tmp_path: Path) -> str:
    return write(tmp_path, GOOD)


def test_it_is_taken_apart_like_any_network(good: str) -> None:
    network = make_network(spec_at(good, width=16))
    assert network.parameters == 6 * 16 + 16 + 2 * 16 + 16 * 3 + 3
    assert network.widest == 16
    assert network.drops
    variables = network.init(jax.random.key(0))
    assert len(jax.tree.leaves(variables.state)) == 2, "running mean and variance"
    inputs = np.random.default_rng(0).normal(2, 3, (20, FEATURES)).astype(np.float32)
    once, state = network.train(variables, inputs, jax.random.key(1), 0.0)
    again, _ = network.train(variables, inputs, jax.random.key(2), 0.0)
    assert (once != again).any(), "nnx.Dropout draws from the key"
    moved = Variables(variables.parameters, state)
    np.testing.assert_allclose(
        network.apply(moved, inputs)[:1], network.apply(moved, inputs[:1]), rtol=1e-5
    )


def test_the_trials_rate_reaches_our_dropout_only_where_dropout_is_searched(tmp_path: Path) -> None:
    inputs = np.ones((50, FEATURES), np.float32)
    place = write(tmp_path, OURS)
    for dropout in (True, False):
        network = make_network(spec_at(place, dropout=dropout))
        variables = network.init(jax.random.key(0))
        full = network.apply(variables, inputs)
        found, _ = network.train(variables, inputs, jax.random.key(0), 0.5)
        assert bool((found != full).any()) is dropout


def test_a_recurrent_network_is_trained_and_judged_within_a_branch(tmp_path: Path) -> None:
    """Lanes judge in one: nnx.RNN refused weights that were made outside of it."""
    network = make_network(spec_at(write(tmp_path, RECURRENT)))
    variables = network.init(jax.random.key(0))
    inputs = np.random.default_rng(0).normal(size=(5, FEATURES)).astype(np.float32)

    @jax.jit
    def judged(variables: Variables, wanted: jax.Array) -> jax.Array:
        nothing = jax.numpy.zeros((5, CLASSES))
        return jax.lax.cond(wanted, lambda: network.apply(variables, inputs), lambda: nothing)

    @jax.jit
    def slope(variables: Variables, wanted: jax.Array) -> Any:
        def loss(parameters: Any) -> jax.Array:
            moved = variables._replace(parameters=parameters)
            return network.train(moved, inputs, jax.random.key(1), 0.0)[0].sum()

        nothing = jax.tree.map(jax.numpy.zeros_like, variables.parameters)
        return jax.lax.cond(wanted, lambda: jax.grad(loss)(variables.parameters), lambda: nothing)

    np.testing.assert_array_equal(judged(variables, True), network.apply(variables, inputs))
    assert all(np.any(leaf) for leaf in jax.tree.leaves(slope(variables, True)))


def test_a_spec_goes_through_json(good: str) -> None:
    spec = spec_at(good, inputs=(2, 3), widths=(1, 2))
    assert spec_of(json.loads(json.dumps(fields_of(spec)))) == spec
    assert hash(spec)


def split(rows: int, seed: int) -> Split:
    rng = np.random.default_rng(seed)
    labels = rng.integers(CLASSES, size=rows).astype(np.int32)
    inputs = rng.normal(size=(rows, FEATURES)) + labels[:, None]
    return Split(inputs.astype(np.float32), labels)


def test_our_mlp_as_an_own_network_trains_bit_for_bit_as_ours(tmp_path: Path) -> None:
    body = HEAD.partition("\n\n\nclass")[0] + textwrap.dedent("""

        def network(inputs, outputs, *, hidden, rngs):
            return MLP(inputs, hidden, outputs, rngs=rngs)
        """)
    (tmp_path / "function.py").write_text(body)
    own = spec_at(f"{tmp_path / 'function.py'}:network", hidden=(8,))
    ours = NetworkSpec("mlp", FEATURES, (8,), CLASSES, "relu", "he_normal")
    rows, plan, found = [split(n, n) for n in (80, 40, 30)], LanePlan(2, "map", 2), []
    trials = {n: Trial(n, Hyperparameters(0.05, 1e-3, 0.9)) for n in range(2)}
    for spec in (own, ours):
        signature = Signature(spec, "sgd", "constant", 3, 16)
        lanes = Lanes(signature, place_rows(*rows, plan), plan, 0, 3)
        _, seen = lanes.train_segment(lanes.fill(lanes.empty(), trials))
        found.append(np.stack(fetched(seen).curves[:5])[:, :2])
    assert np.isfinite(found[0]).all()
    np.testing.assert_array_equal(*found)


LINE = HEAD.count("\n")  # of the class


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            GOOD.replace("nnx.Linear(width, outputs", "nnx.Linear(9, outputs"),
            f"own.py, line {LINE + 10}, in __call__: Network fails on float32 (2, 6): layer "
            "output (Linear) got (2, 8), expected (…, 9): TypeError: dot_general requires "
            "contracting dimensions to have the same shape, got (8,) and (9,).",
        ),
        (
            GOOD.replace("nnx.Linear(inputs, width", "nnx.Linear(inputs, wide"),
            f"own.py, line {LINE + 2}, in __init__: Network cannot be built: NameError: name "
            "'wide' is not defined",
        ),
        (
            GOOD.replace("(width, outputs", "(width, 5"),
            "Network gave float32 (2, 5) for float32 (2, 6), expected float32 (2, 3): a row of "
            "outputs for each row",
        ),
        (
            GOOD.replace("return ", "return None and "),
            "Network gave NoneType for float32 (2, 6), expected float32 (2, 3): a row of outputs "
            "for each row",
        ),
        (
            "    def __init__(self, inputs, outputs, *, rngs):\n        self.drop = 1\n",
            "Network has no nnx.Param, so there is nothing to train",
        ),
        (
            GOOD.replace("inputs, width, rngs", "inputs, width, param_dtype=jnp.float16, rngs"),
            "Network: the weights hidden.bias are float16, expected float32",
        ),
        (
            GOOD + "\n\ndef Network(inputs, outputs, *, rngs):\n    return {}\n",
            "Network gave dict, expected an nnx.Module",
        ),
        (
            GOOD + "\nprint(1 / 0)\n",
            f"own.py, line {LINE + 12}: own.py cannot be imported: ZeroDivisionError: division by "
            "zero",
        ),
        (GOOD + "\nclass (\n", f"own.py, line {LINE + 12}: own.py cannot be imported: "),
    ],
)
def test_what_fails_is_told_with_its_place(body: str, message: str, tmp_path: Path) -> None:
    spec = spec_at(write(tmp_path, body))
    with pytest.raises(OwnCodeError) as caught:
        check_own(spec)
    assert str(caught.value).startswith(message)


def test_layers_in_a_plain_list_are_told_what_to_write(tmp_path: Path) -> None:
    made = "nnx.Linear(width, outputs, rngs=rngs)"
    body = GOOD.replace(made, f"[{made}]").replace("self.output(", "self.output[0](")
    with pytest.raises(OwnCodeError, match=r"'output'.* Write nnx.List\(\[…\]\), or nnx.Dict"):
        check_own(spec_at(write(tmp_path, body)))


def test_what_fails_in_a_module_beside_it_is_told_with_that_place(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text("def layer(inputs):\n    raise ValueError('too wide')\n")
    body = "    from layers import layer\n\n" + GOOD.replace(
        "hidden = ", "hidden = Network.layer(2) or "
    )
    place = write(tmp_path, body)
    with pytest.raises(OwnCodeError, match=r"^layers.py, line 2, in layer: .*too wide"):
        check_own(spec_at(place))


def test_dropout_is_searched_only_where_there_is_some(tmp_path: Path) -> None:
    body = GOOD.replace("self.ours = Dropout(rngs=rngs)", "pass").replace("self.ours(", "(")
    with pytest.raises(OwnCodeError, match=r"\[search\] dropout: Network has no netclinic.models"):
        check_own(spec_at(write(tmp_path, body), dropout=True))


def plain(inputs, outputs, *, width, depth=2, rngs): ...


def anything(inputs, outputs, **others): ...


def narrow(inputs, *, rngs): ...


def without_rngs(inputs, outputs, width): ...


@pytest.mark.parametrize(
    ("builder", "arguments", "message"),
    [
        (plain, ["width", "depth"], None),
        (anything, ["whatever"], None),
        (plain, ["widht"], "unknown argument 'widht' (did you mean 'width'?); plain takes width"),
        (plain, ["width", "rngs"], "unknown argument 'rngs'; plain takes width, depth"),
        (plain, ["depth"], "plain needs the argument 'width': write [network.arguments] width ="),
        (narrow, [], "narrow cannot be called as narrow(inputs, outputs, *, rngs, …); it takes"),
        (without_rngs, ["width"], "without_rngs cannot be called as without_rngs(inputs, outputs,"),
    ],
)
def test_arguments_are_compared_with_those_it_takes(builder, arguments, message) -> None:
    if message is None:
        check_arguments(builder, arguments)
        return
    with pytest.raises(OwnCodeError) as caught:
        check_arguments(builder, arguments)
    assert str(caught.value).startswith(message)


def test_a_module_of_linen_is_told_apart() -> None:
    Net = type("Net", (type("Module", (), {"__module__": "flax.linen.module"}),), {})
    with pytest.raises(
        OwnCodeError, match=r"^Net is a module of flax\.linen, expected one of flax\."
    ):
        check_arguments(Net, [])


def test_the_digest_is_that_of_all_that_it_imports_from_beside_it(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "__init__.py").write_text("")
    (parts / "deep.py").write_text("from . import deeper\n")
    (parts / "deeper.py").write_text("SIZE = 1\n")
    (tmp_path / "unrelated.py").write_text("")
    place = write(tmp_path, "    pass\nfrom parts import deep\nimport numpy\n")
    before = code_digest(place)
    (tmp_path / "unrelated.py").write_text("changed = True\n")
    assert code_digest(place) == before
    seen = {before}
    for path in (
        parts / "deeper.py",
        parts / "deep.py",
        parts / "__init__.py",
        tmp_path / "own.py",
    ):
        path.write_text(path.read_text() + "# changed\n")
        seen.add(code_digest(place))
    assert len(seen) == 5


def test_other_code_than_the_digests_is_not_loaded(good: str) -> None:
    code = code_digest(good)
    path = Path(good.rpartition(":")[0])
    path.write_text(path.read_text() + "# changed\n")
    with pytest.raises(OwnCodeError, match=r"own.py has changed \(its code's SHA-256 began with"):
        load_builder(good, code)


def test_a_module_of_a_package_is_found_by_its_name(tmp_path: Path, monkeypatch) -> None:
    package = tmp_path / "netclinic_test_package"
    (package / "inner").mkdir(parents=True)
    for folder in (package, package / "inner"):
        (folder / "__init__.py").write_text("")
    (package / "sizes.py").write_text("WIDTH = 4\n")
    write(package / "inner", GOOD + "\n\nfrom ..sizes import WIDTH\n", "nets.py")
    monkeypatch.syspath_prepend(tmp_path)
    place = "netclinic_test_package.inner.nets:Network"
    before = code_digest(place)
    check_own(spec_at(place))
    (package / "sizes.py").write_text("WIDTH = 5\n")
    assert code_digest(place) != before


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("/nowhere/own.py:Network", "no such file: /nowhere/own.py"),
        ("nowhere_at_all:Network", "there is no module nowhere_at_all: install its package, put"),
        ("nowhere_at_all.deep:Network", "there is no module nowhere_at_all.deep: install its"),
    ],
)
def test_code_that_is_not_there(place: str, message: str) -> None:
    with pytest.raises(OwnCodeError) as caught:
        code_digest(place)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise RuntimeError('broken')", "RuntimeError: broken"),
        ("import sys\nsys.exit(3)", "SystemExit: 3"),
        ("class (", "SyntaxError: invalid syntax"),
        ("import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
    ],
)
def test_a_package_that_fails_around_it_is_told(tmp_path: Path, monkeypatch, code, said) -> None:
    """An exit ended netclinic without a word, as if no trial had been trained to its end."""
    package = tmp_path / "netclinic_broken_package"
    package.mkdir()
    (package / "__init__.py").write_text(code)
    write(package, GOOD, "nets.py")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(OwnCodeError) as caught:
        code_digest("netclinic_broken_package.nets:Network")
    wanted = f"module netclinic_broken_package.nets cannot be found: {said}"
    assert str(caught.value).startswith(wanted)


def test_a_relative_import_in_a_file_is_told_what_to_write(tmp_path: Path) -> None:
    place = write(tmp_path, "    from .layers import layer\n\n" + GOOD)
    with pytest.raises(OwnCodeError, match=r"^own.py, line \d+.* Import without the dot, as what"):
        check_own(spec_at(place))


def test_a_name_that_is_not_there(good: str) -> None:
    place = good.replace(":Network", ":Netwrok")
    with pytest.raises(OwnCodeError) as caught:
        load_builder(place, code_digest(place))
    assert str(caught.value) == (
        "own.py: Netwrok is not there (did you mean 'Network'?); it defines Network"
    )

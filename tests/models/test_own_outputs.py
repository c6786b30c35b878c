"""Outputs that cannot be what is learnt are noticed, and usual networks are left alone."""

from pathlib import Path

import pytest
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.own_code import KIND, OwnCodeError, code_digest
from netclinic.models.own_network import OwnNetwork
from netclinic.models.own_outputs import check_logits
from netclinic.models.own_quantities import check_quantities
from netclinic.models.tasks import Part, TaskSpec

FEATURES, OUTPUTS = 6, 4
SEVERAL = TaskSpec("multitask", parts=(Part("regression", 1, 1.0), Part("classification", 3, 1.0)))
MULTILABEL = TaskSpec("multilabel")
BODY = """\
import jax
import jax.numpy as jnp
from flax import nnx


class Network(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.hidden = nnx.Linear(inputs, 16, rngs=rngs)
        self.norm = nnx.LayerNorm(16, rngs=rngs)
        self.scale = nnx.Param(jnp.ones(()))
        zeros = nnx.initializers.zeros
        self.output = nnx.Linear(16, outputs, rngs=rngs)
        self.zero = nnx.Linear(16, outputs, kernel_init=zeros, rngs=rngs)

    def __call__(self, x):
        h = nnx.{activation}(self.hidden(x))
        z = self.output(h)
        return {end}
"""
USUAL = [
    ("relu", "z"),
    ("gelu", "z"),
    ("tanh", "z"),
    ("sigmoid", "z"),
    ("relu", "nnx.log_softmax(z)"),
    ("sigmoid", "self.zero(h)"),  # all 0 at the start
    ("tanh", "self.output(self.norm(h))"),
    ("gelu", "nnx.relu(z)"),
    ("silu", "nnx.softplus(z)"),
    ("relu", "self.scale * nnx.tanh(z)"),
    ("relu", "self.scale * nnx.sigmoid(z)"),
    ("relu", "30 * nnx.tanh(z / 30)"),
    ("relu", "self.output(h * nnx.softmax(h))"),  # as in attention
    ("relu", "-jnp.exp(z)"),
]


def network(folder: Path, activation: str, end: str) -> NetworkSpec:
    file = folder / "own.py"
    file.write_text(BODY.format(activation=activation, end=end))
    place = f"{file}:Network"
    own = OwnNetwork(place, code_digest(place), FEATURES, ())
    return NetworkSpec(KIND, FEATURES, (), OUTPUTS, "", "", own=own)


def check(spec: NetworkSpec, task: TaskSpec) -> None:
    check_logits(make_network(spec), spec, task)


@pytest.mark.parametrize(("activation", "end"), USUAL)
def test_usual_networks_are_left_alone(activation: str, end: str, tmp_path: Path) -> None:
    check(network(tmp_path, activation, end), TaskSpec())


@pytest.mark.parametrize(
    ("end", "task", "message"),
    [
        ("nnx.softmax(z)", TaskSpec(), "so no class could get a probability above 0.48"),
        ("jnp.exp(z) / jnp.exp(z).sum(1, keepdims=True)", TaskSpec(), "as behind a softmax"),
        ("nnx.softmax(self.zero(h))", TaskSpec(), "as behind a softmax"),
        ("nnx.sigmoid(z)", TaskSpec(), "as behind a sigmoid"),
        ("jnp.clip(z, 0, 1)", MULTILABEL, "Return what goes into the sigmoid, the logits"),
        ("nnx.sigmoid(z)", MULTILABEL, "no label could get a probability above 0.73 or below 0.50"),
        (
            "jnp.concatenate([z[:, :1], nnx.softmax(z[:, 1:])], axis=1)",
            SEVERAL,
            "gives probabilities in its outputs 1 to 3, as behind a softmax",
        ),
    ],
)
def test_probabilities_are_refused(end: str, task: TaskSpec, message: str, tmp_path: Path) -> None:
    with pytest.raises(OwnCodeError) as refused:
        check(network(tmp_path, "relu", end), task)
    assert message in str(refused.value)


QUANTITY = TaskSpec("regression")


@pytest.mark.parametrize(
    ("end", "task", "named"),
    [
        ("nnx.relu(z)", QUANTITY, ""),
        ("nnx.softplus(z)", QUANTITY, ""),
        ("nnx.sigmoid(z)", QUANTITY, ""),
        ("jnp.exp(z)", QUANTITY, ""),
        ("jnp.square(z)", QUANTITY, ""),
        ("nnx.relu(z).reshape(-1, 4)", QUANTITY, ""),
        ("jnp.where(self.zero(h) > 0, self.zero(h), 0)", QUANTITY, ""),
        ("jnp.concatenate([nnx.relu(z[:, :1]), z[:, 1:]], axis=1)", SEVERAL, " in its output 0"),
    ],
)
def test_quantities_that_never_fall_below_their_mean_are_refused(
    end: str, task: TaskSpec, named: str, tmp_path: Path
) -> None:
    spec = network(tmp_path, "relu", end)
    with pytest.raises(OwnCodeError) as refused:
        check_quantities(make_network(spec), spec, task)
    assert f"Network never gives a number below 0{named}, as behind a relu" in str(refused.value)


@pytest.mark.parametrize(
    ("activation", "end"),
    [
        ("relu", "z"),
        ("relu", "self.zero(h)"),
        ("relu", "nnx.tanh(z)"),
        ("relu", "nnx.gelu(z)"),
        ("relu", "nnx.leaky_relu(z)"),
        ("relu", "self.scale * nnx.relu(z) - 1"),
        ("relu", "jnp.minimum(z, 1)"),
    ],
)
def test_quantities_that_fall_below_it_are_left_alone(
    activation: str, end: str, tmp_path: Path
) -> None:
    spec = network(tmp_path, activation, end)
    check_quantities(make_network(spec), spec, QUANTITY)


def test_quantities_behind_a_tanh_are_refused_where_many_lie_beyond_it(tmp_path: Path) -> None:
    """A bigger network was advised of it. A target of -1 and 1, as of a game, has none beyond."""
    spec = network(tmp_path, "relu", "nnx.tanh(z)")
    with pytest.raises(OwnCodeError) as refused:
        check_quantities(make_network(spec), spec, QUANTITY, 0.13)
    assert "gives numbers between -1 and 1 alone, as behind a tanh" in str(refused.value)
    assert "the 13 % of training rows that lie 1.5 standard deviations" in str(refused.value)
    check_quantities(make_network(spec), spec, QUANTITY, 0.005)


@pytest.mark.parametrize("end", ["z", "2 * nnx.tanh(z)", "self.scale * nnx.tanh(z)", "nnx.gelu(z)"])
def test_quantities_that_reach_beyond_it_are_left_alone(end: str, tmp_path: Path) -> None:
    spec = network(tmp_path, "relu", end)
    check_quantities(make_network(spec), spec, QUANTITY, 0.13)


def test_quantities_of_usual_networks_are_not_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("netclinic.models.own_quantities.drawn_outputs", drawn)
    spec = network(tmp_path, "relu", "z[:, :4]")
    check_quantities(make_network(spec), spec, QUANTITY)


def test_classes_may_have_outputs_that_never_fall_below_0(tmp_path: Path) -> None:
    spec = network(tmp_path, "relu", "nnx.relu(z)")
    for task in (TaskSpec(), MULTILABEL):
        check_quantities(make_network(spec), spec, task)
    end = "jnp.concatenate([z[:, :1], nnx.relu(z[:, 1:])], axis=1)"
    spec = network(tmp_path, "relu", end)
    check_quantities(make_network(spec), spec, SEVERAL)

"""Probabilities in the place of logits are noticed, and usual networks are left alone."""

from pathlib import Path

import pytest
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.own_code import KIND, OwnCodeError, code_digest
from netclinic.models.own_network import OwnNetwork
from netclinic.models.own_outputs import check_logits
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


def test_a_quantity_may_lie_between_0_and_1(tmp_path: Path) -> None:
    check(network(tmp_path, "relu", "nnx.sigmoid(z)"), TaskSpec("regression"))
    end = "jnp.concatenate([nnx.sigmoid(z[:, :1]), z[:, 1:]], axis=1)"
    check(network(tmp_path, "relu", end), SEVERAL)

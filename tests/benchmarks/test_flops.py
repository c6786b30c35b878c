"""The formula of make bench-engine for floating-point operations, beside XLA's own count."""

import jax
import jax.numpy as jnp
import optax
import pytest
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.training import Rows, evaluate

WIDTHS, BATCH = (64, 128, 96, 10), 128


def counted(function, *arguments) -> float:
    """XLA's count for the compiled function; its elementwise operations are among them."""
    return jax.jit(function).lower(*arguments).compile().cost_analysis()["flops"]


@pytest.fixture(scope="module")
def network():
    return make_network(
        NetworkSpec("mlp", WIDTHS[0], WIDTHS[1:-1], WIDTHS[-1], "relu", "he_normal")
    )


@pytest.fixture(scope="module")
def rows() -> Rows:
    return Rows(jnp.ones((BATCH, WIDTHS[0])), jnp.zeros(BATCH, jnp.int32))


def test_a_step_takes_what_xla_counts(engine, network, rows) -> None:
    def loss(parameters):
        logits = network.apply(parameters, rows.inputs)
        return optax.softmax_cross_entropy_with_integer_labels(logits, rows.labels).mean()

    parameters = network.init(jax.random.key(0))
    formula = engine("flops").step_flops(WIDTHS, BATCH)
    assert formula <= counted(jax.grad(loss), parameters) <= 1.05 * formula


def test_an_evaluation_takes_what_xla_counts(engine, network, rows) -> None:
    parameters = network.init(jax.random.key(0))
    formula = BATCH * engine("flops").forward_flops(WIDTHS)
    assert formula <= counted(lambda p, r: evaluate(network, p, r), parameters, rows)
    assert counted(lambda p, r: evaluate(network, p, r), parameters, rows) <= 1.05 * formula


def test_a_trial_is_its_steps_and_its_evaluations(engine) -> None:
    flops = engine("flops")
    shape = flops.Shape((3, 2), training_rows=10, validation_rows=4, batch_size=4, epochs=5)
    # Two minibatches of four rows, 12 operations a row each for logits and weights' gradient.
    assert flops.trial_flops(shape) == 5 * (2 * 4 * (12 + 12) + 14 * 12)

import jax
import jax.numpy as jnp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.models.flops import count_flops
from netclinic.models.judging import Rows, evaluate
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.tasks import TaskSpec

from .test_lanes import EPOCHS, SEGMENT, SIGNATURE, TRAIN, VALIDATION, LanePlan, make_lanes

SIZES = st.integers(1, 9)


def flops(function, *arguments) -> int:
    return count_flops(jax.make_jaxpr(function)(*arguments).jaxpr)


@given(SIZES, SIZES, SIZES, SIZES)
def test_a_product_is_two_operations_a_term(b, m, k, n) -> None:
    assert flops(jnp.matmul, jnp.ones((m, k)), jnp.ones((k, n))) == 2 * m * k * n
    assert flops(jnp.matmul, jnp.ones((b, m, k)), jnp.ones((b, k, n))) == 2 * b * m * k * n


@given(SIZES, st.integers(3, 9), SIZES, SIZES, st.sampled_from([1, 2]), st.sampled_from([1, 3]))
def test_a_convolution_is_two_operations_a_term(
    rows, length, inputs, outputs, stride, kernel
) -> None:
    def convolve(signal, weights):
        return jax.lax.conv_general_dilated(
            signal, weights, (stride,), "SAME", dimension_numbers=("NWC", "WIO", "NWC")
        )

    expected = 2 * rows * -(-length // stride) * outputs * kernel * inputs
    arguments = jnp.ones((rows, length, inputs)), jnp.ones((kernel, inputs, outputs))
    assert flops(convolve, *arguments) == expected


def test_a_grouped_convolution_counts_what_each_output_sees() -> None:
    def convolve(signal, weights):
        dimensions = ("NWC", "WIO", "NWC")
        return jax.lax.conv_general_dilated(
            signal, weights, (1,), "SAME", dimension_numbers=dimensions, feature_group_count=2
        )

    expected = 2 * (5 * 7 * 6) * (3 * 4 // 2)
    assert flops(convolve, jnp.ones((5, 7, 4)), jnp.ones((3, 2, 6))) == expected


def test_loops_branches_and_calls() -> None:
    square = jnp.ones((4, 4))
    one = 2 * 4**3

    def scanned(x):
        return jax.lax.scan(lambda c, _: (jax.jit(jnp.matmul)(c, x), None), x, None, length=7)[0]

    def branched(x):
        return jax.lax.cond(x.sum() > 0, lambda: x @ x @ x, lambda: x)

    def repeated(x):
        return jax.lax.while_loop(lambda c: c.sum() < 3, lambda c: c @ x, x)

    assert flops(scanned, square) == 7 * one
    assert flops(branched, square) == 2 * one
    assert flops(jax.vmap(lambda x: x @ x), jnp.ones((3, 4, 4))) == 3 * one
    assert flops(jnp.exp, square) == 0
    with pytest.raises(ValueError, match="a while loop holds products"):
        flops(repeated, square)


@pytest.mark.parametrize(
    "plan", [LanePlan(4, "map", 1), LanePlan(7, "map", 2), LanePlan(4, "vmap", 2)]
)
def test_an_epoch_of_a_trial_is_counted_as_by_hand(plan: LanePlan) -> None:
    """3 products a layer and step (the first layer has no gradient for its inputs), 1 to judge."""
    lanes = make_lanes(plan)
    first, second = 2 * 8 * 32, 2 * 32 * 3
    steps, rows = len(TRAIN.labels) // 16, len(TRAIN.labels) + len(VALIDATION.labels)
    assert (SIGNATURE.network.hidden, SIGNATURE.batch_size, EPOCHS // SEGMENT) == ((32,), 16, 2)
    by_hand = steps * 16 * (2 * first + 3 * second) + rows * (first + second)
    assert lanes.epoch_flops(lanes.empty()) == by_hand


def test_xla_counts_the_same_and_what_is_done_elementwise() -> None:
    network = make_network(NetworkSpec("mlp", 64, (128, 96), 10, "relu", "he_normal"))
    rows = Rows(jnp.ones((128, 64)), jnp.zeros(128, jnp.int32))

    def loss(parameters):
        return evaluate(network, TaskSpec(), parameters, rows).loss

    parameters = network.init(jax.random.key(0))
    for function in (loss, jax.grad(loss)):
        cost = jax.jit(function).lower(parameters).compile().cost_analysis()
        ours = flops(function, parameters)
        assert ours <= cost["flops"] <= 1.05 * ours

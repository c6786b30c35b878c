"""The ends of the spectrum are those of the dense Hessian."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from netclinic.models.curvature import (
    STEPS,
    Tridiagonal,
    curvature_at,
    curvature_of,
    tridiagonal,
)
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.judging import Rows
from netclinic.models.network import NetworkSpec, Variables, make_network, place_name
from netclinic.models.signature import Signature
from netclinic.models.tasks import row_losses
from netclinic.models.transfer_source import Transfer

HYPER = Hyperparameters(0.1, 0.3, 0.9)
SPEC = NetworkSpec("mlp", 3, (4,), 3, "tanh", "xavier_normal")
SIGNATURE = Signature(SPEC, "sgd", "constant", 5, 16)


def rows() -> Rows:
    random = np.random.default_rng(0)
    inputs = random.normal(size=(60, 3)).astype(np.float32)
    return Rows(inputs, random.integers(3, size=60).astype(np.int32))


def network(seed: int = 0):
    made = make_network(SPEC)
    return made, made.init(jax.random.key(seed))


def dense(decay: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Gradient, Hessian and the names of the parameters, without any of our code."""
    made, variables = network(seed)
    point, shaped = ravel_pytree(variables.parameters)
    data = rows()

    def loss(flat):
        values = shaped(flat)
        outputs = made.apply(Variables(values, variables.state), data.inputs)
        kernels = [leaf for leaf in jax.tree.leaves(values) if leaf.ndim == 2]
        squares = jnp.stack([(kernel**2).sum() for kernel in kernels]).sum()
        return row_losses(SIGNATURE.task, outputs, data.labels).mean() + 0.5 * decay * squares

    names = jax.tree.map_with_path(
        lambda path, leaf: [place_name(path)] * leaf.size, variables.parameters
    )
    each = [
        name
        for leaf in jax.tree.leaves(names, is_leaf=lambda it: isinstance(it, list))
        for name in leaf
    ]
    gradient, hessian = jax.jit(lambda p: (jax.grad(loss)(p), jax.hessian(loss)(p)))(point)
    return np.asarray(gradient), np.asarray(hessian, np.float64), each


@pytest.mark.parametrize("seed", range(4))
def test_the_ends_are_those_of_the_dense_hessian_with_l2(seed: int) -> None:
    gradient, hessian, _ = dense(HYPER.weight_decay, seed)
    values = np.linalg.eigvalsh(hessian)
    assert len(values) == 31 > STEPS, "fewer steps than eigenvalues"
    found = curvature_at(SIGNATURE, *network(seed), HYPER, rows())
    assert found is not None
    assert found.gradient == pytest.approx(np.linalg.norm(gradient), rel=1e-4)
    size = float(np.abs(values).max())
    assert found.highest == pytest.approx(values[-1], abs=0.01 * size)
    assert found.lowest == pytest.approx(values[0], abs=0.03 * size)
    # Ritz values lie inside of the spectrum.
    assert values[0] - 1e-4 * size <= found.lowest <= found.highest <= values[-1] + 1e-4 * size


def test_adamw_decays_beside_the_loss() -> None:
    values = np.linalg.eigvalsh(dense(0.0)[1])
    found = curvature_at(SIGNATURE._replace(optimizer="adamw"), *network(), HYPER, rows())
    assert found is not None
    assert found.highest == pytest.approx(values[-1], rel=0.01)


def test_what_is_frozen_has_no_curvature() -> None:
    _, hessian, names = dense(HYPER.weight_decay)
    head = np.array([name.startswith("output") for name in names])
    values = np.linalg.eigvalsh(hessian[np.ix_(head, head)])
    made, variables = network()
    held = made._replace(body=frozenset({"hidden.0.kernel", "hidden.0.bias"}))
    transfer = Transfer("there", "digest", frozen=True)
    signature = SIGNATURE._replace(transfer=transfer)
    found = curvature_at(signature, held, variables, HYPER, rows())
    assert found is not None
    assert found.highest == pytest.approx(values[-1], rel=0.01)
    assert found.lowest == pytest.approx(values[0], abs=0.03 * values[-1])


def test_the_gradient_is_small_and_the_hessian_indefinite_at_a_saddle() -> None:
    """x² − y²/4 and a flat direction: eigenvalues 2, −1/2 and 0, found exactly."""

    def loss(p):
        return p["x"] ** 2 - p["y"] ** 2 / 4 + 0 * p["z"]

    zero = dict.fromkeys("xyz", jnp.zeros(()))
    found = curvature_of(jax.device_get(tridiagonal(loss, zero, dict.fromkeys("xyz", True))))
    assert found is not None
    assert found == pytest.approx((0.0, -0.5, 2.0), abs=1e-5)


def test_an_early_end_adds_no_eigenvalue() -> None:
    """All eigenvalues 3: one step finds them, and what would follow is rounding."""

    def loss(p):
        return 1.5 * (p**2).sum()

    found = curvature_of(jax.device_get(tridiagonal(loss, jnp.ones(8), True)))
    assert found is not None
    assert (found.lowest, found.highest) == pytest.approx((3.0, 3.0))
    flat = curvature_of(jax.device_get(tridiagonal(lambda p: 0 * p.sum(), jnp.ones(8), True)))
    assert flat == (0.0, 0.0, 0.0)


def test_a_number_that_is_not_finite_is_no_curvature() -> None:
    zeros = np.zeros(STEPS)
    assert curvature_of(Tridiagonal(0.0, zeros, zeros)) == (0.0, 0.0, 0.0)
    assert curvature_of(Tridiagonal(np.nan, zeros, zeros)) is None
    assert curvature_of(Tridiagonal(0.0, np.full(STEPS, np.inf), zeros)) is None

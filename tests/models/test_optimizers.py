"""Ten steps of every optimiser against the formula of its paper, written out in NumPy float64."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from netclinic.models.optimizers import OPTIMIZERS, make_optimizer

STEPS = 10
RATE = 0.03
NUMBERS = {"weight_decay": 0.1, "momentum": 0.9, "beta2": 0.99, "epsilon": 1e-3}
# Numbers as the program has them: rounded to float32, then used exactly.
EXACT = {name: float(np.float32(value)) for name, value in NUMBERS.items()}
Gradient = Callable[[np.ndarray], np.ndarray]


def sgd(w: np.ndarray, g: Gradient, rate: float, l2: float, n: dict[str, float]) -> np.ndarray:
    """Momentum: Polyak 1964, eq. 9, with v = m / −η."""
    v = np.zeros_like(w)
    for _ in range(STEPS):
        v = n["momentum"] * v + g(w) + l2 * w
        w = w - rate * v
    return w


def nesterov(w: np.ndarray, g: Gradient, rate: float, l2: float, n: dict[str, float]) -> np.ndarray:
    """Sutskever et al. 2013, eq. 3 and 4: the gradient at θ + μv. Ours are the points w = θ + μv
    themselves, at which every gradient is taken."""
    v, mu = np.zeros_like(w), n["momentum"]
    theta = w
    for _ in range(STEPS):
        ahead = theta + mu * v
        v = mu * v - rate * (g(ahead) + l2 * ahead)
        theta = theta + v
    return theta + mu * v


def adagrad(w: np.ndarray, g: Gradient, rate: float, l2: float, n: dict[str, float]) -> np.ndarray:
    """Duchi, Hazan & Singer 2011, figure 1, diagonal: H = δI + diag(‖g_1:t,i‖₂)."""
    history: list[np.ndarray] = []
    for _ in range(STEPS):
        history.append(g(w) + l2 * w)
        w = w - rate * history[-1] / (n["epsilon"] + np.linalg.norm(history, axis=0))
    return w


def rmsprop(w: np.ndarray, g: Gradient, rate: float, l2: float, n: dict[str, float]) -> np.ndarray:
    """Tieleman & Hinton 2012, lecture 6.5: MeanSquare(w, t); momentum as Graves 2013, eq. 42–43."""
    mean_square, delta = np.zeros_like(w), np.zeros_like(w)
    for _ in range(STEPS):
        gradient = g(w) + l2 * w
        mean_square = n["beta2"] * mean_square + (1 - n["beta2"]) * gradient**2
        delta = n["momentum"] * delta - rate * gradient / (np.sqrt(mean_square) + n["epsilon"])
        w = w + delta
    return w


def adam(w: np.ndarray, g: Gradient, rate: float, l2: float, n: dict[str, float]) -> np.ndarray:
    """Kingma & Ba 2015, algorithm 1; L2 in the loss (Loshchilov & Hutter 2019, algorithm 2)."""
    return _adam(w, lambda w: g(w) + l2 * w, rate, 0, n)


def adamw(w: np.ndarray, g: Gradient, rate: float, l2: float, n: dict[str, float]) -> np.ndarray:
    """Loshchilov & Hutter 2019, algorithm 2, line 12, with η_t α = rate and η_t λ = rate · l2."""
    return _adam(w, g, rate, l2, n)


def _adam(
    w: np.ndarray, g: Gradient, rate: float, decoupled: float, n: dict[str, float]
) -> np.ndarray:
    b1, b2 = n["momentum"], n["beta2"]
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(1, STEPS + 1):
        gradient = g(w)
        m = b1 * m + (1 - b1) * gradient
        v = b2 * v + (1 - b2) * gradient**2
        direction = (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + n["epsilon"])
        w = w - rate * direction - rate * decoupled * w
    return w


PAPERS = {
    "sgd": sgd,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adamw,
}
# A loss that is no bowl, so that the gradient depends on the way: Σ cos(3w) / 3 + w⁴ / 4.
START = {
    "kernel": np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32),
    "bias": np.random.default_rng(1).normal(size=3).astype(np.float32),
}


def gradient_of(w: Any) -> Any:
    return w**3 - (jnp if isinstance(w, jax.Array) else np).sin(3 * w)


def ten_steps(optimizer: str, rate: Any, numbers: dict[str, Any], clip_norm: Any = None) -> Any:
    chain = make_optimizer(optimizer, lambda step: rate, **numbers, clip_norm=clip_norm)

    def step(carry: Any, _: None) -> tuple[Any, None]:
        w, state = carry
        updates, state = chain.update(jax.tree.map(gradient_of, w), state, w)
        return (optax.apply_updates(w, updates), state), None

    start = jax.tree.map(jnp.asarray, START)
    return jax.lax.scan(step, (start, chain.init(start)), None, length=STEPS)[0][0]


def traced(values: dict[str, float]) -> dict[str, jax.Array]:
    return {name: jnp.float32(value) for name, value in values.items()}


def test_there_is_a_paper_for_every_optimiser() -> None:
    assert tuple(PAPERS) == OPTIMIZERS


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_ten_steps_are_those_of_the_paper(optimizer: str) -> None:
    ours = jax.jit(ten_steps, static_argnums=0)(optimizer, jnp.float32(RATE), traced(NUMBERS))
    for name, start in START.items():
        l2 = EXACT["weight_decay"] if name == "kernel" else 0.0  # biases are let alone
        w = start.astype(np.float64)
        expected = PAPERS[optimizer](w, gradient_of, float(np.float32(RATE)), l2, EXACT)
        assert np.abs(expected - w).min() > 0.003  # every weight went somewhere
        np.testing.assert_allclose(ours[name], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_traced_numbers_side_by_side_do_as_one_by_one(optimizer: str) -> None:
    draws = np.random.default_rng(2).uniform(0.5, 1, size=(5, 1 + len(NUMBERS)))
    draws *= [RATE, *NUMBERS.values()]
    rates, *columns = jnp.asarray(draws.T, jnp.float32)
    numbers = dict(zip(NUMBERS, columns, strict=True))
    run = jax.jit(ten_steps, static_argnums=0)
    together = jax.jit(jax.vmap(lambda rate, numbers: ten_steps(optimizer, rate, numbers)))(
        rates, numbers
    )
    for lane in range(5):
        one = run(optimizer, rates[lane], {name: values[lane] for name, values in numbers.items()})
        for name in START:
            np.testing.assert_allclose(together[name][lane], one[name], rtol=0, atol=1e-6)


def test_decoupled_decay_does_not_go_through_the_moments() -> None:
    """Adam forgets how large L2's gradient is, its sign is left; AdamW shrinks in proportion."""
    still = {"weight_decay": 0.1, "momentum": 0.0, "beta2": 0.0, "epsilon": 1e-12}
    weights = jnp.asarray([[1.0, 2.0, -4.0]])
    for optimizer, expected in (
        ("adam", [[1.0 - RATE, 2.0 - RATE, -4.0 + RATE]]),
        ("adamw", weights * (1 - RATE * 0.1)),
    ):
        chain = make_optimizer(optimizer, lambda _: jnp.float32(RATE), **still, clip_norm=None)
        updates, _ = chain.update(jnp.zeros_like(weights), chain.init(weights), weights)
        np.testing.assert_allclose(optax.apply_updates(weights, updates), expected, rtol=1e-6)


@pytest.mark.parametrize("norm", [0.5, 5.0, 50.0])
def test_the_gradient_is_clipped_by_its_norm_before_the_l2_is_added(norm: float) -> None:
    """Pascanu et al. 2013, algorithm 1: ĝ ← ĝ · threshold / ‖ĝ‖ where ‖ĝ‖ ≥ threshold."""
    gradient = {"kernel": np.full((2, 2), 3.0), "bias": np.array([0.0, 8.0])}  # ‖g‖ = 10
    weights = {"kernel": np.full((2, 2), 7.0), "bias": np.array([7.0, 7.0])}
    gradient, weights = (jax.tree.map(jnp.float32, tree) for tree in (gradient, weights))
    numbers = traced({**NUMBERS, "momentum": 0.0})
    chain = make_optimizer("sgd", lambda _: jnp.float32(1), **numbers, clip_norm=jnp.float32(norm))
    updates, _ = chain.update(gradient, chain.init(weights), weights)
    share = min(1.0, norm / 10)
    np.testing.assert_allclose(updates["kernel"], np.full((2, 2), -3 * share - 0.7), rtol=1e-6)
    np.testing.assert_allclose(updates["bias"], [0, -8 * share], rtol=1e-6)

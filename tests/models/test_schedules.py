"""Learning rates against values worked out by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.models.schedules import SCHEDULES, Length, make_schedule

# Two epochs of four steps at learning rate 8, decay rate 1/2.
LENGTH = Length(2, 4)
ROOT = 2**-0.25  # half an epoch's decay, twice
COS = [8.0, 7.6955, 6.8284, 5.5307, 4.0, 2.4693, 1.1716, 0.3045]  # 4 (1 + cos(π s / 8))
BY_HAND = {
    ("constant", None): [8.0] * 8,
    ("exponential", None): [8 * 0.5 ** (s / 4) for s in range(8)],
    ("step", None): [8.0, 8.0, 8.0, 8.0, 4.0, 4.0, 4.0, 4.0],
    ("cosine", None): COS,
    # Half of all steps, four, are warm-up: 1/4, 2/4, 3/4, 4/4 of the rate.
    ("constant", 0.5): [2.0, 4.0, 6.0, 8.0, 8.0, 8.0, 8.0, 8.0],
    ("exponential", 0.5): [2.0, 4.0, 6.0, 8.0, 8.0, 8 * ROOT, 8 * ROOT**2, 8 * ROOT**3],
    ("step", 0.25): [4.0, 8.0, 8.0, 8.0, 8.0, 8.0, 4.0, 4.0],
    ("cosine", 0.5): [2.0, 4.0, 6.0, 8.0, 8.0, 6.8284, 4.0, 1.1716],
    ("cosine", 0.0): COS,
    ("cosine", 0.05): COS,  # not half a step
}


def rates(schedule: str, warmup: float | None, decay_epochs: int = 1, length: Length = LENGTH):
    def at(step: jax.Array, rate: jax.Array, decay: jax.Array, warm: jax.Array) -> jax.Array:
        warm_or_none = None if warmup is None else warm
        return make_schedule(schedule, length, decay_epochs, rate, decay, warm_or_none)(step)

    steps = jnp.arange(length.epochs * length.steps, dtype=jnp.int32)
    numbers = map(jnp.float32, (8.0, 0.5, warmup or 0.0))
    # In one program, as training has it: XLA may turn divisions into multiplications there.
    found = jax.jit(jax.vmap(at, in_axes=(0, None, None, None)))(steps, *numbers)
    return np.broadcast_to(found, steps.shape)


@pytest.mark.parametrize(("schedule", "warmup"), BY_HAND)
def test_rates_are_those_worked_out_by_hand(schedule: str, warmup: float | None) -> None:
    np.testing.assert_allclose(rates(schedule, warmup), BY_HAND[schedule, warmup], atol=1e-4)


def test_every_schedule_is_worked_out_with_and_without_warm_up() -> None:
    for schedule in SCHEDULES:
        kinds = {warmup is None for name, warmup in BY_HAND if name == schedule}
        assert kinds == {True, False}


@pytest.mark.parametrize("steps", [3, 41, 47, 110])
def test_a_step_falls_at_the_first_minibatch_of_its_epoch(steps: int) -> None:
    """41 · (1 / 41) < 1 in float32: the count of epochs must not be a product."""
    found = rates("step", None, 1, Length(9, steps)).reshape(9, steps)
    expected = 8 * 0.5 ** np.arange(9)
    np.testing.assert_array_equal(found, np.repeat(expected[:, None], steps, axis=1))


def test_a_step_falls_every_so_many_epochs() -> None:
    found = rates("step", None, 3, Length(8, 2))
    np.testing.assert_array_equal(found, np.repeat([8.0, 4.0, 2.0], [6, 6, 4]))

"""Training on rows drawn from the split in place of all of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.models.judging import Rows
from netclinic.models.minibatches import by_group, subset_rows
from netclinic.models.signature import Subset
from netclinic.models.training import make_training
from netclinic.models.trial_keys import trial_key
from netclinic.models.trial_parts import optimizer_of

from .test_training import BATCH, DATA, EPOCHS, ROWS, hyper, signature

STEPS = ROWS // BATCH
SUBSET = Subset(96, EPOCHS, STEPS)  # half of the minibatches
HYPER, KEY = hyper(0.03, 1e-2, 0.9), trial_key(3, 0, 7)


def test_it_is_training_on_a_split_of_these_rows() -> None:
    drawn = subset_rows(KEY, ROWS, SUBSET.rows)
    data = DATA._replace(train=Rows(DATA.train.inputs[drawn], DATA.train.labels[drawn]))
    of_split = make_training(signature(), SUBSET.rows, EPOCHS)
    of_subset = make_training(signature()._replace(subset=SUBSET), ROWS, EPOCHS)
    state, curves = jax.jit(of_split.segment)(of_split.init(HYPER, KEY), data)
    again, same = jax.jit(of_subset.segment)(of_subset.init(HYPER, KEY), DATA)
    for one, other in zip(
        jax.tree.leaves((state.variables, curves)),
        jax.tree.leaves((again.variables, same)),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("schedule", ["cosine", "exponential", "step"])
def test_its_learning_rate_follows_that_of_training_on_all_rows(schedule: str) -> None:
    full = signature(schedule=schedule)._replace(decay_epochs=2)
    fewer = full._replace(epochs=2 * EPOCHS, subset=SUBSET)
    h = hyper(0.1, 0.0, 0.0)._replace(decay_rate=jnp.float32(0.5))
    moved = []
    for one, steps in ((full, STEPS), (fewer, SUBSET.rows // BATCH)):
        optimizer, weights = optimizer_of(one, (), steps, h), {"w": jnp.ones(3)}
        state = optimizer.init(weights)
        for _ in range(STEPS * EPOCHS):
            updates, state = optimizer.update({"w": jnp.ones(3)}, state, weights)
            moved.append(float(updates["w"][0]))
    assert moved[: STEPS * EPOCHS] == moved[STEPS * EPOCHS :]
    assert moved[0] != moved[STEPS * EPOCHS - 1]


def test_rows_are_drawn_once_and_fewer_are_the_first_of_more() -> None:
    more, fewer = (np.asarray(subset_rows(KEY, ROWS, wanted)) for wanted in (150, 40))
    assert len(set(more.tolist())) == 150
    assert set(more.tolist()) <= set(range(ROWS))
    assert (more[:40] == fewer).all()
    other = np.asarray(subset_rows(trial_key(3, 0, 8), ROWS, 150))
    assert (other != more).any()


def test_every_row_is_drawn_as_often() -> None:
    keys = jax.vmap(jax.random.key)(np.arange(600))
    drawn = np.asarray(jax.vmap(lambda key: subset_rows(key, 30, 10))(keys))
    times = np.bincount(drawn.ravel(), minlength=30)
    assert times.sum() == 6_000
    assert abs(times - 200).max() < 5 * np.sqrt(600 / 3 * 2 / 3)


def test_groups_are_whole_but_the_last_one() -> None:
    groups = np.random.default_rng(0).permutation(np.repeat(np.arange(12), [3, 5, 7] * 4))
    grouped = jax.tree.map(jnp.asarray, by_group(groups))
    for seed in range(50):
        drawn = np.asarray(subset_rows(jax.random.key(seed), len(groups), 31, grouped))
        assert len(set(drawn.tolist())) == 31
        there = [(groups[drawn] == group).sum() for group in np.unique(groups[drawn])]
        whole = [(groups == group).sum() for group in np.unique(groups[drawn])]
        assert sum(few < many for few, many in zip(there, whole, strict=True)) <= 1

"""Bootstrap samples of the groups that training rows come in."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.models.minibatches import bootstrap_rows, by_group


def times_drawn(groups: np.ndarray) -> np.ndarray:
    """How often each row is in each of 400 samples: (400, rows)."""
    grouped = jax.tree.map(jnp.asarray, by_group(groups))
    keys = jax.vmap(jax.random.key)(np.arange(400))
    drawn = jax.vmap(lambda key: bootstrap_rows(key, len(groups), grouped))(keys)
    assert drawn.shape == (400, len(groups))
    return np.stack([np.bincount(sample, minlength=len(groups)) for sample in drawn])


def test_each_group_is_drawn_as_often_as_any_other() -> None:
    of_groups = times_drawn(np.repeat(np.arange(20), 5)).reshape(400, 20, 5)
    assert (of_groups == of_groups[:, :, :1]).all(), "whole groups"
    assert of_groups[:, :, 0].mean(axis=0) == pytest.approx(np.ones(20), abs=0.25)
    assert (of_groups[:, :, 0] > 0).mean() == pytest.approx(1 - 0.95**20, abs=0.01)


def test_groups_of_unlike_size_are_whole_but_the_last_one() -> None:
    groups = np.random.default_rng(0).permutation(np.repeat([7, 3, 9, 12], [4, 5, 6, 5]))
    times = times_drawn(groups)
    cut = [np.ptp(times[:, groups == group], axis=1) > 0 for group in np.unique(groups)]
    assert 0 < np.sum(cut, axis=0).max() <= 1


def test_where_a_single_group_has_nearly_all_rows_there_are_as_many_all_the_same() -> None:
    assert (times_drawn(np.repeat(np.arange(5), [1, 1, 1, 1, 60])).sum(axis=1) == 64).all()

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netclinic.models import judging
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.judging import Rows, evaluate
from netclinic.models.minibatches import minibatches, shuffled
from netclinic.models.network import NetworkSpec
from netclinic.models.signature import Signature
from netclinic.models.tasks import TaskSpec
from netclinic.models.training import Data, make_training
from netclinic.models.trial_keys import initial_weights_key, trial_key

ROWS, FEATURES, CLASSES, BATCH, EPOCHS = 200, 6, 3, 32, 4
NETWORK = NetworkSpec("mlp", FEATURES, (16, 8), CLASSES, "relu", "he_normal")


def blobs(rows: int, seed: int) -> Rows:
    rng = np.random.default_rng(seed)
    labels = rng.integers(CLASSES, size=rows)
    centres = np.random.default_rng(99).normal(size=(CLASSES, FEATURES)) * 1.5
    inputs = centres[labels] + rng.normal(size=(rows, FEATURES))
    return Rows(jnp.asarray(inputs, jnp.float32), jnp.asarray(labels, jnp.int32))


DATA = Data(blobs(ROWS, 0), blobs(80, 1))


def hyper(learning_rate: float, weight_decay: float, momentum: float) -> Hyperparameters:
    return Hyperparameters(*map(jnp.float32, (learning_rate, weight_decay, momentum)))


def signature(optimizer: str = "sgd", schedule: str = "constant") -> Signature:
    return Signature(NETWORK, optimizer, schedule, EPOCHS, BATCH)


def plain_optax_loop(sig: Signature, h: Hyperparameters, key: jax.Array):
    """What a careful user would write, fed the same weights and order: no scan, no lanes."""
    network = make_training(sig, ROWS, EPOCHS).network
    weights = network.init(initial_weights_key(key))
    steps = EPOCHS * (ROWS // BATCH)
    rate = float(h.learning_rate)
    schedule = optax.cosine_decay_schedule(rate, steps) if sig.schedule == "cosine" else rate
    optimizer = optax.sgd(schedule, float(h.momentum), nesterov=sig.optimizer == "nesterov")
    state = optimizer.init(weights)

    def penalised(w, x, y):
        logits = network.apply(w, x)
        nll = -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1).mean()
        squares = sum(jnp.sum(leaf**2) for leaf in jax.tree.leaves(w) if leaf.ndim == 2)
        return nll + 0.5 * h.weight_decay * squares

    losses, errors = [], []
    gradient = jax.jit(jax.grad(penalised))
    for epoch in range(EPOCHS):
        for rows in minibatches(key, jnp.int32(epoch), ROWS, BATCH):
            g = gradient(weights, DATA.train.inputs[rows], DATA.train.labels[rows])
            updates, state = optimizer.update(g, state, weights)
            weights = optax.apply_updates(weights, updates)
        logits = network.apply(weights, DATA.validation.inputs)
        labels = DATA.validation.labels
        losses.append(
            float(optax.losses.softmax_cross_entropy_with_integer_labels(logits, labels).mean())
        )
        errors.append(float((logits.argmax(-1) != labels).astype(jnp.float32).mean()))
    return weights, losses, errors


@pytest.mark.parametrize("optimizer", ["sgd", "nesterov"])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_trial_equals_a_plain_optax_loop(optimizer: str, schedule: str) -> None:
    sig, h, key = signature(optimizer, schedule), hyper(0.03, 1e-2, 0.9), trial_key(3, 0, 7)
    training = make_training(sig, ROWS, EPOCHS)
    state, curves = jax.jit(training.segment)(training.init(h, key), DATA)
    with jax.numpy_dtype_promotion("standard"):  # optax.cosine_decay_schedule needs it
        weights, losses, errors = plain_optax_loop(sig, h, key)
    np.testing.assert_allclose(curves.validation_loss, losses, rtol=0, atol=1e-5)
    np.testing.assert_allclose(curves.validation_error, errors, rtol=0, atol=1e-6)
    for ours, theirs in zip(
        jax.tree.leaves(state.variables.parameters), jax.tree.leaves(weights), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_segments_of_any_length_make_the_same_trial() -> None:
    h, key = hyper(0.03, 1e-3, 0.9), trial_key(0, 0, 0)
    whole = make_training(signature(), ROWS, EPOCHS)
    _, expected = jax.jit(whole.segment)(whole.init(h, key), DATA)
    parts = make_training(signature(), ROWS, 3)
    segment = jax.jit(parts.segment)
    state, first = segment(parts.init(h, key), DATA)
    state, second = segment(state, DATA)
    joined = np.concatenate([first.training_loss, second.training_loss])
    np.testing.assert_array_equal(joined[:EPOCHS], expected.training_loss)
    assert np.isnan(joined[EPOCHS:]).all(), "epochs past the last are not trained"
    assert int(state.epoch) == EPOCHS


def test_curves_are_measured_on_all_rows_after_the_epoch() -> None:
    training = make_training(signature(), ROWS, 1)
    state, curves = training.segment(training.init(hyper(0.03, 0, 0.9), trial_key(0, 0, 1)), DATA)
    logits = training.network.apply(state.variables, DATA.train.inputs)
    wrong = (logits.argmax(-1) != DATA.train.labels).astype(jnp.float32).mean()
    np.testing.assert_allclose(curves.training_error[0], wrong, atol=1e-6)


@pytest.mark.parametrize("numbers", [1, 16, 16 * 7, 16 * 199, 16 * 200])
def test_rows_judged_in_pieces_get_the_score_of_all_rows(numbers: int, monkeypatch) -> None:
    network = make_training(signature(), ROWS, 1).network
    assert network.widest == 16
    weights = network.init(jax.random.key(0))
    monkeypatch.setattr(judging, "NUMBERS_AT_ONCE", numbers)
    score = jax.jit(lambda w, rows: evaluate(network, TaskSpec(), w, rows))(weights, DATA.train)
    logits = network.apply(weights, DATA.train.inputs)
    wrong = int((logits.argmax(-1) != DATA.train.labels).sum())
    nll = -jax.nn.log_softmax(logits)[jnp.arange(ROWS), DATA.train.labels]
    assert float(score.error) * ROWS == pytest.approx(wrong, abs=1e-3)
    np.testing.assert_allclose(score.loss, nll.mean(), rtol=1e-5)


def test_a_core_judges_what_its_cache_holds_and_other_devices_more(monkeypatch) -> None:
    network = make_training(signature(), ROWS, 1).network._replace(widest=2**10)
    assert judging.piece_rows(network, 2**12) == 2**9  # 2 MiB of float32
    monkeypatch.setattr(judging, "on_cpu", lambda: False)
    assert judging.piece_rows(network, 2**12) == 2**12


def test_a_diverged_trial_says_when_and_stops() -> None:
    training = make_training(signature(), ROWS, EPOCHS)
    state, curves = training.segment(
        training.init(hyper(1e6, 1e-1, 0.99), trial_key(0, 0, 1)), DATA
    )
    assert int(state.diverged) == int(state.epoch) > 0
    assert np.isnan(curves.training_loss[int(state.diverged) - 1 :]).all()


def test_minibatches_hold_each_row_at_most_once_and_change_with_the_epoch() -> None:
    first = minibatches(trial_key(0, 0, 0), jnp.int32(0), ROWS, BATCH)
    second = minibatches(trial_key(0, 0, 0), jnp.int32(1), ROWS, BATCH)
    assert first.shape == (ROWS // BATCH, BATCH)
    assert len(set(np.asarray(first).ravel().tolist())) == first.size
    assert not np.array_equal(first, second)


@settings(deadline=None, max_examples=12)  # each size is a program of its own
@given(st.one_of(st.integers(1, 300), st.sampled_from([4096, 4097, 1 << 16, (1 << 16) + 1])))
def test_an_order_holds_each_number_once(rows: int) -> None:
    order = jax.jit(shuffled, static_argnums=1)
    first, second = (np.asarray(order(jax.random.key(seed), rows)) for seed in (0, 1))
    assert first.dtype == np.int32
    np.testing.assert_array_equal(np.sort(first), np.arange(rows))
    assert rows < 20 or (first != second).any()


def test_every_number_is_as_likely_at_every_place() -> None:
    """9 numbers, 40,000 orders: each count lies within 5 standard deviations of its mean."""
    count = 40_000
    keys = jax.random.split(jax.random.key(7), count)
    orders = np.asarray(jax.jit(jax.vmap(lambda key: shuffled(key, 9)))(keys))
    spread = 5 * np.sqrt(count * (1 / 9) * (8 / 9))
    for place in range(9):
        counts = np.bincount(orders[:, place], minlength=9)
        assert np.abs(counts - count / 9).max() < spread
    before = (orders[:, None, :] < orders[:, :, None]).mean(0)  # (9, 9): of two places
    expected = np.where(np.eye(9), 0, 0.5)
    assert np.abs(before - expected).max() < 5 * 0.5 / np.sqrt(count)


def test_seeds_above_32_bits_differ_from_their_low_half() -> None:
    low, high = trial_key(5, 0, 1), trial_key(5, 1, 1)
    assert not np.array_equal(jax.random.key_data(low), jax.random.key_data(high))


def test_the_l2_gradient_leaves_biases_alone() -> None:
    training = make_training(signature(), ROWS, 1)
    start = training.init(hyper(1e-3, 0.5, 0.0), trial_key(0, 0, 0))
    none = training.init(hyper(1e-3, 0.0, 0.0), trial_key(0, 0, 0))
    one = Data(Rows(DATA.train.inputs[:BATCH], DATA.train.labels[:BATCH]), DATA.validation)
    step = make_training(signature(), BATCH, 1).segment
    with_l2, without = step(start, one)[0].variables, step(none, one)[0].variables
    for before, a, b in zip(
        *map(jax.tree.leaves, (start.variables, with_l2, without)), strict=True
    ):
        expected = b - 1e-3 * 0.5 * before if before.ndim == 2 else b
        np.testing.assert_allclose(a, expected, atol=1e-7)

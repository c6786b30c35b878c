"""What each augmentation does to rows, and that training alone sees it, equally in all lanes."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models import streamed_judging
from netclinic.models.augmentation import FUNCTIONS, augmented, flip, rotated, shift, shifted
from netclinic.models.convolution_shapes import Convolutions
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import AUGMENTATIONS, Hyperparameters
from netclinic.models.judging import Rows
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lanes import fetched
from netclinic.models.network import NetworkSpec
from netclinic.models.placement import hold_rows, make_lanes
from netclinic.models.signature import Signature
from netclinic.models.training import Data, make_training
from netclinic.models.trial_keys import trial_key

KEY = jax.random.key(7)
IMAGES = jnp.asarray(np.random.default_rng(0).normal(size=(40, 6, 5, 2)), jnp.float32)
SIGNALS = IMAGES.reshape(40, 30, 2)
STRENGTHS = {
    "augment_flip": 0.5,
    "augment_rotation": 30.0,
    "augment_shift": 0.4,
    "augment_brightness": 0.5,
    "augment_contrast": 0.5,
    "augment_color": 0.5,
    "augment_noise": 0.3,
    "augment_cutout": 0.5,
}


def changed(name: str, rows: jax.Array = IMAGES, strength: Any = None, key: Any = KEY) -> Any:
    strength = jnp.float32(STRENGTHS[name] if strength is None else strength)
    return np.asarray(jax.jit(FUNCTIONS[name])(key, rows, strength))


def test_functions_and_strengths_have_the_same_names_in_the_same_order() -> None:
    assert tuple(FUNCTIONS) == AUGMENTATIONS == tuple(STRENGTHS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_strength_0_leaves_every_bit(name: str) -> None:
    np.testing.assert_array_equal(changed(name, strength=0), IMAGES)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_key_decides_and_every_row_draws_for_itself(name: str) -> None:
    rows = jnp.broadcast_to(IMAGES[:1], IMAGES.shape)
    found = changed(name, rows)
    np.testing.assert_array_equal(found, changed(name, rows))
    assert (found != changed(name, rows, key=jax.random.key(8))).any()
    assert len(np.unique(found.reshape(40, -1), axis=0)) > 1


def test_flipped_twice_is_as_before() -> None:
    once = flip(KEY, IMAGES, 1.0)
    np.testing.assert_array_equal(once, np.asarray(IMAGES)[:, :, ::-1])
    np.testing.assert_array_equal(flip(KEY, once, 1.0), IMAGES)
    same = (changed("augment_flip") == np.asarray(IMAGES)).all(axis=(1, 2, 3))
    assert 10 < same.sum() < 30


def test_a_shift_moves_whole_positions_and_brings_0_in() -> None:
    steps = jnp.array([2, 0, -1, 9], jnp.int32)
    expected = np.zeros((4, 30, 2), np.float32)
    signals = np.asarray(SIGNALS[:4])
    expected[0, 2:], expected[1], expected[2, :-1] = signals[0, :-2], signals[1], signals[2, 1:]
    expected[3, 9:] = signals[3, :-9]
    np.testing.assert_array_equal(shifted(SIGNALS[:4], steps, 1), expected)
    across = shifted(IMAGES[:1], steps[:1], 2)
    np.testing.assert_array_equal(across[:, :, 2:], IMAGES[:1, :, :-2])


def test_shifts_reach_the_strength_both_ways_and_no_further() -> None:
    ones = jnp.zeros((400, 21, 1)).at[:, 10].set(1.0)
    places = np.asarray(shift(KEY, ones, 0.1)).argmax(axis=1).ravel() - 10
    assert set(places) == {-2, -1, 0, 1, 2}
    assert (np.bincount(places + 2) > 50).all()


def test_a_turn_by_90_degrees_is_exact_and_back_again_is_as_before() -> None:
    square = IMAGES[:, :5]
    quarter = rotated(square, jnp.full(40, 90.0))
    np.testing.assert_allclose(quarter, np.rot90(np.asarray(square), axes=(1, 2)), atol=1e-5)
    np.testing.assert_allclose(rotated(quarter, jnp.full(40, -90.0)), square, atol=1e-5)


def test_a_turn_is_bilinear() -> None:
    """By 45 degrees the middle stays, and what lies at a distance of √2 is between four pixels."""
    image = jnp.asarray(np.random.default_rng(1).normal(size=(1, 3, 3, 1)), jnp.float32)
    found = np.asarray(rotated(image, jnp.array([45.0])))[0, :, :, 0]
    pixels = np.asarray(image)[0, :, :, 0]
    assert found[1, 1] == pytest.approx(pixels[1, 1], abs=1e-5)
    half = np.sqrt(0.5)  # where (1, 2) comes from: half a pixel down and left of the top right one
    corners = [(0, 1, half * (1 - half)), (0, 2, half**2), (1, 1, (1 - half) ** 2)]
    corners.append((1, 2, half * (1 - half)))
    found_by_hand = [sum(w * pixels[r if k else 2 - r, c] for r, c, w in corners) for k in (0, 1)]
    assert min(abs(found[1, 2] - value) for value in found_by_hand) < 1e-5


def test_numbers_are_changed_by_no_more_than_the_strength() -> None:
    images = np.asarray(IMAGES)
    added = changed("augment_brightness") - images
    assert np.ptp(added, axis=(1, 2, 3)).max() < 1e-5
    assert 0.4 < np.abs(added).max() <= 0.5
    mean = images.mean(axis=(1, 2, 3), keepdims=True)
    factors = (changed("augment_contrast") - mean) / (images - mean)
    assert np.ptp(factors, axis=(1, 2, 3)).max() < 1e-2
    assert 0.5 <= factors.min() < 0.7 < 1.3 < factors.max() <= 1.5 + 1e-3
    by_channel = changed("augment_color") / images
    assert np.ptp(by_channel, axis=(1, 2)).max() < 1e-2
    assert (np.abs(by_channel[..., 0] - by_channel[..., 1]).mean(axis=(1, 2)) > 1e-3).all()
    assert (changed("augment_noise") - images).std() == pytest.approx(0.3, rel=0.05)


def test_a_square_is_cut_out() -> None:
    """Half of the shorter side, 2 or 3 of 5 pixels, less what lies outside; all channels."""
    ones = jnp.ones((200, 6, 5, 2))
    hidden = changed("augment_cutout", ones, 0.6) == 0
    assert (hidden[..., 0] == hidden[..., 1]).all()
    sides = [hidden[..., 0].any(axis=axis).sum(axis=1) for axis in (1, 2)]
    assert all(set(side) == {2, 3} for side in sides)
    np.testing.assert_array_equal(hidden[..., 0].sum(axis=(1, 2)), sides[0] * sides[1])


def test_signals_are_shifted_and_noisy() -> None:
    for name in ("augment_shift", "augment_noise"):
        np.testing.assert_array_equal(changed(name, SIGNALS, 0), SIGNALS)
        assert (changed(name, SIGNALS) != np.asarray(SIGNALS)).any()


def test_they_follow_one_another_each_with_a_key_of_its_own() -> None:
    flat = IMAGES.reshape(40, -1)
    expected = IMAGES
    for place, name in enumerate(FUNCTIONS):
        key = jax.random.fold_in(KEY, place)
        expected = FUNCTIONS[name](key, expected, STRENGTHS[name])
    backwards = dict(reversed(STRENGTHS.items()))
    found = augmented(flat, (6, 5, 2), KEY, backwards)
    np.testing.assert_array_equal(found, expected.reshape(40, -1))
    np.testing.assert_array_equal(augmented(flat, (6, 5, 2), KEY, {}), flat)


EPOCHS, BATCH = 3, 16
LAYERS = Convolutions((4, 4, 1), (3,), (3,), (2,), ("same",))
CNN = NetworkSpec("cnn", 16, (), 3, "relu", "he_normal", LAYERS, dropout=True)
PLAIN = Signature(CNN, "sgd", "constant", EPOCHS, BATCH)
ALL = PLAIN._replace(uses=AUGMENTATIONS, augmented=(4, 4, 1))
HYPER = Hyperparameters(0.05, 1e-3, 0.9, dropout=0.8)._replace(**STRENGTHS)


def split(rows: int, seed: int) -> Split:
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=rows).astype(np.int32)
    inputs = rng.normal(size=(rows, 16)) + labels[:, None]
    return Split(inputs.astype(np.float32), labels)


ROWS = split(100, 0), split(40, 1), split(30, 2)


def weaker(fourths: float) -> Hyperparameters:
    """Strengths and rate of dropout, so many fourths of them."""
    numbers = STRENGTHS | {"dropout": HYPER.dropout}
    return HYPER._replace(**{name: value * fourths / 4 for name, value in numbers.items()})


def run(plan: LanePlan, share: float = 1) -> np.ndarray:
    """The curves of trials 1 to 4, (trials, curves, epochs), each with numbers of its own."""
    lanes = make_lanes(ALL, hold_rows(*ROWS, plan), plan, 0, EPOCHS)
    trials = [Trial(n, weaker(share * n)) for n in range(1, 5)]
    found, state = [], lanes.empty()
    for first in range(0, 4, plan.lanes):
        batch = dict(enumerate(trials[first : first + plan.lanes]))
        state, seen = lanes.train_segment(lanes.fill(state, batch))
        found.append(np.stack(fetched(seen).curves[:5], axis=1)[: len(batch)])
    return np.concatenate(found)


def test_lanes_train_with_strengths_and_rates_of_their_own_whatever_their_number(
    monkeypatch,
) -> None:
    alone = run(LanePlan(1, "map", 1))
    assert np.isfinite(alone).all()
    np.testing.assert_array_equal(run(LanePlan(4, "map", 2)), alone)
    monkeypatch.setattr(streamed_judging, "CHUNK_BYTES", 4 * BATCH * 4 * 17)
    np.testing.assert_array_equal(run(LanePlan(4, "map", 2, stream=True)), alone)
    losses = [0, 2, 4]
    vmapped = run(LanePlan(4, "vmap", 2))
    np.testing.assert_allclose(vmapped[:, losses], alone[:, losses], rtol=1e-3, atol=1e-3)
    assert (run(LanePlan(1, "map", 1), share=0) != alone).any()


def test_a_program_without_augmentation_knows_no_strength() -> None:
    """And one with it changes the minibatch it trains on, not the rows it is judged by."""
    data = Data(*(Rows(*map(jnp.asarray, part)) for part in ROWS[:2]))
    hyper = Hyperparameters(*(jnp.float32(value) for value in HYPER))
    scored = {}
    for name, signature in (("plain", PLAIN), ("all", ALL)):
        training = make_training(signature, 100, 1)
        still = hyper._replace(learning_rate=jnp.float32(0))
        _, curves = jax.jit(training.segment)(training.init(still, trial_key(0, 0, 0)), data)
        scored[name] = [float(value[0]) for value in curves if value is not None]
    assert scored["plain"][:4] == scored["all"][:4], "judged by the rows as they are"
    assert scored["plain"][4] != scored["all"][4], "the gradients are of other rows"
    batch = Rows(*(part[:BATCH] for part in data.train))

    def program(signature: Signature) -> str:
        training = make_training(signature, 100, 1)
        state = training.init(hyper, trial_key(0, 0, 0))
        return str(jax.make_jaxpr(training.step)(state, jnp.int32(0), batch))

    assert "= sin " in program(ALL)
    assert "= sin " not in program(PLAIN)

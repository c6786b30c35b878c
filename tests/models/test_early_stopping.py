"""Early stopping: a trial ends some epochs after its best, whose weights it keeps."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models.early_stopping import Best, before_the_first, better
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.judging import Rows, evaluate
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes, fetched
from netclinic.models.network import NetworkSpec, Variables
from netclinic.models.signature import Signature
from netclinic.models.tasks import TaskSpec
from netclinic.models.training import Data, make_training
from netclinic.models.trial_keys import trial_key

EPOCHS, PATIENCE = 30, 4
SIGNATURE = Signature(
    NetworkSpec("mlp", 8, (32,), 3, "relu", "he_normal"), "sgd", "constant", EPOCHS, 16
)
STOPPING = SIGNATURE._replace(patience=PATIENCE)


def split(rows: int, seed: int) -> Split:
    """Half of the labels are wrong, so that the network soon learns what is not so elsewhere."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=rows)
    inputs = rng.normal(size=(rows, 8)) + labels[:, None]
    shown = np.where(rng.random(rows) < 0.5, rng.integers(3, size=rows), labels)
    return Split(inputs.astype(np.float32), shown.astype(np.int32))


TRAIN, VALIDATION, TEST = split(150, 0), split(60, 1), split(50, 2)
DATA = Data(*(Rows(*map(jnp.asarray, part)) for part in (TRAIN, VALIDATION)))
RATES = (0.3, 0.1, 0.03, 0.01, 0.003)


@functools.cache
def compiled(signature: Signature) -> tuple[Any, Any, Any]:
    """What begins a trial, what trains it for an epoch, and its network."""
    training = make_training(signature, len(TRAIN.labels), 1)
    return jax.jit(training.init), jax.jit(training.segment), training.network


@functools.cache
def epochs_of(signature: Signature, rate: float) -> tuple[list[Any], np.ndarray]:
    """The state after each epoch, and the curves: (5, EPOCHS)."""
    init, segment, _ = compiled(signature)
    state = init(Hyperparameters(*map(jnp.float32, (rate, 0, 0.9))), trial_key(1, 0, 0))
    states, curves = [], []
    for _ in range(EPOCHS):
        state, seen = segment(state, DATA)
        states.append(state)
        curves.append(np.stack(seen[:5]))
    return states, np.concatenate(curves, axis=1)


def expected(errors: np.ndarray, patience: int) -> tuple[int, int]:
    """The last epoch and the best one, both from 1, as one would stop by hand."""
    best = 0
    for epoch in range(len(errors)):
        if errors[epoch] < errors[best]:
            best = epoch
        if epoch - best == patience:
            return epoch + 1, best + 1
    return len(errors), best + 1


@pytest.mark.parametrize("rate", RATES)
def test_a_trial_stops_as_one_would_by_hand_and_keeps_its_best_weights(rate: float) -> None:
    states, curves = epochs_of(SIGNATURE, rate)
    last, best = expected(curves[3], PATIENCE)
    stopped, found = epochs_of(STOPPING, rate)
    end = stopped[-1]
    assert (int(end.epoch), int(end.best.epoch)) == (last, best)
    np.testing.assert_array_equal(found[:, :last], curves[:, :last])
    assert np.isnan(found[:, last:]).all()
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6),
        end.kept,
        states[best - 1].variables,
    )
    score = evaluate(compiled(STOPPING)[2], TaskSpec(), end.kept, DATA.validation)
    assert float(score.error) == curves[3, best - 1] == end.best.error


def test_some_of_these_trials_do_stop_early_and_others_do_not() -> None:
    """Or else the test above would show little."""
    ends = [expected(epochs_of(SIGNATURE, rate)[1][3], PATIENCE) for rate in RATES]
    assert any(last < EPOCHS for last, _ in ends)
    assert len({best for _, best in ends}) > 2


def test_with_much_patience_all_epochs_are_trained_and_the_best_is_kept() -> None:
    states, curves = epochs_of(SIGNATURE._replace(patience=1000), 0.1)
    assert int(states[-1].epoch) == EPOCHS
    assert int(states[-1].best.epoch) == 1 + int(np.argmin(curves[3])) < EPOCHS


def test_without_it_no_second_set_of_weights_is_carried() -> None:
    plain, stopping = (epochs_of(signature, 0.1)[0][0] for signature in (SIGNATURE, STOPPING))
    weights = len(jax.tree.leaves(plain.variables))
    assert plain.best is None
    assert len(jax.tree.leaves(stopping)) == len(jax.tree.leaves(plain)) + weights + 2


def test_only_a_lower_error_is_better() -> None:
    def after(epoch: int, error: float) -> Best:
        weights = Variables(jnp.float32(epoch), {})
        return Best(weights, jnp.int32(epoch), jnp.float32(error))

    best = before_the_first(Variables(jnp.float32(0), {}))
    kept = []
    for epoch, error in enumerate((0.5, 0.5, float("nan"), 0.25, 0.25), start=1):
        best = better(best, after(epoch, error))
        kept.append((int(best.epoch), float(best.variables.parameters)))
    assert kept == [(1, 1), (1, 1), (1, 1), (4, 4), (4, 4)]


def run(plan: LanePlan, segment: int) -> dict[int, list[Any]]:
    """Ten trials, the lanes filled again as they end: best epoch, test score, weights of each."""
    lanes = Lanes(STOPPING, place_rows(TRAIN, VALIDATION, TEST, plan), plan, 11, segment)
    rng = np.random.default_rng(5)
    rates = 10 ** rng.uniform(-3, -0.5, size=10)
    waiting = [Trial(n, Hyperparameters(float(rate), 0.0, 0.9)) for n, rate in enumerate(rates)]
    state, held, found = lanes.empty(), {}, {}
    while waiting or held:
        free = [lane for lane in range(plan.lanes) if lane not in held]
        begin = {lane: waiting.pop(0) for lane in free[: len(waiting)]}
        held |= {lane: trial.number for lane, trial in begin.items()}
        state, seen = lanes.train_segment(lanes.fill(state, begin))
        seen = fetched(seen)
        score = lanes.test(state)
        for lane, number in list(held.items()):
            epoch, best = int(seen.epoch[lane]), int(seen.best_epoch[lane])
            if epoch == EPOCHS or epoch - best >= PATIENCE:
                weights = jax.tree.leaves(lanes.variables_of(state, lane))
                found[number] = [epoch, best, score.loss[lane], score.error[lane], *weights]
                del held[lane]
    return found


def test_the_same_trials_bit_for_bit_for_every_k() -> None:
    alone = run(LanePlan(1, "map", 1), 3)
    assert len({(epoch, best) for epoch, best, *_ in alone.values()}) > 3
    for plan, segment in ((LanePlan(4, "map", 2), 3), (LanePlan(10, "map", 1), 7)):
        found = run(plan, segment)
        for number, parts in alone.items():
            for ours, theirs in zip(found[number], parts, strict=True):
                np.testing.assert_array_equal(ours, theirs)

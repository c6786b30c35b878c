"""Networks that begin with another one's weights: what is taken over, trained and left alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models.checkpoint import CheckpointError, Surroundings, save_network
from netclinic.models.convolution_shapes import Convolutions, residual_layers
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.judging import Rows
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes, fetched
from netclinic.models.network import NetworkSpec, Variables, make_network
from netclinic.models.optimizers import make_optimizer
from netclinic.models.own_code import code_digest
from netclinic.models.own_network import OwnNetwork
from netclinic.models.placement import hold_rows, make_lanes
from netclinic.models.signature import Signature
from netclinic.models.training import make_training
from netclinic.models.transfer import body_of, make_transferred, named, transfer_optimizer
from netclinic.models.transfer_source import Transfer, TransferError, read_source
from netclinic.models.trial_keys import initial_weights_key, trial_key

from tests.models.test_lowering import problems

FEATURES, BATCH, EPOCHS = 12, 16, 3
MLP = NetworkSpec("mlp", FEATURES, (8, 6), 4, "relu", "he_normal", normalization="batch")
LAYERS = Convolutions((12, 1), (4, 5), (3, 3), (1, 2), ("same", 1))
CNN = MLP._replace(kind="cnn", hidden=(7,), convolutions=LAYERS)
MIXER = f"{Path(__file__).parents[2] / 'examples' / 'own_network.py'}:Mixer"
OWN = MLP._replace(
    kind="own",
    hidden=(),
    normalization="none",
    own=OwnNetwork(MIXER, code_digest(MIXER), (3, 4), (("blocks", 1), ("width", 5))),
)
RESNET = MLP._replace(kind="resnet", hidden=(), convolutions=residual_layers((12, 1), (4,), (1,)))
SPECS = {"mlp": MLP, "cnn": CNN, "own": OWN, "resnet": RESNET}
HYPER = Hyperparameters(0.05, 1e-2, 0.9)
OPTIMIZERS = ("sgd", "nesterov", "adagrad", "rmsprop", "adam", "adamw")


def split(rows: int, seed: int) -> Split:
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=rows).astype(np.int32)
    inputs = rng.normal(size=(rows, FEATURES)) + labels[:, None]
    return Split(inputs.astype(np.float32), labels)


ROWS = split(100, 0), split(40, 1), split(30, 2)


def saved(folder: Path, spec: NetworkSpec) -> Variables:
    """Save a network of four classes whose numbers, statistics too, are unlike those drawn."""
    drawn = make_network(spec).init(jax.random.key(99))
    rng = np.random.default_rng(7)

    def moved(values: jax.Array) -> np.ndarray:
        return (np.asarray(values) + rng.uniform(0, 0.1, values.shape)).astype(np.float32)

    changed = jax.tree.map(moved, drawn)
    around = Surroundings("source", 1, "f", ("a",) * 4, ("x",), (0.0,), (1.0,))
    save_network(folder, spec, changed, around)
    return changed


def transfer(folder: Path, *, frozen: bool) -> Transfer:
    return Transfer(str(folder), read_source(folder).digest, frozen)


def signature(kind: str, optimizer: str = "nesterov", **more: Any) -> Signature:
    return Signature(SPECS[kind]._replace(outputs=3), optimizer, "cosine", EPOCHS, BATCH, **more)


def curves(one: Signature, plan: LanePlan, **numbers: float) -> np.ndarray:
    """The curves of trials 1 to 4: (trials, curves, epochs)."""
    lanes = make_lanes(one, hold_rows(*ROWS, plan), plan, 0, EPOCHS)
    trials = [Trial(n, HYPER._replace(**numbers)) for n in range(1, 5)]
    found, state = [], lanes.empty()
    for first in range(0, 4, plan.lanes):
        batch = dict(enumerate(trials[first : first + plan.lanes]))
        state, seen = lanes.train_segment(lanes.fill(state, batch))
        found.append(np.stack(fetched(seen).curves[:5], axis=1)[: len(batch)])
    return np.concatenate(found)


def stepped(one: Signature, numbers: Sequence[int], **values: float) -> list[dict[str, Any]]:
    """Variables of trials by name, after three minibatches each.

    As a segment takes them in lanes, but unwatched: that would compile long.
    """
    training = make_training(one, len(ROWS[0].labels), EPOCHS)
    hyper = Hyperparameters(*map(jnp.float32, HYPER._replace(**values)))
    step, found = jax.jit(training.step), []
    for number in numbers:
        state = training.init(hyper, trial_key(0, 0, number))
        for place in range(3):
            batch = Rows(*(column[place * BATCH : (place + 1) * BATCH] for column in ROWS[0]))
            state, norm = step(state, jnp.int32(place), batch)
            assert np.isfinite(norm)
        found.append(both(state.variables))
    return found


def both(variables: Variables) -> dict[str, Any]:
    return {**named(variables.parameters), **named(variables.state)}


def drawn(kind: str, number: int) -> dict[str, Any]:
    """What a trial would begin with, had it nothing to take over."""
    key = initial_weights_key(trial_key(0, 0, number))
    return both(make_network(SPECS[kind]._replace(outputs=3)).init(key))


@pytest.mark.parametrize("kind", SPECS)
def test_all_but_the_head_is_taken_over(kind: str, tmp_path: Path) -> None:
    source = both(saved(tmp_path, SPECS[kind]))
    body = body_of(SPECS[kind]._replace(outputs=3), transfer(tmp_path, frozen=True))
    head = {"cnn": "head.output.", "resnet": "head.output."}.get(kind, "output.")
    assert set(source) - set(body) == {f"{head}kernel", f"{head}bias"}
    for name, values in body.items():
        np.testing.assert_array_equal(values, source[name])


def test_a_head_for_as_many_classes_is_new_too(tmp_path: Path) -> None:
    saved(tmp_path, MLP)
    assert "output.kernel" not in body_of(MLP, transfer(tmp_path, frozen=False))


@pytest.mark.parametrize(
    ("kind", "optimizer"),
    [("mlp", "rmsprop"), ("cnn", "sgd"), ("own", "adamw"), ("resnet", "adam")],
)
def test_a_frozen_body_stays_bit_for_bit_and_the_head_learns(
    kind: str, optimizer: str, tmp_path: Path
) -> None:
    saved(tmp_path, SPECS[kind])
    start = transfer(tmp_path, frozen=True)
    body = body_of(SPECS[kind]._replace(outputs=3), start)
    found = stepped(signature(kind, optimizer, transfer=start), (1, 2))
    for after in found:
        for name, values in body.items():
            np.testing.assert_array_equal(after[name], values, strict=True)
    head = [name for name in found[0] if name not in body]
    assert len(head) == 2
    assert (found[0][head[1]] != found[1][head[1]]).any(), "each trial draws its own head"
    for name in head:
        assert (found[0][name] != drawn(kind, 1)[name]).all(), "it learns"


@pytest.mark.parametrize("kind", SPECS)
def test_fine_tuning_changes_every_layer(kind: str, tmp_path: Path) -> None:
    saved(tmp_path, SPECS[kind])
    start = transfer(tmp_path, frozen=False)
    body = body_of(SPECS[kind]._replace(outputs=3), start)
    (after,) = stepped(signature(kind, transfer=start), (1,), learning_rate=1e-3)
    for name, values in body.items():
        assert (after[name] != values).any(), name


def test_frozen_training_goes_by_the_running_statistics(tmp_path: Path) -> None:
    """So what it trains on is what it is judged by: both give the same outputs."""
    saved(tmp_path, CNN)
    spec = CNN._replace(outputs=3)
    for frozen in (True, False):
        network = make_transferred(spec, "native", transfer(tmp_path, frozen=frozen))
        variables = network.init(jax.random.key(0))
        outputs, _ = network.train(variables, ROWS[0].inputs, jax.random.key(1), 0.0)
        judged = network.apply(variables, ROWS[0].inputs)
        assert bool(np.allclose(outputs, judged, rtol=1e-4, atol=1e-5)) is frozen


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_heads_steps_are_those_of_its_own_learning_rate(optimizer: str) -> None:
    """As if two optimisers trained them: every step is proportional to its rate."""
    numbers = [jnp.float32(value) for value in (1e-2, 0.9, 0.99, 1e-8)]

    def made(rate: float) -> optax.GradientTransformation:
        return make_optimizer(optimizer, lambda _: jnp.float32(rate), *numbers, None)

    rng = np.random.default_rng(0)
    start = {n: {"kernel": jnp.asarray(rng.normal(size=(3, 2)), "float32")} for n in ("a", "b")}
    both_rates = transfer_optimizer(
        made(0.01), {"a.kernel"}, frozen=False, head_share=jnp.float32(5)
    )
    ways = {"a": made(0.01), "b": made(0.05), "both": both_rates}
    after = {}
    for name, way in ways.items():
        now, state = start, way.init(start)
        for step in range(4):
            gradient = jax.tree.map(lambda v, s=step: jnp.sin(v + s), start)
            updates, state = way.update(gradient, state, now)
            now = optax.apply_updates(now, updates)
        after[name] = now
    for name in "ab":
        expected, got = after[name][name]["kernel"], after["both"][name]["kernel"]
        np.testing.assert_allclose(got, expected, rtol=1e-5)
        assert (got != start[name]["kernel"]).all()


def test_the_heads_learning_rate_is_its_own(tmp_path: Path) -> None:
    saved(tmp_path, MLP)
    start = transfer(tmp_path, frozen=False)
    one = signature("mlp", "adamw", transfer=start)
    two = one._replace(uses=("head_learning_rate",))
    (plain,) = stepped(one, (1,), learning_rate=1e-3)
    (same,) = stepped(two, (1,), learning_rate=1e-3, head_learning_rate=1e-3)
    (still,) = stepped(two, (1,), learning_rate=1e-3, head_learning_rate=1e-30)
    for name, values in plain.items():
        np.testing.assert_allclose(same[name], values, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(still["output.kernel"], drawn("mlp", 1)["output.kernel"], rtol=1e-6)
    assert (still["hidden.0.kernel"] != plain["hidden.0.kernel"]).any()


@pytest.mark.parametrize("frozen", [True, False])
def test_the_same_trials_for_every_k_and_from_streamed_rows(frozen: bool, tmp_path: Path) -> None:
    saved(tmp_path, MLP)
    one = signature("mlp", transfer=transfer(tmp_path, frozen=frozen))
    if not frozen:
        one = one._replace(uses=("head_learning_rate",))
    numbers = {"head_learning_rate": 0.1}
    alone = curves(one, LanePlan(1, "map", 1), **numbers)
    for stream in (False, True):
        four = curves(one, LanePlan(4, "map", 2, stream=stream), **numbers)
        np.testing.assert_array_equal(four, alone)
    beside = curves(one, LanePlan(4, "vmap", 2), **numbers)
    np.testing.assert_allclose(beside[:, [0, 2, 4]], alone[:, [0, 2, 4]], rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("frozen", [True, False])
def test_the_program_for_cuda(frozen: bool, tmp_path: Path) -> None:
    saved(tmp_path, CNN)
    one = signature("cnn", transfer=transfer(tmp_path, frozen=frozen))
    plan = LanePlan(4, "vmap", 2)
    lanes = Lanes(one, place_rows(*ROWS, plan), plan, 0, 2)
    leaves = len(jax.tree.leaves(lanes.empty()))
    assert not problems(lanes.lowered("cuda"), donated=leaves)


def test_a_frozen_body_has_no_moments(tmp_path: Path) -> None:
    saved(tmp_path, MLP)
    counts = []
    for frozen in (True, False):
        one = signature("mlp", "adam", transfer=transfer(tmp_path, frozen=frozen))
        plan = LanePlan(2, "map", 1)
        shapes = Lanes(one, place_rows(*ROWS, plan), plan, 0, 1).shapes.optimizer
        counts.append(sum(leaf.size for leaf in jax.tree.leaves(shapes)))
    head, everything = counts
    assert head < everything / 3


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    saved(tmp_path, MLP)
    start = transfer(tmp_path, frozen=False)
    wider = r"layer hidden\.1 got the kernel \(8, 6\) from .*, expected \(8, 7\)"
    with pytest.raises(TransferError, match=wider):
        body_of(MLP._replace(hidden=(8, 7)), start)
    with pytest.raises(TransferError, match=r"layer hidden\.2 got the kernel nothing"):
        body_of(MLP._replace(hidden=(8, 6, 6)), start)
    with pytest.raises(TransferError, match="no layer of the network has the name and shapes"):
        body_of(OWN._replace(own=OWN.own and OWN.own._replace(inputs=(2, 6))), start)
    with pytest.raises(TransferError, match="there is no hidden layer to take over"):
        body_of(MLP._replace(hidden=()), start)
    changed = r"the weights in .* are not those that its description tells of"
    with pytest.raises(TransferError, match=changed):
        body_of(MLP, start._replace(digest="0" * 64))


def test_a_frozen_network_of_ones_own_needs_a_head(tmp_path: Path) -> None:
    saved(tmp_path, OWN)
    with pytest.raises(TransferError, match="leaves nothing to train"):
        body_of(OWN, transfer(tmp_path, frozen=True))
    assert len(body_of(OWN, transfer(tmp_path, frozen=False))) == len(both(saved(tmp_path, OWN)))


def test_a_folder_without_weights(tmp_path: Path) -> None:
    saved(tmp_path, MLP)
    start = transfer(tmp_path, frozen=False)
    (tmp_path / "weights").rename(tmp_path / "away")
    with pytest.raises(CheckpointError, match="there are no weights in"):
        body_of(MLP, start)


def test_a_folder_without_a_network(tmp_path: Path) -> None:
    with pytest.raises(TransferError, match=r"holds no saved network .* write the folder best/"):
        read_source(tmp_path)
    saved(tmp_path / "best", MLP)
    with pytest.raises(TransferError, match="it lies in the folder best inside"):
        read_source(tmp_path)
    (tmp_path / "best" / "network.json").write_text('{"network": {}}')
    with pytest.raises(TransferError, match="has no 'feature_names', which networks saved by"):
        read_source(tmp_path / "best")

"""What a GPU would be given: the segment program of every network kind, lowered for CUDA."""

import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models.convolution_shapes import Convolutions, residual_layers
from netclinic.models.hyperparameters import AUGMENTATIONS
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes
from netclinic.models.network import NETWORKS, NetworkSpec
from netclinic.models.own_code import code_digest
from netclinic.models.own_network import OwnNetwork
from netclinic.models.signature import Signature, Subset

FEATURES, CLASSES, BATCH = 16, 3, 8
MLP = NetworkSpec("mlp", FEATURES, (8,), CLASSES, "relu", "he_normal")
LAYERS = Convolutions((4, 4, 1), (3, 5), (3, 3), (1, 2), ("same", 1))
CNN = MLP._replace(kind="cnn", convolutions=LAYERS)
MIXER = f"{Path(__file__).parents[2] / 'examples' / 'own_network.py'}:Mixer"
OWN = OwnNetwork(MIXER, code_digest(MIXER), (4, 4), (("width", 5),))
SPECS = {
    "mlp": MLP,
    "cnn": CNN,
    "resnet": MLP._replace(
        kind="resnet",
        hidden=(),
        convolutions=residual_layers((4, 4, 1), (3, 5), (1, 1)),
        normalization="batch",
    ),
    "normalized": CNN._replace(normalization="batch", dropout=True),
    "own": MLP._replace(kind="own", hidden=(), dropout=True, own=OWN),
}
LANES = 4


def problems(text: str, donated: int) -> list[str]:
    """What is wrong with a program of StableHLO whose first ``donated`` arguments it may reuse."""
    signature = re.search(r"func\.func public @main\((.*)\) -> ", text)
    assert signature, "there is no main function"
    arguments = re.findall(r"%arg\d+: .*?(?=, %arg\d+: |$)", signature[1])
    found = [
        f"argument {place} is not donated"
        for place, argument in enumerate(arguments[:donated])
        if not re.search(r"tf\.aliasing_output|jax\.buffer_donor", argument)
    ]
    if len(arguments) < donated:
        found.append(f"{donated} arguments were expected, there are {len(arguments)}")
    if re.search(r"[<x]f64\b", text):
        found.append("float64")
    for target in re.findall(r"custom_call @(\w+)", text):
        if "callback" in target or "python" in target:
            found.append(f"callback {target}")
    found += [f"host transfer {op}" for op in re.findall(r"stablehlo\.(send|recv|\w+feed)\b", text)]
    groups = re.findall(r"(\w+_group_count) = (\d+)", text)
    return found + [f"{name} {count}" for name, count in groups if count != "1"]


def lanes_of(
    kind: str, strategy: str, *form: str, augment: bool = False, subset: Subset | None = None
) -> Lanes:
    rng = np.random.default_rng(0)
    rows = Split(
        rng.normal(size=(32, FEATURES)).astype(np.float32),
        rng.integers(CLASSES, size=32).astype(np.int32),
    )
    plan = LanePlan(LANES, strategy, 2, *form)
    signature = Signature(SPECS[kind], "nesterov", "cosine", 4, BATCH, subset=subset)
    if augment:
        signature = signature._replace(uses=AUGMENTATIONS, augmented=(4, 4, 1))
    return Lanes(signature, place_rows(rows, rows, rows, plan), plan, 0, 2)


def lower(function, *arguments, platform: str = "cuda", **options) -> str:
    traced = jax.jit(function, **options).trace(*arguments)
    return traced.lower(lowering_platforms=(platform,)).as_text()


def test_every_network_kind_is_looked_at() -> None:
    assert {spec.kind for spec in SPECS.values()} == set(NETWORKS)


@pytest.mark.parametrize("strategy", ["map", "vmap"])
@pytest.mark.parametrize("kind", SPECS)
def test_the_segment_program_for_cuda(kind: str, strategy: str) -> None:
    lanes = lanes_of(kind, strategy)
    text = lanes.lowered("cuda")
    assert "stablehlo.dot_general" in text
    leaves = len(jax.tree.leaves(lanes.empty()))
    assert leaves > 6, "numbers and weights"
    assert not problems(text, donated=leaves)


@pytest.mark.parametrize("strategy", ["map", "vmap"])
def test_augmentation_stays_on_the_device(strategy: str) -> None:
    lanes = lanes_of("mlp", strategy, augment=True)
    text = lanes.lowered("cuda")
    assert "stablehlo.sine" in text
    assert not problems(text, donated=len(jax.tree.leaves(lanes.empty())))


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_training_on_a_subset_for_cuda(kind: str) -> None:
    lanes = lanes_of(kind, "vmap", subset=Subset(16, 2, 4))
    text = lanes.lowered("cuda")
    assert "stablehlo.sort" in text  # the rows are drawn on the device
    assert not problems(text, donated=len(jax.tree.leaves(lanes.shapes)))


def test_convolutions_are_grouped_only_where_that_form_is_chosen() -> None:
    """And only side by side: one lane after the other, a convolution is its own."""
    leaves = len(jax.tree.leaves(lanes_of("cnn", "vmap").empty()))
    found = problems(lanes_of("cnn", "vmap", "native").lowered("cuda"), donated=leaves)
    assert found
    assert all("group_count" in problem for problem in found)
    assert not problems(lanes_of("cnn", "map", "native").lowered("cuda"), donated=leaves)


def test_the_segment_program_is_that_of_the_platform() -> None:
    """Lowered for CPU, random bits are drawn in another way: the platform is not ignored."""
    lanes = lanes_of("mlp", "vmap")
    assert lanes.lowered("cuda") != lanes.lowered("cpu")


def test_float64_is_found() -> None:
    with jax.enable_x64(True):
        text = lower(lambda x: x * 2.0, jnp.ones(3, jnp.float64))
    assert problems(text, donated=0) == ["float64"]


@pytest.mark.parametrize("way", ["pure", "io", "print"])
def test_a_callback_is_found(way: str) -> None:
    out = jax.ShapeDtypeStruct((3,), jnp.float32)

    def calls_back(x: jax.Array) -> jax.Array:
        if way == "pure":
            return jax.pure_callback(np.asarray, out, x)
        if way == "io":
            return jax.experimental.io_callback(np.asarray, out, x)
        jax.debug.print("{}", x)
        return x + jnp.float32(1)

    found = problems(lower(calls_back, jnp.ones(3), platform="cpu"), donated=0)
    assert [problem.split()[0] for problem in found] == ["callback"]


def test_buffers_that_are_not_donated_are_found() -> None:
    def moved(x: jax.Array, y: jax.Array) -> tuple[jax.Array, jax.Array]:
        return x + y, y

    x = jnp.ones(3)
    assert not problems(lower(moved, x, x, donate_argnums=(0, 1)), donated=2)
    found = problems(lower(moved, x, x, donate_argnums=0), donated=2)
    assert found == ["argument 1 is not donated"]
    found = problems(lower(moved, x, x, donate_argnums=(0, 1)), donated=3)
    assert found == ["3 arguments were expected, there are 2"]


def test_a_convolution_of_lanes_is_found_to_be_grouped() -> None:
    def convolved(inputs: jax.Array, kernel: jax.Array) -> jax.Array:
        return jax.lax.conv(inputs, kernel, (1, 1), "SAME")

    inputs, kernel = jnp.ones((LANES, 2, 3, 8, 8)), jnp.ones((LANES, 5, 3, 3, 3))
    assert not problems(lower(convolved, inputs[0], kernel[0]), donated=0)
    found = problems(lower(jax.vmap(convolved), inputs, kernel), donated=0)
    assert found == [f"feature_group_count {LANES}"]

"""What the peers are given, computed as PyTorch computes it: channels first, (out, in) kernels."""

import jax
import numpy as np
import pytest

NETWORKS = {
    "signal": "channels = [4, 3], kernel = [5, 3], stride = 2, padding = 1, hidden = [6]",
    "image": "shape = [5, 8], channels = [3, 2], kernel = 3, stride = [1, 2], padding = 0, "
    "hidden = []",
    "image of two channels": "shape = [4, 5, 2], channels = [3], kernel = 3, stride = 1, "
    "padding = 1, hidden = []",
}
TRIALS = 2


def as_torch(given, trial: int, rows: np.ndarray, kernels: list[np.ndarray]) -> np.ndarray:
    """Logits by the operations of nn.Conv1d, nn.Conv2d, nn.Flatten, nn.Linear and nn.ReLU."""
    values, convolutions = rows, len(given["channels"])
    for place, kernel in enumerate(kernels):
        if place:
            values = np.maximum(values, 0)
        if place < convolutions:
            axes = "HW"[: values.ndim - 2]
            stride, padding = (int(given[name][place]) for name in ("strides", "paddings"))
            values = jax.lax.conv_general_dilated(
                values,
                kernel[trial],
                [stride] * len(axes),
                [(padding, padding)] * len(axes),
                dimension_numbers=(f"NC{axes}", f"OI{axes}", f"NC{axes}"),
            )
            bias = given[f"bias{place}"][trial]
            values = np.asarray(values) + bias.reshape(1, -1, *[1] * len(axes))
        else:
            values = values.reshape(len(values), -1) @ kernel[trial].T
            values = values + given[f"bias{place}"][trial][None]
    return values


@pytest.mark.parametrize("network", NETWORKS)
def test_a_cnn_in_the_layout_of_pytorch_gives_the_same_logits(
    engine, peers, tmp_path, network
) -> None:
    from netclinic.models.network import make_network
    from netclinic.models.trial_keys import initial_weights_key, trial_key

    workloads, layout = engine("workloads"), peers("torch_layout")
    (tmp_path / "rows.csv").write_text(table())
    spec = f"""
study = {{name = "engine", trials = {TRIALS}}}
data = {{source = '{tmp_path / "rows.csv"}', target = "label"}}
network = {{kind = "cnn", {NETWORKS[network]}}}
training = {{epochs = 1, batch_size = 8}}
"""
    work = workloads.CNN._replace(spec=spec, trials=TRIALS)
    engine("given").write_given(work, tmp_path / "given.npz", draws=True)
    with np.load(tmp_path / "given.npz") as file:
        given = dict(file)
    assert given["hyperparameters"].shape == (TRIALS, 3)  # peers take each apart
    layers = sum(name.startswith("kernel") and name != "kernels" for name in given)
    rows = layout.torch_rows(given["train_inputs"], given["shape"].tolist())
    kernels = layout.torch_kernels([given[f"kernel{n}"] for n in range(layers)])

    net = make_network(engine("problems").problem(work).signature.network)
    for trial in range(TRIALS):
        key = initial_weights_key(trial_key(workloads.SEED, 0, trial))
        ours = net.apply(net.init(key), given["train_inputs"])
        theirs = as_torch(given, trial, rows, kernels)
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def table() -> str:
    """Drawn rows of 40 columns and a label, as CSV."""
    random = np.random.default_rng(0)
    names = ",".join([*(f"x{n}" for n in range(40)), "label"])
    rows = [
        ",".join([*(f"{x:.4f}" for x in random.standard_normal(40)), "ab"[n % 2]])
        for n in range(60)
    ]
    return "\n".join([names, *rows, ""])

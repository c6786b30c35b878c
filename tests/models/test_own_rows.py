"""A network whose answer for a row hangs on the rows beside it is refused, usual ones are not."""

from pathlib import Path

import pytest
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.own_code import KIND, OwnCodeError, code_digest
from netclinic.models.own_network import OwnNetwork
from netclinic.models.own_rows import check_rows

FEATURES, OUTPUTS = 6, 3
BODY = """\
import jax
import jax.numpy as jnp
from flax import nnx


class Network(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.hidden = nnx.Linear(inputs, 16, rngs=rngs)
        self.norm = nnx.BatchNorm(16, rngs=rngs)
        self.layer = nnx.LayerNorm(16, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.noise = nnx.Dropout(0.5, deterministic=False, rngs=rngs)
        self.embedding = nnx.Embed(5, 16, rngs=rngs)
        self.rnn = nnx.RNN(nnx.GRUCell(1, 16, rngs=rngs))
        self.attention = nnx.MultiHeadAttention(2, 1, 16, 16, decode=False, rngs=rngs)
        zeros = nnx.initializers.zeros
        self.zero = nnx.Linear(16, 16, kernel_init=zeros, rngs=rngs)
        self.output = nnx.Linear(16, outputs, rngs=rngs)

    def __call__(self, x):
        h = nnx.relu(self.hidden(x))
        return self.output({end})
"""


def check(folder: Path, end: str) -> None:
    file = folder / "own.py"
    file.write_text(BODY.format(end=end))
    place = f"{file}:Network"
    own = OwnNetwork(place, code_digest(place), FEATURES, ())
    spec = NetworkSpec(KIND, FEATURES, (), OUTPUTS, "", "", own=own)
    check_rows(make_network(spec), spec)


@pytest.mark.parametrize(
    "end",
    [
        "h",
        "self.norm(h)",
        "self.layer(h)",
        "self.dropout(h)",
        "self.noise(h)",  # random by the row's place alone
        "h - h.mean(1, keepdims=True)",
        "h / h.max(1, keepdims=True)",
        "self.embedding(jnp.abs(x).astype(int) % 5).mean(1)",
        "self.rnn(x[..., None])[:, -1]",
        "self.attention(x[..., None]).mean(1)",
        "h.reshape(-1, 4, 4).swapaxes(1, 2).reshape(-1, 16)",
        "1e30 * jnp.exp(100 * h)",  # not finite
        "jax.vmap(lambda row: row / jnp.linalg.norm(row))(h)",
    ],
)
def test_rows_answered_one_by_one_pass(end: str, tmp_path: Path) -> None:
    check(tmp_path, end)


@pytest.mark.parametrize(
    "end",
    [
        "h - h.mean(0, keepdims=True)",
        "h / h.max()",
        "self.norm(h, use_running_average=False)",
        "h + self.zero(h - h.mean(0, keepdims=True))",  # nothing at the start
        "jnp.cumsum(h, axis=0)",
        "h[::-1]",
        "jnp.roll(h, 1, axis=0)",
        "h.swapaxes(0, 1).reshape(h.shape)",
        "self.attention(jnp.swapaxes(x[..., None], 0, 1)).swapaxes(0, 1).mean(1)",
    ],
)
def test_rows_that_meet_are_refused(end: str, tmp_path: Path) -> None:
    with pytest.raises(OwnCodeError, match="Network mixes rows: in evaluation mode, too"):
        check(tmp_path, end)

"""A network that draws by numpy or Python's random is refused, usual ones are not."""

from pathlib import Path

import pytest
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.own_code import KIND, OwnCodeError, code_digest
from netclinic.models.own_draws import check_draws
from netclinic.models.own_network import OwnNetwork

FEATURES, OUTPUTS = 6, 3
BODY = """\
import functools
import random
import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

FIXED = np.random.default_rng(0).normal(size=(1, 16)).astype(np.float32)


class Network(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.hidden = nnx.Linear(inputs, 16, rngs=rngs)
        self.norm = nnx.BatchNorm(16, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.rnn = nnx.RNN(nnx.GRUCell(1, 16, rngs=rngs))
        self.key = jax.random.key(7)
        self.made = {made}
        self.output = nnx.Linear(16, outputs, rngs=rngs)

    def __call__(self, x):
        h = nnx.gelu(self.hidden(x))
        return self.output({given})
"""


def check(folder: Path, made: str, given: str) -> None:
    file = folder / "own.py"
    file.write_text(BODY.format(made=made, given=given))
    place = f"{file}:Network"
    own = OwnNetwork(place, code_digest(place), FEATURES, ())
    spec = NetworkSpec(KIND, FEATURES, (), OUTPUTS, "", "", own=own)
    check_draws(make_network(spec), spec)


@pytest.mark.parametrize(
    ("made", "given"),
    [
        ("None", "h"),
        ("None", "self.dropout(self.norm(h))"),
        ("None", "self.rnn(x[..., None])[:, -1]"),
        ("None", "h + FIXED"),
        ("None", "h + np.float32(0.25)"),
        ("None", "h + 0.1 * jax.random.normal(self.key, h.shape)"),
        ("nnx.Param(jax.random.normal(rngs.params(), (1, 16)))", "h + self.made"),
        ("None", "jnp.where(jnp.isnan(h), np.float32('nan'), h)"),
    ],
)
def test_who_draws_from_rngs_or_not_at_all_passes(made: str, given: str, tmp_path: Path) -> None:
    check(tmp_path, made, given)


@pytest.mark.parametrize(
    ("made", "given", "where"),
    [
        ("None", "h + np.random.normal(size=(1, 16)).astype(np.float32)", "called"),
        ("None", "h * random.random()", "called"),
        ("None", "h + jnp.float32(np.random.default_rng().normal())", "called"),
        ("None", "jax.jit(lambda it: it + np.float32(random.random()))(h)", "called"),
        ("nnx.Param(jnp.asarray(np.random.normal(size=(1, 16)), jnp.float32))", "h", "built"),
    ],
)
def test_who_draws_otherwise_is_refused(made: str, given: str, where: str, tmp_path: Path) -> None:
    with pytest.raises(OwnCodeError, match=f"Network draws random numbers where it is {where}"):
        check(tmp_path, made, given)

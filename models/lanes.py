"""Many trials at once: the only file that knows that there is more than one trial.

A device runs its share of K lanes, one trial in each. ``map`` trains a device's lanes one after the
other inside one program (best on CPU: a lane's weights stay in cache, and each lane's numbers are
the same whatever K is); ``vmap`` trains them side by side (best on GPU).
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from ..datasets.dataset import Split
from .network import Parameters
from .training import (
    Curves,
    Data,
    Hyperparameters,
    Rows,
    Score,
    Signature,
    TrialState,
    evaluate,
    make_training,
    trial_key,
)

LANES = "lanes"  # the mesh axis
CPU_LANES_A_DEVICE = 8  # more do not train faster (benchmarks/LOG.md) and are seen less often
ACCELERATOR_LANES_A_DEVICE = 64


class LanePlan(NamedTuple):
    """How trials are spread."""

    lanes: int  # K over all devices
    strategy: str  # "map" | "vmap"
    devices: int  # ≤ K

    @property
    def capacity(self) -> int:
        """Lanes in the program, ≥ K: as many on each device, the surplus stays empty.

        Under ``map`` at least two a device: XLA dissolves a loop of one, fuses what is left in
        another way, and the last bit of a number would depend on K.
        """
        each = -(-self.lanes // self.devices)
        return self.devices * (max(2, each) if self.strategy == "map" else each)


class Trial(NamedTuple):
    """What a lane is filled with."""

    number: int
    hyperparameters: Hyperparameters  # Python floats


class LaneCurves(NamedTuple):
    """What one segment of a batch of lanes measured, on the host."""

    curves: Curves  # (capacity, epochs of the segment) each
    epoch: np.ndarray  # (capacity,) epochs done
    diverged: np.ndarray  # (capacity,) the epoch that diverged, 0 while alive


def plan_lanes(lanes: int | None, strategy: str | None, devices: int | None = None) -> LanePlan:
    """Choose K and the strategy for the devices at hand.

    Args:
        lanes: K; ``None`` for a rule by backend.
        strategy: "map", "vmap" or ``None`` for a rule by backend.
        devices: use only so many devices; ``None`` for all.
    """
    available = jax.devices()
    count = min(devices or len(available), len(available), lanes or len(available))
    on_cpu = available[0].platform == "cpu"
    default = CPU_LANES_A_DEVICE if on_cpu else ACCELERATOR_LANES_A_DEVICE
    return LanePlan(lanes or default * count, strategy or ("map" if on_cpu else "vmap"), count)


class Lanes:
    """Compiled programs that train up to K trials of one signature together on one data set."""

    def __init__(
        self,
        signature: Signature,
        train: Split,
        validation: Split,
        test: Split,
        plan: LanePlan,
        seed: int,
        epochs: int,
    ) -> None:
        """Move the data to the devices once; programs compile at their first use.

        Args:
            signature: shape of the training program.
            train: rows to train on.
            validation: rows to watch.
            test: rows that judge the ended trials.
            plan: lanes, strategy and devices.
            seed: the study's, 0 … 2**63 − 1.
            epochs: epochs a segment.
        """
        self.plan = plan
        self.signature = signature
        self.seed = seed
        self._mesh = Mesh(np.array(jax.devices()[: plan.devices]), (LANES,))
        self._data = Data(self._place(train), self._place(validation))
        self._test = self._place(test)
        self._training = make_training(signature, len(train.labels), epochs)
        self.parameters = self._training.network.parameters
        spread = functools.partial(_spread, mesh=self._mesh, strategy=plan.strategy)
        self._init = jax.jit(spread(self._start, shared=0))
        self._segment = jax.jit(spread(self._training.segment, shared=1), donate_argnums=0)
        self._evaluate = jax.jit(spread(self._score, shared=1))

    def start(self, trials: Sequence[Trial]) -> TrialState:
        """Fill the lanes: the trials' states with a leading axis, empty lanes marked as done.

        Raises:
            ValueError: more trials than lanes.
        """
        if len(trials) > self.plan.lanes:
            raise ValueError(f"{len(trials)} trials do not fit {self.plan.lanes} lanes")
        empty = self.plan.capacity - len(trials)
        hyper = np.array(
            [t.hyperparameters for t in trials] + [(1.0, 0.0, 0.0)] * empty, np.float32
        )
        numbers = np.array([t.number for t in trials] + [0] * empty, np.uint32)
        live = np.arange(self.plan.capacity) < len(trials)
        low = np.full_like(numbers, self.seed & 0xFFFFFFFF)
        high = np.full_like(numbers, self.seed >> 32)
        return self._init((Hyperparameters(*hyper.T), low, high, numbers, live))

    def train_segment(self, state: TrialState) -> tuple[TrialState, LaneCurves]:
        """Train each live lane for one segment. ``state`` is consumed: its buffers are reused."""
        state, curves = self._segment(state, self._data)
        curves, epoch, diverged = jax.device_get((curves, state.epoch, state.diverged))
        return state, LaneCurves(curves, epoch, diverged)

    def test(self, state: TrialState) -> Score:
        """Loss and error of each lane's network on the test rows: numpy arrays (capacity,)."""
        return jax.device_get(self._evaluate(state.parameters, self._test))

    def parameters_of(self, state: TrialState, lane: int) -> Parameters:
        """The weights in one lane, as numpy arrays."""
        return jax.tree.map(lambda leaf: np.asarray(leaf[lane]), state.parameters)

    def _place(self, split: Split) -> Rows:
        """Copy a split to every device."""
        everywhere = NamedSharding(self._mesh, PartitionSpec())
        return jax.device_put(Rows(*split), everywhere)

    def _start(self, filling: tuple[Hyperparameters, Any, Any, Any, Any]) -> TrialState:
        hyper, low, high, number, live = filling
        state = self._training.init(hyper, trial_key(low, high, number))
        # An empty lane looks like one that is finished, so it costs nothing under ``map``.
        return state._replace(epoch=jnp.where(live, 0, self.signature.epochs))

    def _score(self, parameters: Parameters, rows: Rows) -> Score:
        return evaluate(self._training.network, parameters, rows)


def _spread(
    trial: Callable[..., Any], *, shared: int, mesh: Mesh, strategy: str
) -> Callable[..., Any]:
    """Turn a function of one trial's (state, *shared) into one of K trials over all devices."""

    def lanes(states: Any, *rest: Any) -> Any:
        one = lambda state: trial(state, *rest)  # noqa: E731
        return jax.lax.map(one, states) if strategy == "map" else jax.vmap(one)(states)

    each, same = PartitionSpec(LANES), PartitionSpec()
    return jax.shard_map(
        lanes, mesh=mesh, in_specs=(each, *[same] * shared), out_specs=each, check_vma=False
    )

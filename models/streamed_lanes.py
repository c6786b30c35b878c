"""Lanes whose rows do not lie on the device: they are read in chunks while others train.

A chunk holds some minibatches of every lane, each in its own order, or some rows that all lanes are
judged by. The arithmetic of ``Lanes`` is done step by step and piece by piece, so the numbers are
the same.
"""

import functools
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from ..datasets.streaming import AHEAD, Chunk, read_ahead
from .curves import Curves
from .filling import Trial
from .judging import Rows, Score
from .lane_plan import LANES, LanePlan, mesh_of
from .lane_rows import PlacedRows, StreamedRows
from .lanes import LaneCurves, Lanes
from .memory import program_bytes
from .minibatches import GroupedRows
from .network import Variables
from .signature import Signature
from .streamed_judging import StreamedJudge, fitting, row_bytes
from .streamed_orders import Orders
from .streamed_programs import StreamedPrograms
from .training import TrialState
from .vital_signs import Probe, VitalSigns

UNDER_WAY = 2  # chunks that the devices were told to train and have not trained yet


class StreamedLanes:
    """What ``Lanes`` is, for splits that the devices have no room for. The numbers are the same.

    But for ``train_segment``: it returns when the last chunk is on its way.
    """

    def __init__(
        self, signature: Signature, rows: StreamedRows, plan: LanePlan, seed: int, epochs: int
    ) -> None:
        """Programs compile at their first use, or with ``compile``. Arguments as for ``Lanes``."""
        self.plan = plan
        self.signature = signature
        mesh = mesh_of(plan)
        self._spread = NamedSharding(mesh, PartitionSpec(LANES))
        shapes = PlacedRows(
            *(_described(part, NamedSharding(mesh, PartitionSpec())) for part in rows)
        )
        self._lanes = Lanes(signature, shapes, plan, seed, epochs)  # trains none
        self.parameters = self._lanes.parameters
        self._epochs = epochs
        self._train = rows.train
        self._grouped = rows.grouped if signature.draws_rows else None
        self._steps = signature.trained_rows(len(rows.train.labels)) // signature.batch_size
        lanes = plan.capacity // plan.devices
        self._batch_bytes = lanes * signature.batch_size * row_bytes(rows.train)  # on a device
        self._at_once = fitting(self._batch_bytes, self._steps)  # minibatches of a chunk

        def judge(part: Rows, picked: np.ndarray | None = None) -> StreamedJudge:
            return StreamedJudge(signature, self._lanes.training.network, part, plan, picked)

        self._by_train, self._by_validation = judge(rows.train), judge(rows.validation)
        self._by_test, self._by_bridge = judge(rows.test), rows.bridge and judge(rows.bridge)
        self._by_picked = None if rows.picked is None else judge(rows.validation, rows.picked)
        self._programs = StreamedPrograms(
            signature,
            self._lanes.training,
            len(rows.train.labels),
            plan,
            epochs,
            (self._by_train, self._by_validation),
        )

    def compile(self) -> None:
        """Compile what trains, by running it on empty lanes and no rows."""
        state = self.fill(self.empty(), {})
        live = self._programs.live(state)
        for judge in (self._by_train, self._by_validation):
            judge.compile(state.variables, live)
        self._programs.order(state.key, state.epoch, np.int32(0), self._grouped)
        _, _, chunk, *nothing = self._shapes()
        chunk = jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype, device=s.sharding), chunk)
        state, _, _ = self._programs.advance(state, self._norms(), chunk, *nothing)
        self.train_segment(state)

    def empty(self) -> TrialState:
        """As ``Lanes.empty``."""
        return self._lanes.empty()

    def fill(
        self, state: TrialState, trials: Mapping[int, Trial], stopped: Collection[int] = ()
    ) -> TrialState:
        """As ``Lanes.fill``."""
        return self._lanes.fill(state, trials, stopped)

    def train_segment(self, state: TrialState) -> tuple[TrialState, LaneCurves]:
        """Train each live lane for one segment. ``state`` is consumed.

        The curves are on their way, ``fetched`` waits for them.
        """
        live, epoch = jax.device_get((self._programs.live(state), state.epoch))
        due = min(self._epochs, int((self.signature.epochs - epoch[live]).max(initial=0)))
        begun = jnp.copy(state.key), jnp.copy(state.epoch)  # the state's own are consumed
        orders = Orders(self._programs.order, *begun, live, self._grouped)
        chunks = [chunk for number in range(due) for chunk in self._chunks(orders, number)]
        seen = []
        with read_ahead(chunks) as read:
            for number in range(self._epochs):
                state, curves = self._epoch(state, read if number < due else None)
                seen.append(curves)
        best_epoch = state.best and state.best.epoch
        return state, LaneCurves(
            self._programs.stack(*seen), state.epoch, state.diverged, best_epoch
        )

    def test(self, state: TrialState, wanted: np.ndarray | None = None) -> Score:
        """As ``Lanes.test``."""
        return self._judged(self._by_test, state, wanted)

    def test_bridge(self, state: TrialState, wanted: np.ndarray | None = None) -> Score | None:
        """As ``Lanes.test_bridge``."""
        return self._by_bridge and self._judged(self._by_bridge, state, wanted)

    def test_watched(
        self, state: TrialState, wanted: np.ndarray | None = None
    ) -> tuple[Score, Score] | None:
        """As ``Lanes.test_watched``."""
        if self.signature.task.counts_rows:
            return None
        by_train, by_validation = self._by_train, self._by_validation
        return self._judged(by_train, state, wanted), self._judged(by_validation, state, wanted)

    @property
    def probe(self) -> Probe:
        """As ``Lanes.probe``."""
        return self._lanes.probe

    def compile_judges(self) -> None:
        """As ``Lanes.compile_judges``."""
        state = self.empty()
        live = self._programs.live(state)
        for judge in filter(None, (self._by_test, self._by_bridge)):
            judge.compile(state.kept, live, answers=self.signature.bootstrap)
        if self.signature.subset is not None:
            self._by_test.compile_errors(state.kept, live)
        if self._by_picked and not self.signature.draws_rows:
            self._by_picked.compile_errors(state.kept, live)

    def compile_look(self) -> None:
        """As ``Lanes.compile_look``."""
        self._lanes.compile_look(self._probed)

    def vital_signs(self, state: TrialState, trials: Mapping[int, Trial]) -> VitalSigns:
        """As ``Lanes.vital_signs``."""
        return self._lanes.vital_signs(state, trials, self._probed)

    @functools.cached_property
    def _probed(self) -> Rows:
        return Rows(*(column[self.probe.rows] for column in self._train))

    def answers(self, state: TrialState) -> np.ndarray:
        """As ``Lanes.answers``."""
        with read_ahead(self._by_test.chunks) as read:
            return self._by_test.answers(state.kept, read)

    def row_errors(self, state: TrialState, wanted: np.ndarray) -> np.ndarray | None:
        """As ``Lanes.row_errors``."""
        judge = self._by_picked
        if judge is None:
            return None
        with read_ahead(judge.chunks) as read:
            return judge.errors(state.kept, jax.device_put(wanted, self._spread), read)

    def test_errors(self, state: TrialState, wanted: np.ndarray) -> np.ndarray:
        """As ``Lanes.test_errors``."""
        with read_ahead(self._by_test.chunks) as read:
            return self._by_test.errors(state.kept, jax.device_put(wanted, self._spread), read)

    def epoch_flops(self, state: TrialState) -> int:
        """As ``Lanes.epoch_flops``."""
        return self._lanes.epoch_flops(state)

    def variables_of(self, state: TrialState, lane: int) -> Variables:
        """As ``Lanes.variables_of``."""
        return self._lanes.variables_of(state, lane)

    def lowered(self, platform: str) -> str:
        """As ``Lanes.lowered``, of the program that trains a chunk."""
        traced = self._programs.advance.function.trace(*self._shapes())
        return traced.lower(lowering_platforms=(platform,)).as_text()

    def device_bytes(self) -> int:
        """As ``Lanes.device_bytes``; with a few chunks in the data set's place."""
        chunk = self._at_once * self._batch_bytes
        program = self._programs.advance.ready(*self._shapes())
        return program_bytes(program.call) + (AHEAD + UNDER_WAY - 1) * chunk

    def _chunks(self, orders: Orders, number: int) -> list[Chunk]:
        """What the segment's epoch ``number`` reads, in this order."""

        def rows(begin: int) -> np.ndarray:
            """Of each lane's minibatches from ``begin`` on; behind the last one any rows."""
            found = orders.of(number)[:, begin : begin + self._at_once]
            missing = self._at_once - found.shape[1]
            return np.pad(found, ((0, 0), (0, missing), (0, 0))) if missing else found

        begins = range(0, self._steps, self._at_once)
        return [
            *(Chunk(self._train, functools.partial(rows, begin), self._place) for begin in begins),
            *self._by_train.chunks,
            *self._by_validation.chunks,
        ]

    def _judged(self, judge: StreamedJudge, state: TrialState, wanted: np.ndarray | None) -> Score:
        lanes = np.ones(self.plan.capacity, bool) if wanted is None else wanted
        found = judge.nothing
        if lanes.any():
            with read_ahead(judge.chunks) as read:
                put = jax.device_put(lanes, self._spread)
                found = judge.scores(judge.totals(state.kept, put, read))

        def of_wanted(values: np.ndarray) -> np.ndarray:
            wanted = lanes.reshape(-1, *(1,) * (values.ndim - 1))
            return np.where(wanted, values, np.float32(np.nan))

        return jax.tree.map(of_wanted, jax.device_get(found))

    def _place(self, *columns: Any) -> Rows:
        return jax.device_put(Rows(*columns), self._spread)

    def _epoch(self, state: TrialState, read: Iterator[Rows] | None) -> tuple[TrialState, Curves]:
        """Train and judge all lanes for an epoch; without ``read`` no lane is live."""
        norms = self._norms()
        training, validation = self._by_train.nothing, self._by_validation.nothing
        if read is not None:
            live, before = self._programs.live(state), None
            for begin in range(0, self._steps, self._at_once):
                count = min(self._at_once, self._steps - begin)
                place = (np.int32(begin), np.int32(count))
                state, norms, done = self._programs.advance(state, norms, next(read), *place)
                jax.block_until_ready(before)
                before = done
            training = self._by_train.totals(state.variables, live, read)
            validation = self._by_validation.totals(state.variables, live, read)
        return self._programs.conclude(state, norms, training, validation)

    def _norms(self) -> jax.Array:
        shape = (self.plan.capacity, self._steps)
        return jnp.zeros(shape, jnp.float32, device=self._spread)

    def _shapes(self) -> tuple[Any, ...]:
        """Shape, dtype and place of what ``_advance`` takes."""
        lanes, size = self.plan.capacity, self.signature.batch_size

        def like(shape: tuple[int, ...], dtype: Any) -> Any:
            return jax.ShapeDtypeStruct(shape, dtype, sharding=self._spread)

        batches = (lanes, self._at_once, size)
        chunk = jax.tree.map(lambda v: like((*batches, *v.shape[1:]), v.dtype), self._train)
        norms = like((lanes, self._steps), np.float32)
        return self._lanes.shapes, norms, chunk, np.int32(0), np.int32(0)


def _described(split: Rows | GroupedRows | np.ndarray | None, sharding: NamedSharding) -> Any:
    """The shape of a split, for programs that are looked at but not run."""
    return jax.tree.map(lambda v: jax.ShapeDtypeStruct(v.shape, v.dtype, sharding=sharding), split)

"""Many trials at once: filled into lanes, trained a segment, judged.

A device runs its share of K lanes, one trial in each. ``map`` trains a device's lanes one after the
other inside one program (best on CPU: a lane's weights stay in cache, and each lane's numbers are
the same whatever K is); ``vmap`` trains them side by side (best on GPU). Only the files that are
named for lanes know that there is more than one trial.
"""

import functools
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from .curves import Curves
from .filling import Filling, Trial, filling_of
from .host_views import lane_of, rows_of
from .judging import Rows, Score
from .lane_plan import LANES, LanePlan, mesh_of
from .lane_programs import LanePrograms
from .lane_rows import PlacedRows
from .memory import program_bytes
from .network import Array, Variables
from .signature import Signature
from .training import Data, Training, TrialState
from .vital_signs import Probe, VitalSigns


class LaneCurves(NamedTuple):
    """What one segment of all lanes measured; on the host once it went through ``fetched``."""

    curves: Curves  # (capacity, epochs of the segment) each
    epoch: Array  # (capacity,) epochs done
    diverged: Array  # (capacity,) the epoch that diverged, 0 while alive
    best_epoch: Array | None = None  # (capacity,) whose weights are kept; with early stopping


class Lanes:
    """Compiled programs that train up to K trials of one signature together on one data set.

    A lane whose trial has ended is filled with another one by ``fill``; the programs do not depend
    on how many lanes are live, so nothing is compiled anew.
    """

    def __init__(
        self, signature: Signature, rows: PlacedRows, plan: LanePlan, seed: int, epochs: int
    ) -> None:
        """Programs compile at their first use, or with ``compile``.

        Args:
            signature: shape of the training program.
            rows: to train on, to watch, and to judge the ended trials by; placed for ``plan``.
            plan: lanes, strategy, devices and form of convolutions.
            seed: the study's, 0 … 2**63 − 1.
            epochs: epochs a segment.
        """
        self.plan = plan
        self.signature = signature
        self.seed = seed
        self._epochs = epochs
        self._mesh = mesh_of(plan)
        grouped = rows.grouped if signature.draws_rows else None
        self._data = Data(rows.train, rows.validation, grouped)
        self._test = rows.test
        self._every_test_row = np.arange(len(rows.test.labels), dtype=np.int32)
        self._bridge = rows.bridge
        self._picked = rows.picked
        self._programs = LanePrograms(signature, len(rows.train.labels), plan, epochs)
        self.parameters = self._programs.training.network.parameters

    def compile(self) -> None:
        """Compile or load what trains, and run it on empty lanes; may be called in a thread."""
        with ThreadPoolExecutor(1, "netclinic-segment") as beside:
            trains = beside.submit(self._programs.segment.ready, self.shapes, self._data)
            filled = self.fill(self.empty(), {})
            trains.result()
        self.train_segment(filled)

    def compile_judges(self) -> None:
        """Compile or load what judges trials that end, which is needed later than what trains.

        Nothing is run: on devices that train it would wait for them.
        """
        programs, data = self._programs, self._data
        kept, none = self.shapes.kept, np.zeros(self.plan.capacity, bool)
        watched = () if self.signature.task.counts_rows else (data.train, data.validation)
        for rows in filter(None, (self._test, self._bridge, *watched)):
            programs.evaluate.ready(kept, none, rows)
        if self.signature.bootstrap:
            programs.answer.ready(kept, self._test)
        elif self.signature.subset is not None:
            programs.row_errors.ready(kept, none, self._test, self._every_test_row)
        elif self._picked is not None:
            programs.row_errors.ready(kept, none, data.validation, self._picked)

    def compile_look(self, probed: Rows | None = None) -> None:
        """Compile or load what looks at layers; ``probed`` as for ``vital_signs``.

        ``probe``, which it asks for, runs some small programs the first time.
        """
        none = np.zeros(self.plan.capacity, bool)
        self._programs.look.ready(self.shapes, self.shapes, none, probed or self._probed)

    def empty(self) -> TrialState:
        """The state of lanes that hold no trial: to ``train_segment`` they look finished."""
        return jax.device_put(
            jax.tree.map(self._hollow, self.shapes)._replace(
                epoch=np.full(self.plan.capacity, self.signature.epochs, np.int32)
            ),
            NamedSharding(self._mesh, PartitionSpec(LANES)),
        )

    def fill(
        self, state: TrialState, trials: Mapping[int, Trial], stopped: Collection[int] = ()
    ) -> TrialState:
        """Put new trials into lanes, by lane; the others go on. ``state`` is consumed.

        Args:
            state: of the lanes.
            trials: to begin, by lane.
            stopped: lanes whose trials train no further, unless a new one begins there.

        Raises:
            ValueError: no such lane, or more trials than lanes.
        """
        if len(trials) > self.plan.lanes:
            raise ValueError(f"{len(trials)} trials do not fit {self.plan.lanes} lanes")
        lanes = {*trials, *stopped}
        if not lanes <= set(range(self.plan.capacity)):
            raise ValueError(f"got lanes {sorted(lanes)}; there are {self.plan.capacity}, from 0")
        return self._programs.fill(state, self._filling(trials, stopped))

    def train_segment(self, state: TrialState) -> tuple[TrialState, LaneCurves]:
        """Begin to train each live lane for one segment. ``state`` is consumed: buffers are reused.

        Returns at once: the curves are on their way, ``fetched`` waits for them, before the next
        segment or filling. So the segments of several signatures run side by side.
        """
        state, curves = self._programs.segment(state, self._data)
        best_epoch = state.best and state.best.epoch
        return state, LaneCurves(curves, state.epoch, state.diverged, best_epoch)

    def test(self, state: TrialState, wanted: np.ndarray | None = None) -> Score:
        """Loss and error of the lanes' networks on the test rows: numpy arrays (capacity,).

        Args:
            state: of the lanes.
            wanted: bool (capacity,): judge these lanes, the others are NaN; ``None`` for all.
        """
        return self._judged(state, wanted, self._test)

    def answers(self, state: TrialState) -> np.ndarray:
        """What the lanes' networks answer on the test rows: numpy array (capacity, rows, …).

        Whatever is in a lane that holds no trial answers, too.
        """
        return jax.device_get(self._programs.answer(state.kept, self._test))

    def test_bridge(self, state: TrialState, wanted: np.ndarray | None = None) -> Score | None:
        """What ``test`` gives, on the bridge rows; ``None`` where there are none."""
        return self._bridge and self._judged(state, wanted, self._bridge)

    def test_watched(
        self, state: TrialState, wanted: np.ndarray | None = None
    ) -> tuple[Score, Score] | None:
        """What ``test`` gives, on the training and the validation rows.

        ``None`` where the curves tell all of it: in classification.
        """
        if self.signature.task.counts_rows:
            return None
        data = self._data
        return self._judged(state, wanted, data.train), self._judged(state, wanted, data.validation)

    def row_errors(self, state: TrialState, wanted: np.ndarray) -> np.ndarray | None:
        """The errors of the lanes' networks on the picked validation rows, one by one.

        float32 (capacity, picked), 0 where not ``wanted``; ``None`` where no rows were picked.

        Args:
            state: of the lanes.
            wanted: bool (capacity,): judge these lanes.
        """
        if self._picked is None:
            return None
        rows = self._data.validation
        return jax.device_get(self._programs.row_errors(state.kept, wanted, rows, self._picked))

    def test_errors(self, state: TrialState, wanted: np.ndarray) -> np.ndarray:
        """The errors of the lanes' networks on the test rows: as ``row_errors``, of all rows."""
        rows = self._test, self._every_test_row
        return jax.device_get(self._programs.row_errors(state.kept, wanted, *rows))

    @property
    def training(self) -> Training:
        """The functions that train one trial."""
        return self._programs.training

    @property
    def probe(self) -> Probe:
        """What looks at the layers of one trial's network."""
        return self._programs.probe

    @functools.cached_property
    def _probed(self) -> Rows:
        return jax.tree.map(lambda column: rows_of(column, self.probe.rows), self._data.train)

    def vital_signs(
        self, state: TrialState, trials: Mapping[int, Trial], probed: Rows | None = None
    ) -> VitalSigns:
        """Look at the layers of networks, at the start of their training and now.

        Few lanes at once, also on a GPU: the memory that training takes is in use.

        Args:
            state: of the lanes.
            trials: those to look at, by their lanes. The other lanes are NaN.
            probed: the training rows ``probe.rows``, where they are not on the devices already.

        Returns:
            Numpy arrays (capacity, moments, …).
        """
        filling = self._filling(trials)
        # Drawn anew, by the program that did it before.
        begun = self._programs.fill(self.empty(), filling)
        signs = self._programs.look(begun, state, filling.new, probed or self._probed)
        return jax.device_get(signs)

    def epoch_flops(self, state: TrialState) -> int:
        """Operations (see ``count_flops``) of one trial's epoch, its judging included."""
        flops = self._programs.segment.flops(state, self._data)
        return flops // (self.plan.capacity * self._epochs)

    def variables_of(self, state: TrialState, lane: int) -> Variables:
        """The network's numbers in one lane, as numpy arrays."""
        return jax.tree.map(lambda leaf: lane_of(leaf, lane), state.kept)

    def lowered(self, platform: str) -> str:
        """The program of ``train_segment`` as StableHLO text; the platform need not be at hand.

        Compiling what was lowered for another platform builds for this one, without a word: only
        the text says what a GPU would be given.

        Args:
            platform: "cpu", "cuda", "rocm" or "tpu".

        Raises:
            ValueError: the program calls back into Python, which only this machine's own platform
                can be given.
        """
        traced = self._programs.segment.function.trace(self.shapes, self._data)
        return traced.lower(lowering_platforms=(platform,)).as_text()

    def lowered_look(self, platform: str) -> str:
        """What ``lowered`` gives, of the program of ``vital_signs``."""
        state, wanted = self.shapes, np.zeros(self.plan.capacity, bool)
        traced = self._programs.look.function.trace(state, state, wanted, self._probed)
        return traced.lower(lowering_platforms=(platform,)).as_text()

    def device_bytes(self) -> int:
        """What ``train_segment`` needs of each device's memory: bytes, the data set included.

        Compiles the program, which is then ready for use, but allocates nothing and runs nothing.
        The compiler's own estimate: state, data, and the largest set of intermediate results that
        are alive at once. Test and bridge rows, which lie beside it, are added.
        """
        beside = sum(leaf.nbytes for leaf in jax.tree.leaves((self._test, self._bridge)))
        return program_bytes(self._programs.segment.ready(self.shapes, self._data).call) + beside

    @functools.cached_property
    def shapes(self) -> TrialState:
        """Shape, dtype and place of each leaf of the lanes' state."""
        spread = NamedSharding(self._mesh, PartitionSpec(LANES))
        return jax.tree.map(
            lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=spread),
            jax.eval_shape(self._programs.start, self._filling({})),
        )

    def _judged(self, state: TrialState, wanted: np.ndarray | None, rows: Rows) -> Score:
        lanes = np.ones(self.plan.capacity, bool) if wanted is None else wanted
        return jax.device_get(self._programs.evaluate(state.kept, lanes, rows))

    def _filling(self, trials: Mapping[int, Trial], stopped: Collection[int] = ()) -> Filling:
        tasks = len(self.signature.task.parts)
        return filling_of(trials, stopped, self.plan.capacity, self.seed, tasks)

    def _hollow(self, leaf: jax.ShapeDtypeStruct) -> Any:
        if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
            words = jax.eval_shape(jax.random.key_data, leaf)
            return jax.random.wrap_key_data(jnp.asarray(np.zeros(words.shape, words.dtype)))
        return np.zeros(leaf.shape, leaf.dtype)


def fetched(curves: LaneCurves) -> LaneCurves:
    """Wait for a segment's curves and bring them to the host as numpy arrays."""
    return jax.device_get(curves)

"""Judging lanes by a split that is read in chunks, each shared by all lanes."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from ..datasets.streaming import Chunk
from .judging import Rows, Score, add_piece, evaluate, mean_score, no_total, piece_rows
from .kept_lanes import keeper_of
from .lane_plan import LANES, LanePlan, mesh_of
from .network import Network, Variables
from .signature import Signature
from .tasks import row_answers, row_errors

CHUNK_BYTES = 2**25  # of a chunk, on each device: 32 MiB


class StreamedJudge:
    """Loss and error of lanes' networks on one split: the numbers that ``evaluate`` gives.

    A chunk has some of the pieces that ``evaluate`` takes; the last chunk repeats the last piece,
    which is not looked at again, to be as large as the others.
    """

    def __init__(
        self,
        signature: Signature,
        network: Network,
        split: Rows,
        plan: LanePlan,
        picked: np.ndarray | None = None,
    ) -> None:
        """The programs compile at their first use, or with ``compile``.

        Args:
            signature: of the lanes.
            network: of the lanes.
            split: of the rows, on the host.
            plan: of the lanes.
            picked: the numbers of the rows to judge; ``None`` for all.
        """
        self._network = network
        self._task = task = signature.task
        self._split = split
        self._picked = np.arange(len(split.labels)) if picked is None else picked
        self._count = len(self._picked)
        self._size = piece_rows(network, self._count)
        self._pieces = -(-self._count // self._size)
        self._at_once = fitting(self._size * row_bytes(split), self._pieces)
        mesh = mesh_of(plan)
        self._shared = NamedSharding(mesh, PartitionSpec())
        nothing = jax.tree.map(
            lambda leaf: np.zeros((plan.capacity, *leaf.shape), leaf.dtype), no_total(task)
        )
        self.nothing: Score = jax.device_put(nothing, NamedSharding(mesh, PartitionSpec(LANES)))
        self.made_of = self._count, self._size, self._at_once  # beside the network
        keep = keeper_of(signature, plan, *self.made_of)
        self._add = keep("add_chunk", self._added, own=3, counted=False)
        self._answer = keep("answer_chunk", self._answers, own=1)
        self._row_errors = keep("row_errors_of_chunk", self._errors, own=2)
        self.scores = keep("scores", self.means, own=1)  # of all lanes: (capacity,) each

    @property
    def chunks(self) -> list[Chunk]:
        """What must be read, in this order, to judge once."""
        count = -(-self._pieces // self._at_once)
        return [
            Chunk(self._split, functools.partial(self._numbers, chunk), self._place)
            for chunk in range(count)
        ]

    def compile(self, variables: Variables, wanted: jax.Array, *, answers: bool = False) -> None:
        """Compile the programs for lanes of this shape; reads and runs nothing.

        Args:
            variables: of the lanes.
            wanted: as for ``totals``.
            answers: also the program of ``answers``.
        """
        empty = self._no_pieces()
        self._add.ready(variables, wanted, self.nothing, empty, np.int32(0), np.int32(0))
        self.scores.ready(self.nothing)
        if answers:
            self._answer.ready(variables, empty)

    def compile_errors(self, variables: Variables, wanted: jax.Array) -> None:
        """Compile the program of ``errors`` alone; as ``compile``. Arguments as for ``totals``."""
        self._row_errors.ready(variables, wanted, self._no_pieces())

    def totals(self, variables: Variables, wanted: jax.Array, read: Iterator[Rows]) -> Score:
        """What ``means`` makes a score of, for each lane: (capacity,) on the devices.

        Args:
            variables: of the lanes.
            wanted: bool (capacity,) on the devices: judge these lanes.
            read: gives this split's chunks next.
        """
        total = self.nothing
        for begin in range(0, self._pieces, self._at_once):
            count = min(self._at_once, self._pieces - begin)
            pieces = next(read)
            before = total
            place = (np.int32(begin), np.int32(count))
            total = self._add(variables, wanted, before, pieces, *place)
            jax.block_until_ready(before)  # so that no more than two chunks are under way
        return total

    def answers(self, variables: Variables, read: Iterator[Rows]) -> np.ndarray:
        """What ``judging.answers`` gives for each lane: numpy array (capacity, rows, …).

        Arguments as for ``totals``.
        """
        return self._row_by_row(lambda pieces: self._answer(variables, pieces), read)

    def errors(self, variables: Variables, wanted: jax.Array, read: Iterator[Rows]) -> np.ndarray:
        """What ``errors_of_rows`` gives for each lane: numpy array (capacity, rows).

        Arguments as for ``totals``.
        """
        return self._row_by_row(lambda pieces: self._row_errors(variables, wanted, pieces), read)

    def _row_by_row(self, program: Callable[[Rows], jax.Array], read: Iterator[Rows]) -> np.ndarray:
        first, *others = (
            (self._rows(chunk), jax.device_get(program(next(read))))
            for chunk in range(len(self.chunks))
        )
        found = np.empty((len(first[1]), self._count, *first[1].shape[3:]), first[1].dtype)
        for rows, answered in (first, *others):
            found[:, rows] = answered
        return found

    def means(self, total: Score) -> Score:
        """The score of one lane from its total."""
        return total if self._pieces == 1 else mean_score(total, self._count)

    def _numbers(self, chunk: int) -> np.ndarray:
        """Numbers of the rows of a chunk in the split: int (at_once, size)."""
        return self._picked[self._rows(chunk)]

    def _no_pieces(self) -> Rows:
        """A chunk of the right shape without rows."""
        shape = (self._at_once, self._size)
        zeros = jax.tree.map(lambda v: np.zeros((*shape, *v.shape[1:]), v.dtype), self._split)
        return self._place(*zeros)

    def _rows(self, chunk: int) -> np.ndarray:
        """Places of the rows of a chunk among those judged: int (at_once, size)."""
        piece = np.minimum(chunk * self._at_once + np.arange(self._at_once), self._pieces - 1)
        begin = np.minimum(piece * self._size, self._count - self._size)
        return begin[:, None] + np.arange(self._size)

    def _place(self, *columns: Any) -> Rows:
        return jax.device_put(Rows(*columns), self._shared)

    def _added(
        self,
        variables: Variables,
        wanted: jax.Array,
        total: Score,
        pieces: Rows,
        begin: jax.Array,
        count: jax.Array,
    ) -> Score:
        """One lane's total with those of the first ``count`` of ``pieces``, from ``begin`` on."""
        network, task = self._network, self._task

        def add(number: jax.Array, total: Score) -> Score:
            piece = jax.tree.map(lambda v: v[number], pieces)
            first = (begin + number) * self._size
            return add_piece(network, task, variables, total, piece, first, self._count)

        def judge() -> Score:
            if self._pieces == 1:
                return evaluate(network, task, variables, jax.tree.map(lambda v: v[0], pieces))
            return jax.lax.fori_loop(0, count, add, total)

        return jax.lax.cond(wanted, judge, lambda: total)

    def _answers(self, variables: Variables, pieces: Rows) -> jax.Array:
        """One lane's answers, (at_once, size, …)."""

        def answer(inputs: jax.Array) -> jax.Array:
            return row_answers(self._task, self._network.apply(variables, inputs))

        return jax.lax.map(answer, pieces.inputs)

    def _errors(self, variables: Variables, wanted: jax.Array, pieces: Rows) -> jax.Array:
        """One lane's errors, (at_once, size)."""

        def judge(piece: Rows) -> jax.Array:
            outputs = self._network.apply(variables, piece.inputs)
            return row_errors(self._task, outputs, piece.labels)

        nothing = jnp.zeros((self._at_once, self._size), jnp.float32)
        return jax.lax.cond(wanted, lambda: jax.lax.map(judge, pieces), lambda: nothing)


def row_bytes(split: Rows) -> int:
    """Bytes of a row on the device."""
    sizes = (v.dtype.itemsize * int(np.prod(v.shape[1:])) for v in jax.tree.leaves(split))
    return sum(sizes)


def fitting(size: int, most: int) -> int:
    """How many parts of ``size`` bytes make a chunk: from 2 to ``most``, or 1 of 1.

    Never one of several: XLA would do away with the axis, fuse what is left in another way, and the
    last bit of a number could be another one than with rows on the device.
    """
    return min(most, max(2, CHUNK_BYTES // size))

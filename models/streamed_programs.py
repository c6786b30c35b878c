"""What lanes of streamed rows run: parts of an epoch of one trial, spread over all lanes."""

from typing import Any

import jax
import jax.numpy as jnp

from .curves import Curves
from .judging import Rows, Score
from .kept_lanes import keeper_of
from .lane_plan import LanePlan
from .minibatches import GroupedRows
from .signature import Signature
from .streamed_judging import StreamedJudge
from .training import Training, TrialState


class StreamedPrograms:
    """The programs; each is loaded or compiled at its first use.

    A leading axis of lanes is (capacity,).
    """

    def __init__(
        self,
        signature: Signature,
        training: Training,
        rows: int,
        plan: LanePlan,
        epochs: int,
        judges: tuple[StreamedJudge, StreamedJudge],
    ) -> None:
        """Trace and compile nothing yet.

        Args:
            signature: of the trials.
            training: the functions that train one of them, of this signature and as many rows.
            rows: rows of the training split.
            plan: of the lanes.
            epochs: epochs a segment.
            judges: by the training and by the validation rows.
        """
        self._training = training
        self._by_train, self._by_validation = judges
        keep = keeper_of(signature, plan, rows, epochs, *(judge.made_of for judge in judges))
        # (state, norms, chunk, begin, count) → state, norms, a number
        self.advance = keep("advance", self._advanced, own=3, counted=False, donate_argnums=(0, 1))
        # (state, norms, training and validation totals) → state, Curves of the epoch
        self.conclude = keep("conclude", self._concluded, own=4, donate_argnums=0)
        # (state) → bool: whether the trial trains on
        self.live = keep("live", training.live, own=1)
        # (keys, epochs, epochs later, Data.grouped) → rows of each minibatch. One lane after the
        # other: to sort the rows of all at once would take memory.
        self.order = keep("order", self._ordered, own=2, strategy="map")
        # (Curves of each epoch of a segment …) → Curves of the segment
        self.stack = keep("stack", self._stacked, own=epochs)

    def _advanced(
        self, state: TrialState, norms: jax.Array, chunk: Rows, begin: jax.Array, count: jax.Array
    ) -> tuple[TrialState, jax.Array, jax.Array]:
        """One lane after the first ``count`` minibatches of ``chunk``, from ``begin`` on.

        Returns:
            The state, the gradient norms with theirs, and a number that nothing is done with:
            unlike the others it can still be waited for when the next chunk is trained.
        """

        def one(number: jax.Array, moving: Any) -> Any:
            variables, moments, norms = moving
            before = state._replace(variables=variables, optimizer=moments)
            batch = jax.tree.map(lambda v: v[number], chunk)
            after, norm = self._training.step(before, begin + number, batch)
            return after.variables, after.optimizer, norms.at[begin + number].set(norm)

        def train() -> tuple[TrialState, jax.Array]:
            moving = (state.variables, state.optimizer, norms)
            variables, moments, found = jax.lax.fori_loop(0, count, one, moving)
            return state._replace(variables=variables, optimizer=moments), found

        live = self._training.live(state)
        return *jax.lax.cond(live, train, lambda: (state, norms)), begin + count

    def _ordered(
        self, key: jax.Array, epoch: jax.Array, later: jax.Array, grouped: GroupedRows | None
    ) -> jax.Array:
        return self._training.order(key, epoch + later, grouped)

    def _concluded(
        self, state: TrialState, norms: jax.Array, training: Score, validation: Score
    ) -> tuple[TrialState, Curves]:
        def conclude() -> tuple[TrialState, Curves]:
            scores = self._by_train.means(training), self._by_validation.means(validation)
            return self._training.conclude(state, norms, *scores)

        live = self._training.live(state)
        return jax.lax.cond(live, conclude, lambda: self._training.skip(state))

    def _stacked(self, *epochs: Curves) -> Curves:
        return jax.tree.map(lambda *values: jnp.stack(values), *epochs)

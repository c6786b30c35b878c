"""What lanes of one signature run: functions of one trial, spread over all lanes and compiled.

The programs know neither the rows nor the study's seed: both come as arguments.
"""

import functools

import jax
import jax.numpy as jnp

from .convolution import ON_ACCELERATORS
from .devices import on_cpu
from .filling import Filling
from .judging import Rows, Score, answers, errors_of_rows, evaluate, no_total
from .kept_lanes import keeper_of
from .lane_plan import LanePlan
from .network import Network, Variables
from .signature import Signature
from .training import TrialState, make_training
from .trial_keys import replicate_key, trial_key
from .trial_parts import network_of
from .vital_signs import NUMBERS_TOGETHER, Probe, VitalSigns, make_probe, probe_rows, unknown_signs

LOOKED_AT_TOGETHER = 32  # lanes of a GPU at most; more are hardly faster (benchmarks/LOG.md)


class LanePrograms:
    """The programs; each is loaded or compiled at its first use.

    A leading axis of lanes is (capacity,).
    """

    def __init__(self, signature: Signature, rows: int, plan: LanePlan, epochs: int) -> None:
        """Trace and compile nothing yet.

        Args:
            signature: shape of the training program.
            rows: rows of the training split.
            plan: lanes, strategy, devices and form of convolutions.
            epochs: epochs a segment.
        """
        self.training = make_training(signature, rows, epochs, plan.form)
        self._signature = signature
        self._rows = rows
        # Where rows lie is nothing to them: streamed lanes are filled by these, too.
        keep = keeper_of(signature, plan._replace(stream=False), rows, epochs)

        # (state, Filling) → state. To compile what draws weights took longer than what trains; less
        # optimised it takes half as long, draws the same bits and is no slower (LOG.md). Where jax
        # was told to optimise nothing, it would be more than asked for.
        optimised = on_cpu() and not jax.config.values["jax_disable_most_optimizations"]
        options = {"xla_backend_optimization_level": 1} if optimised else {}
        self.fill = keep("fill", self._refilled, own=2, donate_argnums=0, compiler_options=options)
        # (state, Data) → state, Curves
        self.segment = keep("segment", self.training.segment, own=1, donate_argnums=0)
        # (variables, wanted, rows) → Score
        self.evaluate = keep("evaluate", self._score, own=2)
        # (variables, rows) → answers
        self.answer = keep("answer", self._answers, own=1)
        # (variables, wanted, rows, picked) → errors
        self.row_errors = keep("row_errors", self._errors, own=2)
        # (begun, state, wanted, probed) → VitalSigns
        together = looked_at_together(signature, self.training.network, rows, plan)
        self.look = keep("look", self._looked, own=3, strategy="map", together=together)

    @functools.cached_property
    def probe(self) -> Probe:
        """What looks at the layers of one trial's network."""
        network = self.training.network
        if self._signature.network.convolutions:  # looked at with rows first, whatever trains
            network = network_of(self._signature, ON_ACCELERATORS[0])
        return make_probe(self._signature, network, self.training.optimizer, self._rows)

    def start(self, filling: Filling) -> TrialState:
        """The states of new trials in all lanes, whatever ``filling.new`` says."""
        return jax.vmap(self._begin)(filling)

    def _begin(self, filling: Filling) -> TrialState:
        key = trial_key(filling.seed, filling.seed_high, filling.number)
        return self.training.init(filling.hyperparameters, replicate_key(key, filling.replicate))

    def _refilled(self, state: TrialState, filling: Filling) -> TrialState:
        done = jnp.int32(self._signature.epochs)
        kept = state._replace(epoch=jnp.where(filling.stop, done, state.epoch))
        return jax.lax.cond(filling.new, lambda: self._begin(filling), lambda: kept)

    def _score(self, variables: Variables, wanted: jax.Array, rows: Rows) -> Score:
        task = self._signature.task
        unknown = jax.tree.map(lambda zero: jnp.full_like(zero, jnp.nan), no_total(task))
        judge = functools.partial(evaluate, self.training.network, task, variables, rows)
        return jax.lax.cond(wanted, judge, lambda: unknown)

    def _looked(
        self, begun: TrialState, state: TrialState, wanted: jax.Array, probed: Rows
    ) -> VitalSigns:
        ended = state._replace(variables=state.kept)
        look = functools.partial(self.probe.look, begun, ended, probed)
        unknown = unknown_signs(len(self.probe.layers))
        return jax.lax.cond(wanted, look, lambda: unknown)

    def _answers(self, variables: Variables, rows: Rows) -> jax.Array:
        return answers(self.training.network, self._signature.task, variables, rows)

    def _errors(
        self, variables: Variables, wanted: jax.Array, rows: Rows, picked: jax.Array
    ) -> jax.Array:
        network, task = self.training.network, self._signature.task
        judge = functools.partial(errors_of_rows, network, task, variables, rows, picked)
        return jax.lax.cond(wanted, judge, lambda: jnp.zeros(len(picked), jnp.float32))


def looked_at_together(
    signature: Signature, network: Network, rows: int, plan: LanePlan
) -> int | None:
    """Lanes of a device that are looked at side by side; ``None`` for one after the other.

    Few on a GPU, too: the memory that training takes is in use.

    Args:
        signature: of the trials.
        network: of the trials.
        rows: of the training split.
        plan: of the lanes.
    """
    if plan.strategy == "map":
        return None
    numbers = len(probe_rows(signature, network, rows)) * network.widest
    return max(1, min(LOOKED_AT_TOGETHER, NUMBERS_TOGETHER // numbers))

"""What to try: a trial's parameters as a function of the study's seed and the trial's number.

Optuna's ``RandomSampler(seed)`` draws from a stream, so a sampler made anew on resume repeats its
first draws. Here each value has a counter-based generator of its own, keyed by (seed, number,
name): neither lanes, nor workers, nor a crash and resume change what trial 17 is, and a parameter
added to the space leaves the others' values as they were.
"""

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, distribution_to_json, json_to_distribution
from optuna.samplers import BaseSampler
from optuna.trial import FrozenTrial

from ..storage.records.trials import FinishedTrial, Parameter, Proposal
from .entries import Entry
from .space import (
    Value,
    distribution,
    from_model,
    model_distribution,
    to_model,
    value_at,
)

# Trials of one round are proposed from the same history, the trials of all earlier rounds. A fixed
# size makes TPE's proposals independent of the number of lanes and of where a study was cut.
TPE_ROUND = 8
# What a model-based sampler is told of a trial that diverged. It goes by the order, in which such a
# trial is the last, also where errors are squares of a target's unit.
DIVERGED_ERROR = math.inf


class History(NamedTuple):
    """One ended trial as a model-based sampler sees it."""

    number: int
    parameters: Mapping[str, Value]
    error: float  # validation error; DIVERGED_ERROR when it diverged


def uniform_draw(seed: int, number: int, name: str) -> float:
    """A uniform number in [0, 1), fixed by the arguments (Philox4x64, Salmon et al. 2011)."""
    key = np.random.SeedSequence(seed, spawn_key=(number, zlib.crc32(name.encode())))
    return float(np.random.Generator(np.random.Philox(key)).random())


def draw(space: Mapping[str, Entry], seed: int, number: int) -> dict[str, Value]:
    """Trial ``number``'s parameters under random search."""
    return {n: value_at(entry, uniform_draw(seed, number, n)) for n, entry in space.items()}


class CounterSampler(BaseSampler):
    """Random search for Optuna studies that gives each trial number the same values for ever.

    Give it to a stock Optuna worker, and its trials are the ones netclinic would have run:

    >>> sampler = CounterSampler(searched(spec.search), seed=0)  # doctest: +SKIP
    >>> optuna.load_study(study_name="digits", storage=url, sampler=sampler)  # doctest: +SKIP
    """

    def __init__(self, space: Mapping[str, Entry], seed: int) -> None:
        """Sample ``space``; a parameter outside it is drawn from the distribution asked for."""
        self._space = dict(space)
        self._seed = seed

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """No parameter depends on another."""
        return {}

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """No parameter depends on another."""
        return {}

    def sample_independent(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """The value of ``param_name`` in trial ``trial.number``.

        Raises:
            ValueError: the space has this parameter with another distribution.
        """
        entry = self._space.get(param_name)
        if entry is None or distribution(entry) != param_distribution:
            raise ValueError(
                f"{param_name}: got {param_distribution}; the study's space has "
                f"{distribution(entry) if entry else 'no such parameter'}: suggest the same one"
            )
        return value_at(entry, uniform_draw(self._seed, trial.number, param_name))


def propose_random(space: Mapping[str, Entry], seed: int, numbers: Sequence[int]) -> list[Proposal]:
    """Random search's trials with these numbers."""
    return [proposal(space, number, draw(space, seed, number)) for number in numbers]


def propose_tpe(
    space: Mapping[str, Entry], seed: int, numbers: Sequence[int], history: Sequence[History]
) -> list[Proposal]:
    """TPE's trials with these numbers, all of one round.

    An in-memory Optuna study mirrors ``history``; the round's earlier proposals stand in it as
    running, where Optuna's constant liar keeps later ones away from them.

    Args:
        space: the searched parameters.
        seed: the study's.
        numbers: contiguous, from the first of the round or where the round was cut.
        history: ended trials of earlier rounds, in any order.
    """
    start = round_start(numbers[0])
    distributions = {name: model_distribution(entry) for name, entry in space.items()}
    mirror = optuna.create_study(storage=optuna.storages.InMemoryStorage())
    for past in sorted(history):
        values = {n: to_model(space[n], v) for n, v in past.parameters.items() if n in space}
        if past.number < start and values.keys() == space.keys():
            mirror.add_trial(
                optuna.trial.create_trial(
                    params=values, distributions=distributions, value=past.error
                )
            )
    proposals = []
    for number in range(start, numbers[-1] + 1):
        mirror.sampler = optuna.samplers.TPESampler(
            seed=_tpe_seed(seed, number), multivariate=True, constant_liar=True
        )
        trial = mirror.ask(distributions)
        values = {name: from_model(space[name], trial.params[name]) for name in space}
        if number in numbers:
            proposals.append(proposal(space, number, values))
    return proposals


def history_of(space: Mapping[str, Entry], ended: Iterable[FinishedTrial]) -> list[History]:
    """What a model-based sampler learns from: the ended trials that were drawn from ``space``."""
    laws = {name: distribution(entry) for name, entry in space.items()}
    found = []
    for trial in ended:
        drawn = {
            p.name: (json_to_distribution(p.distribution_json), p.value) for p in trial.parameters
        }
        if {name: law for name, (law, _) in drawn.items()} == laws:
            values = {name: law.to_external_repr(value) for name, (law, value) in drawn.items()}
            error = DIVERGED_ERROR if trial.value is None else trial.value
            found.append(History(trial.number, values, error))
    return found


def round_start(number: int) -> int:
    """The first trial number of the TPE round that ``number`` is in."""
    return number - number % TPE_ROUND


def proposal(space: Mapping[str, Entry], number: int, values: Mapping[str, Value]) -> Proposal:
    """Values in Optuna's internal representation."""
    laws = {name: distribution(entry) for name, entry in space.items()}
    return Proposal(
        number,
        tuple(
            Parameter(name, law.to_internal_repr(values[name]), distribution_to_json(law))
            for name, law in laws.items()
        ),
    )


def _tpe_seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence(seed, spawn_key=(number,)).generate_state(1)[0])

"""The search space: a spec's entries as Optuna distributions, and values from uniforms."""

import math
from collections.abc import Mapping

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from ..models.hyperparameters import Hyperparameters
from .entries import Choice, Entry, Int, Log, OneMinusLog, Uniform
from .spec import Search

ARGUMENT = "arguments."  # begins the name of an argument of a user's network
TASK_WEIGHT = "task_weights."  # begins the name of the weight of one of several tasks
Value = float | int | str


def searched(search: Search) -> dict[str, Entry]:
    """The parameters that are searched, by name; fixed and absent ones are left out.

    An argument of a user's network is called ``arguments.NAME``, the weight of one of several tasks
    ``task_weights.NAME``.
    """
    entries = {name: getattr(search, name) for name in type(search).model_fields}
    for name, entry in (search.arguments or {}).items():
        entries[f"{ARGUMENT}{name}"] = entry
    for name, entry in (search.task_weights or {}).items():
        entries[f"{TASK_WEIGHT}{name}"] = entry
    return {name: entry for name, entry in entries.items() if isinstance(entry, Entry)}


def distribution(entry: Entry) -> BaseDistribution:
    """The Optuna distribution that a stored value belongs to.

    ``one_minus_log`` has no counterpart in Optuna: its values are stored plainly, under a uniform
    distribution of the same range, so that ``trial.params["momentum"]`` is the momentum.
    """
    match entry:
        case Log(bounds=(low, high)):
            return FloatDistribution(low, high, log=True)
        case OneMinusLog():
            return FloatDistribution(entry.low, entry.high)
        case Uniform(bounds=(low, high)):
            return FloatDistribution(low, high)
        case Int(bounds=(low, high)):
            return IntDistribution(low, high)
        case Choice(values=values):
            return CategoricalDistribution(values)
    raise TypeError(f"{entry!r} is not an entry of a search space")


def value_at(entry: Entry, u: float) -> Value:
    """The value at ``u`` in [0, 1) under the entry's law (its inverse distribution function).

    learning_rate = 10**U(log10 low, log10 high); momentum = 1 − 10**U(log10 lo, log10 hi).
    """
    match entry:
        case Log(bounds=(low, high)):
            return _clip(10 ** _between(math.log10(low), math.log10(high), u), low, high)
        case OneMinusLog(bounds=(low, high)):
            distance = 10 ** _between(math.log10(low), math.log10(high), u)
            return _clip(1 - distance, entry.low, entry.high)
        case Uniform(bounds=(low, high)):
            return _clip(_between(low, high, u), low, high)
        case Int(bounds=(low, high)):
            return low + int(u * (high - low + 1))
        case Choice(values=values):
            return values[int(u * len(values))]
    raise TypeError(f"{entry!r} is not an entry of a search space")


def model_distribution(entry: Entry) -> BaseDistribution:
    """The distribution that a model-based sampler works in: for momentum, 1 − momentum in log."""
    if isinstance(entry, OneMinusLog):
        return FloatDistribution(*entry.bounds, log=True)
    return distribution(entry)


def to_model(entry: Entry, value: Value) -> Value:
    """A stored value in a model-based sampler's space, clipped to it."""
    if isinstance(entry, OneMinusLog):
        return _clip(1 - float(value), *entry.bounds)
    return value


def from_model(entry: Entry, value: Value) -> Value:
    """A model-based sampler's value as it is stored."""
    if isinstance(entry, OneMinusLog):
        return _clip(1 - float(value), entry.low, entry.high)
    return value


def fixed(search: Search) -> Mapping[str, float]:
    """The parameters that the spec fixes to a number, by name."""
    numbers = {name: getattr(search, name) for name in type(search).model_fields}
    return {name: value for name, value in numbers.items() if isinstance(value, float | int)}


def may_differ(search: Search, name: str) -> bool:
    """Whether any trial may have another value of a hyperparameter than the one that is neutral."""
    value = getattr(search, name)
    return value is not None and value != Hyperparameters._field_defaults[name]


def _between(low: float, high: float, u: float) -> float:
    return low + u * (high - low)


def _clip(value: float, low: float, high: float) -> float:
    """Take rounding past a limit back: Optuna refuses values outside their distribution."""
    return min(max(value, low), high)

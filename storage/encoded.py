"""Parameters as Optuna stores them, a number and its distribution's JSON, read without Optuna."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .records.study import SearchRange

Value = float | int | str | bool


def external_value(value: float, distribution_json: str) -> Value:
    """The value that a user sees: a choice itself instead of its index, an int as an int.

    >>> choice = '{"name": "CategoricalDistribution", "attributes": {"choices": [8, 9]}}'
    >>> external_value(1.0, choice)
    9
    """
    kind, attributes = _distribution(distribution_json)
    if kind == "CategoricalDistribution":
        return attributes["choices"][int(value)]
    if kind.startswith("Int"):
        return int(value)
    return float(value)


def choices_of(distribution_json: str) -> tuple[Any, ...] | None:
    """The choices of a categorical distribution, ``None`` for any other."""
    kind, attributes = _distribution(distribution_json)
    return tuple(attributes["choices"]) if kind == "CategoricalDistribution" else None


def search_range(name: str, distribution_json: str, entry: Any = None) -> SearchRange:
    """The law and range of one searched parameter.

    Args:
        name: of the parameter.
        distribution_json: its distribution; Optuna knows "log", "uniform", "int" and "choice".
        entry: the spec's entry, if there is one; it alone tells ``one_minus_log`` from uniform.
    """
    kind, attributes = _distribution(distribution_json)
    if kind == "CategoricalDistribution":
        return SearchRange(name, "choice", None, None, tuple(attributes["choices"]))
    low, high = attributes["low"], attributes["high"]
    if isinstance(entry, Mapping) and "one_minus_log" in entry:
        return SearchRange(name, "one_minus_log", low, high)
    # Names of Optuna 2, which its tables may still hold: LogUniform, IntLogUniform, IntUniform.
    log = attributes.get("log", False) or "LogUniform" in kind
    law = "int" if kind.startswith("Int") else "log" if log else "uniform"
    step = attributes.get("step") or attributes.get("q")
    step = None if law == "int" and step == 1 else step
    return SearchRange(name, law, low, high, step=step, log=law == "int" and log)


@lru_cache(maxsize=4096)
def _distribution(distribution_json: str) -> tuple[str, dict[str, Any]]:
    document = json.loads(distribution_json)
    return document["name"], document["attributes"]

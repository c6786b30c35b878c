"""The entries of ``[search]``: what is refused, with the whole message, and what is read."""

from pathlib import Path

import pytest
from netclinic.search.entries import LAWS, Choice, Entry, Int, Log, OneMinusLog, Uniform
from netclinic.search.spec import Search
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import parse_spec
from pydantic import ValidationError

HEAD = '[study]\nname = "a"\n[data]\nsource = "digits"\n'
RATE = (
    "{log = [low, high]}, {uniform = [low, high]}, {choice = […]} or a number, every value above 0."
)
WORDS = '{choice = […]} of "relu", "leaky_relu", "gelu", "selu", "tanh", "sigmoid".'

# (key and entry, message after the key)
BROKEN_ENTRIES = [
    (
        "learning_rate = {log = [1, 0.1]}",
        "learning_rate: got {log = [1, 0.1]}; the lower limit must be below the upper "
        "one: write {log = [0.1, 1]}.",
    ),
    (
        "learning_rate = {log = [0, 0.1]}",
        "learning_rate: got {log = [0, 0.1]}; both limits must be above 0, since 0 has "
        "no logarithm: write for example {log = [1e-5, 1e-1]}.",
    ),
    (
        "learning_rate = {log = [0.1, 0.1]}",
        "learning_rate: got {log = [0.1, 0.1]}; the two limits must differ, the lower one first.",
    ),
    (
        "learning_rate = {log = [0.1]}",
        f"learning_rate: got {{log = [0.1]}}; allowed: {RATE}",
    ),
    (
        "learning_rate = {log = [1e-5, inf]}",
        f"learning_rate: got {{log = [1e-05, inf]}}; allowed: {RATE}",
    ),
    (
        "learning_rate = {lgo = [1e-5, 1e-1]}",
        'learning_rate: got {lgo = [1e-05, 0.1]}; "lgo" is not a law; did you mean '
        f'"log"? Allowed: {RATE}',
    ),
    (
        "learning_rate = {one_minus_log = [1e-3, 1e-1]}",
        'learning_rate: got {one_minus_log = [0.001, 0.1]}; "one_minus_log" is not a law '
        f"for this key. Allowed: {RATE}",
    ),
    (
        "learning_rate = {log = [1e-5, 1e-1], uniform = [0.1, 0.2]}",
        "learning_rate: got {log = [1e-05, 0.1], uniform = [0.1, 0.2]}; an entry has one "
        f"law only. Allowed: {RATE}",
    ),
    (
        'learning_rate = "auto"',
        f'learning_rate: got "auto"; allowed: {RATE}',
    ),
    ("learning_rate = 0", "learning_rate: got 0; every value must be above 0."),
    (
        "weight_decay = {uniform = [-1, 1]}",
        "weight_decay: got {uniform = [-1, 1]}; every value must be at least 0.",
    ),
    (
        "momentum = 1",
        "momentum: got 1; every value must be at least 0 and below 1.",
    ),
    (
        "momentum = {one_minus_log = [0.1, 1]}",
        "momentum: got {one_minus_log = [0.1, 1]}; the limits are those of 1 − value and "
        "lie between 0 and 1: {one_minus_log = [1e-3, 1e-1]} draws from 0.9 to 0.999.",
    ),
    (
        "layers = {int = [0, 4]}",
        "layers: got {int = [0, 4]}; every value must be a whole number from 1 to 64.",
    ),
    (
        "units = {int = [1.5, 4]}",
        "units: got {int = [1.5, 4]}; allowed: {int = [low, high]} or {choice = […]}, every "
        "value a whole number from 1 to 65,536.",
    ),
    (
        "units = {choice = [32, 0]}",
        "units: got {choice = [32, 0]}; every value must be a whole number from 1 to 65,536.",
    ),
    (
        "layers = 3",
        "layers: got 3; allowed: {int = [low, high]}, every value a whole number from 1 to 64.",
    ),
    (
        "batch_size = {choice = [32, 32]}",
        "batch_size: got {choice = [32, 32]}; each value may stand once: write {choice = [32]}.",
    ),
    (
        "activation = {choice = []}",
        f"activation: got {{choice = []}}; allowed: {WORDS}",
    ),
    (
        'activation = {choice = ["relu", "rellu"]}',
        'activation: got {choice = ["relu", "rellu"]}; "rellu" is unknown; did you mean '
        f'"relu"? Allowed: {WORDS}',
    ),
]


@pytest.mark.parametrize(("line", "message"), BROKEN_ENTRIES)
def test_a_broken_entry(line: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(f"{HEAD}[search]\n{line}\n", file="digits.toml", folder=Path("/specs"))
    assert str(caught.value) == f"digits.toml: [search] {message}"


@pytest.mark.parametrize(
    ("entry", "low", "high"),
    [
        (Log(log=(1e-5, 1e-1)), 1e-5, 1e-1),
        (OneMinusLog(one_minus_log=(1e-3, 1e-1)), 0.9, 0.999),
        (Uniform(uniform=(-1, 2)), -1, 2),
        (Int(int=(1, 4)), 1, 4),
    ],
)
def test_low_and_high_are_in_the_units_of_the_parameter(
    entry: Log | OneMinusLog | Uniform | Int, low: float, high: float
) -> None:
    assert (entry.low, entry.high) == (low, high)


def test_every_law_is_known_by_its_toml_name() -> None:
    assert list(LAWS) == ["log", "one_minus_log", "uniform", "int", "choice"]
    for name, law in LAWS.items():
        (field,) = law.model_fields.values()
        assert field.alias == law.law == name


@pytest.mark.parametrize(
    "make",
    [
        lambda: Log(log=(1, 0.1)),
        lambda: Log(log=(0, 0.1)),
        lambda: OneMinusLog(one_minus_log=(0.1, 1)),
        lambda: Uniform(uniform=(1, 1)),
        lambda: Int(int=(4, 1)),
        lambda: Choice(choice=()),
    ],
)
def test_a_law_made_in_python_checks_its_limits_too(make) -> None:
    with pytest.raises(ValidationError):
        make()


@pytest.mark.parametrize(
    "entry", [Log(log=(1e-3, 1e-2)), Uniform(uniform=(0.1, 0.2)), Choice(choice=(0.1, 0.2)), 0.5]
)
def test_an_entry_made_in_python_is_the_entry_of_the_table(entry: Entry | float) -> None:
    assert Search.model_validate({"learning_rate": entry}).learning_rate == entry


def test_numbers_keep_the_type_of_their_key() -> None:
    search = Search.model_validate(
        {"learning_rate": 1, "weight_decay": {"choice": [0, 1]}, "batch_size": {"int": [1, 8]}}
    )
    assert type(search.learning_rate) is float
    assert isinstance(search.weight_decay, Choice)
    assert [type(value) for value in search.weight_decay.values] == [float, float]
    assert isinstance(search.batch_size, Int)
    assert [type(bound) for bound in search.batch_size.bounds] == [int, int]

"""``-S table.key=value``: what it sets, and the whole message where it cannot."""

from pathlib import Path

import pytest
from netclinic.search.entries import Choice, Int, Log, Uniform
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import LoadedSpec, parse_spec
from netclinic.search.spec_overrides import with_overrides
from pydantic import BaseModel

HEAD = '[study]\nname = "a"\n[data]\nsource = "digits"\n'

COUNT = "a whole number from 1 to 1,000,000"
TABLES = "[study], [data], [network], [training], [search], [pruning], [diagnosis], [compute]"


def parse(text: str, *overrides: str) -> LoadedSpec:
    return parse_spec(text, file="digits.toml", folder=Path("/specs"), overrides=overrides)


def message_of(text: str, *overrides: str) -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, file="digits.toml", folder=Path("/specs"), overrides=overrides)
    return str(caught.value)


@pytest.mark.parametrize(
    ("override", "table", "key", "value"),
    [
        ("training.epochs=50", "training", "epochs", 50),
        (" training . epochs = 1_000 ", "training", "epochs", 1000),
        ("data.source=wine", "data", "source", "wine"),
        ('data.source="wine"', "data", "source", "wine"),
        ("data.source=../sets/x.npz", "data", "source", "/specs/../sets/x.npz"),
        ("data.source=2024/make.py:moons", "data", "source", "/specs/2024/make.py:moons"),
        ("data.validation=300", "data", "validation", 300),
        ("data.standardize=false", "data", "standardize", False),
        ("network.hidden=[]", "network", "hidden", ()),
        ("study.name=my study", "study", "name", "my study"),
        ("search.learning_rate=1", "search", "learning_rate", 1.0),
        ("search.weight_decay=0", "search", "weight_decay", 0.0),
        ("search.learning_rate.log=[1e-6,1e-2]", "search", "learning_rate", Log(log=(1e-6, 1e-2))),
        ("search.learning_rate={log=[1e-6,1]}", "search", "learning_rate", Log(log=(1e-6, 1))),
        ("search.momentum.uniform=[0,0.9]", "search", "momentum", Uniform(uniform=(0, 0.9))),
        ("search.momentum.choice=[0,0.9]", "search", "momentum", Choice(choice=(0.0, 0.9))),
        ("search.layers.int=[1,4]", "search", "layers", Int(int=(1, 4))),
        ("search.batch_size.choice=[32]", "search", "batch_size", Choice(choice=(32,))),
        ("search.activation.choice=['relu']", "search", "activation", Choice(choice=("relu",))),
        ("diagnosis.bayes_error=0", "diagnosis", "bayes_error", 0.0),
        ("diagnosis.label_noise=0.1", "diagnosis", "label_noise", 0.1),
        ("diagnosis.soft_labels=s.csv", "diagnosis", "soft_labels", "/specs/s.csv"),
    ],
)
def test_an_override_sets_its_key(override: str, table: str, key: str, value: object) -> None:
    assert getattr(getattr(parse(HEAD, override).spec, table), key) == value


def test_the_last_override_of_a_key_wins_and_a_law_replaces_the_entry() -> None:
    text = HEAD + "[search]\nmomentum = {uniform = [0.1, 0.2]}\n"
    spec = parse(text, "search.momentum.log=[0.1,0.5]", "search.momentum.choice=[0.5]").spec
    assert spec.search.momentum == Choice(choice=(0.5,))


def test_an_override_of_one_of_several_entries_leaves_the_others() -> None:
    weights = {"task_weights": {"mass": {"log": [0.1, 1]}, "species": 3.0}}
    changed, *_ = with_overrides(
        {"search": weights},
        ["search.task_weights.mass.uniform=[1,2]", "search.task_weights.length=0.5"],
    )
    expected = {"mass": {"uniform": [1, 2]}, "species": 3.0, "length": 0.5}
    assert changed["search"]["task_weights"] == expected
    assert weights["task_weights"]["mass"] == {"log": [0.1, 1]}  # the caller's stays as it is


def test_a_key_is_removed_and_is_what_it_is_by_default() -> None:
    text = HEAD + "[training]\npatience = 3\nepochs = 7\n[search]\nmomentum = 0.5\n"
    whole = parse(text)
    for removes in ("~training.patience", " ~ training . patience "):
        spec = parse(text, removes).spec
        assert (spec.training.patience, spec.training.epochs) == (None, 7)
    assert parse(text, "~search.momentum").spec.search == parse(HEAD).spec.search
    assert parse(text, "~network.hidden", "~compute.lanes") == whole  # were not there
    again = parse(text, "~training.epochs", "training.epochs=9", "~training.patience").spec
    assert (again.training.patience, again.training.epochs) == (None, 9)
    # Not every optimiser has the number that a resolved spec holds.
    assert parse(text, "training.optimizer=adagrad", "~search.momentum").spec.search.momentum == 0


def test_a_name_is_removed_and_with_the_last_one_its_key() -> None:
    weights = {"task_weights": {"mass": {"log": [0.1, 1]}, "species": 3.0}}
    names = ["~search.task_weights.mass", "~search.task_weights.species"]
    changed, origins, problems = with_overrides({"search": weights}, names[:1])
    assert changed["search"]["task_weights"] == {"species": 3.0}
    assert set(origins) == {("search", "task_weights")}
    assert not problems
    assert with_overrides({"search": weights}, names)[0] == {"search": {}}
    assert list(weights["task_weights"]) == ["mass", "species"]  # the caller's stays as it is


def test_overrides_build_a_table_key_by_key() -> None:
    parts = ("value=0.1", "low=0.0", "high=0.2")
    spec = parse(HEAD, *(f"diagnosis.bayes_error.{part}" for part in parts)).spec
    bayes = spec.diagnosis.bayes_error
    assert isinstance(bayes, BaseModel)
    assert bayes.model_dump() == {"value": 0.1, "low": 0.0, "high": 0.2}


BROKEN_OVERRIDES = [
    ("epochs=3", "an override is table.key=value: write for example -S training.epochs=3."),
    ("epochs", "an override is table.key=value: write for example -S training.epochs=…."),
    ("zzz=3", "an override is table.key=value: write for example -S training.epochs=50."),
    ("training.epochs", "an override is table.key=value: write for example -S training.epochs=50."),
    (
        "training.epochs=",
        "there is no value after the equals sign. To remove the key, write -S '~training.epochs'.",
    ),
    (
        "~training.epochs=3",
        "a key is removed by ~table.key, without a value: write for example -S "
        "'~training.patience'.",
    ),
    (
        "~training",
        "a key is removed by ~table.key, without a value: write for example -S "
        "'~training.patience'.",
    ),
    ("~search.task_weights.mass", "there is no search.task_weights.mass to remove."),
    ("~data.source", '[data] source: missing: write for example source = "digits".'),
    ("~trainin.epochs", f"[trainin]: unknown table; did you mean [training]? Allowed: {TABLES}."),
    (
        "~training.patiense",
        '[training] patiense: unknown key; did you mean "patience"? Allowed: optimizer, epochs, '
        "batch_size, schedule, decay_epochs, patience, class_weights.",
    ),
    ("training.epochs=[1", "the value [1 is not valid TOML: Unclosed array."),
    ("data.test=.3", "a number has digits on both sides of its point: write 0.3."),
    ("training.epochs=3\nx=1", "an override sets one key: write a further -S for the next."),
    (
        "training.epochs=0",
        f"[training] epochs: got 0; allowed: {COUNT}; write for example epochs = 20.",
    ),
    (
        "trainin.epochs=1",
        f"[trainin]: unknown table; did you mean [training]? Allowed: {TABLES}.",
    ),
    (
        "data.validation=0.9",
        "[data] test: got 0.2 beside validation = 0.9, which leaves no rows to train on; together "
        "they must stay below 1: write for example 0.2 for each.",
    ),
    (
        "search.momentum.log=[0.5,2]",
        "[search] momentum: got {log = [0.5, 2]}; every value must be at least 0 and below 1.",
    ),
    (
        "study.a.b.c=1",
        "[study] a: unknown key. Allowed: name, trials, seed, replicates, objective, "
        "objective_task, finalists, timeout.",
    ),
]


@pytest.mark.parametrize(("override", "message"), BROKEN_OVERRIDES)
def test_a_broken_override_is_named(override: str, message: str) -> None:
    origin = "-S " + override.replace("\n", "\\u000a")
    assert message_of(HEAD, override) == f"{origin}: {message}"


def test_a_file_with_a_value_for_a_table_is_blamed_rather_than_the_override() -> None:
    assert message_of("training = 3\n" + HEAD, "training.epochs=4") == (
        "digits.toml: [training]: got 3, which is no table: write a line [training] and its keys "
        "below it."
    )

"""Loading a spec: defaults, overrides, the resolved form, and files that cannot be read."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.datasets.bundled import BUNDLED as BUNDLED_SETS
from netclinic.datasets.synthetic import SYNTHETIC as SYNTHETIC_SETS
from netclinic.search.entries import Choice, Int, Log, OneMinusLog, Uniform
from netclinic.search.spec import TABLES, StudySpec
from netclinic.search.spec_data import BUNDLED, SYNTHETIC
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import LoadedSpec, load_spec, parse_spec, spec_from_resolved
from netclinic.search.spec_network import Activation, Initializer
from pydantic import BaseModel, ValidationError

HEAD = '[study]\nname = "a"\n[data]\nsource = "digits"\n'
REPOSITORY = Path(__file__).parents[2]


def parse(text: str, *overrides: str) -> LoadedSpec:
    return parse_spec(text, file="digits.toml", folder=Path("/specs"), overrides=overrides)


def test_two_keys_make_a_spec_and_the_rest_has_the_documented_defaults() -> None:
    assert parse(HEAD).resolved == {
        "study": {"name": "a", "trials": 64, "seed": 0, "timeout": None},
        "data": {
            "source": "digits",
            "target": None,
            "validation": 0.2,
            "test": 0.2,
            "standardize": True,
            "train_rows": None,
            "rows": None,
            "dimensions": None,
        },
        "network": {
            "kind": "mlp",
            "hidden": [128, 128],
            "activation": "relu",
            "initializer": "he_normal",
        },
        "training": {"optimizer": "sgd", "epochs": 20, "batch_size": 128, "schedule": "constant"},
        "search": {
            "sampler": "random",
            "learning_rate": {"log": [1e-5, 1e-1]},
            "weight_decay": {"log": [1e-7, 1e-1]},
            "momentum": {"one_minus_log": [1e-3, 1e-1]},
            "layers": None,
            "units": None,
            "batch_size": None,
            "activation": None,
            "initializer": None,
        },
        "diagnosis": {"bayes_error": "estimate", "tolerance": 0.02},
        "compute": {"lanes": "auto", "strategy": "auto", "segment": 5, "devices": "auto"},
    }


def test_the_default_momentum_lies_between_0_9_and_0_999() -> None:
    momentum = parse(HEAD).spec.search.momentum
    assert isinstance(momentum, OneMinusLog)
    assert (momentum.low, momentum.high) == (0.9, 0.999)


def test_the_text_is_kept_as_written() -> None:
    text = "# mine\r\n" + HEAD
    assert parse(text, "study.trials=3").text == text


def test_a_spec_is_frozen() -> None:
    spec = parse(HEAD).spec
    with pytest.raises(ValidationError, match="frozen"):
        spec.study.trials = 3  # type: ignore[misc]


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
    ],
)
def test_an_override_sets_its_key(override: str, table: str, key: str, value: object) -> None:
    assert getattr(getattr(parse(HEAD, override).spec, table), key) == value


def test_the_last_override_of_a_key_wins_and_a_law_replaces_the_entry() -> None:
    text = HEAD + "[search]\nmomentum = {uniform = [0.1, 0.2]}\n"
    spec = parse(text, "search.momentum.log=[0.1,0.5]", "search.momentum.choice=[0.5]").spec
    assert spec.search.momentum == Choice(choice=(0.5,))


def test_overrides_build_a_table_key_by_key() -> None:
    parts = ("value=0.1", "low=0.0", "high=0.2")
    spec = parse(HEAD, *(f"diagnosis.bayes_error.{part}" for part in parts)).spec
    bayes = spec.diagnosis.bayes_error
    assert isinstance(bayes, BaseModel)
    assert bayes.model_dump() == {"value": 0.1, "low": 0.0, "high": 0.2}


@pytest.mark.parametrize(
    "source", ["sets/x.npz", "X.CSV", "./x.parquet", "make.py:moons", "/abs/x.npz"]
)
def test_a_file_is_resolved_against_the_folder_of_the_spec(source: str) -> None:
    target = ("data.target=y",) if source.endswith(("CSV", "parquet")) else ()
    loaded = parse(HEAD, f"data.source={source}", *target)
    wanted = str(Path("/specs") / source)
    assert loaded.resolved["data"]["source"] == loaded.spec.data.source == wanted
    assert loaded.folder == Path("/specs")


def test_the_known_sets_are_those_of_the_room_that_loads_them() -> None:
    assert (BUNDLED, SYNTHETIC) == (BUNDLED_SETS, SYNTHETIC_SETS)


def test_the_tables_are_those_of_the_spec() -> None:
    assert {name: field.annotation for name, field in StudySpec.model_fields.items()} == TABLES


def test_a_file_is_loaded_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("digits", "x.npz").encode())
    loaded = load_spec(path, ["study.seed=7"])
    assert loaded.spec.study.seed == 7
    assert loaded.spec.data.source == str(tmp_path / "x.npz")


def test_the_example_is_the_default_study_on_digits() -> None:
    spec = load_spec(REPOSITORY / "examples/digits.toml").spec
    assert spec == StudySpec.model_validate(
        {"study": {"name": "digits"}, "data": {"source": "digits"}}
    )


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'[study]\nname = "caf\xe9"\n')
    expected = {
        tmp_path / "no.toml": 'no such file: write one with "netclinic init".',
        tmp_path: "this is a folder: name the spec file inside it.",
        latin: "line 2: byte 0xe9 is not UTF-8: save it as UTF-8.",
        latin / "x.toml": "cannot be read: Not a directory.",
    }
    for path, text in expected.items():
        with pytest.raises(SpecError) as caught:
            load_spec(path)
        assert str(caught.value) == f"{path}: {text}"
    with pytest.raises(SpecError, match=r"^a\\u0000b: cannot be read: embedded null byte.$"):
        load_spec(Path("a\0b"))


def test_a_stored_spec_of_another_version_is_refused_by_key() -> None:
    resolved = parse(HEAD).resolved
    resolved["training"]["warmup"] = 5
    with pytest.raises(SpecError) as caught:
        spec_from_resolved(resolved)
    assert str(caught.value) == (
        "stored spec: [training] warmup: unknown key. "
        "Allowed: optimizer, epochs, batch_size, schedule."
    )


small = st.floats(1e-12, 0.4)
rates = st.one_of(
    st.tuples(small, st.floats(0.5, 0.9)).map(lambda b: {"log": list(b)}),
    st.tuples(small, st.floats(0.5, 0.9)).map(lambda b: {"uniform": list(b)}),
    st.lists(st.floats(1e-9, 0.99), min_size=1, max_size=5, unique=True).map(
        lambda values: {"choice": values}
    ),
    st.floats(1e-9, 0.99),
)
momenta = rates | st.tuples(small, st.floats(0.5, 0.9)).map(lambda b: {"one_minus_log": list(b)})
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=100).filter(
    lambda name: name.isprintable() and name == name.strip()
)


def ints(high: int) -> st.SearchStrategy[dict[str, list[int]]]:
    return st.tuples(st.integers(1, high // 2), st.integers(high // 2 + 1, high)).map(
        lambda b: {"int": list(b)}
    )


def choices(words: object) -> st.SearchStrategy[dict[str, list[str]]]:
    known = words.__args__  # type: ignore[attr-defined]
    return st.lists(st.sampled_from(known), min_size=1, unique=True).map(lambda w: {"choice": w})


share = st.floats(0.01, 0.49) | st.integers(1, 10**9)
valid = st.fixed_dictionaries(
    {
        "study": st.fixed_dictionaries(
            {"name": names},
            optional={
                "trials": st.integers(1, 10**6),
                "seed": st.integers(0, 2**63 - 1),
                "timeout": st.floats(1e-3, 1e9),
            },
        ),
        "data": st.fixed_dictionaries(
            {"source": st.sampled_from(SYNTHETIC)},
            optional={
                "validation": share,
                "test": share,
                "standardize": st.booleans(),
                "train_rows": st.integers(1, 10**9),
                "rows": st.integers(1, 10**9),
                "dimensions": st.integers(1, 10**4),
            },
        ),
    },
    optional={
        "network": st.fixed_dictionaries(
            {}, optional={"hidden": st.lists(st.integers(1, 65_536), min_size=1, max_size=64)}
        ),
        "search": st.fixed_dictionaries(
            {},
            optional={
                "sampler": st.sampled_from(["random", "tpe"]),
                "learning_rate": rates,
                "weight_decay": rates,
                "momentum": momenta,
                "layers": ints(64),
                "units": ints(65_536),
                "batch_size": ints(10**6),
                "activation": choices(Activation),
                "initializer": choices(Initializer),
            },
        ),
        "diagnosis": st.fixed_dictionaries(
            {},
            optional={
                "bayes_error": st.just("estimate")
                | st.floats(0, 0.99)
                | st.lists(st.floats(0, 0.99), min_size=3, max_size=3)
                .map(sorted)
                .map(lambda e: {"low": e[0], "value": e[1], "high": e[2]}),
                "tolerance": st.floats(1e-6, 0.99),
            },
        ),
        "compute": st.fixed_dictionaries(
            {}, optional={"lanes": st.just("auto") | st.integers(1, 65_536)}
        ),
    },
)


@given(valid)
def test_a_resolved_spec_survives_json_and_gives_the_same_spec(content: dict) -> None:
    spec = StudySpec.model_validate(content)
    stored = json.loads(json.dumps(spec.model_dump(mode="json", by_alias=True)))
    assert spec_from_resolved(stored) == spec


SCRAPS = """
[study] [data] [search] [[data]] name source = "a" digits { } [ ] , log 1e-3 -1 inf nan true # .
1979-05-27 "digits" learning_rate momentum choice ' \\ 😀 \0
"""
scraps = st.sampled_from([*SCRAPS.split(), "\n", " ", '"' * 3, "9" * 400])
junk = st.lists(scraps, max_size=40).map("".join) | st.text(max_size=80)
keys = st.sampled_from(sorted({key for model in TABLES.values() for key in model.model_fields}))
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
trees = st.recursive(
    leaves,
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(["log", "int", "choice", "low", "x"]), below, max_size=3)
    ),
    max_leaves=6,
)


@given(junk, st.lists(junk | keys.map(lambda k: f"search.{k}=3"), max_size=2))
def test_junk_is_refused_in_printable_words(text: str, overrides: list[str]) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text, *overrides, "compute.surplus=1")
    lines = str(caught.value).split("\n")
    assert len(lines) == len(caught.value.problems)
    assert all(line.isprintable() for line in lines)


@given(st.dictionaries(st.sampled_from(sorted(TABLES)), st.dictionaries(keys, trees)))
def test_any_value_at_any_key_is_refused_in_words(content: dict) -> None:
    with pytest.raises(SpecError) as caught:
        spec_from_resolved({**content, "compute": {"surplus": 1}})
    assert len(caught.value.problems) == len(str(caught.value).split("\n"))


def test_deep_nesting_and_endless_numbers_are_refused_in_words() -> None:
    for value in ("[" * 3000, "{a=" * 3000, "1" * 5000, "[" * 200 + "]" * 200):
        with pytest.raises(SpecError, match=r"digits\.toml"):
            parse(HEAD + f"[training]\nepochs = {value}\n")

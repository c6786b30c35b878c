"""The stored form of a spec gives the same spec; nothing but a spec or its problems comes out."""

import functools
import json
import math
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.search.resolved_text import resolved_text
from netclinic.search.spec import TABLES, StudySpec
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import LoadedSpec, parse_spec, resolved_of, spec_from_resolved
from netclinic.search.spec_network import Activation, Initializer

HEAD = '[study]\nname = "a"\n[data]\nsource = "digits"\n'


def parse(text: str, *overrides: str) -> LoadedSpec:
    return parse_spec(text, file="digits.toml", folder=Path("/specs"), overrides=overrides)


def test_a_stored_spec_of_another_version_is_refused_by_key() -> None:
    resolved = parse(HEAD).resolved
    resolved["training"]["swirl"] = 5
    with pytest.raises(SpecError) as caught:
        spec_from_resolved(resolved)
    assert str(caught.value) == (
        "stored spec: [training] swirl: unknown key. "
        "Allowed: optimizer, epochs, batch_size, schedule, decay_epochs, patience, class_weights."
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
    lambda name: name.isprintable() and name == name.strip() and not name.startswith("-")
)


def ints(high: int) -> st.SearchStrategy[dict[str, list[int]]]:
    return st.tuples(st.integers(1, high // 2), st.integers(high // 2 + 1, high)).map(
        lambda b: {"int": list(b)}
    )


def choices(words: Any) -> st.SearchStrategy[dict[str, list[str]]]:
    known = get_args(words)
    return st.lists(st.sampled_from(known), min_size=1, unique=True).map(lambda w: {"choice": w})


@st.composite
def cnns(draw: Any) -> dict[str, Any]:
    count = draw(st.integers(1, 5))

    def each(low: int, high: int) -> st.SearchStrategy[list[int]]:
        return st.lists(st.integers(low, high), min_size=count, max_size=count)

    rest = st.fixed_dictionaries(
        {"kind": st.just("cnn"), "channels": each(1, 65_536)},
        optional={
            "shape": st.lists(st.integers(1, 65_536), min_size=1, max_size=3),
            "kernel": st.integers(1, 9) | each(1, 9),
            "stride": st.integers(1, 4) | each(1, 4),
            "padding": st.just("same"),
            "hidden": st.lists(st.integers(1, 65_536), min_size=1, max_size=64),
        },
    )
    return draw(rest)


@st.composite
def resnets(draw: Any) -> dict[str, Any]:
    count = draw(st.integers(1, 5))

    def each(high: int) -> st.SearchStrategy[list[int]]:
        return st.lists(st.integers(1, high), min_size=count, max_size=count)

    rest = st.fixed_dictionaries(
        {"kind": st.just("resnet"), "channels": each(65_536)},
        optional={"blocks": st.integers(1, 64) | each(64)},
    )
    return draw(rest)


widths = st.lists(st.integers(1, 65_536), min_size=1, max_size=3, unique=True).map(
    lambda among: {"choice": among}
)
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
            {"source": st.sampled_from(["two_gaussians", "twonorm"])},
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
        )
        | cnns()
        | resnets(),
        "search": st.fixed_dictionaries(
            {},
            optional={
                "sampler": st.sampled_from(["random", "tpe"]),
                "learning_rate": rates,
                "weight_decay": rates,
                "momentum": momenta,
                "layers": ints(64),
                "units": ints(65_536) | widths,
                "batch_size": ints(10**6),
                "activation": choices(Activation),
                "initializer": choices(Initializer),
            },
        ),
        "diagnosis": st.fixed_dictionaries(
            {},
            optional={
                "human_error": st.fixed_dictionaries(
                    {"error": st.floats(0, 0.99), "n": st.integers(1, 10**6)}
                ),
                "label_noise": st.floats(1e-6, 0.99)
                | st.floats(1e-6, 0.99).map(lambda share: {"redrawn": share})
                | st.tuples(st.floats(1e-6, 0.99), st.integers(1, 10**6)).map(
                    lambda counted: {"flipped": counted[0], "n": counted[1]}
                ),
                "tolerance": st.floats(1e-6, 0.99),
            },
        )
        | st.fixed_dictionaries(
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
).filter(
    # A resnet has no dense layers to search.
    lambda content: (
        content.get("network", {}).get("kind") != "resnet"
        or not {"layers", "units"} & set(content.get("search", {}))
    )
)


@given(valid)
def test_a_resolved_spec_survives_json_and_gives_the_same_spec(content: dict[str, Any]) -> None:
    spec = StudySpec.model_validate(content)
    stored = json.loads(json.dumps(resolved_of(spec)))
    assert spec_from_resolved(stored) == spec


@given(valid)
def test_a_resolved_spec_as_text_describes_the_same_spec(content: dict[str, Any]) -> None:
    """Known label noise told by a share alone had ``n = None`` in it, and could not be treated."""
    resolved = resolved_of(StudySpec.model_validate(content))
    assert parse_spec(resolved_text(resolved)).resolved == resolved


plain = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
nested = st.recursive(plain, lambda below: st.lists(below, max_size=3), max_leaves=8)
deep = st.tuples(nested, st.integers(0, 30)).map(
    lambda it: functools.reduce(lambda inside, _: [inside], range(it[1]), it[0])
)
arguments = st.dictionaries(
    st.from_regex(r"[a-z_][a-z0-9_]{3,9}", fullmatch=True), deep, max_size=4
)


@given(arguments)
def test_arguments_of_an_own_network_survive_however_deep(given: dict[str, Any]) -> None:
    """Lists that were nested four deep ended in an ellipsis, and the file was no TOML."""
    network = {"kind": "package.module:Net", "arguments": given}
    head = {"study": {"name": "a"}, "data": {"source": "digits"}}
    resolved = resolved_of(StudySpec.model_validate({**head, "network": network}))
    assert json.loads(json.dumps(resolved)) == resolved
    again = StudySpec.model_validate(tomllib.loads(resolved_text(resolved)))
    assert resolved_of(again) == resolved
    assert again.network.arguments == given


@pytest.mark.parametrize("value", [math.inf, math.nan, 2**63, [[-math.inf]]])
def test_a_number_that_the_database_cannot_keep_is_refused(value: Any) -> None:
    """Of an infinite argument the stored spec had none at all, and a resumed study other trials."""
    network = {"kind": "package.module:Net", "arguments": {"bound": value}}
    with pytest.raises(SpecError, match=r"bound: got .*; allowed: a finite number"):
        parse_spec({"study": {"name": "a"}, "data": {"source": "digits"}, "network": network})


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
def test_any_value_at_any_key_is_refused_in_words(content: dict[str, Any]) -> None:
    with pytest.raises(SpecError) as caught:
        spec_from_resolved({**content, "compute": {"surplus": 1}})
    assert len(caught.value.problems) == len(str(caught.value).split("\n"))


def test_deep_nesting_and_endless_numbers_are_refused_in_words() -> None:
    for value in ("[" * 3000, "{a=" * 3000, "1" * 5000, "[" * 200 + "]" * 200):
        with pytest.raises(SpecError, match=r"digits\.toml"):
            parse(HEAD + f"[training]\nepochs = {value}\n")

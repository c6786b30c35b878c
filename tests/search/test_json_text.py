"""JSON for programs: what it lacks becomes null, keys are unique."""

import json
import math
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from netclinic.search.json_text import as_objects, distinct, json_text


@given(st.lists(st.sampled_from("aab"), max_size=6))
def test_names_become_distinct(names) -> None:
    found = distinct(names)
    assert len(set(found)) == len(names)
    assert all(new.startswith(old) for new, old in zip(found, names, strict=True))
    assert found[:1] == names[:1]


def test_distinct_does_not_collide_with_a_name_that_is_there() -> None:
    assert distinct(["a", "a_2", "a"]) == ["a", "a_2", "a_3"]


def test_what_json_lacks() -> None:
    then = datetime(2025, 1, 2, 3)
    things = [math.nan, math.inf, then, then.replace(tzinfo=UTC), b"\xff", ("x", True), {1: 1 / 3}]
    assert json.loads(json_text(things)) == [
        None,
        None,
        "2025-01-02T03:00:00Z",
        "2025-01-02T03:00:00+00:00",
        "ff",
        ["x", True],
        {"1": 1 / 3},
    ]


def test_columns_of_one_name_are_told_apart() -> None:
    assert as_objects(["n", "n"], [(1, 2)]) == [{"n": 1, "n_2": 2}]

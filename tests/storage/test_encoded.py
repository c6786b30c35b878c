"""Optuna's encoding of parameters, read without Optuna: checked against Optuna."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.storage import SearchRange
from netclinic.storage.encoded import choices_of, external_value, search_range
from optuna.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    distribution_to_json,
)

choices = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=5))
finite = st.floats(1e-6, 1e6)


@given(
    st.one_of(
        st.builds(lambda a, b: FloatDistribution(min(a, b), max(a, b)), finite, finite),
        st.builds(lambda a, b: FloatDistribution(min(a, b), max(a, b), log=True), finite, finite),
        st.builds(lambda a, b: IntDistribution(a, a + b), st.integers(1, 9), st.integers(0, 9)),
        st.builds(CategoricalDistribution, st.lists(choices, min_size=1, max_size=5)),
    ),
    st.floats(0, 1),
)
def test_values_are_decoded_as_optuna_does(distribution, u):
    if isinstance(distribution, CategoricalDistribution):
        internal = float(int(u * (len(distribution.choices) - 1)))
    elif isinstance(distribution, IntDistribution):
        internal = float(round(distribution.low + u * (distribution.high - distribution.low)))
    else:
        internal = distribution.low + u * (distribution.high - distribution.low)
    external = external_value(internal, distribution_to_json(distribution))
    expected = distribution.to_external_repr(internal)
    assert external == expected
    assert type(external) is type(expected)


def test_choices_are_told_from_the_rest():
    assert choices_of(distribution_to_json(CategoricalDistribution(["a", 1]))) == ("a", 1)
    assert choices_of(distribution_to_json(IntDistribution(1, 2))) is None


@pytest.mark.parametrize(
    ("json", "law"),
    [
        (distribution_to_json(FloatDistribution(1, 2)), "uniform"),
        (distribution_to_json(FloatDistribution(1, 2, log=True)), "log"),
        (distribution_to_json(IntDistribution(1, 2)), "int"),
        ('{"name": "UniformDistribution", "attributes": {"low": 1, "high": 2}}', "uniform"),
        ('{"name": "LogUniformDistribution", "attributes": {"low": 1, "high": 2}}', "log"),
        ('{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 2}}', "int"),
    ],
)
def test_laws_of_optuna_old_and_new(json, law):
    assert search_range("x", json) == SearchRange("x", law, 1, 2)


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (FloatDistribution(0, 1, step=0.25), SearchRange("x", "uniform", 0, 1, step=0.25)),
        (IntDistribution(16, 64, step=16), SearchRange("x", "int", 16, 64, step=16)),
        (IntDistribution(1, 64, log=True), SearchRange("x", "int", 1, 64, log=True)),
    ],
)
def test_steps_and_the_scale_of_whole_numbers_are_kept(distribution, expected):
    assert search_range("x", distribution_to_json(distribution)) == expected


def test_one_minus_log_is_known_from_the_spec():
    json = distribution_to_json(FloatDistribution(0.9, 0.999))
    entry = {"one_minus_log": [0.001, 0.1]}
    assert search_range("momentum", json, entry).law == "one_minus_log"
    assert search_range("momentum", json, 0.9).law == "uniform"

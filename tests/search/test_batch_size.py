"""The batch size of a study whose spec has none."""

from dataclasses import replace
from pathlib import Path

import pytest
from netclinic.search import LoadedSpec, parse_spec
from netclinic.search.batch_size import with_batch_size
from netclinic.search.preview import preview
from netclinic.search.spec_file import spec_from_resolved
from netclinic.search.study_data import load_data
from netclinic.search.trial_shape import trial_signature

TEXT = 'study = {name = "s"}\ndata = {source = "wine"}\n'


def loaded(*overrides: str) -> LoadedSpec:
    return parse_spec(TEXT, file="", folder=Path(), overrides=overrides)


@pytest.mark.parametrize(
    ("rows", "expected"), [(2, 2), (60, 7), (206, 25), (1_023, 127), (1_024, 128), (60_000, 128)]
)
def test_it_is_an_eighth_of_the_training_rows_within_limits(rows: int, expected: int) -> None:
    filled = with_batch_size(loaded(), rows)
    assert filled.spec.training.batch_size == expected
    assert filled.resolved["training"]["batch_size"] == expected, "so a later run knows it"
    assert spec_from_resolved(filled.resolved) == filled.spec


def test_that_of_the_spec_stays() -> None:
    given = loaded("training.batch_size=500")
    assert with_batch_size(given, 60) == given


def test_a_small_set_needs_no_key_and_a_dry_run_tells_what_it_gets() -> None:
    """Wine has 106 training rows, so that 128 were refused."""
    found = preview(loaded())
    assert found.loaded.resolved["training"]["batch_size"] == 13
    numbers = found.trials[0]
    filled, unfilled = (
        trial_signature(spec, found.dataset, numbers) for spec in (found.loaded.spec, loaded().spec)
    )
    assert filled == unfilled
    assert filled.batch_size == 13


def test_what_is_searched_is_used() -> None:
    searched = loaded("search.batch_size.choice=[4,32]")
    dataset = replace(load_data(searched.spec, Path()), fingerprint="f")
    numbers = {"batch_size": 32, "learning_rate": 0.1, "weight_decay": 0.0, "momentum": 0.9}
    assert trial_signature(searched.spec, dataset, numbers).batch_size == 32

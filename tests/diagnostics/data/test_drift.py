"""Drift between splits: found where it is planted, and not where rows are alike."""

from dataclasses import replace

import numpy as np
import pytest
from netclinic.datasets.dataset import DEALT_AT_RANDOM, Split
from netclinic.diagnostics.data.drift import check_drift, two_samples
from netclinic.diagnostics.data.drift_findings import drift
from netclinic.diagnostics.findings import FindingKind, Severity
from netclinic.storage.records.data import DataCheck
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.bayes.test_bayes import dataset


def rows(seed, features=4, count=500, **options):
    rng = np.random.default_rng(seed)
    data = dataset(rng.standard_normal((count, features)), rng.integers(2, size=count))
    return replace(data, dealt="ready_made", **options)


def test_rows_that_are_alike_are_not_told_apart():
    seeds, alarms = 40, 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        first, second = rng.standard_normal((150, 3)), rng.standard_normal((60, 3))
        it = two_samples(first, second, rng)
        alarms += it.p_value < 0.05
        assert 0 <= it.low <= it.area <= it.high <= 1
    assert alarms <= binom.ppf(0.99, seeds, 0.05)


@pytest.mark.parametrize("dealt", DEALT_AT_RANDOM)
def test_splits_dealt_at_random_are_not_tested(dealt):
    assert check_drift(replace(rows(0), dealt=dealt)) == ()


def test_too_few_rows_say_nothing():
    assert check_drift(rows(0, count=60)) == ()


@pytest.mark.parametrize("change", ["shift", "spread"])
def test_a_split_from_elsewhere_is_found_and_its_feature_named(change):
    data = rows(1)
    moved = np.array(data.test.inputs)
    moved[:, 2] = moved[:, 2] + 1.5 if change == "shift" else moved[:, 2] * 4
    validation, test = check_drift(replace(data, test=Split(moved, data.test.labels)))
    assert (validation.split, test.split) == ("validation", "test")
    assert validation.p_value > 0.01
    assert test.p_value < 1e-4
    assert test.low > 0.6
    assert test.details["features"] == ["x2"]
    study = replace(planted.study([planted.trial()]), data_checks=(validation, test))
    (it,) = drift(study)
    assert (it.kind, it.severity) == (FindingKind.DRIFT, Severity.WARNING)
    assert "tells test rows from training rows" in it.text
    assert "Most different are x2." in it.text


def test_pixels_are_not_named():
    data = rows(1, row_shape=(2, 2))
    moved = Split(data.test.inputs + 2, data.test.labels)
    assert check_drift(replace(data, test=moved))[1].details["features"] == []


@pytest.mark.parametrize(("split", "words"), [("ordered", "split by time"), ("grouped", "groups")])
def test_what_is_expected_is_said_to_be(split, words):
    check = DataCheck("drift", "test", 400, 0.8, 0.75, 0.85, 1e-9, "m", {"features": []})
    resolved = planted.spec(data={"split": split})
    study = replace(planted.study([planted.trial()], resolved=resolved), data_checks=(check,))
    (it,) = drift(study)
    assert words in it.text
    assert it.severity is (Severity.WARNING if split == "ordered" else Severity.INFO)
    faint = replace(study, data_checks=(check._replace(value=0.55),))
    assert drift(faint)[0].severity is Severity.INFO
    assert drift(replace(study, data_checks=(check._replace(p_value=0.02),))) == ()

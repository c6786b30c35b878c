"""Regions in a diagnosis: findings, remedies, and what is said where none were sought."""

from dataclasses import replace

import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.findings import FindingKind, RemedyKind, Severity
from netclinic.storage.records.regions import RegionsRecord

from tests.diagnostics import planted
from tests.storage.test_regions import REGION

BIASED = REGION._replace(
    name="x1 > 0.5",
    bias=0.3,
    bias_low=0.25,
    bias_high=0.35,
    verdict=("high_bias",),
    reported=("high_bias",),
)
KNOWN = BIASED._replace(
    name="x0 > 1.2",
    variance=0.4,
    variance_low=0.3,
    variance_high=0.5,
    variance_p=1e-4,
    verdict=("high_variance",),
    reported=("high_variance",),
)
NOISY = BIASED._replace(name="b", family="class", verdict=("floor",), reported=("floor",))
QUIET = BIASED._replace(name="x2 > 0", reported=())
FOUND = RegionsRecord(0, 0.99, 0.02, {"slice": 9}, 4, 900, 800, (BIASED, KNOWN, NOISY, QUIET))


def diagnosed(regions, **options):
    return diagnose(replace(planted.study([planted.trial()], **options), regions=regions))


def of_regions(diagnosis):
    return [f for f in diagnosis.findings if f.kind.value.startswith("region_")]


def test_each_reported_region_is_a_finding_with_its_numbers():
    bias, variance, noise = of_regions(diagnosed(FOUND))
    assert (bias.kind, bias.severity) == (FindingKind.REGION_HIGH_BIAS, Severity.WARNING)
    assert bias.evidence["region"] == "x1 > 0.5"
    gap = [bias.evidence[name] for name in ("gap", "low", "high", "adjusted_p")]
    assert gap == [0.3, 0.25, 0.35, 0.001]
    assert "the rows with x1 > 0.5" in bias.text
    assert "20.0 % (20 of 100 rows), 25.0–35.0 points above the floor" in bias.text
    assert (variance.kind, variance.evidence["gap"]) == (FindingKind.REGION_HIGH_VARIANCE, 0.4)
    assert "22.0 % (11 of 50 rows), 30.0–50.0 points above" in variance.text
    assert (noise.kind, noise.severity) == (FindingKind.REGION_NOISE, Severity.INFO)
    assert "the rows of b" in noise.text
    assert "5.0–20.0 %" in noise.text


def test_of_rows_in_groups_a_finding_says_how_many_there_are():
    groups = {"training_groups": 9, "training_effect": 2.0}
    groups |= {"held_out_groups": 1, "held_out_effect": 50.0}
    few = FOUND._replace(regions=(KNOWN._replace(**groups),))
    (variance,) = of_regions(diagnosed(few))
    assert "22.0 % (11 of 50 rows of 1 group)" in variance.text
    assert "20.0 % (20 of 100 rows of 9 groups)" in variance.text


def test_rows_inputs_and_labels_of_a_region_are_advised():
    told = {r.kind: r.reason for r in diagnosed(FOUND).remedies}
    assert "x0 > 1.2 (gap 40.0 points, 100 training rows judged)" in told[RemedyKind.ROWS_OF_REGION]
    assert "x1 > 0.5" in told[RemedyKind.INPUTS_OF_REGION]
    assert "well there: b. Look at the labels of rows" in told[RemedyKind.LABELS_OF_REGION]
    only_noise = FOUND._replace(regions=(NOISY,))
    kinds = [r.kind for r in diagnosed(only_noise).remedies]
    assert not {RemedyKind.ROWS_OF_REGION, RemedyKind.INPUTS_OF_REGION} & set(kinds)
    assert kinds[0] is RemedyKind.LABELS_OF_REGION


def test_a_study_whose_regions_were_sought_does_not_say_otherwise():
    assert not [t for t in diagnosed(FOUND).not_checked if t.startswith("Regions")]


@pytest.mark.parametrize(
    ("regions", "why"),
    [
        (None, "none were sought for this trial's network; `netclinic resume planted` does."),
        (FOUND._replace(trial_number=3), "none were sought for this trial's network"),
        (FOUND._replace(regions=(), skipped="[diagnosis] regions = false"), "regions = false."),
    ],
)
def test_where_none_were_sought_the_reason_is_said(regions, why):
    it = diagnosed(regions)
    (said,) = [t for t in it.not_checked if t.startswith("Regions of the data")]
    assert why in said
    assert of_regions(it) == []

"""Findings about regions: where bias, variance or noise are high, and higher than elsewhere."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ...storage.records.regions import RegionRecord, RegionsRecord
from ...storage.records.study import StudyRecord
from ..findings import Finding, FindingKind, Severity
from ..number_text import percent

FAMILIES = {
    "class": "the rows of {}",
    "group": "the group {}",
    "slice": "the rows with {}",
    "cluster": "{}, by the inputs",
    "learnt_cluster": "{}, by what the network makes of them",
}


class Found(NamedTuple):
    """What is said of a kind of discovery."""

    kind: FindingKind
    severity: Severity
    gap: str  # the region's field
    say: Callable[[RegionRecord], str]


def regions_of(study: StudyRecord) -> RegionsRecord | None:
    """The regions of the trial that is diagnosed; ``None`` where none were sought for it."""
    best, found = study.best(), study.regions
    return found if found and best and found.trial_number == best.number else None


def region_findings(study: StudyRecord) -> tuple[Finding, ...]:
    """A finding for each region that is reported, and for each of the things it suffers from."""
    found = regions_of(study)
    if found is None:
        return ()
    return tuple(
        Finding(it.kind, it.severity, _evidence(region, it, found), it.say(region))
        for name, it in DISCOVERIES.items()
        for region in found.regions
        if name in region.reported
    )


def title(region: RegionRecord) -> str:
    """``the rows with 1.2 < age ≤ 3``."""
    return FAMILIES[region.family].format(region.name)


def _evidence(
    region: RegionRecord, it: Found, found: RegionsRecord
) -> dict[str, float | int | str | None]:
    fields: Mapping[str, float] = region._asdict()
    return {
        "region": region.name,
        "family": region.family.replace("_", " "),
        "gap": fields[it.gap],
        "low": fields[f"{it.gap}_low"],
        "high": fields[f"{it.gap}_high"],
        "confidence": found.confidence,
        "adjusted_p": fields[f"{it.gap}_p"],
        "tolerance": found.tolerance,
        "training_error": region.training_wrong / region.training_rows,
        "training_rows": region.training_rows,
        "held_out_error": region.held_out_wrong / region.held_out_rows,
        "held_out_rows": region.held_out_rows,
    }


def _errors(region: RegionRecord) -> tuple[str, str]:
    """Training and held-out error with their counts."""
    return (
        f"{percent(region.training_wrong / region.training_rows)} "
        f"({region.training_wrong:,} of {region.training_rows:,} rows)",
        f"{percent(region.held_out_wrong / region.held_out_rows)} "
        f"({region.held_out_wrong:,} of {region.held_out_rows:,} rows)",
    )


def _points(low: float, high: float) -> str:
    return f"{100 * low:.1f} to {100 * high:.1f} points"


def _high_bias(region: RegionRecord) -> str:
    training, _ = _errors(region)
    return (
        f"For {title(region)} the training error is {training}, "
        f"{_points(region.bias_low, region.bias_high)} above the floor there: simple classifiers "
        "that did not learn from these rows do better. Bias is higher than elsewhere. A bigger "
        "network, or inputs that tell more about this region, would help there."
    )


def _high_variance(region: RegionRecord) -> str:
    training, held_out = _errors(region)
    return (
        f"For {title(region)} the held-out error is {held_out}, "
        f"{_points(region.variance_low, region.variance_high)} above the training error of "
        f"{training}. Variance is higher than elsewhere: the network knows these rows by heart. "
        "More training rows from this region would help most."
    )


def _noise(region: RegionRecord) -> str:
    training, held_out = _errors(region)
    return (
        f"For {title(region)} the floor is high, {_range(region)}, and higher than elsewhere: the "
        f"network errs on {training} that it learnt from and on {held_out} held out, and other "
        "classifiers err on the same rows. There is little to gain there, but by cleaner labels "
        "or by inputs that tell the classes apart."
    )


def _range(region: RegionRecord) -> str:
    return f"{100 * region.floor_low:.1f}–{100 * region.floor_high:.1f} %"


DISCOVERIES: Mapping[str, Found] = {
    "high_bias": Found(FindingKind.REGION_HIGH_BIAS, Severity.WARNING, "bias", _high_bias),
    "high_variance": Found(
        FindingKind.REGION_HIGH_VARIANCE, Severity.WARNING, "variance", _high_variance
    ),
    "floor": Found(FindingKind.REGION_NOISE, Severity.INFO, "floor", _noise),
}

"""Findings about regions: where bias, variance or noise are high, and higher than elsewhere."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ...storage.records.regions import RegionRecord, RegionsRecord
from ...storage.records.study import StudyRecord
from ..error_text import error_range, error_text, range_in_full
from ..findings import Finding, FindingKind, Severity
from ..gaps import limits
from ..ladder import Estimate, Gap
from ..statistics.grouped import Grouping
from ..statistics.intervals import Interval
from ..units import CLASSIFICATION, Task, Unit

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
    rows: str  # "training" | "held_out": whose error tells it most plainly
    say: Callable[[RegionRecord, Unit], str]


def regions_of(study: StudyRecord) -> RegionsRecord | None:
    """The regions of the trial that is diagnosed; ``None`` where none were sought for it."""
    best, found = study.best(), study.regions
    return found if found and best and found.trial_number == best.number else None


def region_findings(study: StudyRecord, unit: Unit = CLASSIFICATION) -> tuple[Finding, ...]:
    """A finding for each region that is reported, and for each of the things it suffers from."""
    found = regions_of(study)
    if found is None:
        return ()
    return tuple(
        Finding(
            it.kind,
            it.severity,
            _evidence(region, it, found),
            f"{it.say(region, unit)}{by_value(region, found, it.rows, unit)}",
        )
        for name, it in DISCOVERIES.items()
        for region in found.regions
        if name in region.reported
    )


def without_variance(found: RegionsRecord) -> RegionsRecord:
    """Regions of which no variance is told, as the rows that judge it are of another kind.

    What such rows add to the error, they may add in one region more than in another.
    """

    def left(region: RegionRecord) -> RegionRecord:
        verdict, reported = (
            tuple(it for it in said if it != "high_variance")
            for said in (region.verdict, region.reported)
        )
        return region._replace(verdict=verdict or ("undetermined",), reported=reported)

    return found._replace(regions=tuple(map(left, found.regions)))


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
        "training_error": region.training_error,
        "training_rows": region.training_rows,
        "held_out_error": region.held_out_error,
        "held_out_rows": region.held_out_rows,
    }


def region_error(region: RegionRecord, rows: str, confidence: float, unit: Unit) -> Interval:
    """The error in a region with its interval.

    Args:
        region: with its errors.
        rows: "training" | "held_out".
        confidence: of the interval.
        unit: of the errors.
    """
    error, count, deviation, groups, effect, alike = (
        getattr(region, f"{rows}_{name}")
        for name in ("error", "rows", "deviation", "groups", "effect", "alike")
    )
    grouped = None if groups is None else Grouping(groups, effect, alike)
    measured = Estimate(error, error, error, count, "", deviation, grouped=grouped)
    # Where classes count alike, they have as many of these rows each, so that rows can be counted.
    return limits(measured, count, confidence, unit._replace(balanced=False))


def rows_text(region: RegionRecord, rows: str, unit: Unit) -> str:
    """``20 of 100 rows`` are wrong; where errors have any size ``100 rows``; ``of 4 groups``."""
    count, groups = (getattr(region, f"{rows}_{name}") for name in ("rows", "groups"))
    counted = f"{count:,} rows" if groups is None else f"{count:,} rows of {_groups(groups)}"
    if unit.task is not Task.CLASSIFICATION:
        return counted
    return f"{round(getattr(region, f'{rows}_error') * count):,} of {counted}"


def by_value(region: RegionRecord, found: RegionsRecord, rows: str, unit: Unit) -> str:
    """The error of each value that is shown where the region is a category without one of them.

    `` Of site≠a the held-out error is 30.2 % for c (60 of 199 rows), 1.1 % for b (2 of 190 rows).``
    Empty for other regions.

    Args:
        region: that is told of.
        found: the search, with the values among its regions.
        rows: "training" | "held_out".
        unit: of the errors.
    """
    category, _, without = region.name.partition("≠")
    if not without or " and " in without:
        return ""
    values = [
        (getattr(it, f"{rows}_error"), value, rows_text(it, rows, unit))
        for it in found.regions
        for name, _, value in [it.name.partition(f"{category}=")]
        if not name and value not in ("", without) and " and " not in value
    ]
    of_each = [
        f"{error_text(error, unit)} for {value} ({counted})"
        for error, value, counted in sorted(values, reverse=True)
    ]
    which = f"{rows.replace('_', '-')} error"
    return f" Of {region.name} the {which} is {', '.join(of_each)}." if of_each else ""


def _groups(count: int) -> str:
    return f"{count:,} group{'' if count == 1 else 's'}"


def _errors(region: RegionRecord, unit: Unit) -> tuple[str, str]:
    """Training and held-out error with their rows."""
    training, held_out = (
        f"{error_text(getattr(region, f'{rows}_error'), unit)} ({rows_text(region, rows, unit)})"
        for rows in ("training", "held_out")
    )
    return training, held_out


def _gap(low: float, high: float, unit: Unit) -> str:
    return range_in_full(Gap(low, low, high, 0.95, ""), unit)


def _high_bias(region: RegionRecord, unit: Unit) -> str:
    training, _ = _errors(region, unit)
    return (
        f"For {title(region)} the training error is {training}, "
        f"{_gap(region.bias_low, region.bias_high, unit)} above the floor there: simple models "
        "that did not learn from these rows do better. Bias is higher than elsewhere. A bigger "
        "network, or inputs that tell more about this region, would help there."
    )


def _high_variance(region: RegionRecord, unit: Unit) -> str:
    training, held_out = _errors(region, unit)
    return (
        f"For {title(region)} the held-out error is {held_out}, "
        f"{_gap(region.variance_low, region.variance_high, unit)} above the training error of "
        f"{training}. Variance is higher than elsewhere: the network knows these rows by heart. "
        "More training rows from this region would help most."
    )


def _noise(region: RegionRecord, unit: Unit) -> str:
    training, held_out = _errors(region, unit)
    floor = error_range(region.floor_low, region.floor_high, unit)
    quantity = unit.task is Task.REGRESSION
    wrong = "the error is" if quantity else "the network errs on"
    return (
        f"For {title(region)} the floor is high, {floor}, and higher than elsewhere: {wrong} "
        f"{training} that it learnt from and {'' if quantity else 'on '}{held_out} held out, and "
        f"other models err {'alike' if quantity else 'on the same rows'}. There is little to gain "
        f"there, but by cleaner {'targets' if quantity else 'labels'} or by inputs that "
        f"{'explain them' if quantity else 'tell the classes apart'}."
    )


DISCOVERIES: Mapping[str, Found] = {
    "high_bias": Found(
        FindingKind.REGION_HIGH_BIAS, Severity.WARNING, "bias", "training", _high_bias
    ),
    "high_variance": Found(
        FindingKind.REGION_HIGH_VARIANCE, Severity.WARNING, "variance", "held_out", _high_variance
    ),
    "floor": Found(FindingKind.REGION_NOISE, Severity.INFO, "floor", "held_out", _noise),
}

"""A report's section on regions of the data: sentences and a table."""

from collections.abc import Sequence
from typing import NamedTuple

from ...storage.records.data import ClassRows
from ...storage.records.regions import RegionRecord, RegionsRecord
from ..error_text import error_range, error_text, points
from ..findings import Diagnosis
from ..list_text import joined
from ..number_text import MISSING, plain_number
from ..regions.alike_classes import how_drawn
from ..regions.region_findings import DISCOVERIES, by_value, region_error, rows_text, title
from ..units import Task, Unit
from .report_tables import Table

MOST = 25  # regions in the table
_SUFFERS = {
    "high_bias": "high bias",
    "high_variance": "high variance",
    "floor": "noise",
    "healthy": "healthy",
    "undetermined": "undetermined",
}
_FAMILIES = {
    "class": ("class", "classes"),
    "group": ("group", "groups"),
    "slice": ("slice of columns", "slices of columns"),
    "cluster": ("cluster of the inputs", "clusters of the inputs"),
    "learnt_cluster": ("cluster of the last layer's inputs", "clusters of the last layer's inputs"),
}
_HEADER = (
    "region",
    "suffers from",
    "training error",
    "held-out error",
    "floor",
    "avoidable bias",
    "variance",
    "adjusted p",
)


class RegionPart(NamedTuple):
    """What a report says of regions."""

    told: str  # in one line, what is reported: for a terminal
    sentences: tuple[str, ...]
    table: Table


def region_part(diagnosis: Diagnosis, rows: ClassRows | None = None) -> RegionPart | None:
    """The section's content; ``None`` where no regions were looked at.

    Args:
        diagnosis: of the study.
        rows: of each class, where there are classes.
    """
    if diagnosis.tasks:
        return _of_tasks(diagnosis)
    found = diagnosis.regions
    if found is None or found.skipped is not None:
        return None
    shown = found.regions[:MOST]
    lines = tuple(_row(region, found, diagnosis.unit) for region in shown)
    told = f"{_told(found, diagnosis.unit)}{_higher(found, diagnosis.unit)}"
    squared = _squared(diagnosis.unit)
    alike = (how_drawn(rows),) if rows and diagnosis.unit.balanced else ()
    return RegionPart(
        told, (told, *alike, *_how(found, len(shown)), *squared), Table(_HEADER, lines)
    )


def _of_tasks(diagnosis: Diagnosis) -> RegionPart | None:
    """The sections of several tasks in one, the first column of the table their names."""
    parts = {name: part for name, it in diagnosis.tasks.items() if (part := region_part(it))}
    if not parts:
        return None
    looked = [f"{name}: {part.sentences[1]}" for name, part in parts.items()]
    levels = {name: part.sentences[2:] for name, part in parts.items()}
    if len(set(levels.values())) == 1:
        last = next(iter(levels.values()))
    else:  # where more is found, intervals are narrower
        last = tuple(f"{name}: {text}" for name, texts in levels.items() for text in texts)
    level = "The level is corrected for the pairs of a task, not for the number of tasks."
    rows = tuple((name, *row) for name, part in parts.items() for row in part.table.rows)
    told = " ".join(f"{name}: {part.told}" for name, part in parts.items())
    return RegionPart(told, (told, *looked, *last, level), Table(("task", *_HEADER), rows))


def suffers(region: RegionRecord) -> str:
    """``▲ high bias``; where the rest is no better ``high bias, as elsewhere``."""
    said = []
    for verdict in region.verdict:
        word = _SUFFERS[verdict]
        if verdict in region.reported:
            said.append(f"▲ {word}")
        elif verdict not in ("healthy", "undetermined"):
            said.append(f"{word}, as {region.same_as or 'elsewhere'}")
        else:
            said.append(word)
    if region.elsewhere_error is not None:
        said.append("▲ higher error")
    return "; ".join(said)


def _told(found: RegionsRecord, unit: Unit) -> str:
    parts = [
        f"{_SUFFERS[kind]} for {_listed(names)}"
        for kind in ("high_bias", "high_variance", "floor")
        if (names := [title(it) for it in found.regions if kind in it.reported])
    ]
    if not parts:
        return "In no region are bias, variance or noise shown to be higher than elsewhere."
    said = "; ".join(parts)
    values = [
        by_value(it, found, DISCOVERIES[kind].rows, unit)
        for kind in ("high_bias", "high_variance", "floor")
        for it in found.regions
        if kind in it.reported
    ]
    return (
        f"{said[0].upper()}{said[1:]}; more than elsewhere, and more than is tolerated."
        f"{''.join(dict.fromkeys(values))}"  # once of a region with more than one ill
    )


def _higher(found: RegionsRecord, unit: Unit) -> str:
    """Where the network errs more than elsewhere, whatever makes it so, behind a sentence."""
    higher = [
        f"{title(it)} ({error_text(it.held_out_error, unit)}, elsewhere "
        f"{error_text(it.elsewhere_error, unit)})"
        for it in found.regions
        if it.elsewhere_error is not None
    ]
    if not higher:
        return ""
    parts = [
        by_value(it, found, "held_out", unit)
        for it in found.regions
        if it.elsewhere_error is not None
    ]
    return (
        f" The held-out error is higher for {_listed(higher)}; whether bias, variance or noise "
        f"makes it so is open.{''.join(parts)}"
    )


def _listed(names: Sequence[str]) -> str:
    """Names for a ``for``, which parts them where they have commas.

    >>> _listed(["class 1", "x0 > 2", "cluster 3 (x1 about 2, mostly class 0)"])
    'class 1, for x0 > 2 and for cluster 3 (x1 about 2, mostly class 0)'
    """
    return joined([names[0], *(f"for {it}" for it in names[1:])])


def _how(found: RegionsRecord, shown: int) -> tuple[str, ...]:
    looked = [
        f"{count:,} {_FAMILIES[family][count != 1]}" for family, count in found.looked_at.items()
    ]
    chosen = (
        f"Looked at were {', '.join(looked)}. " if looked else "No region had rows enough. "
    ) + (
        f"{found.choosing_rows:,} rows formed them and chose {found.judged:,} "
        f"pair{'' if found.judged == 1 else 's'} of a region and what it may suffer from; "
        f"{found.judging_rows:,} other rows judge these, and all numbers here are theirs."
    )
    level = (
        "The chance that any of them is named wrongly is at most 5 % (Holm); each interval has "
        f"{100 * found.confidence:.4g} %, so that of those of what is found at most 5 % miss on "
        "average"
    )
    refuted = ", and is told from the tolerance on where less is refuted"
    level += f"{refuted if any(it.reported for it in found.regions) else ''}."
    if any(it.error_p is not None for it in found.regions):
        level += (
            " Where the held-out error is higher, by more than is tolerated, is judged apart, with "
            "5 % of its own."
        )
    left = len(found.regions) - shown
    return (chosen, level, *((f"{left:,} more are in diagnosis.json.",) if left else ()))


def _squared(unit: Unit) -> tuple[str, ...]:
    """What a point of R², in which the ladder's gaps are told, is of the table's numbers."""
    if unit.task is not Task.REGRESSION:
        return ()
    point = plain_number(unit.whole / 100, 3)
    return (f"Errors and gaps are in {unit.squares}; {point} of them are a point of R².",)


def _row(region: RegionRecord, found: RegionsRecord, unit: Unit) -> tuple[str, ...]:
    adjusted = [
        f"{name} {plain_number(p, 2)}"
        for name, p in (
            ("bias", region.bias_p),
            ("variance", region.variance_p),
            ("noise", region.floor_p),
            ("error", region.error_p),
        )
        if p is not None
    ]
    return (
        title(region),
        suffers(region),
        _error(region, "training", found.confidence, unit),
        _error(region, "held_out", found.confidence, unit),
        f"{error_text(region.floor, unit)} "
        f"({error_range(region.floor_low, region.floor_high, unit)})",
        _gap(region.bias, region.bias_low, region.bias_high, unit),
        _gap(region.variance, region.variance_low, region.variance_high, unit),
        ", ".join(adjusted) or MISSING,
    )


def _error(region: RegionRecord, rows: str, confidence: float, unit: Unit) -> str:
    it = region_error(region, rows, confidence, unit)
    counted, limits = rows_text(region, rows, unit), error_range(it.low, it.high, unit)
    return f"{counted}: {error_text(it.value, unit)} ({limits})"


def _gap(value: float, low: float, high: float, unit: Unit) -> str:
    figure, least, most = (points(gap, unit).removesuffix(" points") for gap in (value, low, high))
    return f"{figure} ({least} to {most})"

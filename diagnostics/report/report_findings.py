"""A report's findings in words, and what is to be known of their kinds."""

from collections.abc import Mapping
from typing import NamedTuple

from ..explanations.explanation import Explanation
from ..explanations.explanations import EXPLANATIONS, anchor, kinds_of
from ..findings import Diagnosis, Finding, FindingKind, Severity
from ..number_text import plain_number
from .report_labels import FINDINGS, SEVERITIES, Badge

_LADDER, _SEARCH = ("ladder", "the ladder of errors"), ("search", "the search")
_CURVES = ("curves", "the training curves")
_REGIONS = ("regions", "the regions")
LAYERS = ("layers", "the layers")
# Where a page shows what a finding tells of; kinds with pictures of their own: ``finding_charts``.
SEEN: Mapping[FindingKind, tuple[str, str]] = {
    FindingKind.HIGH_BIAS: _LADDER,
    FindingKind.HIGH_VARIANCE: _LADDER,
    FindingKind.DATA_MISMATCH: _LADDER,
    FindingKind.BIAS_UNDETERMINED: _LADDER,
    FindingKind.VARIANCE_UNDETERMINED: _LADDER,
    FindingKind.MISMATCH_UNDETERMINED: _LADDER,
    FindingKind.SELECTION_OPTIMISM: _LADDER,
    FindingKind.TEST_ROWS_HARDER: _LADDER,
    FindingKind.FLOOR_ABOVE_HELD_OUT: _LADDER,
    FindingKind.STILL_IMPROVING: _CURVES,
    FindingKind.OVERFITTED_AFTER: _CURVES,
    FindingKind.TRAINED_TOO_LONG: _CURVES,
    FindingKind.TRAINING_LOSS_RISING: _CURVES,
    FindingKind.UNSTEADY_END: _CURVES,
    FindingKind.OVERFITTED_TRIALS: _CURVES,
    FindingKind.INPUTS_UNFIT: LAYERS,
    FindingKind.LOUD_START: LAYERS,
    FindingKind.OUTPUTS_SCALED: LAYERS,
    FindingKind.UNITS_ALIKE: LAYERS,
    FindingKind.DEAD_UNITS: LAYERS,
    FindingKind.SATURATED_UNITS: LAYERS,
    FindingKind.GRADIENT_VANISHES: LAYERS,
    FindingKind.UNREACHED: LAYERS,
    FindingKind.STEPS_TOO_LARGE: LAYERS,
    FindingKind.STEPS_TOO_SMALL: LAYERS,
    FindingKind.DECAY_TOO_STRONG: LAYERS,
    FindingKind.LABELS_UNRELATED: _CURVES,
    FindingKind.SADDLE: LAYERS,
    FindingKind.PLATEAU: LAYERS,
    FindingKind.REGION_HIGH_BIAS: _REGIONS,
    FindingKind.REGION_HIGH_VARIANCE: _REGIONS,
    FindingKind.REGION_NOISE: _REGIONS,
    FindingKind.BEST_AT_EDGE: _SEARCH,
    FindingKind.DIVERGED_TRIALS: _SEARCH,
    FindingKind.BEST_NEAR_DIVERGENCE: _SEARCH,
}


class Remark(NamedTuple):
    """A finding in words."""

    badge: Badge
    title: str
    text: str
    evidence: tuple[tuple[str, str], ...]
    about: str  # the id of its kind's explanation on the page
    kind: FindingKind
    see: tuple[str, str] | None  # the id of the part of the page that shows it, and its name


class Meaning(NamedTuple):
    """A kind of finding explained."""

    about: str  # its id on the page
    title: str
    text: Explanation


def remarks(diagnosis: Diagnosis) -> tuple[Remark, ...]:
    """The findings, the most severe first."""
    return tuple(
        Remark(
            SEVERITIES[f.severity],
            FINDINGS[f.kind],
            f.text,
            named_numbers(f.evidence),
            _about(f.kind),
            f.kind,
            SEEN.get(f.kind),
        )
        for f in _ordered(diagnosis)
    )


def meanings(diagnosis: Diagnosis) -> tuple[Meaning, ...]:
    """An explanation of each kind among them, in the same order."""
    return tuple(
        Meaning(_about(kind), FINDINGS[kind], EXPLANATIONS[kind])
        for kind in kinds_of(_ordered(diagnosis))
    )


def named_numbers(
    numbers: Mapping[str, float | int | str | None],
) -> tuple[tuple[str, str], ...]:
    """Evidence as names and texts, those without a value left out."""
    known = ((name, value) for name, value in numbers.items() if value is not None)
    return tuple((name.replace("_", " "), plain_number(value)) for name, value in known)


def _ordered(diagnosis: Diagnosis) -> list[Finding]:
    order = list(Severity)
    return sorted(diagnosis.findings, key=lambda f: order.index(f.severity))


def _about(kind: FindingKind) -> str:
    return f"about-{anchor(kind)}"

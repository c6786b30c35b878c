"""A report's findings in words, and what is to be known of their kinds."""

from collections.abc import Mapping
from typing import NamedTuple

from .explanation import Explanation
from .explanations import EXPLANATIONS, anchor, kinds_of
from .findings import Diagnosis, Finding, FindingKind, Severity
from .number_text import plain_number
from .report_labels import FINDINGS, SEVERITIES, Badge


class Remark(NamedTuple):
    """A finding in words."""

    badge: Badge
    title: str
    text: str
    evidence: tuple[tuple[str, str], ...]
    about: str  # the id of its kind's explanation on the page


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

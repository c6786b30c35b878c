"""The case that a remedy's reason is made from, and the gap that it is against, in words."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...storage.records.runs import Provenance
from ...storage.records.study import StudyRecord
from ...storage.records.trials import TrialRecord
from ..error_text import size_in_full
from ..findings import Finding, FindingKind
from ..ladder import Errors, Gaps
from ..leaning import OPEN
from ..units import CLASSIFICATION, Unit

_GAPS = {
    FindingKind.HIGH_BIAS: "avoidable bias",
    FindingKind.HIGH_VARIANCE: "variance",
    FindingKind.DATA_MISMATCH: "data mismatch",
    FindingKind.BIAS_UNDETERMINED: "likely avoidable bias",
    FindingKind.VARIANCE_UNDETERMINED: "likely variance",
    FindingKind.MISMATCH_UNDETERMINED: "likely data mismatch",
}


Advice = tuple[str, str | None]  # a remedy's reason, and its change


class Case(NamedTuple):
    """All that a remedy's reason and change are made from."""

    spec: Mapping[str, Any]  # resolved
    study: StudyRecord
    provenance: Provenance
    best: TrialRecord
    findings: tuple[Finding, ...]
    unit: Unit = CLASSIFICATION
    errors: Errors | None = None  # of the best trial
    gaps: Gaps | None = None  # between them
    tolerance: float = 0.02  # of a gap, in the errors' unit

    @property
    def transferred(self) -> bool:
        """Whether trials begin with another network's weights, whose shape is theirs."""
        return bool(self.spec["network"].get("init_from"))

    def first(self, kind: FindingKind) -> Finding | None:
        """The first finding of a kind."""
        return next((f for f in self.findings if f.kind is kind), None)


def gap_of(asking: Sequence[Finding], case: Case) -> str:
    """The bias or variance that a remedy is to lower, with its size."""
    parts = [
        f"{_GAPS[f.kind]} of {size_in_full(float(f.evidence['gap'] or 0), case.unit)}"
        for f in asking
        if f.kind in _GAPS
    ]
    return " and ".join(parts)


def says(asking: Sequence[Finding]) -> str:
    """What gaps do to a conclusion: those that are only likely high suggest it."""
    return "suggests" if all(it.kind in OPEN for it in asking if it.kind in _GAPS) else "says"

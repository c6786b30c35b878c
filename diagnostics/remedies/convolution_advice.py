"""Convolutions as a remedy, where dense layers take rows that are signals or pictures."""

from collections.abc import Sequence

from ..constant_error import constant_error
from ..findings import Finding, FindingKind
from .case import Advice, Case, gap_of
from .more_data import BEHIND_MORE_DATA

_CNN = "-S network.kind=cnn -S network.channels=[16,32,64] -S network.kernel=5 -S network.stride=2"
# Places among remedies, see ``remedies.TABLE``: dense layers need more units or more rows for what
# convolutions have of themselves.
_AHEAD_OF_MORE_OF_THE_SAME = {
    FindingKind.HIGH_BIAS: 9.7,  # a loss that still falls asks for more epochs first
    FindingKind.HIGH_VARIANCE: 18.9,
    FindingKind.BIAS_UNDETERMINED: 26.95,
    FindingKind.VARIANCE_UNDETERMINED: 27.9,
}
# Of what one answer to all gets wrong: where an mlp leaves less, patterns keep their place, as in
# centred digits, of which a cnn took nothing away (benchmarks/LOG.md).
_LEFT = 1 / 3


def would_convolve(case: Case) -> Finding | None:
    """The finding that rows are signals or pictures, where a network that takes them flat fails."""
    dense = case.spec["network"]["kind"] == "mlp" and not case.transferred
    found = case.first(FindingKind.ORDERED_COLUMNS) if dense else None
    return None if _is_told_well(case) else found


def _is_told_well(case: Case) -> bool:
    """Whether the network tells most of what can be told of held-out rows; not where unknown."""
    if case.errors is None:
        return False
    held_out, rows = case.errors.test.value, case.provenance.class_rows
    if constant := constant_error(rows and rows.test, case.unit):
        return held_out < _LEFT * constant
    told = case.unit.r_squared("test", held_out)
    return told is not None and 1 - told < _LEFT


def convolutions(asking: Sequence[Finding], found: Finding, case: Case) -> Advice:
    """A cnn, with the shape that rows have where neither source nor spec says so."""
    shape = str(found.evidence.get("shape") or "").replace(" ", "")
    known = not shape or case.spec["network"].get("shape")
    return (
        f"{found.text} A convolution takes a pattern for the same wherever it lies; dense layers "
        f"must learn it at each place anew. So a cnn may lower the {gap_of(asking, case)}.",
        _CNN if known else f"{_CNN} -S network.shape={shape}",
    )


def convolutions_place(gap: Finding, case: Case) -> float:
    """Where convolutions stand among the remedies of a gap."""
    if case.spec["data"].get("train_rows") and gap.kind in BEHIND_MORE_DATA:
        return BEHIND_MORE_DATA[gap.kind]  # rows that lie ready cost nothing
    return _AHEAD_OF_MORE_OF_THE_SAME[gap.kind]

"""What to do: from findings to remedies, in the order in which to try them."""

from collections.abc import Collection, Mapping, Sequence

from ..data.imbalance import seems_to_miss
from ..data.missed_labels import seems_unlearnt
from ..findings import Finding, FindingKind, Remedy, RemedyKind, Severity
from ..leaning import OPEN, likely_high
from ..vital_signs.vital_findings import more_columns_than_rows
from .advice import ADVICE
from .case import Case
from .convolution_advice import convolutions_place, would_convolve
from .data_advice import DATA_ADVICE
from .gains import predicted_gain
from .held_back import HOLDS_BACK, WEAKER, ends_too_low, last_fall, rates_were_tried
from .in_use import in_use
from .label_advice import LABEL_ADVICE
from .layer_advice import LAYER_ADVICE
from .more_data import BEHIND_MORE_DATA
from .remedy_costs import cost_of
from .search_advice import SEARCH_ADVICE
from .table import TABLE
from .trained_elsewhere import reason_elsewhere

# What asks for less of something only where all trials had much of it.
_NOT_OF_LAYERS = (
    FindingKind.HIGH_BIAS,
    FindingKind.BIAS_UNDETERMINED,
    FindingKind.TRAINING_LOSS_RISING,
)
_EVERY_ADVICE = {**ADVICE, **SEARCH_ADVICE, **DATA_ADVICE, **LABEL_ADVICE, **LAYER_ADVICE}
DOUBTFUL_DATA = {RemedyKind.FIX_SPLIT, RemedyKind.CLEAN_LABELS, RemedyKind.CHECK_OUTLIERS}
# Labels that look wrong do not keep a network from learning what others learn of them.
_BEHIND_BIAS = 12.5
# What is wrong with the rows is not cured by another network for the others.
_AHEAD_OF_BIAS = 8
# A loss still falling says that more epochs help; a curve that turned says where to stop.
_AHEAD_OF_BIGGER_NETWORK = 9
# Few groups are learnt by heart as well as wrong labels are, and are there in every grouped split.
_BEHIND_MORE_GROUPS = 28.6
_AFTER_MORE_DATA = {FindingKind.HIGH_VARIANCE: 20.5, FindingKind.VARIANCE_UNDETERMINED: 28.5}
# Of a network that learnt all the same; what such a layer costs is bias, if anything.
_OF_LAYERS = {
    FindingKind.UNREACHED,
    FindingKind.OUTPUTS_SCALED,
    FindingKind.GRADIENT_VANISHES,
    FindingKind.LOUD_START,
    FindingKind.UNITS_ALIKE,
    FindingKind.SATURATED_UNITS,
    FindingKind.DEAD_UNITS,
}
_BEHIND_VARIANCE = 30
_AHEAD_OF_LIKELY_BIAS = 26
# Trials are judged by what the loss does not know of; it costs nothing to tell it.
_WEIGHTS_FIRST = {FindingKind.HIGH_VARIANCE: 19.5, FindingKind.VARIANCE_UNDETERMINED: 27.9}
_RARE = 10.0  # times as many rows of the commonest class as of the rarest
# Where the network seems to miss most of the rare classes: ahead of what might improve the search,
# and the weights first, as among trials that all miss them there is little to choose.
_MISSED_CLASSES = {RemedyKind.CLASS_WEIGHTS: 30.5, RemedyKind.BALANCED_OBJECTIVE: 30.6}


def recommend(case: Case, against: Collection[RemedyKind] = ()) -> tuple[Remedy, ...]:
    """Rank the remedies that the findings ask for; each kind once, ranks from 1.

    A kind that two findings ask for stands at the better of its places and gives both reasons.
    A gap that is healthy, or open and not likely high, gets no remedy.

    Args:
        case: what is known.
        against: kinds that the evidence speaks against; see ``objections``.
    """
    asked: dict[RemedyKind, list[tuple[float, Finding]]] = {}
    for finding in case.findings:
        for kind in asked_by(finding):
            if kind in against or in_use(kind, case):
                continue
            if a_mere_note(finding) and not ends_too_low(finding, case):
                continue
            if kind is RemedyKind.LOWER_RATE and rates_were_tried(finding, case):
                continue
            if finding.kind in _NOT_OF_LAYERS and kind in HOLDS_BACK and not HOLDS_BACK[kind](case):
                continue
            asked.setdefault(kind, []).append((_place(kind, finding, case), finding))
    for less, more in WEAKER.items():
        if less in asked:
            asked.pop(more, None)
    order = sorted(asked, key=lambda kind: min(place for place, _ in asked[kind]))
    return tuple(
        _remedy(kind, rank, _sure_first([finding for _, finding in asked[kind]]), case)
        for rank, kind in enumerate(order, start=1)
    )


def asked_by(finding: Finding) -> Collection[RemedyKind]:
    """The kinds that a finding asks for: more epochs only of labels that are not learnt either."""
    kinds = TABLE.get(finding.kind, {})
    learnt = finding.kind is FindingKind.MISSED_LABELS and not seems_unlearnt(finding)
    return [kind for kind in kinds if not (learnt and kind is RemedyKind.MORE_EPOCHS)]


def _sure_first(asking: Sequence[Finding]) -> Sequence[Finding]:
    """The findings, those of gaps that are only likely high last: the first one is addressed."""
    return sorted(asking, key=lambda finding: finding.kind in OPEN)


def a_mere_note(finding: Finding) -> bool:
    """Whether the finding is an observation, too weak to ask for a remedy.

    The best alone at an edge is what chance does in 20 % of studies to a parameter that does not
    matter; what happened to other trials, or to the training loss alone, helps nobody; where the
    validation loss alone rose, answers are no more often wrong, and by these the epoch is chosen;
    a few equal rows in thousands move no error by what counts; and of an open gap nothing is known
    but where it likely is high.
    """
    if finding.kind in OPEN:
        return not likely_high(finding)
    weak = (
        FindingKind.STILL_IMPROVING,
        FindingKind.OVERFITTED_AFTER,
        FindingKind.TRAINING_LOSS_RISING,
        FindingKind.BEST_AT_EDGE,
        FindingKind.DUPLICATES_ACROSS_SPLITS,
        FindingKind.CONFLICTING_LABELS,
    )
    return finding.kind in weak and finding.severity is Severity.INFO


def _place(kind: RemedyKind, finding: Finding, case: Case) -> float:
    if kind in DOUBTFUL_DATA and finding.severity is Severity.PROBLEM:
        looks_wrong = finding.kind is FindingKind.LIKELY_LABEL_ERRORS
        return _BEHIND_BIAS if looks_wrong and _learnt_nothing(case) else 0
    if kind is RemedyKind.CLIPPING and rates_were_tried(finding, case):
        return TABLE[finding.kind][RemedyKind.LOWER_RATE]
    if finding.kind is FindingKind.DATA_MISMATCH and _mostly_mismatch(case):
        return _AHEAD_OF_BIAS + TABLE[finding.kind][kind] / 100
    if kind is RemedyKind.OTHER_ARCHITECTURE and would_convolve(case):
        return convolutions_place(finding, case)
    if kind is RemedyKind.MORE_EPOCHS and case.first(FindingKind.STILL_IMPROVING):
        return _AHEAD_OF_BIGGER_NETWORK
    if kind is RemedyKind.EXTEND_RANGE and ends_too_low(finding, case):
        return TABLE[FindingKind.HIGH_BIAS][RemedyKind.BIGGER_NETWORK] - 0.5
    if kind is RemedyKind.MORE_EPOCHS and finding.kind in _NOT_OF_LAYERS and last_fall(case):
        return TABLE[finding.kind][RemedyKind.BIGGER_NETWORK] - 0.5
    learnt_all_the_same = finding.kind in _OF_LAYERS and finding.severity is Severity.WARNING
    if learnt_all_the_same and not case.first(FindingKind.HIGH_BIAS):
        bias = case.first(FindingKind.BIAS_UNDETERMINED)
        if bias and likely_high(bias):
            return _AHEAD_OF_LIKELY_BIAS + TABLE[finding.kind][kind] / 10
        return _BEHIND_VARIANCE + TABLE[finding.kind][kind]
    if kind is RemedyKind.CLASS_WEIGHTS and (place := _weights_first(finding, case)):
        return place
    if finding.kind is FindingKind.CLASS_IMBALANCE and seems_to_miss(finding):
        return _MISSED_CLASSES[kind]
    if finding.kind is FindingKind.LABELS_UNRELATED and case.study.deals_groups:
        return _BEHIND_MORE_GROUPS
    if finding.kind is FindingKind.LABELS_UNRELATED and more_columns_than_rows(case.study):
        # Nor do labels that are right keep a network from it, only less often.
        return _beside(BEHIND_MORE_DATA, case) or TABLE[finding.kind][kind]
    if kind is RemedyKind.NORMALISATION and finding.evidence.get("variance") == 0:
        # Behind weights of 0 there is nothing that normalised layers could scale.
        return TABLE[finding.kind][RemedyKind.OTHER_INITIALIZER] + 0.5
    rose = case.first(FindingKind.OVERFITTED_AFTER) if kind is RemedyKind.EARLY_STOPPING else None
    if rose and finding.kind in _AFTER_MORE_DATA and not a_mere_note(rose):
        return _AFTER_MORE_DATA[finding.kind]
    return TABLE[finding.kind][kind]


def _weights_first(finding: Finding, case: Case) -> float | None:
    """The place of class weights where only the loss counts rows, and variance is high."""
    if not case.unit.balanced or float(finding.evidence.get("ratio") or 0) < _RARE:
        return None
    return _beside(_WEIGHTS_FIRST, case)


def _beside(places: Mapping[FindingKind, float], case: Case) -> float | None:
    """The place that belongs to the first of these gaps that is high, or likely so."""
    high = (it for it in map(case.first, places) if it and not a_mere_note(it))
    return next((places[it.kind] for it in high), None)


def _mostly_mismatch(case: Case) -> bool:
    """Whether the data mismatch is surely larger than bias and variance together."""
    if case.gaps is None or case.gaps.test_mismatch is None:
        return False
    others = case.gaps.avoidable_bias, case.gaps.judged_variance
    return case.gaps.test_mismatch.low > sum(max(0.0, it.high) for it in others)


def _learnt_nothing(case: Case) -> bool:
    plateau = case.first(FindingKind.PLATEAU)
    return plateau is not None and plateau.severity is Severity.PROBLEM


def _remedy(kind: RemedyKind, rank: int, asking: Sequence[Finding], case: Case) -> Remedy:
    if case.study.only_predictions:
        reason = reason_elsewhere(kind, asking, case) or _EVERY_ADVICE[kind](asking, case)[0]
        return Remedy(
            kind, asking[0].kind, rank, reason, None, predicted_gain(kind, asking, case), None
        )
    reason, change = _EVERY_ADVICE[kind](asking, case)
    gain, cost = predicted_gain(kind, asking, case), cost_of(kind, change, case)
    return Remedy(kind, asking[0].kind, rank, reason, change, gain, cost)

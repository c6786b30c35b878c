"""Every kind of finding with its explanation, by subject."""

from collections.abc import Iterable, Mapping

from ..findings import Finding, FindingKind
from .explained_curves import CURVES
from .explained_data import DATA
from .explained_errors import ERRORS
from .explained_layers import LAYERS
from .explained_regions import REGIONS
from .explained_search import SEARCH
from .explained_trials import TRIALS
from .explanation import Explanation

GROUPS: Mapping[str, Mapping[FindingKind, Explanation]] = {
    "Errors and gaps": ERRORS,
    "Training curves": CURVES,
    "The layers of the network": LAYERS,
    "The search": SEARCH,
    "The trials": TRIALS,
    "The data": DATA,
    "Regions of the data": REGIONS,
}
EXPLANATIONS: Mapping[FindingKind, Explanation] = {
    kind: text for group in GROUPS.values() for kind, text in group.items()
}


def anchor(kind: FindingKind) -> str:
    """What an address ends in, after ``#``: in docs/findings.md; a report prefixes ``about-``."""
    return kind.value.replace("_", "-")


def kinds_of(findings: Iterable[Finding]) -> tuple[FindingKind, ...]:
    """The kinds that occur, each once, in the order of their first finding."""
    return tuple(dict.fromkeys(finding.kind for finding in findings))

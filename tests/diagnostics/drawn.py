"""A study whose diagnosis has every finding that is drawn, and one that is not."""

from dataclasses import replace

from netclinic.diagnostics.diagnosis import diagnose
from netclinic.diagnostics.findings import Finding, FindingKind, Severity

from tests.diagnostics.healthy import healthy_study

EVIDENCE = {
    FindingKind.OVERFITTED_TRIALS: {"worst": 5, "numbers": "5, 6, 7"},
    FindingKind.TRAINING_LOSS_RISING: {"shown": 6, "numbers": "6, …"},
    FindingKind.UNSTEADY_END: {"shown": 7, "numbers": "7"},
    FindingKind.LOW_RATE_REGULARISES: {},
    FindingKind.WINNER_IN_DOUBT: {},
    FindingKind.VALIDATION_TOO_SMALL: {},
    FindingKind.SEARCH_STILL_IMPROVING: {},
}


def drawn_study():
    """A healthy study, of whose trials the findings are told."""
    return healthy_study(0)


def drawn_diagnosis(study):
    """Its diagnosis with those findings in the place of its own, and without remedies."""
    found = [Finding(kind, Severity.INFO, it, f"{kind.value}.") for kind, it in EVIDENCE.items()]
    edge = Finding(FindingKind.BEST_AT_EDGE, Severity.INFO, {}, "edge.")
    return replace(diagnose(study), findings=(*found, edge), remedies=())

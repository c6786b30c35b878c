"""Findings that remedies are asked for, and what is advised by them."""

from dataclasses import replace

from netclinic.diagnostics.findings import Finding, FindingKind, Severity
from netclinic.diagnostics.remedies.case import Case
from netclinic.diagnostics.remedies.remedies import recommend
from netclinic.storage.records.study import SearchRange

from tests.diagnostics import planted

GAP = {"gap": 0.1, "low": 0.08, "high": 0.12, "tolerance": 0.02}
BIAS = Finding(FindingKind.HIGH_BIAS, Severity.PROBLEM, GAP, "bias")
VARIANCE = Finding(FindingKind.HIGH_VARIANCE, Severity.PROBLEM, GAP, "variance")
FALLING = Finding(
    FindingKind.STILL_IMPROVING,
    Severity.WARNING,
    {"relative_fall": 0.3, "epochs_compared": 5},
    "falling",
)
TURNED = Finding(
    FindingKind.OVERFITTED_AFTER, Severity.WARNING, {"epoch": 9}, "After about epoch 9 it rose."
)
DUPLICATES = Finding(FindingKind.DUPLICATES_ACROSS_SPLITS, Severity.PROBLEM, {}, "9 duplicates.")
OUTLIERS = Finding(FindingKind.TARGET_OUTLIERS, Severity.PROBLEM, {}, "1 row is far out.")
CONFLICTS = Finding(FindingKind.CONFLICTING_LABELS, Severity.WARNING, {}, "3 conflicts.")
UNSTABLE = Finding(
    FindingKind.BEST_NEAR_DIVERGENCE, Severity.WARNING, {}, "3 of the best 5 nearly diverged."
)
FALLING_ERROR = FALLING._replace(
    evidence={**FALLING.evidence, "validation_fall": 0.04}, text="Both fell."
)
ERROR_ALONE = FALLING._replace(
    evidence={"relative_fall": None, "validation_fall": 0.04, "epochs_compared": 5},
    text="The error fell.",
)


def warning(kind, **evidence):
    return Finding(kind, Severity.WARNING, evidence, f"{kind.value} found.")


OVERFITTED = warning(FindingKind.OVERFITTED_TRIALS)
RISING = warning(FindingKind.TRAINING_LOSS_RISING)
UNSTEADY = warning(FindingKind.UNSTEADY_END)
LONG = warning(FindingKind.TRAINED_TOO_LONG, latest_of_them=2)
LOW_RATE = warning(FindingKind.LOW_RATE_REGULARISES, learning_rate=1e-4, highest=0.05)
LONELY = warning(FindingKind.SEARCH_STILL_IMPROVING)
IN_DOUBT = warning(FindingKind.WINNER_IN_DOUBT)
FEW_ROWS = warning(FindingKind.VALIDATION_TOO_SMALL, rows_needed=3100)
DRIFTED = warning(FindingKind.DRIFT)
RARE = warning(FindingKind.CLASS_IMBALANCE, rarest="owl")
MISSED = warning(FindingKind.CLASS_IMBALANCE, rarest="owl", wrong=2, validation_rows=2)
HALF_MISSED = warning(FindingKind.CLASS_IMBALANCE, rarest="owl", wrong=1, validation_rows=2)
FLOOR = Finding(FindingKind.FLOOR_ABOVE_HELD_OUT, Severity.PROBLEM, {}, "Floor too high.")


def edge(parameter="learning_rate", law="log", low=1e-5, high=1.0):
    evidence = {"parameter": parameter, "law": law, "widened_low": low, "widened_high": high}
    return Finding(FindingKind.BEST_AT_EDGE, Severity.WARNING, evidence, f"{parameter} edge.")


STRONG = {"weight_decay": {"log": [0.3, 3.0]}, "dropout": 0.9}


def remedies(*findings, resolved=None, ranges=planted.RANGES, name="planted"):
    best = planted.trial()
    study = replace(planted.study([best], ranges=ranges, resolved=resolved), name=name)
    return recommend(Case(resolved or planted.spec(), study, study.provenance, best, findings))


def kinds(*findings, **options):
    return [remedy.kind.value for remedy in remedies(*findings, **options)]


def by_kind(kind, *findings, **options):
    (found,) = [r for r in remedies(*findings, **options) if r.kind is kind]
    return found


BEGUN = planted.spec(network={"init_from": "source/best", "transfer": "fine_tune"})
RESNET = {"kind": "resnet", "channels": [4, 8]}
LAYERS = (*planted.RANGES, SearchRange("layers", "int", 1, 4))

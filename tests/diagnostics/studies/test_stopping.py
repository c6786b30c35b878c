"""Trials that early stopping ended: what their curves show, and what is said of them."""

from dataclasses import replace

import pytest
from netclinic.diagnostics.diagnosis import diagnose
from netclinic.diagnostics.findings import FindingKind, RemedyKind
from netclinic.diagnostics.report.report_content import report_content
from netclinic.diagnostics.studies.stopping import (
    kept_part,
    patience_of,
    stopped_early,
    stopping_text,
)
from netclinic.storage.records.results import Curves

from tests.diagnostics import planted

STOPPING = planted.spec(training={"epochs": 40, "patience": 10})
# The training loss falls to the end; the validation error has its minimum at epoch 14 of 24.
ERRORS = [0.30 - 0.02 * e for e in range(14)] + [0.04 + 0.004 * e for e in range(1, 11)]
CURVES = Curves(
    tuple(0.9**e for e in range(24)),
    tuple(0.3 * 0.8**e for e in range(24)),
    tuple(e + 0.2 for e in ERRORS),
    tuple(ERRORS),
    (1.0,) * 24,
)


def trial(pruned=False):
    return planted.trial(
        training=0.013, validation=0.04, test=0.05, curves=CURVES, best_epoch=14, pruned=pruned
    )


def study(resolved=STOPPING):
    return planted.study([trial()], resolved=resolved)


@pytest.mark.parametrize(
    ("training", "text"),
    [
        ({"epochs": 40, "patience": 10}, "stopped early after epoch 24, weights of epoch 14"),
        ({"epochs": 24, "patience": 10}, "weights of epoch 14"),
        ({"epochs": 24, "patience": None}, ""),
        ({"epochs": 24}, ""),
    ],
)
def test_what_is_said_of_a_trial(training, text):
    spec = planted.spec(training=training)
    assert stopping_text(spec, trial().result) == text
    assert stopped_early(spec, trial().result) == text.startswith("stopped")
    kept = 14 if text else 24
    assert len(kept_part(spec, trial().result).curves.training_loss) == kept


def test_a_pruned_or_a_foreign_trial_was_not_stopped_early():
    assert stopping_text(STOPPING, trial(pruned=True).result) == ""
    assert patience_of(None) is None


def test_curves_behind_the_epoch_whose_weights_were_kept_are_no_finding():
    found = {f.kind for f in diagnose(study(planted.spec(training={"epochs": 24}))).findings}
    assert {FindingKind.STILL_IMPROVING, FindingKind.OVERFITTED_AFTER} <= found
    found = {f.kind for f in diagnose(study()).findings}
    assert not found & {FindingKind.STILL_IMPROVING, FindingKind.OVERFITTED_AFTER}


def test_a_training_that_went_on_to_the_last_epoch_may_still_have_been_improving():
    spec = planted.spec(training={"epochs": 24, "patience": 20})
    found = {f.kind for f in diagnose(study(spec)).findings}
    assert FindingKind.STILL_IMPROVING in found


def test_early_stopping_is_no_remedy_where_it_is_in_use():
    plain = diagnose(study(planted.spec(training={"epochs": 24})))
    assert RemedyKind.EARLY_STOPPING in {r.kind for r in plain.remedies}
    assert RemedyKind.EARLY_STOPPING not in {r.kind for r in diagnose(study()).remedies}


def test_more_epochs_mean_more_patience_where_the_training_stopped():
    biased = planted.trial(training=0.2, validation=0.21, test=0.21, curves=CURVES, best_epoch=14)
    of = replace(study(), trials=(biased,))
    (more,) = [r for r in diagnose(of).remedies if r.kind is RemedyKind.MORE_EPOCHS]
    assert more.change == "-S training.patience=20"
    assert "after epoch 24" in more.reason


def test_the_choice_of_the_epoch_is_named_as_optimistic():
    sentences = diagnose(study()).not_checked
    assert any(s.startswith("Selection: the epoch whose weights were kept was") for s in sentences)
    two = replace(study(), trials=(trial(), replace(trial(), number=1)))
    text = "Selection: the best of 2 trials and the epoch whose weights were kept were chosen"
    assert any(s.startswith(text) for s in diagnose(two).not_checked)


def test_the_report_tells_it():
    of = study()
    told = dict(report_content(of, diagnose(of)).facts)
    assert told["Early stopping"] == "stopped early after epoch 24, weights of epoch 14"
    plain = study(planted.spec(training={"epochs": 24}))
    assert "Early stopping" not in dict(report_content(plain, diagnose(plain)).facts)

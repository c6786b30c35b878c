"""Labels whose rows are missed: named where that is sure, with what to do about it."""

from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.data.label_standings import label_standings
from netclinic.diagnostics.data.missed_labels import missed_labels
from netclinic.diagnostics.findings import FindingKind, RemedyKind, Severity
from netclinic.storage.records.results import LabelResult
from scipy.stats import binom

from tests.diagnostics import planted

SMALL = (0.01,) * 3


def study_of(counted, **options):
    return planted.multilabel(SMALL, (0.05,) * 3, counted=counted, **options)


def advised(study):
    return {it.kind: it for it in diagnose(study).remedies}


def test_a_label_that_is_missed_is_named_with_its_rows_and_limits():
    found = missed_labels(study_of(planted.labels(cat=5, dog=36, owl=20)))
    assert found is not None
    assert (found.kind, found.severity) == (FindingKind.MISSED_LABELS, Severity.WARNING)
    assert found.text == (
        "Trial 0 gets most rows of 1 of 3 labels wrong: 72 of 80 held-out rows with 'dog' "
        "(79–96 %). These are 9.1 % of rows, which the mean over labels hardly feels. Of the 120 "
        "such training rows 108 are wrong."
    )
    assert found.evidence == {
        "missed_labels": 1,
        "labels": 3,
        "worst": "dog",
        "wrong": 72,
        "held_out_rows": 80,
        "training_wrong": 108,
        "training_rows": 120,
    }


def test_the_worst_come_first_and_of_many_five_are_named():
    missed = {f"l{i}": 30 + i for i in range(8)}
    found = missed_labels(study_of(planted.labels(**missed, fine=1)))
    assert found is not None
    assert "most rows of 8 of 9 labels wrong: 74 of 80 held-out rows with 'l7'" in found.text
    assert "with 'l3' (" in found.text
    assert "; and of 3 more. These" in found.text
    assert "'l2'" not in found.text


def test_of_a_label_that_most_rows_have_the_rows_without_it_are_judged():
    common = [
        LabelResult(split, "cat", 400, 2, 40, 37, 0.4, 9, 20)
        for split in ("training", "validation", "test")
    ]
    study = study_of(common)
    (it,) = label_standings(study)
    assert (it.has, it.held_out, it.others) == (False, (74, 80), (4, 800))
    found = missed_labels(study)
    assert found is not None
    assert "rows of the label wrong: 74 of 80 held-out rows without 'cat' (84–97 %)" in found.text
    assert RemedyKind.LABEL_THRESHOLDS not in advised(study)  # which find more rows with a label


@pytest.mark.parametrize("split", ["grouped", "distinct"])
def test_of_rows_in_groups_nothing_is_sure(split):
    study = study_of(planted.labels(dog=40))
    grouped = replace(study, spec=planted.spec(data={"task": "multilabel", "split": split}))
    assert missed_labels(grouped) is None
    (it,) = label_standings(grouped)
    assert (it.error, it.held_out) == (None, (80, 80))
    assert "but not how sure that is, as rows come in groups" in " ".join(
        diagnose(grouped).not_checked
    )


def test_studies_of_other_tasks_and_labels_without_rows_are_passed_over():
    assert missed_labels(planted.study([planted.trial()])) is None
    assert missed_labels(planted.study()) is None
    nowhere = [
        LabelResult(split, "cat", 0, 0, 40, 0, None, None, None)
        for split in ("training", "validation", "test")
    ]
    study = study_of((*nowhere, *planted.labels(dog=3)))
    assert missed_labels(study) is None
    assert [(it.label, it.error is None) for it in label_standings(study)] == [
        ("dog", False),
        ("cat", True),
    ]
    assert label_standings(study_of(nowhere[:2])) == ()  # of a database that lacks the test rows


def test_what_was_counted_is_not_among_what_was_not_checked():
    assert "Single labels" not in " ".join(diagnose(study_of(planted.labels(a=2))).not_checked)


@pytest.mark.parametrize("labels", [1, 5, 40])
@pytest.mark.parametrize("rows", [12, 40])
def test_that_a_label_is_named_of_which_half_is_missed_is_rare(labels, rows):
    """The worst case: of every label exactly half of the rows are missed."""
    rng, draws = np.random.default_rng((labels, rows)), 400
    named = 0
    for _ in range(draws):
        wrong = rng.binomial(rows, 0.5, size=(labels, 2))
        missed = {f"l{i}": (9, int(a), int(b)) for i, (a, b) in enumerate(wrong)}
        counted = planted.labels(rows=(100, rows, rows), **missed)
        named += missed_labels(study_of(counted)) is not None
    assert named <= binom.ppf(0.999, draws, 0.025)


def test_intervals_of_all_labels_hold_together():
    rng, draws, held = np.random.default_rng(1), 400, 0
    for _ in range(draws):
        rates = rng.uniform(0, 1, 10)
        wrong = rng.binomial(30, rates[:, None], size=(10, 2))
        missed = {f"l{i}": (9, int(a), int(b)) for i, (a, b) in enumerate(wrong)}
        counted = planted.labels(rows=(100, 30, 30), **missed)
        every = {it.label: it.error for it in label_standings(study_of(counted))}
        held += all(
            every[f"l{i}"].low <= rate <= every[f"l{i}"].high for i, rate in enumerate(rates)
        )
    assert held >= binom.ppf(0.001, draws, 0.95)


def test_a_threshold_is_advised_with_what_it_does_on_the_test_rows():
    study = study_of(planted.labels(cat=2, dog=36))
    them = advised(study)
    assert (
        "is 0.1 of 'dog', where 9 of 40 rows are missed in place of 36 and 4 wrongly claimed in "
        "place of 1."
    ) in them[RemedyKind.LABEL_THRESHOLDS].reason
    assert them[RemedyKind.LABEL_THRESHOLDS].cost is None
    assert "There are only 120 training rows with 'dog'." in them[RemedyKind.ROWS_OF_LABEL].reason


def test_a_threshold_that_finds_no_more_of_the_test_rows_is_not_advised():
    worse = tuple(it._replace(missed_from=35, claimed_from=90) for it in planted.labels(dog=36))
    assert RemedyKind.LABEL_THRESHOLDS not in advised(study_of(worse))
    assert RemedyKind.ROWS_OF_LABEL in advised(study_of(worse))
    unknown = tuple(
        it._replace(threshold=None, missed_from=None, claimed_from=None)
        for it in planted.labels(dog=36)
    )
    assert RemedyKind.LABEL_THRESHOLDS not in advised(study_of(unknown))


def test_where_training_rows_are_missed_too_longer_training_comes_first():
    them = list(diagnose(study_of(planted.labels(cat=2, dog=36))).remedies)
    assert [it.kind for it in them][:3] == [
        RemedyKind.MORE_EPOCHS,
        RemedyKind.LABEL_THRESHOLDS,
        RemedyKind.ROWS_OF_LABEL,
    ]
    assert them[0].reason.endswith("hardly feels them either, so they are learnt last.")
    assert them[0].change == "-S training.epochs=80"
    assert RemedyKind.MORE_EPOCHS not in {
        it.kind for it in diagnose(study_of(planted.labels(cat=2, dog=36))).spoken_against
    }
    learnt = diagnose(study_of(planted.labels(dog=(2, 36, 36))))
    assert RemedyKind.MORE_EPOCHS not in {it.kind for it in learnt.remedies}
    assert RemedyKind.MORE_EPOCHS in {it.kind for it in learnt.spoken_against}


def test_an_early_stop_is_put_off():
    study = study_of(planted.labels(dog=36))
    patient = replace(
        study, spec=planted.spec(data={"task": "multilabel"}, training={"patience": 5})
    )
    best = patient.trials[0]
    assert best.result is not None
    early = replace(best, result=best.result._replace(epochs=12))
    (epochs, *_) = diagnose(replace(patient, trials=(early,))).remedies
    assert epochs.change == "-S training.patience=20"


def test_rows_that_were_learnt_by_heart_are_told():
    them = advised(study_of(planted.labels(cat=(2, 36, 36), dog=30)))
    assert "Of 'cat' the training rows are answered far better than the others" in (
        them[RemedyKind.ROWS_OF_LABEL].reason
    )


def test_the_diagnosis_holds_each_label():
    document = diagnose(study_of(planted.labels(cat=2, dog=36))).as_dict()
    first, second = document["labels"]
    assert (first["label"], first["held_out"], first["has"]) == (
        "dog",
        {"wrong": 72, "rows": 80},
        True,
    )
    assert first["error"]["value"] == 0.9
    assert second["label"] == "cat"

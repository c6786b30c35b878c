"""Where labels of one class alone are wrong it is told which, as what, how many and where."""

from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.bayes.bayes_mixture import judge_with_probabilities
from netclinic.diagnostics.bayes.data_question import ask
from netclinic.diagnostics.bayes.data_reading import read_data
from netclinic.diagnostics.data.class_noise import find_class_noise
from netclinic.diagnostics.data.label_errors import check_labels
from netclinic.diagnostics.data.label_findings import likely_label_errors
from netclinic.diagnostics.findings import FindingKind, RemedyKind, Severity
from netclinic.storage.records.data import DataCheck
from scipy.stats import binom
from sklearn.datasets import load_digits

from tests.diagnostics import planted
from tests.diagnostics.bayes.test_bayes import dataset


def normals(n, classes, distance, seed, columns=4):
    """Round normal classes, the nearest two of which are so many deviations apart."""
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(classes, columns))
    away = np.linalg.norm(means[:, None] - means, axis=2)[np.triu_indices(classes, 1)]
    means *= distance / away.min()
    labels = rng.integers(classes, size=n)
    inputs = means[labels] + rng.normal(size=(n, columns))
    return ((inputs - inputs.mean(axis=0)) / inputs.std(axis=0)).astype(np.float32), labels


def turned(labels, share, seed, of=0, to=1):
    wrong = (labels == of) & (np.random.default_rng(seed).random(len(labels)) < share)
    return np.where(wrong, to, labels), wrong


def found(inputs, labels):
    rng, classes = np.random.default_rng(0), labels.max() + 1
    return find_class_noise(labels, judge_with_probabilities(inputs, labels, classes, rng)[1])


@pytest.mark.parametrize("classes", [2, 4])
def test_a_quarter_of_one_class_is_told_with_its_share_and_rows(classes):
    """Each interval holds the share with 95 %; the pair is always the right one."""
    seeds, told, held = 8, 0, 0
    for seed in range(seeds):
        inputs, clean = normals(1000, classes, 4.0, seed)
        labels, wrong = turned(clean, 0.25, seed)
        it = found(inputs, labels)
        if it is None:
            continue
        told += 1
        assert (it.looks, it.given) == (0, 1)
        held += it.low <= wrong.sum() / (clean == 0).sum() <= it.high
        listed = wrong[it.rows[: round(it.share * it.n)]]
        assert listed.mean() >= 0.8
        assert listed.sum() >= 0.6 * wrong.sum()
    assert told >= 0.6 * seeds
    assert held >= binom.ppf(0.001, told, 0.95)


@pytest.mark.parametrize("distance", [1.5, 2.5, 4.0])
@pytest.mark.parametrize("classes", [2, 3])
def test_overlap_is_not_told(classes, distance):
    seeds = 4
    alarms = sum(found(*normals(600, classes, distance, seed)) is not None for seed in range(seeds))
    assert alarms <= binom.ppf(0.99, seeds, 0.025)


def test_wrong_labels_of_all_classes_are_not_told_of_one():
    for seed in range(3):
        inputs, clean = normals(1000, 3, 4.0, seed)
        rng = np.random.default_rng(seed)
        wrong = rng.random(1000) < 0.15
        labels = np.where(wrong, (clean + rng.integers(1, 3, size=1000)) % 3, clean)
        assert found(inputs, labels) is None


def test_sevens_that_are_labelled_as_ones_are_told():
    bunch = load_digits()
    inputs = (bunch.data - bunch.data.mean(axis=0)) / np.maximum(bunch.data.std(axis=0), 1e-9)
    assert found(inputs, bunch.target) is None
    labels, wrong = turned(bunch.target, 0.25, 0, of=7, to=1)
    it = found(inputs, labels)
    assert (it.looks, it.given) == (7, 1)
    assert it.low <= wrong.sum() / (bunch.target == 7).sum() <= it.high
    assert wrong[it.rows[: round(it.share * it.n)]].mean() >= 0.95


def by_hand(contradicted, elsewhere=0, other=1):
    """300 rows that look like 0 and as many that look like 1, ever less sure."""
    labels = np.repeat([0, 1], 300)
    sure = np.tile(np.linspace(0.99, 0.6, 300), 2)
    at = np.eye(3)[labels] > 0
    probabilities = np.where(at, sure[:, None], (1 - sure[:, None]) / 2)
    labels[contradicted] = other
    labels[300 : 300 + elsewhere] = 0
    return labels, probabilities


def test_shares_are_read_from_the_thirds_as_worked_out_by_hand():
    it = find_class_noise(*by_hand([*range(20), *range(100, 124)]))
    assert (it.looks, it.given, it.n) == (0, 1, 300)
    assert (it.sure_error, it.middle_error, it.others_error) == (0.2, 0.24, 0.0)
    assert it.share == pytest.approx(44 / 200)
    assert it.low == pytest.approx(0.1647, abs=1e-3)
    assert it.high == pytest.approx(0.2839, abs=1e-3)
    assert list(it.rows) == [*range(20), *range(100, 124)]


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        ([*range(10), *range(100, 124)], {}),  # fades
        ([*range(4), *range(100, 105)], {}),  # few
        ([*range(50), *range(100, 150)], {}),  # half of the class
        ([*range(20), *range(100, 124)], {"elsewhere": 10}),  # the other class has them, too
        ([*range(20), *range(100, 124)], {"other": 2}),  # a class that nothing tells
    ],
)
def test_what_else_may_be_the_cause_is_not_told(rows, more):
    assert find_class_noise(*by_hand(rows, **more)) is None


def test_few_groups_whose_labels_are_wrong_together_count_as_groups():
    labels, probabilities = by_hand([*range(20), *range(100, 124)])
    who = np.arange(600)
    rows = find_class_noise(labels, probabilities, who)
    assert rows.low == pytest.approx(find_class_noise(labels, probabilities).low, abs=0.01)
    # All contradicted labels are one person's: nothing is said.
    who = np.where(labels != probabilities.argmax(axis=1), 0, 1 + np.arange(600) % 20)
    assert find_class_noise(labels, probabilities, who) is None


def test_what_is_stored_is_told_in_the_report_with_the_rows():
    inputs, clean = normals(1000, 3, 5.0, 1)
    labels, wrong = turned(clean, 0.25, 1)
    data = dataset(inputs, labels)
    check = check_labels(data, read_data(ask(data, {})).seen)
    assert (check.details["looks_like"], check.details["given"]) == ("0", "1")
    starts = {"training": 0, "validation": 600, "test": 800}
    rows = check.details["rows"]
    at = [starts[row["split"]] + row["row"] for row in rows]
    assert wrong[at].mean() >= 0.9
    assert all((row["given"], row["suggested"]) == ("1", "0") for row in rows)
    study = replace(planted.study([planted.trial()]), data_checks=(check,))
    diagnosis = diagnose(study)
    (finding,) = [f for f in diagnosis.findings if f.kind is FindingKind.LIKELY_LABEL_ERRORS]
    assert finding.severity is Severity.PROBLEM
    assert "rows that look like 0 (" in finding.text
    assert "nearly all 1." in finding.text
    assert "do not tell some rows of 1 from it" in finding.text
    assert RemedyKind.CLEAN_LABELS in {r.kind for r in diagnosis.remedies}


def test_a_small_class_gets_a_warning():
    told = {"looks_like": "cat", "given": "dog", "all_rows": 5000, "rows": []}
    told |= {"sure_error": 0.2, "middle_error": 0.21, "others_error": 0.0}
    check = DataCheck("label_errors", None, 200, 0.2, 0.14, 0.28, None, "m", told)
    study = replace(planted.study([planted.trial()]), data_checks=(check,))
    it = likely_label_errors(study, 0.02)
    assert it.severity is Severity.WARNING
    assert it.text.startswith("About 40 of 200 rows that look like cat (28 to 56) are labelled")

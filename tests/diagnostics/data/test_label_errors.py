"""Wrong labels are found and counted; overlapping classes are not called wrong."""

from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.bayes.bayes_mixture import judge_with_probabilities
from netclinic.diagnostics.bayes.data_question import ask
from netclinic.diagnostics.bayes.data_reading import read_data
from netclinic.diagnostics.data.label_errors import check_labels, read_labels
from netclinic.diagnostics.data.label_findings import likely_label_errors
from netclinic.diagnostics.findings import FindingKind, RemedyKind, Severity
from netclinic.diagnostics.report.report_markdown import render_markdown
from netclinic.diagnostics.report.report_suspects import suspects_part
from netclinic.storage.records.data import DataCheck
from scipy.stats import binom, norm
from sklearn.datasets import load_digits

from tests.diagnostics import planted
from tests.diagnostics.bayes.test_bayes import dataset, two_normals


def flipped(labels, share, classes, seed):
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(labels)) < share
    other = (labels + rng.integers(1, classes, len(labels))) % classes
    return np.where(wrong, other, labels), wrong


def read(inputs, labels, classes=2, seed=0):
    rng = np.random.default_rng(seed)
    return read_labels(labels, judge_with_probabilities(inputs, labels, classes, rng)[1])


# Two normals this far apart overlap in 3.1, 9.4 and 22.7 % of rows.
@pytest.mark.parametrize("separation", [3.73, 2.63, 1.5])
def test_overlapping_classes_are_not_called_wrong(separation):
    seeds = 20
    alarms = 0
    for seed in range(seeds):
        inputs, labels, _ = two_normals(400, 3, separation, seed)
        found = read(inputs, labels)
        alarms += found is not None and found.low > 0
    assert alarms <= binom.ppf(0.99, seeds, 0.025)


def digits():
    bunch = load_digits()
    return (bunch.data - bunch.data.mean(axis=0)) / np.maximum(bunch.data.std(axis=0), 1e-9), bunch


def test_clean_digits_are_not_called_wrong():
    inputs, bunch = digits()
    assert read(inputs, bunch.target, 10).low == 0


def test_flips_among_digits_are_counted_and_found():
    """Of 1,797 digits 5 % get another label."""
    inputs, bunch = digits()
    labels, wrong = flipped(bunch.target, 0.05, 10, seed=1)
    it = read(inputs, labels, 10)
    assert 0 < it.low <= wrong.mean() <= it.high
    listed = wrong[it.rows]
    right = it.suggested == bunch.target[it.rows]
    assert listed.mean() >= 0.9  # precision
    assert listed.sum() / wrong.sum() >= 0.75  # recall
    assert right[listed].mean() >= 0.95


def test_the_interval_holds_the_share_of_flips():
    seeds, outside, found = 20, 0, 0
    for seed in range(seeds):
        inputs, labels, _ = two_normals(500, 3, 5.0, seed)
        labels, _ = flipped(labels, 0.12, 2, seed)
        it = read(inputs, labels)
        outside += not it.low <= 0.12 <= it.high
        found += it.low > 0
    assert outside <= binom.ppf(0.99, seeds, 0.05)
    assert found >= seeds / 2  # 500 rows are few: 13 of 20


def test_a_rare_class_that_nothing_tells_is_not_called_wrong():
    """A twentieth of the rows of one class are called otherwise, by what no input shows."""
    alarms = 0
    for seed in range(5):
        inputs, labels, _ = two_normals(600, 3, 5.0, seed)
        hidden = (np.random.default_rng(seed).random(600) < 0.1) & (labels == 0)
        found = read(inputs, np.where(hidden, 2, labels), 3)
        alarms += found is not None and found.low > 0
    assert alarms == 0


def test_what_is_not_learnt_says_nothing_of_labels():
    rng = np.random.default_rng(0)
    assert read(rng.standard_normal((300, 4)), rng.integers(2, size=300)) is None


def test_shares_are_read_from_the_thirds_as_worked_out_by_hand():
    """300 rows, ever less sure: 10 of the surest 100 and 12 of the next are contradicted."""
    labels = np.arange(300) % 2
    sure = np.linspace(0.99, 0.6, 300)
    probabilities = np.where(np.eye(2)[labels] > 0, sure[:, None], 1 - sure[:, None])
    contradicted = np.r_[:10, 100:112]
    probabilities[contradicted] = probabilities[contradicted][:, ::-1]
    it = read_labels(labels, probabilities)
    assert (it.sure_error, it.middle_error, it.n) == (0.1, 0.12, 300)
    assert it.share == pytest.approx(2 * 0.1 - 0.12)
    assert it.low == 0  # 2·10 − 12 of a hundred, plus or minus seven
    assert list(it.rows) == [*range(10), *range(100, 112)]
    assert np.array_equal(it.suggested, 1 - labels[it.rows])


def of_persons(persons, each, wrong, overlap, alike, seed):
    """Labels and probabilities of rows of three sorts, ever less sure, and of whom each is.

    The surest are contradicted in ``wrong`` + ``overlap``/2, the next in ``wrong`` + ``overlap``;
    ``alike`` is the share of a person's in what decides it.
    """
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(persons), each)
    sort = rng.permutation(np.arange(len(who)) % 3)
    rate = wrong + (1 - wrong) * overlap * np.array([0.5, 1, 2])[sort]
    person, row = rng.normal(size=persons)[who], rng.normal(size=len(who))
    contradicted = np.sqrt(alike) * person + np.sqrt(1 - alike) * row < norm.ppf(rate)
    labels = rng.integers(2, size=len(who))
    sure = np.array([0.99, 0.9, 0.7])[sort]
    guess = np.where(contradicted, 1 - labels, labels)
    return labels, np.where(np.eye(2)[guess] > 0, sure[:, None], 1 - sure[:, None]), who


@pytest.mark.parametrize(("persons", "each"), [(30, 20), (8, 100)])
def test_persons_whose_labels_are_wrong_together_count_as_persons(persons, each):
    """A tenth is wrong: the interval holds it in 95 %, within a binomial bound, by rows in fewer.
    None is wrong but as overlap allows: an alarm in 2.5 % at most.
    """
    seeds, held, alarms = 300, dict.fromkeys(("rows", "groups"), 0), 0
    for seed in range(seeds):
        labels, probabilities, who = of_persons(persons, each, 0.1, 0, 0.4, seed)
        by = {"rows": read_labels(labels, probabilities)}
        by["groups"] = read_labels(labels, probabilities, who)
        for counted, it in by.items():
            held[counted] += it is None or it.low <= 0.1 <= it.high  # of a few nothing is said
        labels, probabilities, who = of_persons(persons, each, 0, 0.06, 0.4, seed)
        alarms += read_labels(labels, probabilities, who).low > 0
    assert held["groups"] >= binom.ppf(0.001, seeds, 0.95)
    assert held["rows"] < binom.ppf(0.001, seeds, 0.95)
    assert alarms <= binom.ppf(0.999, seeds, 0.025)


def test_what_is_stored_of_persons_labels_says_how_many_they_are():
    inputs, clean, _ = two_normals(600, 3, 5.0, 0)
    labels, _ = flipped(clean, 0.1, 2, 0)
    who = np.arange(600) % 20
    data = dataset(inputs, labels)
    parts = np.split(who, np.cumsum([len(data.train.labels), len(data.validation.labels)]))
    data = replace(data, groups=tuple(parts))
    check = check_labels(data, read_data(ask(data, {})).seen)
    groups, effect = check.details["groups"], check.details["design_effect"]
    assert 15 <= groups <= 20  # those of the surest third
    assert effect >= 1
    assert f"of the surest third of {groups} groups, design effect" in check.method
    assert "groups" not in checked()[2].details
    assert "surest third of" not in checked()[2].method.split("MOVER")[1]


def checked(seed=0):
    inputs, clean, _ = two_normals(1000, 3, 5.0, seed)
    labels, wrong = flipped(clean, 0.1, 2, seed)
    order = np.arange(1000)[::-1]
    data = replace(dataset(inputs, labels), source_rows=(order[:600], order[600:800], order[800:]))
    return data, wrong, check_labels(data, read_data(ask(data, {})).seen)


def test_rows_are_named_by_split_and_by_source():
    data, wrong, check = checked()
    splits = {"training": data.train, "validation": data.validation, "test": data.test}
    starts = {"training": 0, "validation": 600, "test": 800}
    rows = check.details["rows"]
    assert {row["split"] for row in rows} == set(splits)
    for row in rows:
        at = starts[row["split"]] + row["row"]
        assert row["source_row"] == 999 - at
        assert row["given"] == str(splits[row["split"]].labels[row["row"]]) != row["suggested"]
        assert row["probability_given"] < row["probability_suggested"]
    at = [starts[row["split"]] + row["row"] for row in rows]
    assert wrong[at].mean() >= 0.9


def test_the_report_the_json_and_the_remedies_name_them():
    *_, check = checked()
    study = replace(planted.study([planted.trial()]), data_checks=(check,))
    found = diagnose(study)
    (finding,) = [f for f in found.findings if f.kind is FindingKind.LIKELY_LABEL_ERRORS]
    assert finding.severity is Severity.PROBLEM
    assert f"of {check.n:,} labels" in finding.text
    assert RemedyKind.CLEAN_LABELS in {r.kind for r in found.remedies}
    assert found.as_dict()["label_errors"] == list(map(dict, check.details["rows"]))
    text = render_markdown(study, found)
    assert "### Rows whose labels look wrong" in text
    assert "Labels near the borders between classes" in text
    table = suspects_part(found.label_errors).table
    assert len(table.rows) == 20
    assert "are in diagnosis.json" in suspects_part(found.label_errors).caption


def test_labels_that_overlap_explains_are_passed_over():
    check = DataCheck("label_errors", None, 1000, 0.01, 0.0, 0.03, None, "m", {"rows": []})
    study = replace(planted.study([planted.trial()]), data_checks=(check,))
    assert likely_label_errors(study, 0.02) is None
    assert diagnose(study).label_errors == ()
    assert "label_errors" not in diagnose(study).as_dict()


def test_a_few_wrong_labels_are_a_warning():
    details = {"rows": [], "sure_error": 0.01, "middle_error": 0.011}
    check = DataCheck("label_errors", None, 1000, 0.009, 0.001, 0.02, None, "m", details)
    study = replace(planted.study([planted.trial()]), data_checks=(check,))
    it = likely_label_errors(study, 0.02)
    assert it.severity is Severity.WARNING
    assert "About 9 of 1,000 labels (1 to 20) look wrong." in it.text


def graded(kind, classes, rows, seed):
    """Labels and probabilities of rows of which a fifth of the surest and more of others is wrong.

    ``grades``: by one grade up or down. ``any``: to any other class. ``pair``: of the first two
    classes alone, one for the other; others are mixed up with their neighbours in 1 % of rows.
    """
    rng = np.random.default_rng(seed)
    true = rng.integers(classes, size=rows)
    sort = rng.permutation(np.arange(rows) % 3)
    share = np.array([0.2, 0.24, 0.3])[sort]
    step = rng.choice([-1, 1], size=rows)
    near = true + np.where((true + step < 0) | (true + step >= classes), -step, step)
    other = (true + rng.integers(1, classes, size=rows)) % classes
    if kind == "pair":
        share = np.where(true < 2, share, 0.01)
        near = np.where(true < 2, 1 - true, near)
    wrong = rng.random(rows) < share
    labels = np.where(wrong, other if kind == "any" else near, true)
    sure = np.array([0.9, 0.8, 0.6])[sort][:, None]
    named = rng.permutation(classes)  # the order of the numbers tells nothing
    probabilities = np.where(np.eye(classes)[true] > 0, sure, (1 - sure) / (classes - 1))
    return named[labels], probabilities[:, np.argsort(named)]


@pytest.mark.parametrize("classes", [3, 5, 7])
def test_grades_that_noise_moves_by_one_are_not_called_wrong(classes):
    """Their overlap fades nowhere; labels wrong in any way, or of one pair of classes, are told."""
    seeds, told = 100, dict.fromkeys(("grades", "any", "pair"), 0)
    for kind in told:
        for seed in range(seeds):
            labels, probabilities = graded(kind, classes, 1500, seed)
            told[kind] += read_labels(labels, probabilities).low > 0
    assert told["grades"] <= binom.ppf(0.99, seeds, 0.025)
    assert told["any"] >= 0.95 * seeds
    assert told["pair"] >= 0.5 * seeds


@pytest.mark.parametrize("contradicted", [False, True])
def test_where_no_label_of_the_surest_rows_is_contradicted_none_is_called_wrong(contradicted):
    """With overlap below them or without it."""
    true = np.arange(300) % 3
    sure = np.where(np.arange(300) < 200, 0.9, 0.5)[:, None]
    labels = np.where((sure[:, 0] < 0.9) & contradicted, (true + 1) % 3, true)
    probabilities = np.where(np.eye(3)[true] > 0, sure, (1 - sure) / 2)
    it = read_labels(labels, probabilities)
    assert it is None or it.low == 0

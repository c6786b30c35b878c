"""Rows of one person: judged by rows of others, and counted as the few people that they are."""

import math
from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics.bayes import class_floor
from netclinic.diagnostics.bayes.balanced_floor import balanced_floor
from netclinic.diagnostics.bayes.bayes import estimate_bayes_error
from netclinic.diagnostics.bayes.bayes_mixture import can_judge, judge_by_mixture
from netclinic.diagnostics.bayes.data_question import ask
from netclinic.diagnostics.bayes.data_reading import read_data
from netclinic.diagnostics.bayes.floors import multilabel_floor, regression_floor
from netclinic.diagnostics.bayes.gamma_test import gamma_test, has_neighbours
from netclinic.diagnostics.bayes.label_mixture import judge_labels, read_labels
from netclinic.diagnostics.bayes.noise_test import NoiseTest
from netclinic.diagnostics.number_text import plain_number
from netclinic.storage.records.data import ClassRows
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.bayes.test_bayes import dataset

TRUTH = 0.2  # of new people
EACH = 6  # rows of a person


@pytest.fixture(autouse=True)
def _passed(monkeypatch):
    """No self-test, which takes three times as long and could only lower the lower limit."""
    passed = NoiseTest(100, 0.4, 0.4, 0.1)
    monkeypatch.setattr(class_floor, "inject_noise", lambda *_: passed)


def people(count, seed):
    """Rows that hardly differ within a person, who is of the wrong class by one chance in five."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(-2, 2, (count, 2))
    of_person = (centres[:, 0] > 0) ^ (rng.random(count) < TRUTH)
    groups = np.repeat(np.arange(count), EACH)
    inputs = centres[groups] + 0.02 * rng.standard_normal((len(groups), 2))
    return inputs, of_person[groups].astype(int), groups


def in_splits(inputs, labels, groups):
    """Whole people in splits, as ``[data] group`` deals them: 60, 20 and 20 %."""
    data = dataset(inputs, labels)
    ends = np.cumsum([len(split.labels) for split in (data.train, data.validation)])
    return replace(data, dealt="grouped", groups=tuple(np.split(groups, ends)))


def test_the_interval_holds_the_truth_of_new_people():
    seeds, outside, above = 20, 0, 0
    for seed in range(seeds):
        it = estimate_bayes_error(in_splits(*people(60, seed)), planted.study([]))
        outside += not it.low <= TRUTH <= it.high
        above += it.low > TRUTH
        assert 3 < it.details["design_effect"] <= EACH * 1.5
        assert it.details["groups"] == 60
        assert "Whole groups of rows went to folds" in it.method
        effect = plain_number(it.details["design_effect"], 2)
        assert f"held-out rows of 60 groups, design effect {effect})" in it.method
    assert outside <= binom.ppf(0.99, seeds, 0.05)
    assert above <= binom.ppf(0.99, seeds, 0.025)


def test_rows_taken_for_independent_would_refute_the_truth():
    """The neighbours of a row are rows of the same person, who share its label."""
    for seed in range(3):
        data = replace(in_splits(*people(60, seed)), groups=())
        assert estimate_bayes_error(data, planted.study([])).high < TRUTH / 2


def test_independent_rows_in_groups_of_one_are_read_as_without():
    inputs, labels, _ = people(200, 3)
    rows = slice(0, None, EACH)
    alone = in_splits(inputs[rows], labels[rows], np.arange(200))
    it = estimate_bayes_error(alone, planted.study([]))
    assert it.details["design_effect"] == pytest.approx(1, abs=0.02)
    plain = estimate_bayes_error(replace(alone, groups=()), planted.study([]))
    assert it.high == pytest.approx(plain.high, abs=0.04)


def test_the_networks_test_rows_count_for_as_little():
    study = planted.study([planted.trial(test=0.1)])
    data = in_splits(*people(60, 0))
    grouped = estimate_bayes_error(data, study)
    alone = estimate_bayes_error(replace(data, groups=()), study)
    assert grouped.high > alone.high + 0.1
    judged = f"the network of trial 0 ({round(0.1 * 72)} of 72 held-out rows"
    assert f"{judged} of 12 groups, design effect " in grouped.method
    assert f"{judged})" in alone.method


def test_a_limit_names_the_groups_that_it_counts():
    """Of classes that count alike, of quantities and of several labels; not of rows alone."""
    inputs, labels, groups = people(60, 0)
    data = in_splits(inputs, labels, groups)
    errors = np.random.default_rng(0).normal(size=len(labels)).astype(np.float32)
    several = np.stack([labels, labels], axis=1).astype(np.float32)
    wrong = {"test": (4, 4)}
    trial = planted.trial(test=0.1, deviations=(0.2, 0.2, 0.2))
    study = planted.study([replace(trial, result=trial.result._replace(wrong=wrong))])
    rows = ClassRows(("a", "b"), (100, 100), (30, 30), (36, 36))
    study = replace(study, provenance=study.provenance._replace(class_rows=rows))

    def of(values):
        parts = np.split(values, np.cumsum([len(data.train.labels), len(data.validation.labels)]))
        names = ("train", "validation", "test")
        each = {n: getattr(data, n)._replace(labels=p) for n, p in zip(names, parts, strict=True)}
        return replace(data, **each)

    for known, told in ((True, "rows of 12 groups, design effect 6"), (False, "")):
        for floor, of_task in (
            (balanced_floor, data),
            (regression_floor, of(errors)),
            (multilabel_floor, of(several)),
        ):
            it = floor(of_task if known else replace(of_task, groups=()), None, study)
            assert told in it.method
            assert ("groups, design" in it.method) is known


def test_few_people_tell_nothing():
    inputs, labels, _ = people(60, 0)
    data = in_splits(inputs, labels, np.arange(360) // 60)
    assert read_data(ask(data, {})).seen is None
    it = estimate_bayes_error(data, planted.study([]))
    assert (it.low, it.high) == (0, 0.5)
    assert "groups of rows that weigh no more than 10" in it.method
    one_network = estimate_bayes_error(data, planted.study([planted.trial(test=0.1)]))
    assert one_network.high > 0.9  # two people are in the test rows


def test_a_group_that_is_most_of_the_rows_leaves_too_few_alike():
    groups = np.r_[np.zeros(300, int), np.arange(1, 101)]
    assert not can_judge(400, groups)
    assert can_judge(400, np.arange(400) // 40)


def test_no_row_is_judged_by_one_of_its_group():
    """Labels that are drawn for each person can be known from rows of the same person alone."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(60), EACH)
    inputs = rng.standard_normal((60, 3))[groups]
    labels = rng.integers(2, size=60)[groups]
    judged = judge_by_mixture(inputs, labels, 2, np.random.default_rng(0), groups)
    assert judged.wrong.mean() > 0.3
    assert judge_by_mixture(inputs, labels, 2, np.random.default_rng(0)).wrong.mean() < 0.05


def test_several_labels_of_people():
    inputs, labels, groups = people(60, 5)
    labels = np.stack([labels, (inputs[:, 1] > 0).astype(int)], axis=1)
    found = []
    for known in (groups, None):
        judged, places = judge_labels(inputs, labels, np.random.default_rng(0), known)
        found.append(read_labels(judged, labels[:, places], 2, 0.975, known))
    grouped, alone = found
    assert alone.error < 0.03 < TRUTH / 2 - 0.03 < grouped.error
    assert grouped.low <= TRUTH / 2
    assert grouped.grouped.number == 60


def test_targets_that_differ_between_people_are_noise():
    """Variance 1 between people and 0.01 within: only the former tells of new people."""
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(100), EACH)
    inputs = rng.uniform(-1, 1, (100, 2))[groups] + 0.01 * rng.standard_normal((600, 2))
    targets = rng.standard_normal(100)[groups] + 0.1 * rng.standard_normal(600)
    assert has_neighbours(600, groups)
    assert not has_neighbours(600, groups // 20)
    it = gamma_test(inputs, targets, 0.975, np.random.default_rng(0), groups)
    assert it.gamma == pytest.approx(1, abs=0.4)
    assert gamma_test(inputs, targets, 0.975, np.random.default_rng(0)).gamma < 0.1


def test_halves_without_enough_neighbours_tell_no_limit() -> None:
    """Of nine small groups and a large one, a half seldom has 36 neighbours of other groups."""
    rng = np.random.default_rng(0)
    groups = np.concatenate([np.repeat(np.arange(9), 4), np.full(300, 9)])
    inputs = rng.normal(size=(len(groups), 2))
    it = gamma_test(inputs, inputs[:, 0], 0.975, rng, groups)
    assert it.standard_error == math.inf
    assert it.low == 0

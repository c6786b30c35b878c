"""The Bayes error of several labels: the truth within its limits, and what mixtures may say."""

import itertools

import numpy as np
import pytest
from netclinic.datasets.dataset import Dataset, Preprocessing, Split
from netclinic.datasets.dealing import deal
from netclinic.diagnostics.bayes import label_mixture
from netclinic.diagnostics.bayes.bayes import estimate_bayes_error
from netclinic.diagnostics.bayes.bayes_mixture import (
    Judged,
    judge_by_mixture,
    judge_in_folds,
    read_mixture,
)
from netclinic.diagnostics.bayes.cross_fit import FOLDS
from netclinic.diagnostics.bayes.label_mixture import judge_labels, read_labels
from netclinic.storage.records.data import BayesRecord
from scipy.stats import binom

from tests.diagnostics import planted

Array = np.ndarray


def draw(rows: int, seed: int) -> tuple[Array, Array, float]:
    """Inputs, two labels and their mean Bayes error; the labels of a row are drawn together."""
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((rows, 2))
    scores = 5 * np.stack([inputs[:, 0], inputs @ [0.8, 0.6]], axis=1)
    chances = 1 / (1 + np.exp(-scores))
    shared, own = rng.random((rows, 1)), rng.random((rows, 2))
    drawn = np.where(rng.random((rows, 1)) < 0.7, shared, own)
    return (
        inputs,
        (drawn < chances).astype(np.int32),
        float(np.minimum(chances, 1 - chances).mean()),
    )


TRUTH = draw(400_000, 10**6)[2]


def test_the_lower_limit_lies_below_the_truth_and_says_something() -> None:
    draws, above, lows, points = 16, 0, [], []
    for seed in range(draws):
        inputs, labels, _ = draw(250, seed)
        judged, places = judge_labels(inputs, labels, np.random.default_rng(seed))
        it = read_labels(judged, labels[:, places], 2, 0.975)
        assert it.learnt == 2
        above += it.low > TRUTH
        lows.append(it.low)
        points.append(it.value)
    assert above <= binom.ppf(0.999, draws, 0.025)
    assert np.mean(lows) > TRUTH / 5
    assert np.mean(points) == pytest.approx(TRUTH, abs=0.02)


def test_one_label_is_read_as_two_classes() -> None:
    """But for the interval of the error: Wilson's here, Clopper and Pearson's there."""
    inputs, labels, _ = draw(250, 0)
    judged, places = judge_labels(inputs, labels[:, :1], np.random.default_rng(3))
    assert places.tolist() == [0]
    rng = np.random.default_rng(3)
    rng.permutation(1)
    alone = read_mixture(judge_by_mixture(inputs, labels[:, 0], 2, rng), labels[:, 0], 0.975)
    it = read_labels(judged, labels[:, :1], 1, 0.975)
    found, expected = (
        (it.value, it.fall, it.fall_error),
        (alone.value, alone.fall, alone.fall_error),
    )
    assert found == pytest.approx(expected)
    assert it.low == pytest.approx(alone.low, abs=0.005)


@pytest.mark.parametrize("falls", [True, False])
@pytest.mark.parametrize("columns", [2, 70])  # more than 64 are compressed
def test_labels_judged_together_are_judged_as_alone_to_the_last_bit(
    monkeypatch, columns: int, falls: bool
) -> None:
    rng = np.random.default_rng(0)
    inputs, groups = rng.standard_normal((120, columns)), rng.integers(40, size=120)
    labels = (inputs[:, :2] + rng.standard_normal((120, 2)) > [0, 1.5]).astype(np.int32)
    fold = deal(labels, FOLDS, np.random.default_rng(1), groups)
    both = judge_in_folds(inputs, list(labels.T), 2, fold, groups, falls=falls)
    for one, (judged, probabilities) in zip(labels.T, both, strict=True):
        ((alone, of_alone),) = judge_in_folds(inputs, [one], 2, fold, groups, falls=falls)
        np.testing.assert_array_equal(of_alone, probabilities)
        for mine, other in zip(judged, alone, strict=True):
            np.testing.assert_array_equal(mine, other)
    whole, _ = judge_labels(inputs, labels, np.random.default_rng(2), groups, falls=falls)
    monkeypatch.setattr(label_mixture, "_TOGETHER", 100)  # one label after the other
    parts, _ = judge_labels(inputs, labels, np.random.default_rng(2), groups, falls=falls)
    for mine, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(mine, other)


def judgement(wrong: Array) -> Judged:
    """Of mixtures that three fifths of the rows taught no more than a fifth."""
    share = wrong.astype(float)
    return Judged(wrong, share, share, share, 0 * share)


def test_labels_that_were_not_learnt_count_as_nothing() -> None:
    wrong = np.zeros((1000, 2), bool)
    wrong[:100, 0], wrong[:400, 1] = True, True
    labels = np.stack([np.arange(1000) % 2] * 2, axis=1)
    it = read_labels(judgement(wrong), labels, 2, 0.975)
    assert (it.looked_at, it.learnt) == (2, 1)
    assert it.error == pytest.approx(0.25)
    assert it.low == pytest.approx(0.0829 / 2, abs=1e-3)  # Wilson's limit of 100 of 1,000, halved
    assert read_labels(judgement(wrong[:, 1:]), labels[:, 1:], 1, 0.975).low == 0


def test_labels_that_err_together_have_the_limit_of_one() -> None:
    wrong = np.arange(1000)[:, None] < [100] * 4
    apart = np.stack([np.roll(wrong[:, 0], 250 * j) for j in range(4)], axis=1)
    labels = np.repeat(np.arange(1000)[:, None] % 2, 4, axis=1)
    lows = [read_labels(judgement(each), labels, 4, 0.975).low for each in (wrong, apart)]
    assert lows[0] == pytest.approx(0.0829, abs=1e-3)
    assert lows[1] > lows[0] + 0.005, "as many labels wrong, on rows of their own"


@pytest.mark.parametrize(("groups", "confidence"), [(1, 0.9), (2, 0.99), (6, 1 - 1e-9)])
def test_a_few_groups_tell_no_lower_limit(groups: int, confidence: float) -> None:
    """As in a region: its rows are of whoever lies there, and the tests ask for any confidence."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, (60, 2))
    wrong = rng.random((60, 2)) < 0.1
    found = read_labels(judgement(wrong), labels, 2, confidence, np.arange(60) % groups)
    assert (found.learnt, found.low) == (2, 0.0)
    assert found.error == wrong.mean()


def test_of_many_labels_some_are_looked_at_and_the_others_count_as_nothing(monkeypatch) -> None:
    monkeypatch.setattr(label_mixture, "LABELS_AT_MOST", 3)
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((60, 2))
    labels = (np.repeat(inputs[:, :1], 7, axis=1) > 0).astype(np.int32)
    judged, places = judge_labels(inputs, labels, rng)
    assert len(set(places)) == 3 == judged.wrong.shape[1]
    tenth = np.repeat(np.arange(1000)[:, None] < 100, 3, axis=1)
    balanced = np.repeat(np.arange(1000)[:, None] % 2, 3, axis=1)
    all_of_them, half_of_them = (
        read_labels(judgement(tenth), balanced, every, 0.975).low for every in (3, 6)
    )
    assert half_of_them == pytest.approx(all_of_them / 2)


def of_labels(rows: int) -> Dataset:
    inputs, labels, _ = draw(rows, 0)
    ends = itertools.pairwise((0, rows * 3 // 5, rows * 4 // 5, rows))
    return Dataset(
        "drawn",
        *(Split(inputs[a:b].astype(np.float32), labels[a:b]) for a, b in ends),
        class_names=("left", "right"),
        feature_names=("a", "b"),
        preprocessing=Preprocessing(np.zeros(2), np.ones(2)),
        fingerprint="0" * 64,
        task="multilabel",
    )


def floor_of(dataset: Dataset, error: float) -> BayesRecord:
    rows = tuple(len(s.labels) for s in (dataset.train, dataset.validation, dataset.test))
    study = planted.multilabel((error,) * 3, (0.2,) * 3, rows)
    return estimate_bayes_error(dataset, study)


def test_the_floor_joins_network_and_mixtures() -> None:
    it = floor_of(of_labels(500), 0.13)
    assert 0 < it.low < TRUTH < it.high
    assert it.low <= it.value <= it.high
    assert "of 2 labels that it learnt" in it.method
    assert it.details["mixture_learnt"] == 2
    refuted = floor_of(of_labels(500), 0.01)
    assert refuted.low == 0
    assert "was refuted by a network that does better" in refuted.method


def test_few_rows_leave_the_network_alone() -> None:
    it = floor_of(of_labels(45), 0.13)
    assert (it.value, it.low) == (0.13, 0)
    assert "fewer than 50 rows" in it.method

"""The winner's parts add up; their intervals count rows, labels and groups as they tell."""

import math

import hypothesis.extra.numpy as npst
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.studies.winner_parts import (
    decompose_answers,
    decompose_labels,
    decompose_quantities,
)
from netclinic.storage.records.replicates import DecompositionRecord
from scipy.stats import binom, chi2, norm

TRAININGS, LABELS, SEEDS = 5, 4, 200
PARTS = ("loss", "bias", "variance")


@given(
    npst.array_shapes(min_dims=3, max_dims=3, min_side=2, max_side=6).flatmap(
        lambda shape: st.tuples(
            npst.arrays(np.int64, shape, elements=st.integers(0, 1)),
            npst.arrays(np.int64, shape[1:], elements=st.integers(0, 1)),
        )
    )
)
def test_the_parts_of_several_labels_add_up_to_the_share_of_wrong_labels(case) -> None:
    answered, labels = case
    found = decompose_labels(3, answered.reshape(len(answered), -1).tolist(), labels)
    wrong = (answered != labels).mean()
    assert found.loss == pytest.approx(wrong, abs=1e-12)
    assert found.bias + found.variance == pytest.approx(wrong, abs=1e-12)
    most = answered.mean(axis=0) > 0.5  # the lower of equals: without the label
    assert found.bias == pytest.approx((most != labels).mean(), abs=1e-12)
    assert (found.trial_number, found.n) == (3, len(labels))
    assert found.limits["bias_low"] <= found.bias <= found.limits["bias_high"]


def test_labels_that_hang_together_count_as_one_in_the_interval_of_the_bias() -> None:
    """As the interval of one label a row, where the labels of a row are all right or all wrong."""
    rng = np.random.default_rng(0)
    labels = np.zeros((50, 1), int)
    answered = np.repeat((rng.random((1, 50)) < 0.3).astype(int), 3, axis=0)
    one = decompose_labels(0, answered.tolist(), labels)
    four = decompose_labels(0, np.repeat(answered, 4, axis=1).tolist(), np.repeat(labels, 4, 1))
    assert four.limits == pytest.approx(one.limits)
    apart = rng.permuted(np.repeat(answered, 4, axis=1)[0])[None].repeat(3, axis=0)
    loose = decompose_labels(0, apart.tolist(), np.repeat(labels, 4, 1))
    together, independent = (d.limits["bias_high"] - d.limits["bias_low"] for d in (four, loose))
    assert independent < 0.75 * together


def planted(
    kind: str, persons: int, each: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Answers (trainings, rows · labels), labels, and the rows' persons.

    What decides an answer is normal: 0.4 of its variance a person's, 0.3 a row's, 0.3 a training's.
    A fifth of the answers is wrong, or squared errors are 1 on average.
    """
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(persons), each)
    columns = LABELS if kind == "labels" else 1
    person = random.normal(size=(persons, columns))[who]
    row = random.normal(size=(len(who), columns))
    training = random.normal(size=(TRAININGS, len(who), columns))
    drawn = math.sqrt(0.4) * person + math.sqrt(0.3) * row + math.sqrt(0.3) * training
    if kind == "quantities":
        return drawn[..., 0], np.zeros(len(who)), who
    wrong = (drawn < norm.ppf(0.2)).astype(int).reshape(TRAININGS, -1)
    return wrong, np.zeros((len(who), columns) if columns > 1 else len(who), int), who


def parts(
    kind: str, answers: np.ndarray, labels: np.ndarray, who: np.ndarray | None
) -> DecompositionRecord:
    if kind == "labels":
        return decompose_labels(0, answers.tolist(), labels, who)
    if kind == "quantities":
        return decompose_quantities(0, answers.tolist(), labels, 1.0, who)
    return decompose_answers(0, answers.tolist(), labels, 2, who)


def truth(kind: str) -> DecompositionRecord:
    """As of 60,000 persons with a row each."""
    answers, labels, _ = planted(kind, 60_000, 1, 0)
    return parts(kind, answers, labels, None)


@pytest.mark.parametrize("kind", ["classes", "labels", "quantities"])
def test_the_parts_of_persons_rows_lie_in_their_intervals(kind: str) -> None:
    """In 95 % of studies of 30 persons, within a binomial bound; by rows in fewer than 90 %."""
    due, held = truth(kind), {(part, who): 0 for part in PARTS for who in ("rows", "groups")}
    for seed in range(SEEDS):
        answers, labels, who = planted(kind, 30, 10, seed)
        for counted, groups in (("rows", None), ("groups", who)):
            found = parts(kind, answers, labels, groups)
            assert found._replace(limits={}) == parts(kind, answers, labels, None)._replace(
                limits={}
            ), "groups change nothing but limits"
            for part in PARTS:
                low, high = (found.limits[f"{part}_{end}"] for end in ("low", "high"))
                held[part, counted] += low <= getattr(due, part) <= high
    for part in PARTS:
        assert held[part, "groups"] >= binom.ppf(0.001, SEEDS, 0.95), part
    assert held["loss", "rows"] < 0.8 * SEEDS
    assert held["bias", "rows"] < 0.9 * SEEDS


@pytest.mark.parametrize("kind", ["classes", "labels", "quantities"])
def test_a_single_group_bounds_nothing_that_is_not_bounded_anyway(kind: str) -> None:
    answers, labels, who = planted(kind, 1, 40, 3)
    found = parts(kind, answers, labels, who)
    limits = found.limits
    assert all(math.isfinite(limit) for limit in limits.values())
    if kind == "quantities":
        assert (limits["loss_low"], limits["variance_low"]) == (0, 0)
        assert limits["loss_high"] > 3 * found.loss
    else:
        assert [limits["loss_low"], limits["loss_high"]] == [0, 1]
        assert [limits["bias_low"], limits["bias_high"]] == [0, 1]
        assert [limits["variance_low"], limits["variance_high"]] == [-1, 1]


def retrained(kind: str, trainings: int, random: np.random.Generator) -> DecompositionRecord:
    """160 rows, whose answers move together from training to training: in ten directions."""
    place = random.normal(size=(160, 10)) / math.sqrt(10)
    moved = random.normal(size=(trainings, 10)) @ place.T
    own = random.normal(size=160)
    if kind == "quantities":
        return decompose_quantities(0, (moved - 0.7 * own).tolist(), np.zeros(160), 1.0)
    wrong = (own + 0.8 * moved < -0.9).astype(int)
    return decompose_answers(0, wrong.tolist(), np.zeros(160, int), 2)


def of_many_trainings(kind: str) -> dict[str, float]:
    """The parts without error: squares by their formula, shares by normal integrals."""
    if kind == "quantities":
        return {"loss": 1.49, "bias": 0.49, "variance": 1.0}
    # |place|² is 1 on average, but varies by row: χ² with ten degrees by ten.
    size = np.sqrt(chi2.ppf((np.arange(2_000) + 0.5) / 2_000, 10) / 10)
    loss = float(norm.cdf(-0.9 / np.sqrt(1 + (0.8 * size) ** 2)).mean())
    bias = float(norm.cdf(-0.9))  # most trainings are wrong where the row's own part alone is
    return {"loss": loss, "bias": bias, "variance": loss - bias}


@pytest.mark.parametrize("kind", ["classes", "quantities"])
@pytest.mark.parametrize("trainings", [3, 5, 10])
def test_the_intervals_count_how_trainings_scatter(kind: str, trainings: int) -> None:
    """In 95 % of studies, within a binomial bound; counting rows alone in half of them."""
    due, held = of_many_trainings(kind), dict.fromkeys(PARTS, 0)
    random = np.random.default_rng([trainings, kind == "classes"])
    for _ in range(SEEDS):
        found = retrained(kind, trainings, random)
        for part in PARTS:
            low, high = (found.limits[f"{part}_{end}"] for end in ("low", "high"))
            held[part] += low <= due[part] <= high
    for part in PARTS:
        assert held[part] >= binom.ppf(0.001, SEEDS, 0.95), part


@pytest.mark.parametrize("kind", ["classes", "quantities"])
def test_two_trainings_tell_little(kind: str) -> None:
    found = retrained(kind, 2, np.random.default_rng(0))
    width = found.limits["variance_high"] - found.limits["variance_low"]
    assert math.isfinite(width)
    assert width > (5 * found.variance if kind == "quantities" else 1.99)


@pytest.mark.parametrize("groups", [None, np.arange(40) // 8])
@pytest.mark.parametrize("constants", [(0.5, 0.25), (0.1, 0.2, 0.3), (0.1, 0.11, 0.12, 0.13)])
def test_networks_that_answer_all_rows_alike_have_parts(
    constants: tuple[float, ...], groups: np.ndarray | None
) -> None:
    """The rows tell nothing: what was learnt is a constant, as where all units are dead."""
    answers = np.repeat(np.float32(constants)[:, None], 40, axis=1)
    labels = np.random.default_rng(0).normal(size=40).astype(np.float32)
    found = decompose_quantities(0, answers.tolist(), labels, 2.0, groups)
    assert found.bias + found.variance == pytest.approx(found.loss)
    assert found.variance == pytest.approx(4 * np.var(np.float64(constants), ddof=1), rel=1e-4)
    limits = found.limits
    assert all(map(math.isfinite, limits.values()))
    assert limits["variance_low"] == 0 < found.variance < limits["variance_high"]

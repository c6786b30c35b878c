"""Rare classes: told where they are rare, with what their test rows leave open."""

from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics.data.imbalance import class_imbalance
from netclinic.diagnostics.findings import FindingKind, Severity
from netclinic.diagnostics.ladder import Estimate
from netclinic.storage.records.data import ClassRows
from netclinic.storage.records.results import RowErrors

from tests.diagnostics import planted


def study_of(training, test, **options):
    names = tuple("abcdefgh"[: len(training)])
    study = planted.study([planted.trial()], **options)
    rows = ClassRows(names, training, test, test)
    return replace(study, provenance=study.provenance._replace(class_rows=rows))


@pytest.mark.parametrize("training", [(100, 100), (999, 100, 500), (1, 1), (50,) * 8])
def test_classes_of_like_sizes_are_passed_over(training):
    assert class_imbalance(study_of(training, training), 0.02) is None


def test_studies_that_know_no_classes_are_passed_over():
    assert class_imbalance(planted.study([planted.trial()]), 0.02) is None


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((980, 5), "It has 2 test rows"),
        ((980, 5, 6), "Both have 2 test rows"),
        ((980, 5, 6, 7), "All 3 rare classes have 2 test rows"),
    ],
)
def test_classes_too_rare_to_be_judged_are_counted(rows: tuple[int, ...], said: str) -> None:
    it = class_imbalance(study_of(rows, (300, *[2] * (len(rows) - 1))), 0.02)
    assert it is not None
    assert said in it.text


def test_a_rare_class_is_named_with_what_it_can_hide():
    it = class_imbalance(study_of((980, 5, 15), (300, 2, 40)), 0.02)
    assert (it.kind, it.severity) == (FindingKind.CLASS_IMBALANCE, Severity.WARNING)
    assert it.text == (
        "Of 'a' there are 980 training rows, of 'b' (5), 'c' (15) a tenth or fewer. A network that "
        "never answers them is wrong in 2.0 % of rows, within the 2.0 % that are tolerated. 1 of "
        "the 2 rare classes has 2 test rows or fewer: even without a mistake on them, the error "
        "there could be more than 25.0 %."
    )
    assert it.evidence == {
        "ratio": 196,
        "rarest": "b",
        "rarest_rows": 5,
        "rare_classes": 2,
        "share_of_rows": 0.02,
        "unknown_classes": 1,
    }


@pytest.mark.parametrize(("test_rows", "unknown"), [(0, 1), (12, 1), (13, 0), (500, 0)])
def test_thirteen_test_rows_without_a_mistake_exclude_an_error_of_a_quarter(test_rows, unknown):
    it = class_imbalance(study_of((1000, 100), (400, test_rows)), 0.02)
    assert it.evidence["unknown_classes"] == unknown
    assert ("It has" in it.text) == bool(unknown)
    assert "wrong in 9.1 % of rows, however much" in it.text


def test_where_classes_count_alike_it_is_a_note():
    resolved = planted.spec(study={"objective": "balanced_error"})
    it = class_imbalance(study_of((1000, 10), (400, 40), resolved=resolved), 0.02)
    assert it.severity is Severity.INFO
    assert "never answers" not in it.text


def test_many_rare_classes_are_not_all_named():
    it = class_imbalance(study_of((1000, *range(1, 8)), (500, *[90] * 7)), 0.02)
    assert it.text.count("'") == 2 * 6
    assert "and 2 more" in it.text


def answered(*wrong, rows=(100, 20, 8)):
    """A study whose trial is wrong in so many validation rows of each class."""
    bits = np.concatenate([np.arange(of) < n for n, of in zip(wrong, rows, strict=True)])
    errors = RowErrors("bits", len(bits), len(bits), np.packbits(bits).tobytes(), rows)
    return replace(study_of((980, 90, 10), (300, 20, 20)), row_errors={0: errors})


@pytest.mark.parametrize(("wrong", "mostly"), [((0, 20, 6), 1), ((0, 14, 5), 0), ((100, 0, 0), 0)])
def test_how_the_best_trial_does_in_rare_classes_is_said(wrong, mostly):
    it = class_imbalance(answered(*wrong), 0.02)
    said = f"Trial 0 is wrong in {wrong[2]} of 8 validation rows of 'c', {wrong[1]} of 20 of 'b'."
    assert said in it.text
    counted = {"wrong": sum(wrong[1:]), "validation_rows": 28, "mostly_missed": mostly}
    assert {name: it.evidence[name] for name in counted} == counted


def test_where_classes_count_alike_their_table_says_it():
    resolved = planted.spec(study={"objective": "balanced_error"})
    it = class_imbalance(replace(answered(0, 20, 8), spec=resolved), 0.02)
    assert "validation rows" not in it.text


@pytest.mark.parametrize(
    ("training", "wrong", "told"),
    [
        ((1257, 171), (5, 44), True),  # of mortgages: 12 % are denied, and that is hardly learnt
        ((1257, 171), (5, 35), False),  # perhaps no more than half
        ((450, 171), (5, 44), False),  # no rare class
    ],
)
def test_a_class_of_a_third_of_the_rows_is_told_where_it_is_mostly_missed(training, wrong, told):
    """Always the commonest class had a lower test error than the best of 32 trials."""
    bits = np.concatenate([np.arange(of) < n for n, of in zip(wrong, (419, 57), strict=True)])
    errors = RowErrors("bits", len(bits), len(bits), np.packbits(bits).tobytes(), (419, 57))
    study = replace(study_of(training, (419, 57)), row_errors={0: errors})
    it = class_imbalance(study, 0.02)
    assert (it is not None) == told
    if it:
        assert it.evidence["mostly_missed"] == 1
        assert it.text == (
            "Of 'a' there are 1,257 training rows, of 'b' (171) a third or fewer. A network that "
            "never answers it is wrong in 12.0 % of rows, however much each of them matters. Trial "
            "0 is wrong in 44 of 57 validation rows of 'b'."
        )
    grouped = planted.spec(data={"split": "grouped"})
    assert class_imbalance(replace(study, spec=grouped), 0.02) is None


@pytest.mark.parametrize(("high", "told"), [(0.161, True), (0.119, False)])
def test_whether_one_answer_to_all_may_do_as_well_is_told(high: float, told: bool) -> None:
    test = Estimate(0.1, 0.08, high, 475, "as measured")
    study = study_of((1257, 171), (418, 57))
    it = class_imbalance(study, 0.02, test)
    assert (it is not None) == told
    if it:
        assert it.text.endswith(
            "That the network of trial 0 is better than always answering 'a' is not shown: that is "
            "wrong in 12.0 % of the test rows, and the network in 10.0 % (8.0–16.1 %)."
        )
    alike = planted.spec(study={"objective": "balanced_error"})
    assert class_imbalance(replace(study, spec=alike), 0.02, test) is None
    assert class_imbalance(study_of((400, 171), (418, 57)), 0.02, test) is None


def test_half_missed_by_chance_is_told_of_one_study_in_forty_at_most():
    random = np.random.default_rng(5)
    told = 0
    for _ in range(1000):
        wrong = [int(it) for it in random.binomial(60, 0.5, 5)]
        sizes = (300, *[60] * 5)
        bits = np.concatenate([np.arange(of) < n for n, of in zip((0, *wrong), sizes, strict=True)])
        errors = RowErrors("bits", len(bits), len(bits), np.packbits(bits).tobytes(), sizes)
        study = replace(study_of((900, *[180] * 5), sizes), row_errors={0: errors})
        told += class_imbalance(study, 0.02) is not None
    assert told <= 40  # of 1,000: 25 are due, and 41 or more have a chance of 0.2 %

"""What was shown of remedies that were tried, and what then speaks against them."""

from dataclasses import replace

import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.findings import FindingKind, Remedy, RemedyKind
from netclinic.diagnostics.remedies.case import Case
from netclinic.diagnostics.remedies.tried import Effect, tried_remedies, with_results
from netclinic.diagnostics.report.treatment_text import tried_text
from netclinic.diagnostics.units import CLASSIFICATION, Task

from .. import planted
from ..conftest import make_study
from ..tried import HARMFUL, IN_VAIN, OPEN, TRIED

ALL = (TRIED, HARMFUL, IN_VAIN, OPEN)


@pytest.mark.parametrize(
    ("record", "effect"),
    [
        (TRIED, Effect.HELPS),
        (HARMFUL, Effect.HARMS),
        (IN_VAIN, Effect.IN_VAIN),
        (OPEN, Effect.OPEN),
        # Shown by the pairs alone, or by the winners alone.
        (TRIED._replace(lower_by=0.001), Effect.HELPS),
        (TRIED._replace(pair_lower_by=0.0), Effect.HELPS),
        # They speak against one another.
        (TRIED._replace(pair_lower_by=-0.03), Effect.OPEN),
        # The winners' errors, unsure by their seeds, fell by more than is tolerated, or rose so.
        (HARMFUL._replace(lower_by=0.05, seed_error=0.04), Effect.OPEN),
        (HARMFUL._replace(lower_by=0.02, seed_error=0.04), Effect.HARMS),
        (TRIED._replace(lower_by=-0.05, seed_error=0.04), Effect.OPEN),
        (OPEN._replace(row_error=None), Effect.OPEN),
    ],
)
def test_the_intervals_decide(record, effect) -> None:
    (found,) = tried_remedies([record], 0.02, Task.CLASSIFICATION)
    assert found.effect is effect


@pytest.mark.parametrize("record", [HARMFUL, IN_VAIN, OPEN])
def test_an_error_without_flattering_rows_is_no_harm(record) -> None:
    """The error rises since it was too low: that speaks for the split, not against it."""
    fixed = record._replace(remedy="fix_split", spec_change="data.copies=leave_out")
    (found,) = tried_remedies([fixed], 0.02, Task.CLASSIFICATION)
    assert found.effect is Effect.MEASURED
    study = replace(make_study(), treatments=(fixed,))
    diagnosis = diagnose(study)
    assert not {it.kind for it in diagnosis.spoken_against} & {RemedyKind.FIX_SPLIT}
    assert tried_text(found, diagnosis).told.endswith("as far as it rose: believe the second.")


def test_pairs_of_two_measures_that_an_earlier_netclinic_stored_do_not_count() -> None:
    mixed = TRIED._replace(
        measure="balanced_error",
        spec_change="study.objective=balanced_error -S training.class_weights=balanced",
        pair_lower_by=-0.4,
    )
    (found,) = tried_remedies([mixed], 0.02, Task.CLASSIFICATION)
    assert (found.effect, found.pairs) == (Effect.HELPS, None)
    (alike,) = tried_remedies([mixed._replace(spec_change="a=1")], 0.02, Task.CLASSIFICATION)
    assert alike.pairs is not None


def test_all_comparisons_hold_together() -> None:
    alone, together = (
        tried_remedies([TRIED], 0.02, Task.CLASSIFICATION)[0],
        tried_remedies(ALL, 0.02, Task.CLASSIFICATION)[0],
    )
    assert alone.confidence == pytest.approx(0.975)  # winners and pairs
    assert together.confidence == pytest.approx(1 - 0.05 / 7)
    assert alone.fall is not None
    assert together.fall is not None
    assert together.fall.low < alone.fall.low < alone.fall.high < together.fall.high
    single = tried_remedies([OPEN], 0.02, Task.CLASSIFICATION)[0]
    assert (single.confidence, single.pairs) == (0.95, None)


def test_trials_that_are_the_same_in_both_searches_are_no_comparison() -> None:
    """New seeds of the finalists train nothing otherwise: "it fell by 0 (0 to 0)" was told."""
    seeds = TRIED._replace(remedy="replicates", spec_change="study.replicates=5")
    (found,) = tried_remedies([seeds], 0.02, Task.CLASSIFICATION)
    assert (found.confidence, found.pairs, found.record.pairs) == (0.95, None, None)
    wider = seeds._replace(spec_change="study.trials=128 -S 'network.hidden=[512]'")
    assert tried_remedies([wider], 0.02, Task.CLASSIFICATION)[0].pairs is not None


def test_shares_fall_and_rise_by_one_at_most() -> None:
    unsure = TRIED._replace(search_error=2.0, pair_error=2.0, degrees=2.0, pair_degrees=2.0)
    (share,) = tried_remedies([unsure], 0.02, Task.CLASSIFICATION)
    (square,) = tried_remedies([unsure], 0.02, Task.REGRESSION)
    for name in ("fall", "pairs"):
        assert getattr(share, name)[1:] == (-1.0, 1.0)
        assert getattr(square, name).low < -1.0
        assert getattr(square, name).high > 1.0


def test_what_a_single_group_says_bounds_nothing() -> None:
    (found,) = tried_remedies(
        [OPEN._replace(row_error=None, low=None, high=None)], 0.02, Task.CLASSIFICATION
    )
    assert found.fall is None


def test_what_was_tried_in_vain_is_advised_no_more() -> None:
    """The studies' variance asks for L2, dropout and augmentation."""
    study = make_study()
    before = {it.kind for it in diagnose(study).remedies}
    assert before >= {RemedyKind.L2, RemedyKind.DROPOUT, RemedyKind.AUGMENTATION}
    after = diagnose(replace(study, treatments=ALL))
    advised = {it.kind for it in after.remedies}
    assert RemedyKind.L2 in advised
    assert not advised & {RemedyKind.DROPOUT, RemedyKind.AUGMENTATION}
    against = {it.kind: it for it in after.spoken_against}
    assert "tried, in study digits-dropout" in against[RemedyKind.DROPOUT].reason
    assert against[RemedyKind.DROPOUT].evidence["fall"] == -0.04
    assert "less than the tolerated 2.0 points" in against[RemedyKind.AUGMENTATION].reason
    assert [it.record for it in after.tried] == list(ALL)
    assert after.as_dict()["tried"][1]["effect"] == "harms"


def test_what_was_shown_to_help_is_advised_first() -> None:
    """A bigger network, not shown to help, stood before clipping, which took away 54 points."""
    study = make_study()
    before = [it.kind for it in diagnose(study).remedies]
    assert before.index(RemedyKind.MORE_DATA) < before.index(RemedyKind.DROPOUT)
    little = TRIED._replace(lower_by=0.025)
    helped = TRIED._replace(remedy="dropout", treated_study="digits-dropout")
    unclear = OPEN._replace(remedy="more_data", treated_study="digits-rows")
    after = diagnose(replace(study, treatments=(little, helped, unclear))).remedies
    assert [it.rank for it in after] == list(range(1, len(before) + 1))
    assert {it.kind for it in after} == set(before)
    assert [it.kind for it in after[:2]] == [RemedyKind.DROPOUT, RemedyKind.L2]
    assert (
        "It was tried, in study digits-dropout: the winner's test error fell by 3.0 points ("
        in (after[0].reason)
    )
    left = [kind for kind in before if kind not in (RemedyKind.DROPOUT, RemedyKind.L2)]
    assert [it.kind for it in after[2:]] == left
    (rows,) = [it.reason for it in after if it.kind is RemedyKind.MORE_DATA]
    assert rows.endswith("which shows neither help nor harm.")


def test_data_in_doubt_come_before_what_was_shown_on_them() -> None:
    study = replace(make_study(), treatments=(TRIED,))
    case = Case(planted.spec(), study, study.provenance, study.best(), ())
    asked = [
        Remedy(kind, FindingKind.HIGH_VARIANCE, rank, "Why.", None)
        for rank, kind in enumerate(
            (RemedyKind.FIX_SPLIT, RemedyKind.MORE_DATA, RemedyKind.CLEAN_LABELS, RemedyKind.L2), 1
        )
    ]
    assert [it.kind for it in with_results(asked, case)] == [
        RemedyKind.FIX_SPLIT,
        RemedyKind.L2,
        RemedyKind.MORE_DATA,
        RemedyKind.CLEAN_LABELS,
    ]


def test_the_newest_of_a_kind_counts() -> None:
    """Tried once more in another way, dropout helped."""
    again = TRIED._replace(remedy="dropout", treated_study="other")
    study = replace(make_study(), treatments=(HARMFUL, again))
    assert RemedyKind.DROPOUT in {it.kind for it in diagnose(study).remedies}
    assert diagnose(study).unit == CLASSIFICATION

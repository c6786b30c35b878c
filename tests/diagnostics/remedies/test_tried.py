"""What was shown of remedies that were tried, and what then speaks against them."""

from dataclasses import replace

import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.findings import RemedyKind
from netclinic.diagnostics.remedies.tried import Effect, tried_remedies
from netclinic.diagnostics.units import CLASSIFICATION, Task

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
        (OPEN._replace(row_error=None), Effect.OPEN),
    ],
)
def test_the_intervals_decide(record, effect) -> None:
    (found,) = tried_remedies([record], 0.02, Task.CLASSIFICATION)
    assert found.effect is effect


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


def test_the_newest_of_a_kind_counts() -> None:
    """Tried once more in another way, dropout helped."""
    again = TRIED._replace(remedy="dropout", treated_study="other")
    study = replace(make_study(), treatments=(HARMFUL, again))
    assert RemedyKind.DROPOUT in {it.kind for it in diagnose(study).remedies}
    assert diagnose(study).unit == CLASSIFICATION

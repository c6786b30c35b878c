from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.studies.trial_choice import DRAWN, shown_trials, thinned
from netclinic.storage.records.results import Outcome


def test_trials_are_ranked_by_validation_error_then_number(study):
    ranked = [(t.trial.value, t.trial.number) for t in shown_trials(study).ranked]
    assert ranked == sorted(ranked)
    assert len(ranked) == len(study.finished())
    assert shown_trials(study).ranked[0].trial == study.best()


def test_a_small_study_is_drawn_whole(study):
    shown = shown_trials(study)
    assert shown.scattered == shown.ranked
    assert len(shown.diverged) == shown.diverged_total > 0
    assert {t.result.outcome for t in shown.diverged} == {Outcome.DIVERGED}


def test_pruned_trials_are_in_a_group_of_their_own(study, pruned_study):
    shown = shown_trials(pruned_study)
    assert {t.result.outcome for t in shown.ranked} == {Outcome.COMPLETED}
    assert {t.result.outcome for t in shown.pruned} == {Outcome.PRUNED}
    assert len(shown.ranked) + shown.pruned_total == len(shown_trials(study).ranked)
    assert shown.diverged == shown_trials(study).diverged


def test_a_large_study_keeps_its_best_hundred_and_both_ends(study_of):
    shown = shown_trials(study_of(1500, epochs=2))
    assert len(shown.scattered) == DRAWN < len(shown.ranked)
    assert shown.scattered[:100] == shown.ranked[:100]
    assert shown.scattered[-1] == shown.ranked[-1]


@given(st.lists(st.integers(), unique=True), st.integers(2, 50))
def test_thinning_keeps_order_and_ends(items, most):
    kept = thinned(items, most)
    assert len(kept) == min(most, len(items))
    assert kept == [x for x in items if x in set(kept)]
    assert kept[:1] == items[:1]
    assert kept[-1:] == items[-1:]

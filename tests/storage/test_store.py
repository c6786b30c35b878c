"""One contract over every database: what a study goes through from its creation to its end."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from netclinic.storage import (
    BayesRecord,
    LaunchedTrial,
    NumberTaken,
    Outcome,
    SearchRange,
    StudyCounts,
    TrialStore,
)
from netclinic.storage.records.data import ClassRows, SplitSizes, TargetVariance
from netclinic.storage.records.results import BalancedCurves, LabelResult, RowErrors, TaskCurves
from netclinic.storage.records.runs import RunCosts
from netclinic.storage.records.signs import CurvatureRecord

from .conftest import (
    SPEC,
    execute,
    launch,
    new_study,
    parameters_of,
    proposals,
    provenance,
    pruned,
    result,
    signs,
)


def states(store: TrialStore) -> list[tuple[int, str]]:
    return store.query("SELECT number, state FROM trials ORDER BY number")[1]


def test_the_costs_of_the_newest_run_that_noted_them(store) -> None:
    study = store.create_study(new_study())
    first, second = store.register_worker(study), store.register_worker(study)
    assert store.load_study("digits").costs is None
    costs = RunCosts(9.5, 1.5, 0.25, 0.5, 4.0, 0.125, 0.5, 0.0, 2, 2e11)
    store.note_costs(first, costs)
    assert store.load_study("digits").costs == costs
    assert costs.flops_per_second == 5e10
    assert costs._replace(train_seconds=0.0, flops=0.0).flops_per_second == 0
    store.note_costs(second, costs._replace(programs=3))
    store.note_costs(first, costs._replace(diagnose_seconds=1.0))
    assert store.load_study("digits").costs == costs._replace(programs=3)


def test_a_study_is_created_whole(store):
    study = store.create_study(new_study())
    assert store.study_id("digits") == study
    assert store.spec_of("digits") == (new_study().spec_text, SPEC)
    record = store.load_study("digits")
    assert record.direction == "minimize"
    assert record.provenance == provenance()
    assert record.ranges == (
        SearchRange("learning_rate", "log", 1e-5, 1e-1),
        SearchRange("weight_decay", "log", 1e-7, 1e-1),
        SearchRange("momentum", "one_minus_log", 0.9, 0.999),
        SearchRange("layers", "int", 1, 4),
        SearchRange("activation", "choice", None, None, ("relu", "it's 100% \\ tanh")),
    )
    assert record.trials == ()
    assert store.query("SELECT * FROM study_digits")[1] == []


def test_the_spread_of_row_errors_and_the_variance_of_the_target_are_kept(store):
    variance = TargetVariance(4.0, 5.0, 6.0)
    new = new_study()
    study = store.create_study(
        new._replace(provenance=new.provenance._replace(target_variance=variance))
    )
    first, second = store.launch(study, store.register_worker(study), 0, proposals(0, 2))
    spread: dict[str, Any] = {
        "training_deviation": 0.5,
        "validation_deviation": 1.0,
        "test_deviation": math.inf,
    }
    store.finish([result(first.trial_id, **spread), result(second.trial_id)])
    record = store.load_study("digits")
    assert record.provenance == new.provenance._replace(target_variance=variance)
    kept = [tuple(getattr(t.result, name) for name in spread) for t in record.trials]
    assert kept == [(0.5, 1.0, None), (None, None, None)]


def test_what_a_bridge_split_tells_is_kept(store):
    new = new_study()
    provenance = new.provenance._replace(rows=SplitSizes(1000, 300, 297, 200))
    study = store.create_study(new._replace(provenance=provenance))
    first, second = store.launch(study, store.register_worker(study), 0, proposals(0, 2))
    measured: dict[str, Any] = {"bridge_loss": 0.29, "bridge_error": 0.24, "bridge_deviation": 0.5}
    store.finish([result(first.trial_id, **measured), result(second.trial_id)])
    record = store.load_study("digits")
    assert record.provenance == provenance
    kept = [tuple(getattr(t.result, name) for name in measured) for t in record.trials]
    assert kept == [(0.29, 0.24, 0.5), (None, None, None)]
    assert store.query("SELECT bridge_error FROM study_digits ORDER BY number")[1] == [
        (0.24,),
        (None,),
    ]


def test_what_a_balanced_objective_measures_is_kept(store):
    new, rows = new_study(), ClassRows(("a", "b"), (900, 100), (270, 30), (290, 7))
    study = store.create_study(new._replace(provenance=new.provenance._replace(class_rows=rows)))
    first, second = store.launch(study, store.register_worker(study), 0, proposals(0, 2))
    measured = {
        "training_balanced_error": 0.2,
        "validation_balanced_error": 0.3,
        "test_balanced_error": 0.4,
        "wrong": {"training": (90, 30), "validation": (27, 15), "test": (0, 7)},
        "balanced_curves": BalancedCurves((0.5, 0.4, None), (0.5, 0.2, 0.3)),
    }
    store.finish([result(first.trial_id, 0.3, **measured), result(second.trial_id)])
    record = store.load_study("digits")
    assert record.provenance.class_rows == rows
    kept, plain = (trial.result for trial in record.trials)
    assert {name: getattr(kept, name) for name in measured} == measured
    assert kept.objective_curve == (0.5, 0.2, 0.3)
    assert plain.wrong is plain.balanced_curves is plain.test_balanced_error is None
    assert plain.objective_curve == plain.curves.validation_error


def test_launched_trials_run_with_the_values_that_were_proposed(store):
    _, _, launched = launch(store, 3)
    assert [t.number for t in launched] == [0, 1, 2]
    assert launched[1] == LaunchedTrial(
        launched[1].trial_id,
        1,
        {
            "learning_rate": parameters_of(1)[0].value,
            "weight_decay": 1 / 3e4,
            "momentum": parameters_of(1)[2].value,
            "layers": 2,
            "activation": "it's 100% \\ tanh",
        },
    )
    assert states(store) == [(0, "RUNNING"), (1, "RUNNING"), (2, "RUNNING")]
    # To the last bit, so that a resume trains the same trial.
    read_back = store.load_study("digits").trials
    assert [t.parameters for t in read_back] == [t.parameters for t in launched]
    heartbeats = store.query("SELECT count(*) FROM trial_heartbeats")[1]
    assert heartbeats == [(3,)]


def test_numbers_go_on_without_a_gap_and_a_taken_one_is_refused(store):
    study, worker, _ = launch(store, 3)
    assert store.next_number(study) == 3
    with pytest.raises(NumberTaken, match="next number is 3"):
        store.launch(study, worker, 2, proposals(2, 2))
    assert [t.number for t in store.launch(study, worker, 3, proposals(3, 2))] == [3, 4]
    with pytest.raises(ValueError, match="without a gap"):
        store.launch(study, worker, 5, proposals(6, 1))
    assert store.launch(study, worker, 5, []) == ()
    assert store.next_number(study) == 5


def test_two_studies_count_apart(store):
    launch(store, 3, "one")
    _, _, launched = launch(store, 2, "two")
    assert [t.number for t in launched] == [0, 1]
    assert store.finish([result(launched[0].trial_id)]) == ()
    assert store.load_study("one").finished() == ()
    assert len(store.load_study("two").finished()) == 1
    assert store.query("SELECT count(*) FROM study_one")[1] == [(3,)]


def test_a_result_is_read_back_as_it_was_written(store):
    before = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=1)
    _, _, (trial,) = launch(store, 1)
    written = result(trial.trial_id, 1 / 3)
    assert store.finish([written]) == ()
    (read,) = store.load_study("digits").trials
    assert read.result == written
    assert (read.state, read.value) == ("COMPLETE", 1 / 3)
    assert read.started is not None
    assert read.completed is not None
    after = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=1)
    assert before <= read.started <= read.completed <= after


def test_a_diverged_trial_fails_and_its_numbers_that_are_not_finite_are_null(store):
    study, _, (trial,) = launch(store, 1)
    store.finish([result(trial.trial_id, None)])
    (read,) = store.load_study("digits").trials
    assert (read.state, read.value) == ("FAIL", None)
    assert read.result is not None
    assert read.result.outcome is Outcome.DIVERGED
    assert read.result.diverged_epoch == 3
    assert (read.result.training_loss, read.result.validation_loss) == (None, None)
    assert read.result.curves.training_loss == (1.0, 0.5, None)
    assert store.counts(study) == StudyCounts(1, 0, 0, 1, 0, 0, 0, 0)
    assert store.query("SELECT count(*) FROM trial_values")[1] == [(0,)]


def test_a_pruned_trial_keeps_its_last_value_and_is_neither_completed_nor_diverged(store):
    study, _, launched = launch(store, 4)
    first, second, third, _ = (t.trial_id for t in launched)
    written = pruned(first, 0.125)
    assert store.finish([written, result(second, 0.25), result(third, None)]) == ()
    record = store.load_study("digits")
    read = record.trials[0]
    assert (read.state, read.value, read.result) == ("PRUNED", 0.125, written)
    assert read.completed is not None
    assert [t.number for t in record.finished()] == [1]
    best = record.best()
    assert best is not None
    assert best.number == 1, "though the pruned trial's last value is lower"
    assert store.counts(study) == StudyCounts(4, 1, 1, 1, 0, 1, 0, 0)
    (summary,) = store.studies()
    assert (summary.trials, summary.completed, summary.pruned, summary.diverged) == (4, 1, 1, 1)
    assert summary.best_value == 0.25
    lengths = [len(t.result.curves.training_loss) for t in record.trials if t.result]
    assert lengths == [2, 3, 3]
    some = store.load_study("digits", curves_of=2).trials[0].result
    assert some is not None
    assert some.curves.training_loss == (), "curves are read of completed trials only"


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_a_pruned_trial_without_a_finite_value_is_pruned_all_the_same(store, value):
    study, _, (trial,) = launch(store, 1)
    store.finish([pruned(trial.trial_id, value)])
    (read,) = store.load_study("digits").trials
    assert (read.state, read.value) == ("PRUNED", None)
    assert store.counts(study).pruned == 1
    assert store.query("SELECT count(*) FROM trial_values")[1] == [(0,)]


def test_a_completed_trial_without_a_finite_value_cannot_be_complete_for_optuna(store):
    _, _, (trial,) = launch(store, 1)
    store.finish([result(trial.trial_id, math.nan)])
    assert states(store) == [(0, "FAIL")]


def test_a_trial_that_is_not_running_any_more_is_skipped_whole(store):
    study, _, launched = launch(store, 3)
    first, second, third = (t.trial_id for t in launched)
    store.finish([result(first, 0.5)])
    store.release([third])
    assert store.finish([result(first, 0.1), result(second, 0.2), result(third, 0.3)]) == (
        first,
        third,
    )
    values = [t.value for t in store.load_study("digits").trials]
    assert values == [0.5, 0.2, None]
    assert store.counts(study) == StudyCounts(3, 2, 0, 0, 0, 0, 1, 0)


def test_finishing_nothing_is_fine(store):
    assert store.finish([]) == ()
    store.release([])


def test_only_the_best_curves_are_read_when_asked(store):
    _, _, launched = launch(store, 4)
    values = [0.4, 0.1, None, 0.2]
    store.finish([result(t.trial_id, v) for t, v in zip(launched, values, strict=True)])
    whole = store.load_study("digits")
    best = store.load_study("digits", curves_of=2)
    none = store.load_study("digits", curves_of=0)

    def lengths(record):
        return [len(t.result.curves.training_loss) for t in record.trials]

    assert lengths(whole) == [3, 3, 3, 3]
    assert lengths(best) == [0, 3, 0, 3]
    assert lengths(none) == [0, 0, 0, 0]
    assert [t.result.curves for t in best.trials if t.result.curves.training_loss] == [
        whole.trials[1].result.curves,
        whole.trials[3].result.curves,
    ]
    assert whole.best().number == 1


def test_the_errors_of_rows_are_read_with_a_whole_study_only(store):
    _, _, launched = launch(store, 4)
    kept = {
        0: RowErrors("bits", 12, 300, b"\x80\x10", (7, 5)),
        2: RowErrors("float32", 2, 2, bytes(range(8))),
        3: RowErrors("float32", 10_000, 10**6, bytes(range(250)) * 160),
    }
    store.finish([result(t.trial_id, 0.1, row_errors=kept.get(t.number)) for t in launched])
    assert store.load_study("digits").row_errors == kept
    assert store.load_study("digits", curves_of=4).row_errors == {}
    assert all(t.result.row_errors is None for t in store.load_study("digits").trials)


def test_vital_signs_are_kept_and_read_like_curves(store):
    _, _, launched = launch(store, 3)
    results = [
        result(launched[0].trial_id, 0.4)._replace(signs=signs()),
        result(launched[1].trial_id, 0.2)._replace(signs=signs()),
        result(launched[2].trial_id, None)._replace(signs=signs()[:1]),
    ]
    store.finish(results)

    def read(curves_of=None):
        trials = store.load_study("digits", curves_of).trials
        return [t.result.signs for t in trials]

    assert read() == [signs(), signs(), signs()[:1]]
    assert read(1) == [(), signs(), ()]
    assert read(0) == [(), (), ()]


def test_the_newest_curvature_of_a_trial_is_kept(store):
    _, _, launched = launch(store, 2)
    store.finish([result(t.trial_id, 0.4) for t in launched])
    unknown = CurvatureRecord(0, None, None, None, "its code is gone")
    measured = CurvatureRecord(512, 0.25, -0.5, 2.0)
    for found in (unknown, measured):
        store.save_curvature(launched[1].trial_id, found)
        trials = store.load_study("digits", curves_of=0).trials
        assert [t.result.curvature for t in trials] == [None, found]


def test_the_newest_counts_of_labels_of_a_trial_are_kept(store):
    _, _, launched = launch(store, 2)
    store.finish([result(t.trial_id, 0.4) for t in launched])
    none_there = LabelResult("validation", "owl", 0, 0, 30, 0, None, None, None)
    before = (none_there,)
    after = (
        LabelResult("test", "owl", 9, 7, 291, 1, 0.125, 2, 6),
        LabelResult("test", "a " * 300, 40, 0, 260, 0, 0.5, 0, 0),
        none_there,
    )
    for found in (before, after, ()):
        store.save_labels(launched[1].trial_id, found)
        trials = store.load_study("digits", curves_of=0).trials
        assert [t.result.labels for t in trials] == [(), found]


def test_the_curves_of_each_task_are_kept_and_read_like_curves(store):
    _, _, launched = launch(store, 3)
    falling = TaskCurves("zeta", (0.5, 0.25), (0.75, 0.5), (0.125, 0.0625), (1.0, 0.5))
    diverged = TaskCurves("alpha", (0.5, math.nan), (0.5, None), (0.25, math.inf), (0.25, None))
    store.finish(
        [
            result(launched[0].trial_id, 0.4, task_curves=(falling, diverged)),
            result(launched[1].trial_id, 0.2, task_curves=(falling,)),
            pruned(launched[2].trial_id, 0.5, task_curves=(falling,)),
        ]
    )

    def read(curves_of=None):
        return [t.result.task_curves for t in store.load_study("digits", curves_of).trials]

    known = TaskCurves("alpha", (0.5, None), (0.5, None), (0.25, None), (0.25, None))
    assert read() == [(falling, known), (falling,), (falling,)]  # in the order of the data set
    assert read(1) == [(), (falling,), ()]
    assert read(0) == [(), (), ()]
    shown = "SELECT number, outcome, task, epoch, training_loss, validation_error FROM task_curves"
    _, rows = store.query(f"{shown} ORDER BY number, position, epoch")
    assert rows[1:4] == [
        (0, "completed", "zeta", 2, 0.25, 0.5),
        (0, "completed", "alpha", 1, 0.5, 0.25),
        (0, "completed", "alpha", 2, None, None),
    ]
    assert [row[:4] for row in rows[-1:]] == [(2, "pruned", "zeta", 2)]


def test_a_batch_larger_than_one_in_list_is_written_whole(store):
    study, worker, launched = launch(store, 1100)
    store.heartbeat(worker)
    store.finish([result(t.trial_id, 0.5, epochs=1) for t in launched[:600]])
    store.release(t.trial_id for t in launched[600:])
    assert store.counts(study) == StudyCounts(1100, 600, 0, 0, 0, 0, 500, 0)
    again = store.register_worker(study)
    assert len(store.reclaim(study, again, 1000)) == 500


def test_finished_trials_for_a_mirror(store, url):
    _, _, launched = launch(store, 5)
    dead = launched[4].trial_id  # as another process declares it; the search took it for diverged
    execute(url, "UPDATE trials SET state = 'FAIL' WHERE trial_id = :t", t=dead)
    store.finish([result(launched[0].trial_id, 0.4), result(launched[1].trial_id, None)])
    store.finish([pruned(launched[2].trial_id, 0.5), result(launched[3].trial_id, 0.3)])
    study = store.study_id("digits")
    finished = store.finished_trials(study)
    assert [(t.number, t.state, t.value) for t in finished] == [
        (0, "COMPLETE", 0.4),
        (1, "FAIL", None),
        (2, "PRUNED", 0.5),
        (3, "COMPLETE", 0.3),
    ]
    assert finished[3].parameters == parameters_of(3)
    assert [t.number for t in store.finished_trials(study, after_number=1)] == [2, 3]


def test_studies_are_listed_with_their_best_and_their_verdict(store):
    regression = {"spec_resolved": {**SPEC, "data": {"task": "regression"}}}
    store.create_study(new_study("b")._replace(**regression))
    study, _, launched = launch(store, 3, "a")
    store.finish([result(launched[0].trial_id, 0.4), result(launched[1].trial_id, None)])
    likely = {"leaning": ["data_mismatch"]}
    store.save_diagnosis(study, {**document(["high_bias", "high_variance"]), **likely})
    first, second = store.studies()
    assert first._replace(last_activity=None) == (
        study,
        "a",
        3,
        1,
        0,
        1,
        1,
        0.4,
        None,
        ("high_bias", "high_variance"),
        "classification",
        ("data_mismatch",),
    )
    assert first.last_activity == max(t.completed or t.started for t in trials_of(store, "a"))
    assert second[:3] + second[7:] == (second.study_id, "b", 0, None, None, None, "regression", ())


def trials_of(store, name):
    return store.load_study(name).trials


def test_the_newest_provenance_estimate_and_diagnosis_count(store):
    study = store.create_study(new_study())
    record = store.load_study("digits")
    assert (record.bayes, record.diagnosis) == (None, None)
    groups = (2, 2, 0)
    known = provenance("NVIDIA H100")._replace(validation_groups=groups, dealt="grouped")
    store.add_provenance(study, known)
    older = BayesRecord(0.1, 0.0, 0.2, None, "given", True)
    newer = BayesRecord(0.05, 0.0, 0.1, 300, "kNN", False, {"k": 5, "raw": math.nan, "by": "loo"})
    store.save_bayes(study, older)
    store.save_bayes(study, newer)
    store.save_diagnosis(study, document(["healthy"]))
    store.save_diagnosis(study, document(["high_bias"]))
    record = store.load_study("digits")
    assert record.provenance.device == "NVIDIA H100"
    assert record.provenance == known
    assert record.bayes == newer._replace(details={"k": 5, "raw": None, "by": "loo"})
    assert record.diagnosis == document(["high_bias"])


def test_a_diagnosis_is_kept_whole_and_in_rows(store):
    study = store.create_study(new_study())
    store.save_diagnosis(study, document(["high_bias"]))
    _, found = store.query("SELECT position, kind, severity, text, evidence_json FROM findings")
    assert found == [
        (0, "still_improving", "warning", "The loss was still falling.", '{"slope": -0.01}'),
        (1, "high_bias", "problem", "Bias.", "{}"),
    ]
    _, advised = store.query("SELECT priority, kind, addresses, spec_change FROM remedies")
    assert advised == [(1, "more_epochs", "high_bias", "training.epochs=40")]


def document(verdict):
    def finding(kind, severity, evidence, text):
        return {"kind": kind, "severity": severity, "evidence": evidence, "text": text}

    return {
        "study": "digits",
        "trial": 7,
        "verdict": verdict,
        "findings": [
            finding("still_improving", "warning", {"slope": -0.01}, "The loss was still falling."),
            finding("high_bias", "problem", {}, "Bias."),
        ],
        "remedies": [
            {
                "kind": "more_epochs",
                "addresses": "high_bias",
                "rank": 1,
                "reason": "Still falling.",
                "change": "training.epochs=40",
            }
        ],
        "not_checked": ["regions"],
    }

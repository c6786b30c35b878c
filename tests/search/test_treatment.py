"""A remedy is tried to the end, also interrupted, and judged by seeds that chose nothing."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from netclinic.diagnostics.remedies.treated_study import changes_of
from netclinic.diagnostics.remedies.tried import Effect, tried_remedies
from netclinic.diagnostics.studies.treated import Tried, _trials
from netclinic.diagnostics.units import Task
from netclinic.models.own_code import OwnCodeError
from netclinic.models.transfer_source import TransferError
from netclinic.search import (
    Folders,
    Phase,
    StudyError,
    TreatmentError,
    Wanted,
    parse_spec,
    plan_of,
    treat_all,
    treat_study,
)
from netclinic.search.spec_errors import Problem, SpecError
from netclinic.search.treatment_plan import Plan
from netclinic.storage import Outcome, TrialStore
from netclinic.storage.records.treatments import FIRST_FRESH, FRESH

from .conftest import UNSEEN, load, run, url_in

SEEDS = 3
WANTED = Wanted(None, ("network.hidden=[16]",))
REGRESSION = ("data.source=diabetes", "data.task=regression", "training.batch_size=32")


@pytest.fixture(scope="module")
def study(made_once) -> Path:
    return made_once("untreated", lambda folder: run(folder, UNSEEN))


@pytest.fixture
def folder(study, tmp_path) -> Path:
    return Path(shutil.copytree(study, tmp_path / "study"))


def treat(folder: Path, wanted: Wanted = WANTED, stop_at: tuple[Phase, int] | None = None) -> list:
    plan = plan_of("small", url_in(folder), wanted)
    stop, seen, found = threading.Event(), 0, []
    folders = Folders(folder / "out", folder / "treated")
    for progress in treat_study("small", plan, url_in(folder), folders, stop, seeds=SEEDS):
        found.append(progress)
        seen += stop_at is not None and progress.phase is stop_at[0]
        if stop_at and seen == stop_at[1]:
            stop.set()
    return found


@pytest.fixture(scope="module")
def treated(made_once, study) -> Path:
    def fill(folder: Path) -> None:
        shutil.copytree(study, folder, dirs_exist_ok=True)
        treat(folder)

    return made_once("treated", fill)


def fresh(folder: Path, name: str) -> list:
    record = load(folder, name)
    return [r._replace(seconds=0.0, trial_id=0) for r in record.replicates if r.kind == FRESH]


def test_the_study_with_the_remedy_draws_the_same_numbers(treated) -> None:
    before, after = load(treated), load(treated, "small-own")
    assert after.spec is not None
    assert after.spec["network"]["hidden"] == [16]
    assert [t.parameters for t in after.trials] == [t.parameters for t in before.trials]
    assert after.diagnosis is not None
    assert (treated / "treated" / "report.html").exists()
    assert "What was tried" in (treated / "out" / "report.md").read_text()


def test_the_best_of_more_trials_is_not_told_as_that_of_fewer(treated, tmp_path) -> None:
    folder = Path(shutil.copytree(treated, tmp_path / "study"))
    fewer = WANTED._replace(changes=(*WANTED.changes, "study.trials=2"))
    said = r"study 'small-own' has \d+ trials already, and 2 are asked for"
    with pytest.raises(TreatmentError, match=said):
        treat(folder, fewer)
    with TrialStore(url_in(folder)) as store:
        assert len(store.load_study("small").treatments) == 1


def test_another_idea_is_tried_under_another_name(treated) -> None:
    """The first one's study has the name that ideas of one's own get."""
    said = (
        r"^study 'small-own' is there, and tried something else: network.hidden is \[16\] there "
        r"and \[8\] now; training.epochs is 6 there and 7 now. Try this .* -S study.name=NAME$"
    )
    with pytest.raises(TreatmentError, match=said):
        treat(treated, Wanted(None, ("training.epochs=7",)))


def test_both_winners_have_fresh_seeds_with_the_errors_of_all_test_rows(treated) -> None:
    for name in ("small", "small-own"):
        record = load(treated, name)
        winner = record.best()
        assert winner is not None
        seeds = [r for r in record.replicates if r.kind == FRESH]
        assert {r.trial_id for r in seeds} == {winner.trial_id}
        assert [r.replicate for r in seeds] == [FIRST_FRESH + i for i in range(SEEDS)]
        with TrialStore(url_in(treated)) as store:
            errors = store.fresh_errors(winner.trial_id)
        shares = [np.unpackbits(np.frombuffer(e.errors, "u1"), count=e.test_rows) for e in errors]
        assert [it.mean() for it in shares] == pytest.approx([r.test_error for r in seeds])


def test_what_came_out_is_stored(treated) -> None:
    before, after = load(treated), load(treated, "small-own")
    (it,) = before.treatments
    assert after.treatments == ()
    best = before.best(), after.best()
    assert [it.trial, it.treated_trial] == [b.number for b in best if b]
    means = [np.mean([r.test_error for r in fresh(treated, s.name)]) for s in (before, after)]
    assert [it.error, it.treated_error] == pytest.approx(means)
    assert it.lower_by == pytest.approx(means[0] - means[1], abs=1e-12)
    assert (it.seeds, it.treated_seeds, it.diverged) == (SEEDS, SEEDS, 0)
    assert it.low is not None
    assert it.high is not None
    assert it.low < it.lower_by < it.high
    assert it.pairs == 4
    assert before.diagnosis is not None
    assert before.diagnosis["tried"][0]["record"]["treated_study"] == "small-own"


def treat_both(folder: Path, stop: threading.Event, *wanted: Wanted) -> list:
    plans = [plan_of("small", url_in(folder), it) for it in wanted]
    each = [(it, folder / it.name) for it in plans]
    return list(
        treat_all("small", each, url_in(folder), folder / "out", stop, seeds=SEEDS, aside=False)
    )


def test_a_remedy_that_cannot_be_tried_does_not_keep_the_next_from_it(treated, tmp_path) -> None:
    folder = Path(shutil.copytree(treated, tmp_path / "study"))
    other_rows = Wanted(None, ("data.test=0.4", "study.name=other"))
    looks = treat_both(folder, threading.Event(), other_rows, WANTED)
    notes = [p.note for p in looks if p.note]
    assert notes[0] == "Remedy 1 of 2: own, in study other."
    assert notes[1].startswith("own: data.test=0.4 makes the test rows other ones")
    assert notes[2] == "Remedy 2 of 2: own, in study small-own."
    assert [p.phase for p in looks].count(Phase.DONE) == 1
    diagnosis = looks[-1].diagnosis
    assert diagnosis is not None
    assert [it.record.treated_study for it in diagnosis.tried] == ["small-own"]


REFUSED = SpecError([Problem("a.toml", "", "batch_size", "got 9; allowed is 8")])


@pytest.mark.parametrize(
    "error", [TransferError("other weights"), OwnCodeError("no such layer"), REFUSED]
)
def test_a_remedy_that_a_network_does_not_take_is_told_and_left_out(monkeypatch, error) -> None:
    def fails(*_, **__):
        raise error
        yield

    monkeypatch.setattr("netclinic.search.all_remedies.treat_study", fails)
    loaded = parse_spec({"study": {"name": "small-l2"}, "data": {"source": "iris"}})
    plan = Plan(Tried("l2", "search.weight_decay=0.1"), loaded)
    looks = list(treat_all("small", [(plan, Path("a")), (plan, Path("b"))], "a.db", Path("out")))
    told = [it.note for it in looks if it.note and it.note.startswith("l2: ")]
    assert told == [f"l2: {error}"] * 2
    assert looks[-1].phase is Phase.DONE
    assert looks[-1].failed == tuple(told)


def test_a_stop_ends_all_remedies(folder) -> None:
    stop = threading.Event()
    stop.set()
    looks = treat_both(folder, stop, WANTED, Wanted(None, ("network.hidden=[16]", "study.name=b")))
    assert Phase.DONE not in [p.phase for p in looks]
    assert not any("Remedy 2" in (p.note or "") for p in looks)


def test_where_nothing_is_left_to_try_the_study_is_told_anew(treated, tmp_path) -> None:
    folder = Path(shutil.copytree(treated, tmp_path / "study"))
    *_, last = treat_both(folder, threading.Event())
    assert last.diagnosis is not None
    assert [it.record.treated_study for it in last.diagnosis.tried] == ["small-own"]


def test_progress_leads_through_both_trainings(folder) -> None:
    phases = [p.phase for p in treat(folder)]
    assert phases[0] is Phase.LOADING
    assert Phase.TRAINING in phases
    assert phases[-1] is Phase.DONE
    looks = treat(folder, Wanted(None, ("training.epochs=7", "study.name=b")))
    done = [p.replicates for p in looks if p.phase is Phase.JUDGING]
    assert done == sorted(done)
    assert done[-1] == 2 * SEEDS
    assert looks[-1].treated is not None
    assert len(load(folder).treatments) == 2


@pytest.mark.parametrize(("phase", "when"), [(Phase.TRAINING, 2), (Phase.JUDGING, 1)])
def test_stopped_and_begun_again_the_same_comes_out(folder, treated, phase, when) -> None:
    last = treat(folder, stop_at=(phase, when))[-1]
    assert last.treated is None
    assert load(folder).treatments == ()
    assert treat(folder)[-1].treated is not None
    for name in ("small", "small-own"):
        assert fresh(folder, name) == fresh(treated, name)
    assert load(folder).treatments == load(treated).treatments


def test_treated_again_nothing_is_trained(folder, treated) -> None:
    shutil.copytree(treated, folder, dirs_exist_ok=True)
    looks = treat(folder)
    assert not any(p.phase in (Phase.TRAINING, Phase.JUDGING) for p in looks)
    assert looks[-1].treated == load(folder).treatments[0]


def test_quantities_are_compared_by_their_squares(tmp_path) -> None:
    run(tmp_path, *REGRESSION, UNSEEN)
    treat(tmp_path)
    (it,) = load(tmp_path).treatments
    winner = load(tmp_path).best()
    assert winner is not None
    with TrialStore(url_in(tmp_path)) as store:
        errors = store.fresh_errors(winner.trial_id)
    numbers = [np.frombuffer(e.errors, "<f4").mean() for e in errors]
    assert np.mean(numbers) == pytest.approx(it.error, rel=1e-5)
    assert it.error > 100


def test_a_study_of_the_balanced_error_is_compared_by_it(folder) -> None:
    wanted = Wanted("balanced_objective", ("study.objective=balanced_error",))
    treat(folder, wanted)
    (it,) = load(folder).treatments
    assert it.measure == "balanced_error"
    record = load(folder, "small-balanced-objective")
    means = [r.test_balanced_error for r in record.replicates if r.kind == FRESH]
    assert it.treated_error == pytest.approx(np.mean(means))
    assert (it.training_error, it.validation_error) == (None, None)
    assert it.treated_training_error is not None
    # Without the remedy the trials' balanced test errors are not known: nothing to hold in pairs.
    assert it.pairs is None
    before, after = load(folder), record
    trials = [_trials(it, balanced=True) for it in (before, after)]
    assert {k: v[0] for k, v in trials[0].items()} == {t.number: t.value for t in before.ranked()}
    # The networks are the same ones, judged by classes of the validation and of the test rows.
    known = {t.number: t.result for t in after.ranked()}
    for number, (_, error) in trials[0].items():
        assert error == pytest.approx(known[number].validation_balanced_error)
        assert trials[1][number][1] == known[number].test_balanced_error
    # The other way round both are compared by the share of wrong rows, which all trials have.
    for number, (_, error) in _trials(after, balanced=False).items():
        assert error == known[number].test_error


def test_other_test_rows_are_refused_before_anything_runs(folder) -> None:
    with pytest.raises(TreatmentError, match=r"data.test=0.3 makes the test rows other ones"):
        treat(folder, Wanted(None, ("data.test=0.3",)))
    with pytest.raises(TreatmentError, match="makes the test rows other ones"):
        treat(folder, Wanted(None, ("study.seed=9",)))
    with pytest.raises(TreatmentError, match=r"^data.test=0.3 makes .* 'network.hidden=\[9\]'"):
        treat(folder, Wanted(None, ("data.test=0.3", "network.hidden=[9]")))
    with TrialStore(url_in(folder)) as store:
        assert [s.name for s in store.studies()] == ["small"]


def test_fewer_training_rows_are_no_other_test_rows(folder) -> None:
    assert treat(folder, Wanted(None, ("data.train_rows=40",)))[-1].treated is not None


def test_a_key_of_the_stored_spec_is_removed(folder) -> None:
    plan = plan_of("small", url_in(folder), Wanted(None, ("~network.hidden", "~search.momentum")))
    assert plan.loaded.spec.network.hidden == (128, 128)
    assert plan.tried.spec_change == "~network.hidden -S ~search.momentum"
    # The search draws a momentum by default, which this optimiser has no use for.
    changes = ("training.optimizer=adagrad", "~search.momentum")
    plan = plan_of("small", url_in(folder), Wanted(None, changes))
    assert plan.loaded.spec.search.momentum == 0


def test_unfinished_trials_are_refused(tmp_path, stop_at) -> None:
    stop_at(3, tmp_path)
    with pytest.raises(StudyError, match=r"unfinished trials.*netclinic resume small"):
        plan_of("small", url_in(tmp_path), WANTED)


def test_a_remedy_that_diverges_compares_nothing(folder) -> None:
    rates = "search.learning_rate={choice=[1e20]}"
    last = treat(folder, Wanted(None, (rates, "search.momentum=0")))[-1]
    assert last.treated is None
    assert last.conclusion is not None
    assert last.conclusion.completed == 0
    assert all(t.result.outcome is Outcome.DIVERGED for t in load(folder, "small-own").trials)


def test_what_an_error_is_without_copies_of_held_out_rows_is_measured(tmp_path: Path) -> None:
    """Two fifths of the test rows are learnt by heart; without these the error is one of chance."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(300, 6)), rng.integers(0, 2, 300)
    copied = np.r_[0:40, 240:300]
    parts = {"train": slice(0, 160), "validation": slice(160, 240), "test": copied}
    np.savez(
        tmp_path / "parts.npz",
        **{f"{k}_{name}": v[part] for name, part in parts.items() for k, v in (("x", x), ("y", y))},
    )
    learns = ("network.hidden=[64]", "training.epochs=60", "search.learning_rate=0.1")
    run(tmp_path, "data.source=parts.npz", "study.trials=4", *learns, UNSEEN)
    plan = plan_of("small", url_in(tmp_path), Wanted("fix_split", ()))
    assert changes_of(plan.tried.spec_change) == ("data.copies=leave_out",)
    folders = Folders(tmp_path / "out", tmp_path / "treated")
    list(treat_study("small", plan, url_in(tmp_path), folders, threading.Event(), seeds=SEEDS))
    study = load(tmp_path)
    (record,) = study.treatments
    (tried,) = tried_remedies([record], 0.02, Task.CLASSIFICATION)
    assert tried.effect is Effect.MEASURED
    assert record.lower_by < -0.05
    with TrialStore(url_in(tmp_path)) as store:
        treated = store.load_study(record.treated_study)
    assert treated.provenance is not None
    assert (treated.provenance.rows.train, treated.provenance.rows.test) == (120, 100)
    assert "copies_left_out" in {it.kind for it in treated.provenance.data_notes}

import json
import threading
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import optuna
import pytest
from netclinic.diagnostics.report import report_html
from netclinic.models import load_network
from netclinic.search import (
    CounterSampler,
    Ending,
    Phase,
    StudyError,
    diagnose_again,
    parse_spec,
    resume_study,
    run_study,
)
from netclinic.search.orchestrator import Orchestrator
from netclinic.search.sampler import propose_random
from netclinic.search.space import distribution, searched
from netclinic.search.study_data import load_data
from netclinic.storage import Outcome, StorageError, TrialStore
from netclinic.storage.records.study import StudyCounts

from tests.read_only import only_read

from .conftest import DIAGNOSED, SMALL, UNSEEN, load, numbers_only, run, url_in


def resume(folder: Path, **options):
    return list(resume_study("small", url_in(folder), folder / "out", threading.Event(), **options))


def test_a_study_has_its_trials_once_each(undisturbed) -> None:
    assert [t.number for t in undisturbed.trials] == list(range(12))
    assert all(t.result for t in undisturbed.trials)
    drawn = {tuple(sorted(t.parameters.items())) for t in undisturbed.trials}
    assert len(drawn) == 12, "no parameters twice"
    for trial in undisturbed.finished():
        result = trial.result
        assert trial.value == result.validation_error == result.curves.validation_error[-1]
        assert len(result.curves.training_loss) == result.epochs == 6
        rows = undisturbed.provenance.rows
        assert result.test_error * rows.test == pytest.approx(round(result.test_error * rows.test))
        assert result.best_epoch == 1 + int(np.argmin(result.curves.validation_error))


@pytest.mark.parametrize("lanes", [1, 7, 64])
def test_the_same_trials_for_every_k(tmp_path, undisturbed, lanes: int) -> None:
    run(tmp_path, f"compute.lanes={lanes}", "compute.segment=4")
    assert numbers_only(load(tmp_path)) == numbers_only(undisturbed)


def test_the_same_trials_after_the_loop_was_left(tmp_path, undisturbed) -> None:
    """As a notebook's user leaves it, who interrupts the cell: nothing was there to be set."""
    steps = run_study(parse_spec(SMALL, folder=tmp_path), url_in(tmp_path), tmp_path / "out")
    next(it for it in steps if it.phase is Phase.TRAINING)
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt)
    states = {trial.state for trial in load(tmp_path).trials}
    assert "RUNNING" not in states
    assert list(resume_study("small", url_in(tmp_path), tmp_path / "out"))[-1].conclusion
    assert numbers_only(load(tmp_path)) == numbers_only(undisturbed)


@pytest.mark.parametrize("when", [1, 2, 3, 4, 7])
def test_the_same_trials_after_a_stop_and_resume(tmp_path, undisturbed, stop_at, when) -> None:
    last = stop_at(when, tmp_path)[-1]
    assert last.conclusion.ending is Ending.INTERRUPTED
    states = {t.state for t in load(tmp_path).trials}
    assert "RUNNING" not in states, "what was cut short is queued"
    ended = {t.number: t.completed for t in load(tmp_path).trials if t.result}
    assert resume(tmp_path)[-1].conclusion.ending is Ending.FINISHED
    found = load(tmp_path)
    assert numbers_only(found) == numbers_only(undisturbed)
    again = {t.number: t.completed for t in found.trials if t.number in ended}
    assert again == ended, "an ended trial is never trained again"


def test_running_again_trains_nothing(tmp_path, undisturbed) -> None:
    run(tmp_path)
    before = load(tmp_path)
    phases = {progress.phase for progress in run(tmp_path)}
    assert phases == {Phase.LOADING, Phase.DIAGNOSING, Phase.DONE}
    assert load(tmp_path).trials == before.trials


def test_more_trials_on_resume(tmp_path) -> None:
    run(tmp_path, "study.trials=4")
    resume(tmp_path, trials=6)
    assert [t.number for t in load(tmp_path).finished()] == list(range(6))


def test_a_timeout_ends_the_study_and_diagnoses_it(tmp_path) -> None:
    run(tmp_path, "study.trials=4")
    last = resume(tmp_path, trials=1000, timeout=1.5)[-1]
    assert last.conclusion.ending is Ending.TIMEOUT
    assert last.conclusion.diagnosis is not None
    assert 4 <= last.completed + last.diverged < 1000


def test_a_diverged_trial_is_recorded_as_such(tmp_path) -> None:
    run(tmp_path, "search.learning_rate={choice = [1e6, 0.05]}", "study.trials=8")
    study = load(tmp_path)
    diverged = [t for t in study.trials if t.parameters["learning_rate"] == 1e6]
    assert diverged
    for trial in diverged:
        assert (trial.state, trial.value) == ("FAIL", None)
        assert trial.result.outcome is Outcome.DIVERGED
        assert trial.result.diverged_epoch == trial.result.epochs
        assert trial.result.curves.training_loss[-1] is None
    assert len(study.finished()) == 8 - len(diverged)


def test_nothing_completed_gives_no_diagnosis(tmp_path) -> None:
    last = run(tmp_path, "search.learning_rate=1e6", "study.trials=2")[-1]
    assert (last.conclusion.completed, last.conclusion.diagnosis) == (0, None)


def test_shapes_can_be_searched(tmp_path) -> None:
    run(
        tmp_path,
        "search.layers={int = [1, 2]}",
        "search.units={int = [3, 4]}",
        "search.batch_size={choice = [8, 16]}",
        'search.activation={choice = ["relu", "tanh"]}',
        "study.trials=3",
        "study.seed=1",
        UNSEEN,
    )
    finished = load(tmp_path).finished()
    for name in ("layers", "units", "batch_size", "activation"):
        assert len({trial.parameters[name] for trial in finished}) == 2, name
    for trial in finished:
        layers, units = trial.parameters["layers"], trial.parameters["units"]
        widths = [4, *[units] * layers, 3]
        size = sum((a + 1) * b for a, b in pairwise(widths))
        assert trial.result.parameters == size


def test_widths_can_be_chosen_among_some(tmp_path) -> None:
    run(tmp_path, "search.units={choice = [3, 7]}", "study.trials=6", UNSEEN)
    finished = load(tmp_path).finished()
    assert {trial.parameters["units"] for trial in finished} == {3, 7}
    for trial in finished:
        units = trial.parameters["units"]
        assert type(units) is int
        assert trial.result.parameters == (4 + 1) * units + (units + 1) * 3


def test_tpe_gives_the_same_trials_after_a_stop_for_every_k(tmp_path) -> None:
    text = SMALL + '[search]\nsampler = "tpe"\n'
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    cut.mkdir()
    run(whole, "study.trials=20", UNSEEN, text=text)
    stop = threading.Event()
    options = ["study.trials=20", "compute.lanes=3", UNSEEN]
    loaded = parse_spec(text, file="", folder=cut, overrides=options)
    for progress in run_study(loaded, url_in(cut), cut / "out", stop):
        if progress.completed + progress.diverged >= 11:
            stop.set()
    resume(cut)
    assert numbers_only(load(cut)) == numbers_only(load(whole))


def test_the_best_network_is_on_disk_and_as_good_as_recorded(tmp_path) -> None:
    run(tmp_path)
    study = load(tmp_path)
    loaded = load_network(tmp_path / "out" / "best")
    best = study.best()
    assert (loaded.surroundings.study, loaded.surroundings.trial) == ("small", best.number)
    spec = parse_spec(SMALL, file="", folder=tmp_path).spec
    data = load_data(spec, tmp_path)
    wrong = loaded.network(data.test.inputs).argmax(-1) != data.test.labels
    assert wrong.mean() == pytest.approx(best.result.test_error)


@pytest.mark.parametrize(
    ("winner", "why"),
    [
        (5, " for its weights: new seeds make it the winner, in place of trial 38"),
        (None, ", since out lacked its weights"),
    ],
)
def test_why_the_best_trial_is_trained_again(winner: int | None, why: str) -> None:
    best = SimpleNamespace(number=5)
    record = SimpleNamespace(best=lambda: best, winner=lambda: winner and best)
    orchestrator: Any = SimpleNamespace(
        store=SimpleNamespace(load_study=lambda *_, **__: record),
        study=SimpleNamespace(spec=parse_spec(SMALL, file="", folder=Path()).spec),
        best=SimpleNamespace(best=(0.1, 38), restore=lambda *_: True),
        trainer=None,
        folder="out",
        progress=lambda _, note: note,
    )
    assert [*Orchestrator.restore_best(orchestrator)] == [f"Trained trial 5 again{why}."]


def test_what_the_trainer_warns_of_is_said_beside_a_note() -> None:
    """Memory that ended while the best trial was trained again was not told of."""
    orchestrator: Any = SimpleNamespace(
        study=SimpleNamespace(
            spec=parse_spec(SMALL, file="", folder=Path()).spec,
            dataset=SimpleNamespace(task="classification", validation=SimpleNamespace(labels=[0])),
        ),
        best=SimpleNamespace(best=None),
        counts=StudyCounts(0, 0, 0, 0, 0, 0, 0, 0),
        costs=SimpleNamespace(device_use=None),
        trainer=SimpleNamespace(running=0, fraction=0.0, take_warnings=lambda: ["Warned."]),
    )
    for note, told in ((None, "Warned."), ("Noted.", "Warned.\nNoted.")):
        assert Orchestrator.progress(orchestrator, Phase.DIAGNOSING, note=note).note == told


def test_lost_weights_are_restored_and_said(tmp_path) -> None:
    run(tmp_path)
    before = load(tmp_path)
    weights = load_network(tmp_path / "out" / "best").network.output.kernel[...]
    (tmp_path / "out" / "best" / "network.json").unlink()
    notes = [p.note for p in run(tmp_path) if p.note]
    assert len(notes) == 1
    assert "lacked its weights" in notes[0]
    restored = load_network(tmp_path / "out" / "best").network.output.kernel[...]
    np.testing.assert_array_equal(restored, weights)
    assert load(tmp_path).trials == before.trials


def test_another_spec_under_the_same_name_is_refused(tmp_path) -> None:
    run(tmp_path, "study.trials=2")
    before = load(tmp_path)
    with pytest.raises(StudyError) as caught:
        run(tmp_path, "training.epochs=7", "study.trials=3")
    assert str(caught.value) == (
        "the database has a study 'small' with another spec:\n"
        "  [training] epochs: the study has 6, the spec 7\n"
        "To go on with the stored one: netclinic resume small. To start another study: "
        "netclinic run SPEC -S study.name=NAME"
    )
    assert load(tmp_path) == before


def test_other_data_is_refused(tmp_path) -> None:
    x, y = np.random.default_rng(0).normal(size=(90, 3)), np.arange(90) % 3
    np.savez(tmp_path / "data.npz", x=x, y=y)
    run(tmp_path, "data.source=data.npz", "study.trials=2", UNSEEN)
    np.savez(tmp_path / "data.npz", x=x + 1e-3, y=y)
    with pytest.raises(StudyError, match=r"the data of study 'small' has changed"):
        resume(tmp_path)
    with pytest.raises(StudyError, match=r"the data of study 'small' has changed"):
        run(tmp_path, "data.source=data.npz", "study.trials=2", UNSEEN)


def test_an_unknown_study_cannot_be_resumed(tmp_path) -> None:
    run(tmp_path, "study.trials=1")
    with pytest.raises(StorageError, match="smal"):
        list(resume_study("smal", url_in(tmp_path), tmp_path, threading.Event()))


def test_a_stock_optuna_worker_runs_our_trials_beside_us(tmp_path, undisturbed) -> None:
    run(tmp_path, "study.trials=4")
    spec = parse_spec(SMALL, file="", folder=tmp_path).spec
    space = searched(spec.search)
    study = optuna.load_study(
        study_name="small", storage=url_in(tmp_path), sampler=CounterSampler(space, 5)
    )
    trial = study.ask({name: distribution(entry) for name, entry in space.items()})
    study.tell(trial, 0.5)
    assert trial.params == undisturbed.trials[4].parameters
    resume(tmp_path, trials=6)
    found = load(tmp_path)
    assert [t.number for t in found.trials] == list(range(7))
    assert numbers_only(found)[5:7] == numbers_only(undisturbed)[5:7]
    assert [t.number for t in study.get_trials()] == list(range(7))


def test_a_diagnosis_can_be_made_again_from_the_database_alone(tmp_path) -> None:
    conclusion = run(tmp_path, *DIAGNOSED)[-1].conclusion
    stored = json.loads((tmp_path / "out" / "diagnosis.json").read_text())
    assert stored == json.loads(json.dumps(conclusion.diagnosis.as_dict()))
    assert diagnose_again("small", url_in(tmp_path)).diagnosis == conclusion.diagnosis
    assert load(tmp_path).diagnosis == stored


def test_an_interrupted_study_can_be_diagnosed(tmp_path, stop_at) -> None:
    stop_at(6, tmp_path, *DIAGNOSED)
    assert load(tmp_path).finished()
    before = load(tmp_path)
    assert before.bayes is None
    with pytest.MonkeyPatch.context() as patch:
        only_read(patch)
        unkept = diagnose_again("small", url_in(tmp_path))
    assert unkept.note == f"{tmp_path}/trials.db is read-only, so the diagnosis was not kept there."
    assert load(tmp_path) == before
    kept = diagnose_again("small", url_in(tmp_path))
    assert (kept.diagnosis, kept.note) == (unkept.diagnosis, None)
    assert load(tmp_path).bayes is not None


def test_an_interrupted_study_is_not_diagnosed_with_other_data(tmp_path, stop_at) -> None:
    """Their Bayes error would be another's."""
    x, y = np.random.default_rng(0).normal(size=(90, 3)), np.arange(90) % 3
    np.savez(tmp_path / "data.npz", x=x, y=y)
    stop_at(6, tmp_path, "data.source=data.npz", UNSEEN)
    np.savez(tmp_path / "data.npz", x=x + 1e-3, y=y)
    before = load(tmp_path)
    with pytest.raises(StudyError, match=r"the data of study 'small' has changed"):
        diagnose_again("small", url_in(tmp_path))
    assert load(tmp_path) == before


def test_what_draws_charts_starts_beside_the_diagnosis(tmp_path, monkeypatch) -> None:
    """What fails there is met again, and told, by the first chart."""
    by = []

    def draw(chart: object, *_: str) -> str:
        by.append(threading.current_thread())
        if chart is report_html.EMPTY:
            raise RuntimeError("no fonts")
        return '<svg role="img"></svg>'

    monkeypatch.setattr(report_html, "draw", draw)
    run(tmp_path)
    assert by[0] is not threading.main_thread()
    assert not by[0].is_alive()
    assert {*by[1:]} == {threading.main_thread()}
    assert (tmp_path / "out" / "report.html").exists()


def test_a_folder_that_cannot_be_written_is_found_before_the_first_trial(tmp_path) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    with pytest.raises(StudyError, match="name another folder: --output FOLDER"):
        run(tmp_path)
    assert not (tmp_path / "trials.db").exists()


def test_trials_that_another_worker_launches_between_two_looks_count(tmp_path, monkeypatch) -> None:
    run(tmp_path, "study.trials=11")
    count, launched = TrialStore.counts, []

    def count_and_be_overtaken(store: TrialStore, study_id: int) -> StudyCounts:
        found = count(store, study_id)
        if threading.current_thread().name.startswith("netclinic-database") and not launched:
            space = searched(parse_spec(SMALL, file="", folder=tmp_path).spec.search)
            with TrialStore(url_in(tmp_path)) as other:
                worker = other.register_worker(study_id)
                launched.extend(other.launch(study_id, worker, 11, propose_random(space, 5, [11])))
        return found

    monkeypatch.setattr(TrialStore, "counts", count_and_be_overtaken)
    last = resume(tmp_path, trials=12)[-1]
    assert [trial.number for trial in launched] == [11]
    assert last.conclusion.running == 1, "the other worker holds it still"
    assert [t.number for t in load(tmp_path).trials] == list(range(12))


def test_two_workers_on_one_study_share_its_trials(tmp_path, undisturbed) -> None:
    run(tmp_path, "study.trials=1", "compute.lanes=2")
    failures = []

    def work(folder: Path) -> None:
        try:
            walk = resume_study("small", url_in(tmp_path), folder, threading.Event(), trials=12)
            *_, last = walk
            assert last.conclusion.diagnosis is not None
        except BaseException as error:
            failures.append(error)

    workers = [threading.Thread(target=work, args=(tmp_path / name,)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures
    assert numbers_only(load(tmp_path)) == numbers_only(undisturbed)


def test_lanes_of_trials_that_ended_early_are_filled_at_once(tmp_path: Path) -> None:
    """Two of three lanes hold trials that diverge at once: others must take their places."""
    looks = run(
        tmp_path,
        "study.trials=8",
        "compute.lanes=3",
        "compute.segment=1",
        "search.learning_rate={choice=[0.01, 1e30]}",
    )
    training = [look for look in looks if look.phase is Phase.TRAINING]
    ended = [look.completed + look.diverged for look in training]
    assert looks[-1].diverged > 0
    assert looks[-1].completed > 0
    # Between looks with trials in training, those that ended were replaced: never fewer lanes in
    # use than there are trials left.
    for before, look in pairwise(training):
        left = look.wanted - (before.completed + before.diverged)
        trained = (
            look.running + (look.completed + look.diverged) - (before.completed + before.diverged)
        )
        assert trained == min(3, left)
    assert ended[-1] == 8

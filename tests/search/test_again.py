"""Finalists are trained again, the same whatever the lanes, interruptions and kills."""

import signal
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from netclinic.models.checkpoint import load_network
from netclinic.search import Phase, load_spec, resume_study, run_study
from netclinic.search.orchestrator import Orchestrator
from netclinic.search.progress import Progress
from netclinic.search.spec_file import spec_from_resolved
from netclinic.search.study_data import load_data
from netclinic.storage import Outcome, TrialStore
from netclinic.storage.records.study import StudyRecord

from .conftest import SMALL, load, numbers_only, run, url_in
from .killed_run import run_killed

AGAIN = SMALL.replace("seed = 5", "seed = 5\nreplicates = 4\nfinalists = 3")
WANTED = 3 * 3 + 4  # replicates: new seeds of the finalists, bootstraps of the winner


def again(study: StudyRecord) -> list:
    """All of the replicates that must not depend on lanes, interruptions or the clock."""
    return [r._replace(trial_id=0, seconds=0.0, lanes=0) for r in study.replicates]


def answers(folder: Path) -> list:
    with TrialStore(url_in(folder)) as store:
        return store.query(
            "SELECT number, x.replicate, answers_json FROM trial_replicates x "
            "JOIN trials t ON t.trial_id = x.trial_id WHERE answers_json IS NOT NULL ORDER BY 1, 2"
        )[1]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    run(folder, text=AGAIN)
    return folder


def test_the_search_is_what_it_is_without_replicates(whole, undisturbed) -> None:
    assert numbers_only(load(whole)) == numbers_only(undisturbed)


def test_every_finalist_has_new_seeds_and_the_winner_bootstraps(whole) -> None:
    study = load(whole)
    finalists = study.finalists()
    assert finalists == study.ranked()[:3]
    assert [[r.replicate for r in study.seeds_of(t)] for t in finalists] == [[1, 2, 3]] * 3
    means = [np.mean([r.validation_error for r in study.seeds_of(t)]) for t in finalists]
    winner = study.winner()
    assert winner is not None
    assert winner == study.best() == finalists[int(np.argmin(means))]
    drawn = [(r.trial_id, r.replicate) for r in study.replicates if r.kind == "bootstrap"]
    assert drawn == [(winner.trial_id, r) for r in range(4)]
    assert len(study.replicates) == WANTED


def test_replicates_differ_from_the_trial_and_from_each_other(whole) -> None:
    study = load(whole)
    winner = study.winner()
    assert winner is not None
    assert winner.result is not None
    losses = [winner.result.training_loss]
    losses += [r.training_loss for r in study.replicates if r.trial_id == winner.trial_id]
    assert len(set(losses)) == 1 + 3 + 4


def test_answers_are_those_of_the_test_error(whole) -> None:
    study = load(whole)
    assert study.spec is not None
    labels = load_data(spec_from_resolved(study.spec), whole).test.labels
    winner = study.winner()
    assert winner is not None
    with TrialStore(url_in(whole)) as store:
        found = store.answers(winner.trial_id, "bootstrap")
    errors = [np.mean(np.asarray(a) != labels) for a in found]
    drawn = [r for r in study.replicates if r.kind == "bootstrap"]
    assert errors == pytest.approx([r.test_error for r in drawn])
    assert study.decomposition is not None
    parts = study.decomposition
    assert (parts.trial_number, parts.replicates, parts.n) == (winner.number, 4, len(labels))
    assert parts.loss == pytest.approx(np.mean(errors), abs=1e-12)
    assert parts.bias + parts.variance == pytest.approx(parts.loss, abs=1e-12)


def test_the_kept_network_is_the_winner(whole) -> None:
    winner = load(whole).winner()
    assert winner is not None
    assert load_network(whole / "out" / "best").surroundings.trial == winner.number


@pytest.mark.slow
@pytest.mark.parametrize("overrides", [("compute.lanes=1",), ("compute.devices=1",)])
def test_lanes_and_devices_change_nothing(tmp_path, whole, overrides) -> None:
    run(tmp_path, *overrides, text=AGAIN)
    assert again(load(tmp_path)) == again(load(whole))
    assert answers(tmp_path) == answers(whole)


def test_progress_counts_the_replicates(tmp_path) -> None:
    looks = [p for p in run(tmp_path, text=AGAIN) if p.phase is Phase.REPLICATING]
    assert {p.replicates_wanted for p in looks} == {WANTED}
    counts = [p.replicates for p in looks]
    assert counts == sorted(counts)
    assert counts[-1] == WANTED


@pytest.mark.parametrize("when", [1, 6])
def test_stopped_and_resumed_the_same_replicates_come_out(tmp_path, whole, when) -> None:
    stop, seen = threading.Event(), 0
    (tmp_path / "study.toml").write_text(AGAIN)
    loaded = load_spec(tmp_path / "study.toml")
    for progress in run_study(loaded, url_in(tmp_path), tmp_path / "out", stop):
        seen += progress.phase is Phase.REPLICATING
        if seen == when:
            stop.set()
    assert len(load(tmp_path).replicates) < WANTED
    assert load(tmp_path).decomposition is None
    *_, last = resume_study("small", url_in(tmp_path), tmp_path / "out", threading.Event())
    assert last.conclusion is not None
    assert last.conclusion.diagnosis is not None
    assert again(load(tmp_path)) == again(load(whole))
    assert answers(tmp_path) == answers(whole)


def test_further_trials_make_other_finalists(tmp_path) -> None:
    run(tmp_path, text=AGAIN)
    before = load(tmp_path)
    *_, last = resume_study(
        "small", url_in(tmp_path), tmp_path / "out", threading.Event(), trials=24
    )
    after = load(tmp_path)
    assert last.conclusion is not None
    assert after.winner() is not None
    assert {t.number for t in after.finalists()} != {t.number for t in before.finalists()}
    assert set(before.replicates) <= set(after.replicates)


def test_a_replicate_that_diverges_is_an_outcome(tmp_path) -> None:
    """Steps so long that some seeds diverge and others do not."""
    run(
        tmp_path,
        "study.trials=40",
        "study.replicates=6",
        "study.finalists=6",
        "search.learning_rate={choice=[20.0, 40.0]}",
        "search.momentum=0",
        "search.weight_decay=0",
        text=AGAIN,
    )
    study = load(tmp_path)
    outcomes = {r.outcome for r in study.replicates}
    assert outcomes == {Outcome.COMPLETED, Outcome.DIVERGED}
    assert all(
        (r.validation_error is None) == (r.outcome is Outcome.DIVERGED) for r in study.replicates
    )
    winner = study.winner()
    assert winner is not None


@pytest.mark.slow
@pytest.mark.parametrize("fatal", [1, 9, 22])
def test_killed_while_training_again_and_resumed(tmp_path, whole, fatal) -> None:
    (tmp_path / "study.toml").write_text(AGAIN)
    assert run_killed(tmp_path, fatal, Phase.REPLICATING.name) == -signal.SIGKILL
    kept = load(tmp_path).replicates
    assert (len(kept) < WANTED) == (fatal < 22), "the last moment is in the diagnosis"
    assert load(tmp_path).decomposition is None
    *_, last = resume_study("small", url_in(tmp_path), tmp_path / "out", threading.Event())
    assert last.conclusion is not None
    found = load(tmp_path)
    assert set(kept) <= set(found.replicates)
    assert again(found) == again(load(whole))
    assert answers(tmp_path) == answers(whole)


@pytest.mark.parametrize(("running", "held"), [(1, "1 trial"), (1200, "1,200 trials")])
def test_trials_of_other_workers_come_first(running: int, held: str) -> None:
    study = SimpleNamespace(study=SimpleNamespace(replicates=4))
    counts = SimpleNamespace(running=running, waiting=0)
    one = SimpleNamespace(
        study=SimpleNamespace(spec=study, study_id=1),
        ending=lambda: None,
        store=SimpleNamespace(counts=lambda _: counts),
        progress=lambda phase, note: Progress(phase, 8, note=note),
    )
    (only,) = Orchestrator.train_again(one)  # type: ignore[arg-type]
    assert only.note == f"The finalists are not trained again yet: other workers hold {held}."

"""Several processes on one study: by a sampler that looks back, too, its trials are the same."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from netclinic.search import Phase, Progress, parse_spec, resume_study, run_study
from netclinic.storage import TrialStore

from .conftest import SMALL, UNSEEN, load, numbers_only, run, url_in

TPE = SMALL + '[search]\nsampler = "tpe"\n'
TRIALS = "study.trials=20"


@pytest.fixture(scope="module")
def alone(made_once) -> Path:
    return made_once("tpe-alone", lambda folder: run(folder, TRIALS, UNSEEN, text=TPE))


def first_worker(folder: Path) -> Iterator[Progress]:
    """One that holds trials of the first round, in the middle of their training."""
    loaded = parse_spec(TPE, file="", folder=folder, overrides=[TRIALS, "compute.lanes=3", UNSEEN])
    walk = run_study(loaded, url_in(folder), folder / "first")
    for look in walk:
        if look.phase is Phase.TRAINING and look.running == 3:
            return walk
    raise AssertionError("it never trained")


def test_a_round_of_tpe_waits_for_the_trials_of_other_workers(alone, tmp_path) -> None:
    walk = first_worker(tmp_path)
    looks: list[Progress] = []
    waits = threading.Event()

    def second() -> None:
        for look in resume_study("small", url_in(tmp_path), tmp_path / "second"):
            looks.append(look)
            if look.phase is Phase.WAITING:
                waits.set()

    thread = threading.Thread(target=second)
    thread.start()
    try:
        assert waits.wait(60)
        with TrialStore(url_in(tmp_path)) as store:
            counts = store.counts(store.study_id("small"))
            assert counts.total == 8  # the first round, of which three are being trained
            assert counts.running >= 3
    finally:
        list(walk)
        thread.join()
    notes = [it.note for it in looks if it.phase is Phase.WAITING]
    assert notes[0] == (
        "Waiting for 3 trials that another process trains: TPE proposes a trial from all of the "
        "rounds of eight before its own."
    )
    assert not any(notes[1:])
    assert numbers_only(load(tmp_path)) == numbers_only(load(alone))


def test_what_is_waited_for_is_taken_over_where_its_worker_died(alone, tmp_path) -> None:
    walk = first_worker(tmp_path)
    steps = resume_study("small", url_in(tmp_path), tmp_path / "second")
    for look in steps:
        if look.phase is Phase.WAITING:
            walk.close()  # type: ignore[attr-defined]
    assert numbers_only(load(tmp_path)) == numbers_only(load(alone))


def test_who_waits_can_be_stopped(tmp_path) -> None:
    walk, stop = first_worker(tmp_path), threading.Event()
    looks = []
    for look in resume_study("small", url_in(tmp_path), tmp_path / "second", stop):
        looks.append(look)
        if look.phase is Phase.WAITING:
            stop.set()
    assert looks[-1].conclusion is not None
    assert looks[-1].conclusion.ending == "interrupted"
    list(walk)

"""Whole studies on streamed rows: the trials of resident ones."""

import threading
from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import scaled_rows
from netclinic.models import memory, streamed_judging
from netclinic.search import Ending, parse_spec, resume_study, run_study
from netclinic.storage.records.study import StudyRecord

from .conftest import SMALL, UNSEEN, load, numbers_only, run, url_in

STREAM = "compute.data=stream"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch) -> None:
    """Of two minibatches: the training rows of iris fill five."""
    monkeypatch.setattr(streamed_judging, "CHUNK_BYTES", 1)


def placements(looks: list) -> list[str]:
    return [look.placement for look in looks if look.placement]


def test_the_same_trials_and_the_choice_is_told(tmp_path: Path, undisturbed: StudyRecord) -> None:
    looks = run(tmp_path, STREAM)
    assert numbers_only(load(tmp_path)) == numbers_only(undisturbed)
    (told,) = placements(looks)
    assert told.startswith("3.0 kB of data, streamed (a device has room for ")
    for study, where in ((load(tmp_path), "streamed"), (undisturbed, "resident on each device")):
        assert study.provenance.device.endswith(f"; 3.0 kB of data, {where}"), "alike in all runs"


def test_the_same_trials_after_a_stop_and_a_resume(tmp_path: Path, undisturbed) -> None:
    stop = threading.Event()
    loaded = parse_spec(SMALL, file="study.toml", folder=tmp_path, overrides=[STREAM])
    for look in run_study(loaded, url_in(tmp_path), tmp_path / "out", stop):
        if look.completed:
            stop.set()
    assert 0 < len(load(tmp_path).finished()) < 12
    *_, last = resume_study("small", url_in(tmp_path), tmp_path / "out", threading.Event())
    assert last.conclusion.ending is Ending.FINISHED
    assert numbers_only(load(tmp_path)) == numbers_only(undisturbed)


def test_the_same_are_pruned_and_diverge(tmp_path: Path) -> None:
    options = (
        "pruning.kind=median",
        "pruning.startup=4",
        "pruning.window=5",
        "pruning.every=1",
        "search.learning_rate={choice = [1e6, 0.05, 0.001]}",
    )
    found = {}
    for where in ("resident", "stream"):
        (tmp_path / where).mkdir()
        run(tmp_path / where, *options, f"compute.data={where}", UNSEEN)
        found[where] = numbers_only(load(tmp_path / where))
    assert found["stream"] == found["resident"]
    states = {state for _, state, *_ in found["stream"]}
    assert states == {"COMPLETE", "PRUNED", "FAIL"}


@pytest.mark.parametrize(("free", "where"), [(1000, "streamed"), (10**9, "resident")])
def test_rows_without_room_are_streamed(free: int, where: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: free)
    looks = run(tmp_path, "study.trials=2", "compute.devices=1", UNSEEN)
    (told,) = placements(looks)
    assert told.startswith(f"3.0 kB of data, {where}")


@pytest.mark.parametrize("where", ["resident", "stream"])
def test_rows_that_stay_on_disk_give_the_same_trials(
    where: str, tmp_path: Path, monkeypatch
) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 90)
    np.save(tmp_path / "x.npy", (rng.normal(size=(90, 4)) + labels[:, None]).astype(np.float16))
    np.save(tmp_path / "y.npy", labels)
    found = []
    for room, text in ((10**9, "kept"), (0, "left")):
        (tmp_path / text).mkdir()
        monkeypatch.setattr(scaled_rows, "_room", lambda room=room: room)
        source = ('data.source="../x.npy"', 'data.labels="../y.npy"', f"compute.data={where}")
        run(tmp_path / text, "study.trials=3", "data.bridge=0.1", *source, UNSEEN)
        found.append(numbers_only(load(tmp_path / text)))
    assert found[0] == found[1]
    assert len(found[0]) == 3

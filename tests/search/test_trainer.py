"""Trials of several signatures, whose programs compile beside the training of others."""

import threading
from collections.abc import Iterator

import pytest
from netclinic.models.lane_plan import plan_lanes
from netclinic.models.lanes import Lanes
from netclinic.search import parse_spec
from netclinic.search.study_data import load_data
from netclinic.search.trainer import Trainer
from netclinic.storage.records.results import TrialResult
from netclinic.storage.records.trials import LaunchedTrial

from .conftest import SMALL

QUICK, SLOW = 8, 5  # units of the two networks
PARAMETERS = {"learning_rate": 0.05, "weight_decay": 1e-4, "momentum": 0.9}


class Gate:
    """Holds the compiling of the slow network until it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.begun = 0

    def compile(self, lanes: Lanes) -> None:
        """In place of ``Lanes.compile``."""
        if lanes.signature.network.hidden == (SLOW,):
            self.begun += 1
            assert self.open.wait(60)


@pytest.fixture
def gate(monkeypatch) -> Iterator[Gate]:
    found = Gate()
    monkeypatch.setattr(Lanes, "compile", lambda lanes: found.compile(lanes))
    yield found
    found.open.set()


@pytest.fixture
def make_trainer(tmp_path):
    def make(*, lockstep: bool = False) -> Trainer:
        spec = parse_spec(SMALL, file="", folder=tmp_path).spec
        data = load_data(spec, tmp_path)
        return Trainer(spec, data, plan_lanes(4, "map"), 8, 2, lockstep=lockstep)

    return make


def trials(*units: int) -> list[LaunchedTrial]:
    return [
        LaunchedTrial(number, number, {**PARAMETERS, "layers": 1, "units": width})
        for number, width in enumerate(units)
    ]


def train(trainer: Trainer) -> dict[int, TrialResult]:
    """Train to the end; results by trial id, without what depends on the clock."""
    found = {}
    while trainer.running:
        for look in trainer.step():
            found |= {r.trial_id: r._replace(seconds=0.0) for r in look.results}
    return found


def test_trials_train_while_the_program_of_others_compiles(make_trainer, gate: Gate) -> None:
    trainer = make_trainer()
    trainer.add(trials(SLOW, QUICK, SLOW, QUICK))
    ended = []
    while trainer.running > 2:
        ended += [result.trial_id for look in trainer.step() for result in look.results]
    assert (ended, gate.begun) == ([1, 3], 1)
    assert trainer.must_wait(), "nothing is left but what compiles"
    assert not gate.open.is_set()
    gate.open.set()
    late = train(trainer)
    assert sorted(late) == [0, 2]
    alone = make_trainer()
    alone.add(trials(SLOW, QUICK, SLOW))
    assert train(alone)[2] == late[2]


def test_in_lockstep_a_step_waits_for_every_program(make_trainer, gate: Gate) -> None:
    trainer = make_trainer(lockstep=True)
    trainer.add(trials(SLOW, QUICK))
    threading.Timer(0.5, gate.open.set).start()
    assert trainer.must_wait()
    reports = [report for look in trainer.step() for report in look.reports]
    assert gate.open.is_set()
    assert sorted(r.number for r in reports) == [0, 1]
    assert {r.epoch for r in reports} == {2}


def test_a_program_that_cannot_be_compiled_is_told_at_the_next_step(
    make_trainer, monkeypatch
) -> None:
    def fail(_: Lanes) -> None:
        raise RuntimeError("no such instruction")

    monkeypatch.setattr(Lanes, "compile", fail)
    trainer = make_trainer()
    trainer.add(trials(QUICK))
    with pytest.raises(RuntimeError, match="no such instruction"):
        trainer.step()


def test_what_is_given_up_need_not_be_compiled(make_trainer, gate: Gate) -> None:
    """Two programs compile at once; the third, which waits for its turn, is never begun."""
    trainer = make_trainer()
    deep = [
        LaunchedTrial(n, n, {**PARAMETERS, "layers": 1, "units": SLOW, "batch_size": 8 * (n + 1)})
        for n in range(3)
    ]
    trainer.add(deep)
    trainer.clear()
    assert trainer.running == 0
    gate.open.set()
    trainer.add(trials(QUICK))
    assert sorted(train(trainer)) == [0]
    assert gate.begun == 2


def test_a_trial_given_up_before_its_first_segment_frees_its_lane(make_trainer) -> None:
    trainer = make_trainer()
    trainer.add(trials(QUICK, QUICK, QUICK, QUICK))
    trainer.clear()
    trainer.add(trials(QUICK))
    found = train(trainer)
    alone = make_trainer()
    alone.add(trials(QUICK))
    assert found == train(alone)

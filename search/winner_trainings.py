"""A study's winner trained again, as often as is asked for, once the study has ended."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..storage.records.results import Outcome, TrialResult
from ..storage.records.study import StudyRecord
from ..storage.records.trials import LaunchedTrial
from .costs import Costs
from .lane_choice import choose_plan
from .recorder import Look
from .study_start import OpenStudy
from .trainer import Trainer


class Trained(NamedTuple):
    """How far it is after a segment."""

    ended: int  # trainings, those that were known before included
    note: str | None  # a sentence for the user


def train_again(
    study: OpenStudy,
    record: StudyRecord,
    launched: Sequence[LaunchedTrial],
    keep: Callable[[Look], int],
    stop: threading.Event,
    *,
    known: int,
) -> Generator[Trained]:
    """Train, a segment after the other; stopped, or closed, what is under way is given up.

    Args:
        study: opened to be trained.
        record: of it.
        launched: the trainings, in the order in which they begin.
        keep: records what ended with a look, and says how many did.
        stop: ends it after the segment in flight.
        known: how many trainings there are already.

    Yields:
        How far it is, after each segment.
    """
    waiting, ended = deque(launched), known
    if not waiting:
        return
    spec, dataset = study.spec, study.dataset
    plan = choose_plan(spec, dataset, record.trials, stream=study.placement.stream)
    trainer = Trainer(spec, dataset, plan, plan.lanes, spec.compute.segment, costs=Costs(0.0))
    try:
        while (waiting or trainer.running) and not stop.is_set():
            count = min(trainer.free, len(waiting))
            trainer.add(waiting.popleft() for _ in range(count))
            ended += sum(map(keep, trainer.step()))
            yield Trained(ended, "\n".join(trainer.take_warnings()) or None)
    finally:
        trainer.clear()


def ended_trainings(look: Look) -> Iterator[tuple[LaunchedTrial, TrialResult, np.ndarray]]:
    """Those that ended with a segment, with float32 (rows,), their errors on the test rows.

    One with an error that is not finite has diverged: that is no number to count with.
    """
    if not look.ended:
        return
    wanted = np.zeros(look.lanes.plan.capacity, bool)
    wanted[list(look.ended)] = True
    errors = look.lanes.test_errors(look.state, wanted)
    for lane, result in zip(look.ended, look.results, strict=True):
        trial, of_rows = look.trials[lane], errors[lane]
        assert trial is not None
        if result.outcome is Outcome.COMPLETED and not np.isfinite(of_rows).all():
            result = result._replace(outcome=Outcome.DIVERGED)
        yield trial, result, of_rows

"""A study's winner trained again, as often as is asked for, once the study has ended."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from typing import NamedTuple

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

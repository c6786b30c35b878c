"""A study's winner trained again, as often as is asked for, once the study has ended."""

import threading
from collections import deque
from collections.abc import Generator, Sequence

from ..storage.records.study import StudyRecord
from ..storage.records.trials import LaunchedTrial
from .costs import Costs
from .lane_choice import choose_plan
from .recorder import Look
from .study_start import OpenStudy
from .trainer import Trainer


def train_again(
    study: OpenStudy,
    record: StudyRecord,
    launched: Sequence[LaunchedTrial],
    stop: threading.Event,
) -> Generator[list[Look]]:
    """Train, a segment after the other; stopped, or closed, what is under way is given up.

    Args:
        study: opened to be trained.
        record: of it.
        launched: the trainings, in the order in which they begin.
        stop: ends it after the segment in flight.

    Yields:
        What ended with each segment: a look a program.
    """
    waiting = deque(launched)
    if not waiting:
        return
    spec, dataset = study.spec, study.dataset
    plan = choose_plan(spec, dataset, record.trials, stream=study.placement.stream)
    trainer = Trainer(spec, dataset, plan, plan.lanes, spec.compute.segment, costs=Costs(0.0))
    try:
        while (waiting or trainer.running) and not stop.is_set():
            count = min(trainer.free, len(waiting))
            trainer.add(waiting.popleft() for _ in range(count))
            yield trainer.step()
    finally:
        trainer.clear()

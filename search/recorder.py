"""What a segment says of the trials in lanes: reports while they train, results at their end."""

import math
from typing import Any, NamedTuple

import numpy as np

from ..datasets.dataset import Dataset
from ..models.curves import Curves
from ..models.judging import Score
from ..models.network import NetworkSpec, Variables
from ..models.placement import AnyLanes
from ..storage.records.results import Outcome, TrialResult
from ..storage.records.trials import LaunchedTrial
from .balanced_errors import class_rows, with_balanced_scores, wrong_after
from .class_weights import class_weights
from .crew import Crew, Seat, Segment
from .pruning import Report
from .spec import StudySpec
from .trial_results import (
    Recorded,
    deviation,
    finite,
    recorded,
    recorded_curves,
    task_curves,
    task_results,
    trial_result,
)
from .trial_signs import constant_loss, recorded_signs
from .validation_rows import packed_errors, picked_rows


class Look(NamedTuple):
    """The lanes of one program after a segment."""

    results: tuple[TrialResult, ...]  # of the trials that ended with this segment
    ended: tuple[int, ...]  # their lanes
    reports: tuple[Report, ...]  # of all trials in the lanes, the ended ones too
    trials: tuple[LaunchedTrial | None, ...]  # the trial in each lane during the segment
    state: Any  # the lanes' state; valid until the next segment
    lanes: AnyLanes

    def variables(self, number: int) -> Variables:
        """The numbers of the network of trial ``number``, one of this look's."""
        numbers = [trial and trial.number for trial in self.trials]
        return self.lanes.variables_of(self.state, numbers.index(number))

    @property
    def network(self) -> NetworkSpec:
        """The network of this look's trials."""
        return self.lanes.signature.network


class Recorder:
    """Turns what the devices measured of a study's trials into what is reported and recorded."""

    def __init__(self, spec: StudySpec, dataset: Dataset) -> None:
        """Look at the data once.

        Args:
            spec: of the study.
            dataset: that it trains on.
        """
        self._dataset = dataset
        alike = spec.study.minimises_balanced
        # Validation rows whose errors are kept one by one.
        self.picked = picked_rows(dataset, spec.study.seed, alike=alike)
        self._class_rows = class_rows(dataset)
        self._constant_loss = constant_loss(dataset, class_weights(spec, dataset))

    def look(self, crew: Crew, segment: Segment, seconds: float) -> Look:
        """The lanes of one crew after a segment; trials that ended leave them.

        Args:
            crew: which was trained.
            segment: what the devices say of it.
            seconds: each trial's share of the segment's wall-clock time.
        """
        seen, ended = segment.seen, segment.ended
        trials = tuple(seat.trial if seat else None for seat in crew.seats)
        reports = []
        for lane in crew.taken:
            seat = crew.seats[lane]
            assert seat is not None
            done = int(seen.epoch[lane]) - seat.epoch
            seat.curves.append(seen.curves.of_lane(lane, done))
            seat.epoch += done
            seat.seconds += seconds
            # As it will be stored: a pruner must see the same number after a resume.
            error = self._recorded(seat.curves[-1]).minimised[-1]
            report = Report(
                seat.trial.number,
                seat.epoch,
                math.nan if error is None else error,
                bool(ended[lane]),
            )
            reports.append(report)
        results = self._leave(crew, segment, segment.score) if segment.score else ()
        lanes = tuple(np.flatnonzero(ended).tolist())
        return Look(results, lanes, tuple(reports), trials, crew.state, crew.lanes)

    def result(
        self, crew: Crew, seat: Seat, outcome: Outcome, restored: int | None = None
    ) -> TrialResult:
        """What the curves of a trial say, of which nothing else was measured yet.

        Args:
            crew: in which it was trained.
            seat: of the trial.
            outcome: how it ended.
            restored: the epoch that its weights are of, where early stopping went back to one.
        """
        whole = seat.whole_curves()
        trial_id, hyper = seat.trial.trial_id, seat.hyperparameters
        result = trial_result(trial_id, hyper, self._recorded(whole), outcome, restored)
        return result._replace(
            wrong=wrong_after(whole, restored or result.epochs),
            task_curves=task_curves(whole, self._dataset),
            parameters=crew.lanes.parameters,
            seconds=seat.seconds,
            lanes=crew.lanes.plan.lanes,
            strategy=crew.lanes.plan.strategy,
            convolution=crew.lanes.plan.form if seat.signature.network.convolutions else None,
        )

    def _leave(self, crew: Crew, segment: Segment, test: Score) -> tuple[TrialResult, ...]:
        seen, results, data = segment.seen, [], self._dataset
        for lane in np.flatnonzero(segment.ended).tolist():
            seat = crew.leave(lane, early=False)
            diverged, best = bool(seen.diverged[lane]), seen.best_epoch
            outcome = Outcome.DIVERGED if diverged else Outcome.COMPLETED
            restored = None if diverged or best is None else int(best[lane])
            found = self.result(crew, seat, outcome, restored)
            result = self._with_scores(found, lane, segment, test)
            if outcome is Outcome.COMPLETED:
                judged = _scores(segment, test).items()
                tasks = [t for split, it in judged for t in task_results(split, it, lane, data)]
                result = result._replace(tasks=tuple(tasks))
                if segment.row_errors is not None and not seat.again:
                    errors = packed_errors(segment.row_errors[lane], data, self.picked)
                    result = result._replace(row_errors=errors)
            if segment.signs is not None and not seat.again:
                probe, constant = crew.lanes.probe, self._constant_loss
                signs = recorded_signs(segment.signs, lane, probe, constant)
                result = result._replace(signs=signs)
            results.append(result)
        return tuple(results)

    def _with_scores(
        self, found: TrialResult, lane: int, segment: Segment, test: Score
    ) -> TrialResult:
        """``found`` with what was measured once the trial had ended."""
        data = self._dataset
        result = with_balanced_scores(found, lane, self._class_rows, test, segment.bridge)
        result = result._replace(
            test_loss=finite(test.loss[lane]),
            test_error=recorded(test.error[lane], len(data.test.labels), data),
            test_deviation=deviation(test, lane, len(data.test.labels), data),
        )
        if (bridge := segment.bridge) is not None and data.bridge is not None:
            result = result._replace(
                bridge_loss=finite(bridge.loss[lane]),
                bridge_error=recorded(bridge.error[lane], len(data.bridge.labels), data),
                bridge_deviation=deviation(bridge, lane, len(data.bridge.labels), data),
            )
        if segment.watched is not None:
            training, validation = segment.watched
            result = result._replace(
                training_deviation=deviation(training, lane, len(data.train.labels), data),
                validation_deviation=deviation(validation, lane, len(data.validation.labels), data),
            )
        return result

    def _recorded(self, curves: Curves) -> Recorded:
        return recorded_curves(curves, self._dataset, self._class_rows)


def _scores(segment: Segment, test: Score) -> dict[str, Score]:
    """What the trials that end with a segment were judged by, by split."""
    training, validation = segment.watched or (None, None)
    scores = {
        "test": test,
        "bridge": segment.bridge,
        "training": training,
        "validation": validation,
    }
    return {split: score for split, score in scores.items() if score is not None}

"""From what lanes measured of a trial to what is recorded of it."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..datasets.dataset import Dataset, TargetTask
from ..models.curves import Curves
from ..models.hyperparameters import Hyperparameters
from ..models.judging import Score
from ..storage.records.data import ClassRows
from ..storage.records.results import BalancedCurves, Outcome, TaskCurves, TaskResult, TrialResult
from ..storage.records.results import Curves as StoredCurves
from .balanced_errors import balanced_curves


class Recorded(NamedTuple):
    """A trial's curves as they are stored."""

    curves: StoredCurves
    balanced: BalancedCurves | None  # where the search minimises the balanced error

    @property
    def minimised(self) -> tuple[float | None, ...]:
        """What the search minimises, by epoch."""
        return self.curves.validation_error if self.balanced is None else self.balanced.validation


def trial_result(
    trial_id: int,
    hyper: Hyperparameters,
    recorded: Recorded,
    outcome: Outcome,
    restored: int | None = None,
) -> TrialResult:
    """What a trial's curves say; what it shares with its batch is to be filled in.

    A trial is judged after its last epoch, and ``best_epoch`` is evidence for early stopping only;
    or, when it was trained with early stopping, after its best epoch. The value of a pruned trial
    is its last validation error, as in Optuna.

    Args:
        trial_id: of the trial.
        hyper: that it was trained with.
        recorded: all epochs that it was trained.
        outcome: how it ended.
        restored: the epoch, from 1, whose weights are kept; ``None`` for the last.
    """
    curves, balanced = recorded
    diverged = outcome is Outcome.DIVERGED
    place = (restored or len(curves.training_loss)) - 1

    def last(values: Sequence[float | None]) -> float | None:
        return None if diverged else values[place]

    errors = [(e, i + 1) for i, e in enumerate(recorded.minimised) if e is not None]
    return TrialResult(
        trial_id=trial_id,
        outcome=outcome,
        value=last(recorded.minimised),
        learning_rate=hyper.learning_rate,
        weight_decay=hyper.weight_decay,
        momentum=hyper.momentum,
        epochs=len(curves.training_loss),
        best_epoch=restored or (min(errors)[1] if errors else None),
        diverged_epoch=len(curves.training_loss) if diverged else None,
        training_loss=last(curves.training_loss),
        training_error=last(curves.training_error),
        validation_loss=last(curves.validation_loss),
        validation_error=last(curves.validation_error),
        test_loss=None,
        test_error=None,
        parameters=0,
        seconds=0.0,
        lanes=0,
        strategy="",
        curves=curves,
        training_balanced_error=balanced and last(balanced.training),
        validation_balanced_error=balanced and last(balanced.validation),
        balanced_curves=balanced,
    )


def recorded_curves(curves: Curves, dataset: Dataset, classes: ClassRows | None) -> Recorded:
    """A trial's curves as they are stored.

    Args:
        curves: of some epochs, on the host.
        dataset: that they were measured on.
        classes: rows of each class in it; ``None`` where there are none.
    """
    rows = {
        "training_error": len(dataset.train.labels),
        "validation_error": len(dataset.validation.labels),
    }
    stored = StoredCurves(
        *(
            tuple(
                recorded(v, rows[name], dataset) if name in rows else finite(v)
                for v in getattr(curves, name)
            )
            for name in StoredCurves._fields
        )
    )
    return Recorded(stored, balanced_curves(curves, classes))


def recorded(error: Any, rows: int, dataset: Dataset) -> float | None:
    """An error over ``rows`` as it is stored: of a target, in squares of its own units.

    Args:
        error: float32, as measured: see ``models.tasks.row_errors``; of several tasks the relative
            error of them all.
        rows: that it is the mean of.
        dataset: that they belong to.
    """
    if dataset.tasks:
        return finite(error)
    if dataset.target is not None:
        return float(error) * dataset.target.scale**2 if np.isfinite(error) else None
    return exact(error, rows * (dataset.classes if dataset.task == "multilabel" else 1))


def deviation(score: Score, lane: int, rows: int, dataset: Dataset) -> float | None:
    """The standard deviation of so many rows' errors; ``None`` where the error tells it."""
    if score.square is None:
        return None
    scale = 1.0 if dataset.target is None else dataset.target.scale**2
    return finite(scale * _spread(score.error[lane], score.square[lane], rows))


def task_results(split: str, score: Score, lane: int, dataset: Dataset) -> tuple[TaskResult, ...]:
    """How a lane's network does in each of several tasks; none where there is only one.

    Args:
        split: that was judged: "training", "validation", "test" or "bridge".
        score: of all lanes.
        lane: of the trial.
        dataset: that it learns.
    """
    part = dataset.train if split == "training" else getattr(dataset, split)
    found = []
    for place, task in enumerate(dataset.tasks):
        assert score.tasks is not None
        loss, error, square = (float(values[lane, place]) for values in score.tasks)
        shown = _task_error(task, error, len(part.labels))
        relative = None if shown is None else shown / task.constant_error
        spread = finite(task.unit * _spread(error, square, len(part.labels)))
        found.append(TaskResult(split, task.name, task.kind, shown, relative, finite(loss), spread))
    return tuple(found)


def task_curves(curves: Curves, dataset: Dataset) -> tuple[TaskCurves, ...]:
    """A trial's curves of each of several tasks; none where there is only one.

    Args:
        curves: of some epochs, on the host.
        dataset: that they were measured on.
    """
    if curves.tasks is None:
        return ()
    rows = {
        "training_error": len(dataset.train.labels),
        "validation_error": len(dataset.validation.labels),
    }
    measured = curves.tasks._asdict()
    return tuple(
        TaskCurves(
            task.name,
            *(
                tuple(
                    _task_error(task, v, rows[name]) if name in rows else finite(v)
                    for v in np.asarray(values)[:, place]
                )
                for name, values in measured.items()
            ),
        )
        for place, task in enumerate(dataset.tasks)
    )


def _task_error(task: TargetTask, error: Any, rows: int) -> float | None:
    """An error over ``rows`` in the units of one of several tasks."""
    return exact(error, rows) if task.is_class else finite(task.unit * float(error))


def _spread(error: Any, square: Any, rows: int) -> float:
    """A standard deviation, of a mean and a mean of squares of so many numbers ≥ 0.

    No more than where one of them is all of the sum, as where its square is beyond 32 bits.
    """
    spread = math.sqrt(max(0.0, float(square) - float(error) ** 2))
    return min(spread, float(error) * math.sqrt(rows - 1))


def finite(value: Any) -> float | None:
    """``value`` as a Python float; ``None`` when it is not finite."""
    return float(value) if np.isfinite(value) else None


def exact(error: Any, count: int) -> float | None:
    """A float32 fraction of ``count`` as the float64 nearest to it: 29/360, not 0.08055555820."""
    return round(float(error) * count) / count if np.isfinite(error) else None

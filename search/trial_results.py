"""From what lanes measured of a trial to what is recorded of it."""

from typing import Any

import numpy as np

from ..models.hyperparameters import Hyperparameters
from ..models.training import Curves
from ..storage import records
from ..storage.records import Outcome, TrialResult


def trial_result(
    trial_id: int,
    hyper: Hyperparameters,
    curves: records.Curves,
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
        curves: of all epochs that it was trained.
        outcome: how it ended.
        restored: the epoch, from 1, whose weights are kept; ``None`` for the last.
    """
    diverged = outcome is Outcome.DIVERGED
    place = (restored or len(curves.training_loss)) - 1
    last = {name: None if diverged else values[place] for name, values in curves._asdict().items()}
    errors = [(e, i + 1) for i, e in enumerate(curves.validation_error) if e is not None]
    return TrialResult(
        trial_id=trial_id,
        outcome=outcome,
        value=last["validation_error"],
        learning_rate=hyper.learning_rate,
        weight_decay=hyper.weight_decay,
        momentum=hyper.momentum,
        epochs=len(curves.training_loss),
        best_epoch=restored or (min(errors)[1] if errors else None),
        diverged_epoch=len(curves.training_loss) if diverged else None,
        training_loss=last["training_loss"],
        training_error=last["training_error"],
        validation_loss=last["validation_loss"],
        validation_error=last["validation_error"],
        test_loss=None,
        test_error=None,
        parameters=0,
        seconds=0.0,
        lanes=0,
        strategy="",
        curves=curves,
    )


def exact_curves(curves: Curves, train_rows: int, validation_rows: int) -> records.Curves:
    """A trial's curves as they are stored: errors are whole numbers of rows."""
    rows = {"training_error": train_rows, "validation_error": validation_rows}
    return records.Curves(
        *(
            tuple(exact(v, rows[name]) if name in rows else finite(v) for v in values)
            for name, values in curves._asdict().items()
        )
    )


def finite(value: Any) -> float | None:
    """``value`` as a Python float; ``None`` when it is not finite."""
    return float(value) if np.isfinite(value) else None


def exact(error: Any, rows: int) -> float | None:
    """A float32 fraction of ``rows`` as the float64 nearest to it: 29/360, not 0.08055555820."""
    return round(float(error) * rows) / rows if np.isfinite(error) else None

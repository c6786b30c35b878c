"""Train trials that were launched together, one program for each signature among them."""

import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from ..datasets.dataset import Dataset
from ..models.lanes import LaneCurves, LanePlan, Lanes, Trial
from ..models.network import NetworkSpec, Parameters
from ..models.training import Curves, Hyperparameters, Signature, TrialState
from ..storage import records
from ..storage.records import LaunchedTrial, Outcome, TrialResult
from .spec import StudySpec
from .trial_shape import trial_hyperparameters, trial_signature

PROGRAMS_KEPT = 8  # compiled programs, and their copies of the data, that stay in memory


class Look(NamedTuple):
    """A batch after one segment of one of its groups."""

    fraction: float  # 0–1: epochs done of all the batch's trials
    results: tuple[TrialResult, ...]  # of the trials that ended with this segment
    numbers: tuple[int, ...]  # the trial in each lane
    state: Any  # the lanes' state; valid until the next look
    lanes: Lanes

    def weights(self, number: int) -> Parameters:
        """The weights of trial ``number``, one of this look's."""
        return self.lanes.parameters_of(self.state, self.numbers.index(number))

    @property
    def network(self) -> NetworkSpec:
        """The network of this look's trials."""
        return self.lanes.signature.network


class Trainer:
    """Trains launched trials of one study on one data set; compiled programs are kept."""

    def __init__(self, spec: StudySpec, dataset: Dataset, plan: LanePlan) -> None:
        """Nothing is compiled before the first batch."""
        self._spec = spec
        self._dataset = dataset
        self.plan = plan
        self._programs: dict[Signature, Lanes] = {}

    def train(self, launched: Sequence[LaunchedTrial]) -> Iterator[Look]:
        """Train the trials, at most K of one signature at once; one look a segment."""
        total = len(launched) * self._spec.training.epochs
        done_before = 0
        for signature, trials in self._groups(launched):
            for look, done in self._train_group(signature, trials):
                yield look._replace(fraction=min(1.0, (done_before + done) / total))
            done_before += len(trials) * signature.epochs

    def must_compile(self, launched: Sequence[LaunchedTrial]) -> bool:
        """Whether training these trials begins with compiling a program."""
        return any(signature not in self._programs for signature, _ in self._groups(launched))

    def _groups(
        self, launched: Sequence[LaunchedTrial]
    ) -> list[tuple[Signature, list[LaunchedTrial]]]:
        def signature(trial: LaunchedTrial) -> Signature:
            return trial_signature(self._spec, self._dataset, trial.parameters)

        ordered = sorted(launched, key=lambda t: (signature(t), t.number))
        groups = [(s, list(group)) for s, group in groupby(ordered, key=signature)]
        size = self.plan.lanes
        return [(s, g[i : i + size]) for s, g in groups for i in range(0, len(g), size)]

    def _train_group(
        self, signature: Signature, trials: Sequence[LaunchedTrial]
    ) -> Iterator[tuple[Look, int]]:
        started = time.perf_counter()
        lanes = self._program(signature)
        hyper = [trial_hyperparameters(self._spec, t.parameters) for t in trials]
        state = lanes.start([Trial(t.number, h) for t, h in zip(trials, hyper, strict=True)])
        numbers = tuple(t.number for t in trials)
        seen: list[LaneCurves] = []
        live = np.ones(len(trials), bool)
        while live.any():
            state, curves = lanes.train_segment(state)
            seen.append(curves)
            epochs = curves.epoch[: len(trials)]
            live = (epochs < signature.epochs) & (curves.diverged[: len(trials)] == 0)
            done = int(np.where(live, epochs, signature.epochs).sum())
            results = (
                () if live.any() else self._results(trials, hyper, lanes, state, seen, started)
            )
            yield Look(0.0, results, numbers, state, lanes), done

    def _results(
        self,
        trials: Sequence[LaunchedTrial],
        hyper: Sequence[Hyperparameters],
        lanes: Lanes,
        state: TrialState,
        seen: Sequence[LaneCurves],
        started: float,
    ) -> tuple[TrialResult, ...]:
        test = lanes.test(state)
        test_rows = len(self._dataset.test.labels)
        seconds = (time.perf_counter() - started) / len(trials)
        epoch, diverged = seen[-1].epoch, seen[-1].diverged
        columns = zip(*(segment.curves for segment in seen), strict=True)
        curves = Curves(*(np.concatenate(column, axis=1) for column in columns))
        return tuple(
            trial_result(
                trial.trial_id,
                hyper[i],
                self._exact(Curves(*(column[i, : epoch[i]] for column in curves))),
                Outcome.DIVERGED if diverged[i] else Outcome.COMPLETED,
            )._replace(
                test_loss=None if diverged[i] else finite(test.loss[i]),
                test_error=None if diverged[i] else exact(test.error[i], test_rows),
                parameters=lanes.parameters,
                seconds=seconds,
                lanes=lanes.plan.lanes,
                strategy=lanes.plan.strategy,
            )
            for i, trial in enumerate(trials)
        )

    def _exact(self, curves: Curves) -> records.Curves:
        rows = {
            "training_error": len(self._dataset.train.labels),
            "validation_error": len(self._dataset.validation.labels),
        }
        return records.Curves(
            *(
                tuple(exact(v, rows[name]) if name in rows else finite(v) for v in values)
                for name, values in curves._asdict().items()
            )
        )

    def _program(self, signature: Signature) -> Lanes:
        if signature not in self._programs:
            if len(self._programs) >= PROGRAMS_KEPT:
                del self._programs[next(iter(self._programs))]
            self._programs[signature] = Lanes(
                signature,
                self._dataset.train,
                self._dataset.validation,
                self._dataset.test,
                self.plan,
                self._spec.study.seed,
                self._spec.compute.segment,
            )
        return self._programs[signature]


def trial_result(
    trial_id: int,
    hyper: Hyperparameters,
    curves: records.Curves,
    outcome: Outcome,
) -> TrialResult:
    """What a trial's curves say; what it shares with its batch is to be filled in.

    A trial is judged after its last epoch; ``best_epoch`` is evidence for early stopping only.
    """
    completed = outcome is Outcome.COMPLETED
    last = {name: values[-1] if completed else None for name, values in curves._asdict().items()}
    errors = [(e, i + 1) for i, e in enumerate(curves.validation_error) if e is not None]
    return TrialResult(
        trial_id=trial_id,
        outcome=outcome,
        value=last["validation_error"],
        **hyper._asdict(),
        epochs=len(curves.training_loss),
        best_epoch=min(errors)[1] if errors else None,
        diverged_epoch=None if completed else len(curves.training_loss),
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


def finite(value: Any) -> float | None:
    """``value`` as a Python float; ``None`` when it is not finite."""
    return float(value) if np.isfinite(value) else None


def exact(error: Any, rows: int) -> float | None:
    """A float32 fraction of ``rows`` as the float64 nearest to it: 29/360, not 0.08055555820."""
    return round(float(error) * rows) / rows if np.isfinite(error) else None

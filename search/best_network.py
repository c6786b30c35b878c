"""The best trial's weights on disk."""

import functools
import shlex
from collections.abc import Callable
from pathlib import Path

from ..datasets.dataset import Dataset, TargetScale
from ..models.checkpoint import (
    CheckpointError,
    LoadedNetwork,
    Surroundings,
    load_network,
    save_network,
    saved_fingerprint,
)
from ..models.network import NetworkSpec, Variables
from ..storage.records.results import Outcome
from ..storage.records.trials import LaunchedTrial, TrialRecord
from .recorder import Look
from .spec import StudySpec
from .trainer import Trainer
from .trial_shape import trial_fingerprint

BEST = "best"  # the folder's name


def load_best(folder: Path, spec: StudySpec, dataset: Dataset, best: TrialRecord) -> LoadedNetwork:
    """The network of the best trial, read back.

    Args:
        folder: of the study's files, which has the network below it.
        spec: of the study.
        dataset: the study's.
        best: the trial whose network it must be.

    Raises:
        CheckpointError: the folder holds no network, that of another trial, or the code of a
            user's own network is gone.
    """
    wanted = trial_fingerprint(spec, dataset, best.number, best.parameters)
    if saved_fingerprint(folder / BEST) != wanted:
        raise CheckpointError(is_missing(folder, spec, best))
    # A user's code may lie elsewhere than when the network was saved.
    return load_network(folder / BEST, spec.network.kind if spec.network.is_own else None)


def is_missing(folder: Path, spec: StudySpec, best: TrialRecord) -> str:
    """What is said where the folder does not hold the network of the best trial."""
    return (
        f"{folder} does not hold the network of trial {best.number}; "
        f"`netclinic resume {shlex.quote(spec.study.name)}` trains it again"
    )


def why(error: Exception) -> str:
    """An error in one line: why something could not be measured of the network."""
    return " ".join(str(error).split()) or type(error).__name__


class BestNetwork:
    """Keeps the network of a study's best trial in a folder.

    It is to be saved before the database learns of the trial's result. So if the process dies
    between the two, the trial is trained again on resume, and the weights of the best that the
    database knows are never missing.
    """

    def __init__(
        self, folder: Path, spec: StudySpec, dataset: Dataset, best: TrialRecord | None
    ) -> None:
        """Start from the best trial that the database knows."""
        self._folder = folder / BEST
        self._spec = spec
        self._dataset = dataset
        self.best = None if best is None or best.value is None else (best.value, best.number)

    def consider(self, look: Look) -> Callable[[], None] | None:
        """What saves the network of the best trial that ended with ``look``, if it is the best now.

        The weights are fetched at once, as the lanes go on; to write them may take a while.
        """
        by_id = {t.trial_id: t for t in look.trials if t}
        ended = [
            (r.value, by_id[r.trial_id].number)
            for r in look.results
            if r.outcome is Outcome.COMPLETED and r.value is not None
        ]
        if not ended or (self.best is not None and min(ended) >= self.best):
            return None
        self.best = min(ended)
        trial = next(t for t in by_id.values() if t.number == self.best[1])
        return functools.partial(self._save, look.network, look.variables(trial.number), trial)

    def restore(self, best: TrialRecord, trainer: Trainer) -> bool:
        """Train the best trial again if the folder does not hold it; whether that was needed.

        It can be missing when the folder was deleted, or when another worker trained the trial.
        """
        fingerprint = trial_fingerprint(self._spec, self._dataset, best.number, best.parameters)
        if saved_fingerprint(self._folder) == fingerprint:
            return False
        trial = LaunchedTrial(best.trial_id, best.number, best.parameters)
        trainer.add([trial])
        while trainer.running:
            for look in trainer.step():
                if look.results:
                    self._save(look.network, look.variables(trial.number), trial)
        return True

    def _save(self, network: NetworkSpec, variables: Variables, trial: LaunchedTrial) -> None:
        data = self._dataset
        around = Surroundings(
            self._spec.study.name,
            trial.number,
            trial_fingerprint(self._spec, data, trial.number, trial.parameters),
            data.class_names,
            data.feature_names,
            tuple(data.preprocessing.mean.tolist()),
            tuple(data.preprocessing.scale.tolist()),
            data.task,
            *(data.target or TargetScale(0.0, 1.0)),
            target_transform=data.target_transform,
            tasks=tuple(task._asdict() for task in data.tasks),
            feature_step=self._spec.data.features,
            fills=data.fills,
        )
        save_network(self._folder, network, variables, around)

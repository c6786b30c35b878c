"""How the loss curves where a study's best trial ended, if it learnt little: plateau or saddle."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..datasets.dataset import Dataset
from ..models.curvature import curvature_at
from ..models.judging import Rows
from ..models.lane_plan import usual_form
from ..models.network import Variables
from ..models.trial_parts import network_of
from ..models.vital_signs import PROBE_ROWS, spread_rows
from ..storage.records.signs import CurvatureRecord
from ..storage.records.study import StudyRecord
from ..storage.records.trials import TrialRecord
from .best_network import load_best, why
from .space import Value
from .spec import StudySpec
from .spec_file import spec_from_resolved
from .trial_shape import trial_hyperparameters, trial_signature


def curvature_of_best(folder: Path, study: StudyRecord, dataset: Dataset) -> CurvatureRecord | None:
    """The curvature where the best trial ended, or why it is not known.

    Args:
        folder: of the study's files, which has the best network below it.
        study: with a spec.
        dataset: the study's.

    Returns:
        ``None`` where no trial completed.
    """
    best = study.best()
    if best is None or study.spec is None:
        return None
    try:
        return _measured(folder, spec_from_resolved(study.spec), dataset, best)
    except Exception as error:
        # A user's network need not be twice differentiable, nor its code still be there: the study
        # keeps its diagnosis, which tells the reason.
        return CurvatureRecord(0, None, None, None, f"measuring it failed: {why(error)}")


def _measured(
    folder: Path, spec: StudySpec, dataset: Dataset, best: TrialRecord
) -> CurvatureRecord:
    loaded = load_best(folder, spec, dataset, best)
    return measured_curvature(spec, dataset, best.parameters, loaded.variables)


def measured_curvature(
    spec: StudySpec, dataset: Dataset, parameters: Mapping[str, Value], variables: Variables
) -> CurvatureRecord:
    """How the loss of a trial with these parameters curves around ``variables``."""
    signature = trial_signature(spec, dataset, parameters)
    network = network_of(signature, usual_form())
    split = dataset.train
    numbers = spread_rows(signature, network, len(split.labels), PROBE_ROWS)
    rows = Rows(np.asarray(split.inputs[numbers], np.float32), np.asarray(split.labels)[numbers])
    hyper = trial_hyperparameters(spec, parameters)
    found = curvature_at(signature, network, variables, hyper, rows)
    if found is None:
        return CurvatureRecord(len(numbers), None, None, None, "a number was not finite")
    return CurvatureRecord(len(numbers), found.gradient, found.lowest, found.highest)

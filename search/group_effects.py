"""How the best network's errors hang together in groups: what intervals need to count rows by."""

from pathlib import Path

import numpy as np

from ..datasets.dataset import Dataset
from ..diagnostics.statistics.grouped import grouping
from ..models.answers import answer_errors
from ..storage.records.data import GROUP_EFFECT, DataCheck
from ..storage.records.study import StudyRecord
from .best_answers import PARTS, best_answers
from .spec_file import spec_from_resolved
from .trial_shape import task_spec

_METHOD = (
    "Variance of the mean error by that which independent rows would give it (design effect, Kish "
    "1965), of the best trial's network."
)


def group_effects(folder: Path, study: StudyRecord, dataset: Dataset) -> tuple[DataCheck, ...]:
    """The design effect of each split, of which rows came in groups.

    None of several tasks, whose errors are not those of one kind, nor where the best trial's
    network cannot be read back.

    Args:
        folder: of the study's files, which has the best network below it.
        study: with a spec.
        dataset: the study's.
    """
    best = study.best()
    if not dataset.groups or dataset.tasks or best is None or study.spec is None:
        return ()
    spec = spec_from_resolved(study.spec)
    answers = best_answers(folder, spec, dataset, best)
    task, found = task_spec(spec, dataset), []
    for name, groups in zip(PARTS, dataset.groups, strict=False):
        if answers and name in answers:
            errors = answer_errors(task, answers[name], getattr(dataset, name).labels)
            it = grouping(errors.astype(np.float64), groups)
            split = "training" if name == "train" else name
            effect = (len(errors), it.effect, it.effect, it.effect, None, _METHOD)
            found.append(DataCheck(GROUP_EFFECT, split, *effect, {"groups": it.number}))
    return tuple(found)

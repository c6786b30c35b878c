"""How the best network's errors hang together in groups: what intervals need to count rows by."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..datasets.dataset import Dataset
from ..diagnostics.statistics.grouped import grouping
from ..models.answers import answer_errors, answer_task_errors
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

    Of several tasks that of the error of all together, by which trials are compared, and then each
    one's own. None where the best trial's network cannot be read back.

    Args:
        folder: of the study's files, which has the best network below it.
        study: with a spec.
        dataset: the study's.
    """
    best = study.best()
    if not dataset.groups or best is None or study.spec is None:
        return ()
    spec = spec_from_resolved(study.spec)
    answers = best_answers(folder, spec, dataset, best)
    task, found = task_spec(spec, dataset), []
    for name, groups in zip(PARTS, dataset.groups, strict=False):
        if answers and name in answers:
            labels = getattr(dataset, name).labels
            split = "training" if name == "train" else name
            found.append(_effect(split, answer_errors(task, answers[name], labels), groups))
            if dataset.tasks:
                each = answer_task_errors(task, answers[name], labels)
                for one, errors in zip(dataset.tasks, each.T, strict=True):
                    found.append(_effect(split, errors, groups, {"task": one.name}))
    return tuple(found)


def _effect(
    split: str, errors: np.ndarray, groups: np.ndarray, whose: Mapping[str, str] | None = None
) -> DataCheck:
    it = grouping(errors.astype(np.float64), groups)
    alike = {} if it.alike is None else {"alike": it.alike}
    details = {"groups": it.number, **alike, **(whose or {})}
    effect = (it.effect, it.effect, it.effect)
    return DataCheck(GROUP_EFFECT, split, len(errors), *effect, None, _METHOD, details)

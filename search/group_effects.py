"""How the best network's errors hang together in groups: what intervals need to count rows by."""

from pathlib import Path

import numpy as np

from ..datasets.dataset import Dataset, Split
from ..diagnostics.statistics.grouped import grouping
from ..models.answers import Answers
from ..storage.records.data import GROUP_EFFECT, DataCheck
from ..storage.records.study import StudyRecord
from .best_answers import best_answers
from .spec_file import spec_from_resolved

PARTS = ("train", "validation", "test", "bridge")  # in the order of ``Dataset.groups``
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
    answers = best_answers(folder, spec_from_resolved(study.spec), dataset, best)
    found = []
    for name, groups in zip(PARTS, dataset.groups, strict=False):
        if answers and name in answers:
            errors = row_errors(dataset, getattr(dataset, name), answers[name])
            it = grouping(errors, groups)
            split = "training" if name == "train" else name
            effect = (len(errors), it.effect, it.effect, it.effect, None, _METHOD)
            found.append(DataCheck(GROUP_EFFECT, split, *effect, {"groups": it.number}))
    return tuple(found)


def row_errors(dataset: Dataset, split: Split, answers: Answers) -> np.ndarray:
    """Each row's error, (n,): whether it is wrong, the share of its wrong labels, or squared.

    A quantity's is in standardised units. An answer that is not finite is wrong, or as far off as
    all others together.
    """
    outputs, finite = answers.outputs, np.isfinite(answers.outputs)
    if dataset.target is not None:
        off = np.where(finite, outputs, np.inf).reshape(len(outputs), -1)
        squares = ((off - np.reshape(split.labels, off.shape)) ** 2).mean(axis=1)
        within = np.isfinite(squares)
        return np.where(within, squares, squares[within].sum())
    if dataset.task == "multilabel":
        return (~(finite & ((outputs > 0) == (split.labels > 0)))).mean(axis=1)
    return (~(finite.all(axis=1) & (outputs.argmax(axis=1) == split.labels))).astype(float)

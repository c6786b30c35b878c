"""How the best trial's network does on each of several labels."""

from pathlib import Path

from ..datasets.dataset import Dataset
from ..storage.records.results import LabelResult
from ..storage.records.study import StudyRecord
from .best_answers import best_outputs
from .label_results import label_results, logistic
from .spec_file import spec_from_resolved


def labels_of_best(folder: Path, study: StudyRecord, dataset: Dataset) -> tuple[LabelResult, ...]:
    """How the best trial's network does on each label of every split.

    None where there are not several labels, or the network cannot be read back.

    Args:
        folder: of the study's files, which has the network below it.
        study: with a spec.
        dataset: the study's.
    """
    best = study.best()
    if dataset.task != "multilabel" or best is None or study.spec is None:
        return ()
    outputs = best_outputs(folder, spec_from_resolved(study.spec), dataset, best)
    return () if outputs is None else label_results(dataset, outputs, logistic)

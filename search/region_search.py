"""The search for regions in which the best trial's network does worse than elsewhere."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..datasets.dataset import Dataset, Split
from ..datasets.dealing import deal
from ..diagnostics.bayes.bayes_mixture import Judged
from ..diagnostics.bayes.label_mixture import LABELS_AT_MOST
from ..diagnostics.bayes.looked_at import SPLITS, SeenByMixture
from ..diagnostics.regions.alike_classes import LEAST, classes_alike, rows_alike
from ..diagnostics.regions.region_rows import Columns, RegionRows
from ..diagnostics.regions.regions import find_regions
from ..diagnostics.single_tasks import task_dataset
from ..models.answers import Answers
from ..models.tasks import columns_of
from ..storage.records.regions import RegionsRecord
from ..storage.records.study import StudyRecord
from .aside import Aside
from .balanced_errors import class_rows
from .best_answers import PARTS, best_answers
from .best_network import is_missing, why
from .spec import StudySpec
from .spec_file import spec_from_resolved

ROWS_AT_MOST = 20_000  # of a split that are looked at
ROWS_AT_LEAST = 60  # held-out rows on each side
SEED = 0  # of the rows that are looked at and of the halves


def look_for_regions(
    folder: Path, study: StudyRecord, dataset: Dataset, seen: SeenByMixture | None, aside: Aside
) -> Callable[[], RegionsRecord] | None:
    """Begin to look for regions of the data with more bias, variance or noise than the rest.

    Regions are chosen on the validation rows and half of the training rows, and judged on the test
    rows, which chose nothing, and the other half; with a bridge on halves of the bridge rows, which
    are like the training rows.

    Args:
        folder: of the study's files, which has the best network below it.
        study: with a spec.
        dataset: the study's.
        seen: what small classifiers made of rows with one class each, if they looked.
        aside: looks for them.

    Returns:
        What waits for them, or for why none were sought. ``None`` where no trial completed.
    """
    best = study.best()
    if best is None or study.spec is None:
        return None
    spec = spec_from_resolved(study.spec)

    def answer(rows: Mapping[str, np.ndarray]) -> Mapping[str, Answers]:
        answers = best_answers(folder, spec, dataset, best, rows)
        if answers is None:
            raise ValueError(is_missing(folder, spec, best))
        return answers

    return regions_of_answers(spec, dataset, best.number, answer, seen, aside)


def regions_of_answers(
    spec: StudySpec,
    dataset: Dataset,
    trial: int,
    answer: Callable[[Mapping[str, np.ndarray]], Mapping[str, Answers]],
    seen: SeenByMixture | None,
    aside: Aside,
) -> Callable[[], RegionsRecord]:
    """``look_for_regions`` for any network that can be asked.

    Args:
        spec: of the study.
        dataset: as for ``look_for_regions``, as the next but ``trial`` and ``answer``.
        trial: whose network it is.
        answer: what the network gives for rows of splits, by their numbers, ascending.
        seen: as for ``look_for_regions``.
        aside: as for ``look_for_regions``.
    """
    skipped = RegionsRecord(trial, 0.95, spec.diagnosis.tolerance * _whole(dataset))
    if reason := _not_sought(spec, dataset):
        return lambda: skipped._replace(skipped=reason)

    def failed(error: Exception) -> RegionsRecord:
        # Whatever goes wrong here, the study keeps its diagnosis, and the report tells the reason.
        return skipped._replace(skipped=f"the search for them failed: {why(error)}")

    try:
        wait = _begun(spec, dataset, trial, answer, seen, aside)
    except Exception as error:
        told = failed(error)
        return lambda: told

    def found() -> RegionsRecord:
        try:
            return wait()
        except Exception as error:
            return failed(error)

    return found


def _not_sought(spec: StudySpec, dataset: Dataset) -> str | None:
    if not spec.diagnosis.regions:
        return "[diagnosis] regions = false"
    held_out = [dataset.bridge] if dataset.bridge else [dataset.validation, dataset.test]
    sizes, alike = [len(split.labels) for split in held_out], ""
    if (classes := _alike(spec, dataset)) is not None:
        if len(classes) < 2:
            return (
                f"fewer than two classes have {LEAST} training rows and {LEAST} held-out rows to "
                "choose regions, and as many others to judge them"
            )
        counts = [np.bincount(split.labels)[list(classes)] for split in held_out]
        sizes = [len(classes) * int(count.min()) for count in counts]
        alike = ", as many of each class,"
    least = min(sizes) // (2 if dataset.bridge else 1)
    few = f"{least:,} held-out rows{alike} are too few to judge parts of"
    return f"{few}; {ROWS_AT_LEAST} would do" if least < ROWS_AT_LEAST else None


def _alike(spec: StudySpec, dataset: Dataset) -> tuple[int, ...] | None:
    """Which classes are looked at where they count alike; ``None`` where rows do."""
    rows = class_rows(dataset)
    return classes_alike(rows) if rows and spec.study.minimises_balanced else None


def _begun(
    spec: StudySpec,
    dataset: Dataset,
    trial: int,
    answer: Callable[[Mapping[str, np.ndarray]], Mapping[str, Answers]],
    seen: SeenByMixture | None,
    aside: Aside,
) -> Callable[[], RegionsRecord]:
    rng = np.random.default_rng(SEED)
    names = ("train", "bridge") if dataset.bridge else ("train", "validation", "test")
    counts = {name: len(getattr(dataset, name).labels) for name in names}
    mixed: dict[str, np.ndarray] = {}
    # With a bridge the mixture learnt from validation and test rows, which are unlike the others.
    # It weighs classes by how many rows they have: where they count alike, regions get their own.
    if seen is not None and not dataset.bridge and not spec.study.minimises_balanced:
        mixed = {name: _seen(seen, name, count) for name, count in counts.items()}
    if (classes := _alike(spec, dataset)) is None:
        rows = {name: _drawn(count, rng, mixed.get(name)) for name, count in counts.items()}
    else:
        of_split = {name: getattr(dataset, name).labels for name in names}
        rows = {n: rows_alike(it, classes, ROWS_AT_MOST, rng) for n, it in of_split.items()}
    every = {**rows, **{name: np.arange(1) for name in ("validation", "test") if name not in rows}}
    answers = answer(every)
    looked = {name: Looked(rows[name], answers[name], mixed.get(name)) for name in names}
    if not dataset.tasks:
        return _of_task(spec, dataset, looked, trial, aside)
    outputs = columns_of(task.outputs for task in dataset.tasks)
    waits = {}
    for place, (task, where) in enumerate(zip(dataset.tasks, outputs, strict=True)):
        own = {
            name: it._replace(answers=it.answers._replace(outputs=it.answers.outputs[:, where]))
            for name, it in looked.items()
        }
        waits[task.name] = _of_task(spec, task_dataset(dataset, place), own, trial, aside)
    of_all = RegionsRecord(trial, 0.95, spec.diagnosis.tolerance)
    return lambda: of_all._replace(tasks={name: wait() for name, wait in waits.items()})


class Looked(NamedTuple):
    """Rows of a split that are looked at."""

    rows: np.ndarray  # (n,) their numbers, ascending
    answers: Answers  # of the network for them
    # (rows of the split, 4) what the mixture makes of each; None where it looked at none
    seen: np.ndarray | None


def _of_task(
    spec: StudySpec, dataset: Dataset, looked: Mapping[str, Looked], trial: int, aside: Aside
) -> Callable[[], RegionsRecord]:
    """What waits for the regions of one task, which the network's answers are of."""
    rng = np.random.default_rng(SEED)
    labels = np.array(_alike(spec, dataset) or range(dataset.classes))
    if dataset.task == "multilabel":  # each takes a mixture of its own: of many some are looked at
        labels = np.sort(rng.permutation(dataset.classes)[:LABELS_AT_MOST])
    rows = {name: _rows(dataset, name, it, labels) for name, it in looked.items()}
    training = _halves(rows["train"], rng)
    held_out = (
        _halves(rows["bridge"], rng) if "bridge" in rows else (rows["validation"], rows["test"])
    )
    scaling = dataset.preprocessing
    columns = Columns(
        names=dataset.feature_names,
        mean=scaling.mean,
        scale=scaling.scale,
        named=dataset.row_shape is None,
        classes=() if dataset.target else tuple(dataset.class_names[i] for i in labels),
        groups=spec.diagnosis.groups,
        group_values=dataset.marked.values if dataset.marked else (),
    )
    tolerance = spec.diagnosis.tolerance * _whole(dataset)
    return aside.begin(find_regions, training, held_out, columns, tolerance, trial)


def _whole(dataset: Dataset) -> float:
    """What a tolerance of 1 allows: all rows, or the target's variance over training rows."""
    return dataset.target.scale**2 if dataset.target else 1.0


def _seen(seen: SeenByMixture, split: str, count: int) -> np.ndarray:
    """What the mixture makes of each row of a split, (count, 4); NaN where it did not look."""
    found = np.full((count, len(Judged._fields)), np.nan)
    here = seen.rows.split == SPLITS.index({"train": "training"}.get(split, split))
    found[seen.rows.row[here]] = np.stack(seen.judged, axis=1)[here]
    return found


def _drawn(count: int, rng: np.random.Generator, seen: np.ndarray | None) -> np.ndarray:
    """Numbers of the rows that are looked at, ascending; those that the mixture saw before others.

    Which it saw was drawn at random, so all rows are alike.
    """
    if count <= ROWS_AT_MOST:
        return np.arange(count)
    order = rng.permutation(count)
    if seen is not None:
        order = order[np.argsort(np.isnan(seen[order, 0]), kind="stable")]
    return np.sort(order[:ROWS_AT_MOST])


def _rows(dataset: Dataset, name: str, it: Looked, labels: np.ndarray) -> RegionRows:
    """Rows of a split with what the network makes of them, by the classes or labels asked for."""
    split: Split = getattr(dataset, name)
    inputs, answers = np.asarray(split.inputs[it.rows]), it.answers
    given = split.labels[it.rows]
    finite = np.isfinite(answers.outputs)
    parts = None
    if dataset.target is not None:
        if not finite.all():
            raise ValueError("the network's answers are not all finite")
        scale = dataset.target.scale
        # In 64 bits, and without the mean, beside which a target far from 0 hardly varies.
        parts = (given.astype(np.float64) - answers.outputs[:, 0]) * scale
        errors = parts**2
        given = given.astype(np.float64) * scale + dataset.target.mean
    elif dataset.task == "multilabel":
        given = given[:, labels]
        parts = ~(finite & ((answers.outputs > 0) == (split.labels[it.rows] > 0)))[:, labels]
        errors = parts.mean(axis=1)
    else:
        errors = ~(finite.all(axis=1) & (answers.outputs.argmax(axis=1) == given))
        given = np.searchsorted(labels, given)
    features = answers.features
    if features is not None and (
        not np.isfinite(features).all() or np.array_equal(features, inputs)
    ):
        features = None  # of a linear network they are the inputs
    seen = None if it.seen is None else it.seen[it.rows]
    marked = dataset.marked.of_rows[name][it.rows] if dataset.marked else None
    groups = dataset.groups[PARTS.index(name)][it.rows] if dataset.groups else None
    return RegionRows(inputs, given, errors, features, seen, parts, marked, groups)


def _halves(rows: RegionRows, rng: np.random.Generator) -> tuple[RegionRows, RegionRows]:
    """Two halves at random, every class in proportion where rows have one each; whole groups."""
    if rows.parts is None or rows.groups is not None:
        labels = np.zeros(len(rows.labels), int) if rows.parts is not None else rows.labels
        first = deal(labels, 2, rng, rows.groups) == 0
    else:
        first = rng.permutation(len(rows.labels)) % 2 == 0
    return rows.only(first), rows.only(~first)

"""The search for regions in which the best trial's network does worse than elsewhere."""

from pathlib import Path

import numpy as np

from ..datasets.dataset import Dataset, Split
from ..datasets.dealing import deal
from ..diagnostics.bayes.bayes_mixture import Judged
from ..diagnostics.bayes.looked_at import SPLITS, SeenByMixture, see_by_mixture
from ..diagnostics.regions.region_rows import Columns, RegionRows
from ..diagnostics.regions.regions import find_regions
from ..models.answers import Answers
from ..storage.records.regions import RegionsRecord
from ..storage.records.study import StudyRecord
from ..storage.records.trials import TrialRecord
from .best_answers import best_answers
from .spec import StudySpec
from .spec_file import spec_from_resolved

ROWS_AT_MOST = 20_000  # of a split that are looked at
ROWS_AT_LEAST = 60  # held-out rows on each side
SEED = 0  # of the rows that are looked at and of the halves


def look_for_regions(
    folder: Path, study: StudyRecord, dataset: Dataset, seen: SeenByMixture | None = None
) -> RegionsRecord | None:
    """Regions of the data with more bias, variance or noise than the rest; or why none were sought.

    Regions are chosen on the validation rows and half of the training rows, and judged on the test
    rows, which chose nothing, and the other half; with a bridge on halves of the bridge rows, which
    are like the training rows.

    Args:
        folder: of the study's files, which has the best network below it.
        study: with a spec.
        dataset: the study's.
        seen: ``looked_at.see_by_mixture(dataset)`` where it is there already.

    Returns:
        ``None`` where no trial completed.
    """
    best = study.best()
    if best is None or study.spec is None:
        return None
    spec = spec_from_resolved(study.spec)
    tolerance = spec.diagnosis.tolerance
    skipped = RegionsRecord(best.number, 0.95, tolerance)
    if reason := _not_sought(spec, dataset):
        return skipped._replace(skipped=reason)
    try:
        return _found(folder, spec, dataset, best, seen)
    except Exception as error:
        # Whatever goes wrong here, the study keeps its diagnosis, and the report tells the reason.
        what = " ".join(str(error).split()) or type(error).__name__
        return skipped._replace(skipped=f"the search for them failed: {what}")


def _not_sought(spec: StudySpec, dataset: Dataset) -> str | None:
    if not spec.diagnosis.regions:
        return "[diagnosis] regions = false"
    if dataset.task != "classification":
        return f"they are sought in classification only, not in {dataset.task}"
    if spec.study.minimises_balanced:
        return "they are sought where rows count alike, not under the balanced error"
    held_out = [dataset.bridge] if dataset.bridge else [dataset.validation, dataset.test]
    least = min(len(split.labels) // (2 if dataset.bridge else 1) for split in held_out)
    if least < ROWS_AT_LEAST:
        return f"{least:,} held-out rows are too few to judge parts of; {ROWS_AT_LEAST} would do"
    return None


def _found(
    folder: Path,
    spec: StudySpec,
    dataset: Dataset,
    best: TrialRecord,
    seen: SeenByMixture | None,
) -> RegionsRecord:
    rng = np.random.default_rng(SEED)
    names = ("train", "bridge") if dataset.bridge else ("train", "validation", "test")
    splits: dict[str, Split] = {name: getattr(dataset, name) for name in names}
    mixed: dict[str, np.ndarray] = {}
    # With a bridge the mixture learnt from validation and test rows, which are unlike the others.
    if not dataset.bridge and (seen := seen or see_by_mixture(dataset)):
        mixed = {name: _seen(seen, name, len(split.labels)) for name, split in splits.items()}
    rows = {name: _drawn(len(split.labels), rng, mixed.get(name)) for name, split in splits.items()}
    every = {**rows, **{name: np.arange(1) for name in ("validation", "test") if name not in rows}}
    answers = best_answers(folder, spec, dataset, best, every)
    if answers is None:
        raise ValueError(
            f"{folder} does not hold the network of trial {best.number}; "
            f"`netclinic resume {spec.study.name}` trains it again"
        )
    looked = {
        name: _rows(splits[name], rows[name], answers[name], mixed.get(name)) for name in names
    }
    training = _halves(looked["train"], rng)
    held_out = (
        _halves(looked["bridge"], rng) if dataset.bridge else (looked["validation"], looked["test"])
    )
    scaling = dataset.preprocessing
    columns = Columns(
        names=dataset.feature_names,
        mean=scaling.mean,
        scale=scaling.scale,
        named=dataset.row_shape is None,
        classes=dataset.class_names,
        groups=spec.diagnosis.groups,
    )
    return find_regions(training, held_out, columns, spec.diagnosis.tolerance, best.number)


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


def _rows(split: Split, kept: np.ndarray, answers: Answers, seen: np.ndarray | None) -> RegionRows:
    inputs, labels = np.asarray(split.inputs[kept]), split.labels[kept]
    right = np.isfinite(answers.outputs).all(axis=1) & (answers.outputs.argmax(axis=1) == labels)
    features = answers.features
    if features is not None and (
        not np.isfinite(features).all() or np.array_equal(features, inputs)
    ):
        features = None  # of a linear network they are the inputs
    return RegionRows(inputs, labels, ~right, features, None if seen is None else seen[kept])


def _halves(rows: RegionRows, rng: np.random.Generator) -> tuple[RegionRows, RegionRows]:
    """Two halves at random, every class in proportion."""
    first = deal(rows.labels, 2, rng) == 0
    return rows.only(first), rows.only(~first)

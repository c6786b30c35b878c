"""A network of any framework, judged by what it predicted: no training, no database."""

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets import load_dataset
from ..datasets.dataset import DataError, Dataset, Split
from ..datasets.predictions import (
    SPLITS,
    Answered,
    as_arrays,
    even_number,
    read_archive,
    read_predictions,
)
from ..datasets.wording import listed
from ..diagnostics import diagnose, estimate_bayes_error
from ..diagnostics.bayes.data_question import ask
from ..diagnostics.bayes.data_reading import DataReading, read_data
from ..storage.records.data import DataNote, SplitSizes
from ..storage.records.regions import RegionsRecord
from ..storage.records.results import Curves, Outcome, TrialResult
from ..storage.records.runs import Provenance
from ..storage.records.study import PREDICTIONS, StudyRecord
from ..storage.records.trials import TrialRecord
from .balanced_errors import balanced_error, class_rows
from .conclusion import check_data
from .diagnosed import Diagnosed
from .known_floor import check_known_floor, soft_labels
from .label_results import label_results, logistic
from .provenance import target_variance
from .spec import StudySpec
from .spec_errors import Problem, SpecError
from .spec_file import parse_spec, resolved_of
from .study_data import check_groups, data_request
from .validation_rows import packed_errors, picked_rows

NAME = "predictions"
IN_MEMORY = "arrays"  # how messages and reports call predictions that are no file
TABLES = ("data", "diagnosis")  # of a spec, which mean something here
OBJECTIVE = "study.objective"  # as does this key: by what the network was chosen, and is judged
_TASKS = ("classification", "regression", "multilabel")


def diagnose_predictions(
    predictions: str | Path | Mapping[str, Any], overrides: Sequence[str] = ()
) -> Diagnosed:
    """Diagnose a network by its predictions for training, validation and test rows.

    Args:
        predictions: a .npz file, or its arrays by name, ``{"x_train": x_train, …}``; see
            ``datasets.predictions.read_predictions``.
        overrides: "table.key=value" of a spec's tables ``data`` and ``diagnosis``, and
            ``study.objective``.

    Returns:
        A study of one trial, which is stored nowhere, and its diagnosis.

    Raises:
        SpecError: an override is of another table, or cannot be used.
        DataError: the file, or an array, cannot be used.
        DiagnosisError: the Bayes error that is given cannot be used.
    """
    if isinstance(predictions, Mapping):
        name, source, arrays = IN_MEMORY, IN_MEMORY, as_arrays(predictions, IN_MEMORY)
    else:
        path = Path(predictions)
        name, source, arrays = path.name, str(path.absolute()), read_archive(path)
    spec = _spec(name, source, overrides)
    if spec.data.task not in _TASKS:
        raise DataError(
            f"data.task: got {spec.data.task!r}; predictions are judged of {listed(_TASKS)}. Of "
            "several tasks write a file for each, and diagnose one after the other."
        )
    dataset = load_dataset(data_request(spec, Path.cwd())._replace(arrays=arrays))
    check_groups(dataset, spec)
    check_known_floor(spec, dataset)
    answered = dict(zip(SPLITS, read_predictions(arrays, name, dataset), strict=True))
    study = _study(name, spec, dataset, answered, _probability(arrays))
    assert study.spec is not None
    reading = read_data(ask(dataset, study.spec))
    known = study.spec["diagnosis"]
    floor = estimate_bayes_error(dataset, study, soft_labels(known, dataset), reading)
    study = replace(
        study,
        bayes=floor,
        data_checks=check_data(dataset, reading.seen),
        regions=_regions(spec, dataset, answered, reading),
    )
    return Diagnosed(study, diagnose(study))


def _spec(name: str, source: str, overrides: Sequence[str]) -> StudySpec:
    refused = [Problem(f"-S {it}", "", "", why) for it in overrides if (why := _why_not(it))]
    if refused:
        raise SpecError(refused)
    tables = {"study": {"name": NAME}, "data": {"source": f"{NAME}.npz"}}
    spec = parse_spec(tables, file=name, overrides=overrides).spec
    return spec.model_copy(update={"data": spec.data.model_copy(update={"source": source})})


def _why_not(override: str) -> str | None:
    """Why an override means nothing here; ``None`` where it does."""
    place = override.partition("=")[0].replace(" ", "")
    if place == "data.source":
        return "the rows are those of the file of predictions; remove it"
    if place in ("data.bridge", "data.train_rows"):
        return "the network learnt from all training rows of the file already; remove it"
    if place == OBJECTIVE or place.partition(".")[0] in TABLES:
        return None
    return (
        "the network was trained elsewhere, so only keys of "
        f"{' and '.join(f'[{it}]' for it in TABLES)}, and {OBJECTIVE}, mean something here"
    )


def _probability(arrays: Mapping[str, np.ndarray]) -> Callable[[float], float]:
    """What an output for one of several labels says: 0 is where it is claimed from on."""
    even = even_number(arrays)
    return (lambda it: it + even) if even else logistic


def _study(
    name: str,
    spec: StudySpec,
    dataset: Dataset,
    answered: Mapping[str, Answered],
    probability: Callable[[float], float],
) -> StudyRecord:
    """A study of the one trial that the network is."""
    resolved = resolved_of(spec)
    resolved["network"] = {**resolved["network"], "kind": f"{PREDICTIONS}{name}"}
    result = _result(dataset, answered, balanced=spec.study.minimises_balanced)
    if dataset.task == "multilabel":
        outputs = {split: it.outputs for split, it in answered.items()}
        result = result._replace(labels=label_results(dataset, outputs, probability))
    picked = picked_rows(dataset, spec.study.seed, alike=spec.study.minimises_balanced)
    # By row they tell how rare classes fare; of quantities nothing asks for them.
    kept = None
    if dataset.target is None:
        wrong = _errors(dataset, dataset.validation, answered["validation"])[picked]
        kept = packed_errors(wrong.astype(np.float32), dataset, picked)
    now = datetime.now(UTC).replace(tzinfo=None)
    return StudyRecord(
        study_id=0,
        name=name,
        direction="minimize",
        spec_text=None,
        spec=resolved,
        provenance=_provenance(dataset),
        ranges=(),
        trials=(TrialRecord(0, 0, "COMPLETE", {}, result.value, now, now, result),),
        row_errors={} if kept is None else {0: kept},
    )


def _result(dataset: Dataset, answered: Mapping[str, Answered], *, balanced: bool) -> TrialResult:
    errors = {name: _errors(dataset, getattr(dataset, name), answered[name]) for name in SPLITS}
    means = {name: float(it.mean()) for name, it in errors.items()}
    # In classification the error tells how rows scatter.
    tells = dataset.task == "classification"
    spread = {name: None if tells else float(e.std()) for name, e in errors.items()}
    result = TrialResult(
        trial_id=0,
        outcome=Outcome.COMPLETED,
        value=means["validation"],
        learning_rate=0.0,
        weight_decay=0.0,
        momentum=0.0,
        epochs=0,
        best_epoch=None,
        diverged_epoch=None,
        training_loss=None,
        training_error=means["train"],
        validation_loss=None,
        validation_error=means["validation"],
        test_loss=None,
        test_error=means["test"],
        parameters=0,
        seconds=0.0,
        lanes=0,
        strategy="",
        curves=Curves((), (), (), (), ()),
        training_deviation=spread["train"],
        validation_deviation=spread["validation"],
        test_deviation=spread["test"],
    )
    return _with_balanced(result, dataset, errors) if balanced else result


def _with_balanced(
    result: TrialResult, dataset: Dataset, errors: Mapping[str, np.ndarray]
) -> TrialResult:
    """A result that is judged by the balanced error."""
    wrong, balanced, of_split = {}, {}, class_rows(dataset)
    for name, split in zip(SPLITS, ("training", "validation", "test"), strict=True):
        labels = getattr(dataset, name).labels
        counts = np.bincount(labels, errors[name], dataset.classes).astype(int)
        wrong[split] = tuple(counts.tolist())
        balanced[f"{split}_balanced_error"] = balanced_error(counts, getattr(of_split, split))
    return result._replace(value=balanced["validation_balanced_error"], wrong=wrong, **balanced)


def _errors(dataset: Dataset, split: Split, answered: Answered) -> np.ndarray:
    """The error of each row, (rows,).

    Whether its class is wrong, the share of its labels that is, or its squared error in the
    target's units.
    """
    if dataset.target is not None:
        missed = split.labels.astype(np.float64) - answered.outputs[:, 0]
        return np.square(missed * dataset.target.scale)
    if dataset.task == "multilabel":
        return ((answered.outputs > 0) != (split.labels > 0)).mean(axis=1)
    return (answered.outputs.argmax(axis=1) != split.labels).astype(np.float64)


def _provenance(dataset: Dataset) -> Provenance:
    return Provenance(
        netclinic_version=metadata.version("netclinic"),
        versions={},
        python=platform.python_version(),
        platform=platform.platform(),
        device="trained elsewhere",
        git_revision=None,
        data_fingerprint=dataset.fingerprint,
        rows=SplitSizes(*(len(getattr(dataset, name).labels) for name in SPLITS), bridge=0),
        features=dataset.features,
        classes=dataset.classes,
        data_notes=tuple(DataNote(*warning) for warning in dataset.warnings),
        target_variance=target_variance(dataset),
        class_rows=class_rows(dataset),
        dealt=dataset.dealt,
    )


def _regions(
    spec: StudySpec, dataset: Dataset, answered: Mapping[str, Answered], reading: DataReading
) -> RegionsRecord:
    from .aside import Aside
    from .region_search import Answers, regions_of_answers

    def answer(rows: Mapping[str, np.ndarray]) -> Mapping[str, Answers]:
        return {
            name: Answers(
                answered[name].outputs[picked],
                None if (h := answered[name].activations) is None else h[picked],
            )
            for name, picked in rows.items()
        }

    with Aside() as aside:
        return regions_of_answers(spec, dataset, 0, answer, reading.seen, aside)()

"""Study records with planted numbers, so that a diagnosis can be checked without training."""

from dataclasses import replace

from netclinic.diagnostics.gaps import measure_errors, measure_gaps
from netclinic.storage.records.data import BayesRecord, DataNote, SplitSizes, TargetVariance
from netclinic.storage.records.results import Curves, LabelResult, Outcome, TrialResult
from netclinic.storage.records.runs import Provenance
from netclinic.storage.records.study import SearchRange, StudyRecord
from netclinic.storage.records.trials import TrialRecord

RANGES = (
    SearchRange("learning_rate", "log", 1e-5, 1e-1),
    SearchRange("weight_decay", "log", 1e-7, 1e-1),
    SearchRange("momentum", "one_minus_log", 0.9, 0.999),
)
MIDDLE = {"learning_rate": 1e-3, "weight_decay": 1e-4, "momentum": 0.99}


def flat_curves(training_error, validation_error, epochs=20):
    return Curves(
        training_loss=(0.2,) * epochs,
        training_error=(training_error,) * epochs,
        validation_loss=(0.3,) * epochs,
        validation_error=(validation_error,) * epochs,
        gradient_norm=(1.0,) * epochs,
    )


def labels(rows=(120, 40, 40), without=400, **missed):
    """Of each label so many of 40 held-out rows missed, or of training, validation and test rows.

    From a threshold of 0.1 on a quarter of them stays; 4 rows are wrongly claimed in place of 1.
    """
    found = []
    for name, wrong in missed.items():
        each = (3 * wrong, wrong, wrong) if isinstance(wrong, int) else wrong
        for split, count, of in zip(("training", "validation", "test"), each, rows, strict=True):
            found.append(LabelResult(split, name, of, count, without, 1, 0.1, count // 4, 4))
    return tuple(found)


def trial(
    number=0,
    training=0.01,
    validation=0.02,
    test=0.02,
    parameters=MIDDLE,
    curves=None,
    diverged=False,
    best_epoch=20,
    pruned=False,
    deviations=(None, None, None),
    bridge=None,
):
    curves = curves or flat_curves(training, validation)
    ended = (Outcome.PRUNED, "PRUNED") if pruned else (Outcome.COMPLETED, "COMPLETE")
    outcome, state = (Outcome.DIVERGED, "FAIL") if diverged else ended
    result = TrialResult(
        trial_id=number + 1,
        outcome=outcome,
        value=None if diverged else validation,
        learning_rate=parameters["learning_rate"],
        weight_decay=parameters["weight_decay"],
        momentum=parameters["momentum"],
        epochs=len(curves.training_loss),
        best_epoch=None if diverged else best_epoch,
        diverged_epoch=3 if diverged else None,
        training_loss=curves.training_loss[-1],
        training_error=training,
        validation_loss=curves.validation_loss[-1],
        validation_error=validation,
        test_loss=None if pruned else 0.3,
        test_error=None if pruned else test,
        parameters=1000,
        seconds=0.5,
        lanes=8,
        strategy="map",
        curves=curves,
        training_deviation=deviations[0],
        validation_deviation=deviations[1],
        test_deviation=deviations[2],
        bridge_loss=None if bridge is None else 0.25,
        bridge_error=bridge,
    )
    return TrialRecord(number + 1, number, state, parameters, result.value, None, None, result)


def spec(**tables):
    """A resolved spec as far as a diagnosis reads it; keyword arguments update whole tables."""
    resolved = {
        "study": {"name": "planted", "trials": 64, "seed": 0},
        "data": {"source": "digits"},
        "network": {"kind": "mlp", "hidden": [128, 128], "activation": "relu"},
        "training": {"optimizer": "sgd", "epochs": 20, "batch_size": 128, "schedule": "constant"},
        "search": {"sampler": "random"},
        "diagnosis": {"bayes_error": "estimate", "tolerance": 0.02},
    }
    for table, values in tables.items():
        resolved[table] = {**resolved[table], **values}
    return resolved


def bayes(value=0.01, low=0.0, high=0.02, n=2000, given=False):
    method = "given" if given else "planted"
    return BayesRecord(value, low, high, None if given else n, method, given)


def measured(training, test, rows=(1000, 400, 400), floor=None):
    """The errors of one trial, and the gaps between them."""
    result = trial(training=training, validation=0.0, test=test).result
    errors = measure_errors(result, SplitSizes(*rows), floor or bayes())
    return errors, measure_gaps(errors)


def study(
    trials=(),
    rows=(6000, 2000, 2000),
    floor=None,
    ranges=RANGES,
    notes=(),
    resolved=None,
    variance=None,
):
    provenance = Provenance(
        netclinic_version="0.1.0",
        versions={},
        python="3.11",
        platform="linux",
        device="2 × cpu",
        git_revision=None,
        data_fingerprint="0" * 64,
        rows=SplitSizes(*rows),
        features=64,
        classes=10,
        data_notes=tuple(DataNote(*note) for note in notes),
        target_variance=variance,
    )
    return StudyRecord(
        study_id=1,
        name="planted",
        direction="minimize",
        spec_text="",
        spec=resolved or spec(),
        provenance=provenance,
        ranges=ranges,
        trials=tuple(trials),
        bayes=floor or bayes(),
    )


def regression(errors, deviations=None, rows=(6000, 2000, 2000), floor=None, variance=24.0, **more):
    """A study of one trial: mean squares, by default of normal residuals (deviation √2 · error)."""
    deviations = deviations or tuple(2**0.5 * error for error in errors)
    return study(
        [trial(0, *errors, deviations=deviations)],
        rows=rows,
        floor=floor or bayes(1.0, 1.0, 1.0, given=True),
        resolved=spec(data={"task": "regression"}, **more),
        variance=TargetVariance(variance, variance, variance),
    )


def multilabel(errors, deviations, rows=(6000, 2000, 2000), floor=None, counted=()):
    """A study of one trial: shares of wrong labels and the deviations of the rows' shares.

    Args:
        counted: of each label; see ``labels``.
    """
    one = trial(0, *errors, deviations=deviations)
    return study(
        [replace(one, result=one.result._replace(labels=tuple(counted)))],
        rows=rows,
        floor=floor,
        resolved=spec(data={"task": "multilabel"}),
    )

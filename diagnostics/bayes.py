"""The Bayes error, the least that anything can reach: taken from the user or estimated."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..datasets.dataset import Dataset
from ..storage.records import BayesRecord, StudyRecord
from .bayes_mixture import ROWS_AT_LEAST, MixtureReading, judge_by_mixture, read_mixture
from .findings import DiagnosisError
from .floors import balanced_floor, multilabel_floor, regression_floor
from .intervals import clopper_pearson
from .single_tasks import task_dataset, task_studies, together

_ROWS_AT_MOST = 10_000  # all pairs of rows are compared
_PROBABILITIES_AT_MOST = 200_000  # rows times classes, which each model keeps in memory
_SIDE = 0.025  # probability of error allowed on each side of the interval


class _Candidate(NamedTuple):
    """A classifier judged on rows that did not choose it."""

    who: str
    wrong: int
    n: int


def estimate_bayes_error(dataset: Dataset, study: StudyRecord) -> BayesRecord:
    """Estimate the Bayes error, or pass on the figure that the study's spec gives.

    Upper limit: every classifier's true error is at least the Bayes error, so the smaller of the
    Clopper–Pearson limits of the best trial (chosen on validation rows, judged on test rows) and
    of a mixture of classifiers (``bayes_mixture``, cross-fitted over all rows),
    Bonferroni-corrected. Point and lower limit: ``bayes_mixture.read_mixture``; the point is the
    best trial's error where that gives the upper limit and is smaller, and a lower limit above the
    best trial's test error is refuted and becomes 0. The upper limit holds with about 97.5 %; so
    does the lower one where its assumption on the error's fall is right, so it is evidence and no
    guarantee.

    Of regression, multilabel and balanced errors see ``floors``; of several tasks each has its own
    floor, and that of all is the mean of the relative ones.

    Args:
        dataset: the study's; at most 10,000 rows of it are used, fewer where there are more than 20
            classes, drawn with a fixed seed.
        study: ``spec["diagnosis"]["bayes_error"]`` is ``"estimate"``, a number, or a mapping with
            ``value``, ``low`` and ``high``.

    Raises:
        DiagnosisError: the study has no spec.
    """
    if study.spec is None:
        raise DiagnosisError(
            f"study {study.name!r} has no spec, so it was not made here; "
            "write one and start it with `netclinic run SPEC`."
        )
    figure = study.spec["diagnosis"]["bayes_error"]
    if figure != "estimate":
        return _given(figure)
    if study.minimises_balanced:
        return balanced_floor(study)
    rng = np.random.default_rng(0)
    if dataset.task == "multilabel":
        return multilabel_floor(dataset, study)
    if dataset.task == "multitask":
        return _of_tasks(dataset, study)
    pooled = _pooled(dataset, rng)
    if dataset.task == "regression":
        return regression_floor(dataset, pooled.inputs, pooled.labels, study, rng)
    mixture = None
    if len(pooled.labels) >= ROWS_AT_LEAST:
        judged = judge_by_mixture(*pooled, dataset.classes, rng)
        mixture = read_mixture(judged, pooled.labels, 1 - _SIDE)
    return _combined(_network(dataset, study), mixture, dataset.classes, len(pooled.labels))


def _of_tasks(dataset: Dataset, study: StudyRecord) -> BayesRecord:
    """The floor of each of several tasks by itself, and theirs together."""
    single = task_studies(study)
    if study.provenance is None or len(single) < len(dataset.tasks):
        raise DiagnosisError(
            f"study {study.name!r} has no completed trial with an error of each task, which is the "
            f"upper limit of its Bayes error. Train some with `netclinic resume {study.name}`; if "
            "all diverged, lower the upper limit of search.learning_rate."
        )
    floors = {
        task.name: estimate_bayes_error(task_dataset(dataset, place), single[task.name])
        for place, task in enumerate(dataset.tasks)
    }
    only = (study.spec or {}).get("study", {}).get("objective_task")
    return together(floors, study.provenance.tasks, only)


def _given(figure: float | Mapping[str, Any]) -> BayesRecord:
    if isinstance(figure, Mapping):
        value, low, high = (float(figure[key]) for key in ("value", "low", "high"))
        method = "Given by the user, with its interval."
    else:
        value = low = high = float(figure)
        method = "Given by the user as one number, so taken as exact."
    return BayesRecord(value, low, high, n=None, method=method, given=True)


class _Points(NamedTuple):
    """Rows that are looked at, in memory."""

    inputs: np.ndarray  # (n, features) float32
    labels: np.ndarray  # (n,), as the data set has them


def _pooled(dataset: Dataset, rng: np.random.Generator) -> _Points:
    """The rows of all splits, drawn from where they are too many; the others are not read."""
    splits = dataset.train, dataset.validation, dataset.test
    rows = sum(len(split.labels) for split in splits)
    most = min(_ROWS_AT_MOST, _PROBABILITIES_AT_MOST // max(1, dataset.classes))
    kept = np.arange(rows) if rows <= most else rng.permutation(rows)[:most]
    inputs = np.empty((len(kept), dataset.features), np.float32)
    first = 0
    for split in splits:
        here = (kept >= first) & (kept < first + len(split.labels))
        inputs[here] = split.inputs[kept[here] - first]
        first += len(split.labels)
    return _Points(inputs, np.concatenate([split.labels for split in splits])[kept])


def _network(dataset: Dataset, study: StudyRecord) -> _Candidate | None:
    best = study.best()
    if best is None or best.result is None or best.result.test_error is None:
        return None
    n = len(dataset.test.labels)
    return _Candidate(f"the network of trial {best.number}", round(best.result.test_error * n), n)


def _combined(
    network: _Candidate | None, mixture: MixtureReading | None, classes: int, rows_used: int
) -> BayesRecord:
    candidates = [] if network is None else [network]
    if mixture is not None:
        candidates.append(_Candidate("the mixture of classifiers", mixture.wrong, mixture.n))
    if not candidates:
        high = (classes - 1) / classes
        method = (
            "The limits are 0 and the error of guessing, as no trial completed and fewer than "
            f"{ROWS_AT_LEAST} rows are there to learn from."
        )
        return BayesRecord(high, 0.0, high, rows_used, method, False, {"rows_used": rows_used})
    side = _SIDE / len(candidates)  # Bonferroni: whichever limit is the smaller must hold
    limits = [clopper_pearson(c.wrong, c.n, 1 - 2 * side).high for c in candidates]
    high = min(limits)
    best = candidates[limits.index(high)]
    value, low = best.wrong / best.n, 0.0
    if mixture is not None:
        value = mixture.value if best is not network else min(value, mixture.value)
        # A limit above what a network reaches is refuted: the error falls further than assumed.
        refuted = high if network is None else min(high, network.wrong / network.n)
        low = mixture.low if mixture.low <= refuted else 0.0
    details: dict[str, float | int | str | None] = {
        "network_test_error": network.wrong / network.n if network else None,
        "network_test_rows": network.n if network else None,
        "rows_used": rows_used,
    }
    if mixture is not None:
        details |= {
            "mixture_error": mixture.wrong / mixture.n,
            "mixture_rows": mixture.n,
            "mixture_expected_error": mixture.doubt,
            "mixture_fall": mixture.fall,
            "mixture_fall_standard_error": mixture.fall_error,
            "mixture_point": mixture.value,
            "mixture_low": mixture.low,
            "commonest_class_error": mixture.commonest,
        }
    method = _sentence(candidates, best, side, mixture, low)
    value = min(max(value, low), high)
    return BayesRecord(value, low, high, best.n, method, given=False, details=details)


def _sentence(
    candidates: list[_Candidate],
    best: _Candidate,
    side: float,
    mixture: MixtureReading | None,
    low: float,
) -> str:
    judged = " and of ".join(f"{c.who} ({c.wrong:,} of {c.n:,} held-out rows)" for c in candidates)
    smaller = "the smaller of the one-sided" if len(candidates) > 1 else "the one-sided"
    point = f"the held-out error of {best.who}"
    if mixture is not None:
        read = (
            "the held-out error of a mixture of classifiers and the error that its probabilities "
            "expect, averaged, less what it still falls with more rows"
        )
        of_mixture = best.who == "the mixture of classifiers"
        point = read if of_mixture else f"the smaller of {point} and of {read}"
    return (
        f"The point is {point}; the upper limit is {smaller} {100 * (1 - side):g} % "
        f"Clopper–Pearson limits of {judged}; the lower limit is {_floor(low, mixture)}."
    )


def _floor(low: float, mixture: MixtureReading | None) -> str:
    """Say where the lower limit comes from."""
    if mixture is None:
        return f"0, as fewer than {ROWS_AT_LEAST} rows cannot tell more"
    if low > 0:
        return (
            f"that of the mixture's error (one-sided {100 * (1 - _SIDE):g} %), taken to fall with "
            f"more rows by no more than three times the {100 * mixture.fall:.1f} points that it "
            "fell from a fifth of the rows to three fifths, evidence rather than a guarantee"
        )
    if mixture.low > 0:
        return (
            f"0, as the mixture's limit of {100 * mixture.low:.1f} % was refuted by a network that "
            "does better"
        )
    return "0, as the mixture's error may fall much further with more rows"

"""The Bayes error, the least that anything can reach: taken from the user or estimated."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ...datasets.dataset import Dataset
from ...storage.records.data import BayesRecord
from ...storage.records.study import StudyRecord
from ..findings import DiagnosisError
from ..single_tasks import task_dataset, task_studies, together
from ..statistics.grouped import ALIKE_AT_LEAST, Grouping, grouping_like, rate_limits
from .balanced_floor import balanced_floor
from .bayes_mixture import ROWS_AT_LEAST, MixtureReading, read_mixture
from .floors import multilabel_floor, regression_floor
from .known_floor import given_figure, label_noise, soft_label_floor, with_noise
from .looked_at import SeenByMixture, look_at, see_by_mixture
from .noise_test import inject_noise, sentence

_LABELS_AT_MOST = 10_000  # rows times labels that are looked at
_SIDE = 0.025  # probability of error allowed on each side of the interval
_MIXTURE = "the mixture of classifiers"
_PEOPLE = "people"


class _Candidate(NamedTuple):
    """A classifier judged on rows that did not choose it."""

    who: str
    wrong: int
    n: int
    error: float
    grouped: Grouping | None = None  # None: its rows are independent


def estimate_bayes_error(
    dataset: Dataset,
    study: StudyRecord,
    soft_labels: np.ndarray | None = None,
    seen: SeenByMixture | None = None,
) -> BayesRecord:
    """Estimate the Bayes error, or pass on the figure that the study's spec gives.

    Upper limit: every classifier's true error is at least the Bayes error, so the smaller of the
    Clopper–Pearson limits of the best trial (chosen on validation rows, judged on test rows) and
    of a mixture of classifiers (``bayes_mixture``, cross-fitted over all rows),
    Bonferroni-corrected. Point and lower limit: ``bayes_mixture.read_mixture``; the point is the
    best trial's error where that gives the upper limit and is smaller, and a lower limit above the
    best trial's test error is refuted and becomes 0. The upper limit holds with about 97.5 %; so
    does the lower one where its assumption on the error's fall is right, so it is evidence and no
    guarantee.

    The mixture is put to the test by noise of known effect (``noise_test``); where it fails, its
    lower limit is taken down by the misfit.

    People whose error the spec gives are one more classifier; label noise that it gives raises the
    lower limit (``known_floor.with_noise``), and soft labels tell the whole
    (``known_floor.soft_label_floor``).

    Rows that were dealt in groups are judged by rows of other groups, and chance deals with groups
    (``statistics.grouped``).

    Of regression and multilabel errors see ``floors``, of balanced ones ``balanced_floor``; of
    several tasks each has its own floor, and that of all is the mean of the relative ones.

    Args:
        dataset: the study's; at most 10,000 rows of it are used, fewer where there are more than 20
            classes or more than one label, drawn with a fixed seed.
        study: ``spec["diagnosis"]["bayes_error"]`` is ``"estimate"``, a number, or a mapping with
            ``value``, ``low`` and ``high``; beside ``"estimate"`` there may be ``human_error`` with
            ``error`` and ``n``, and ``label_noise`` (``known_floor.label_noise``); of several tasks
            ``task_bayes_error``, numbers or such mappings by the names of tasks.
        soft_labels: (n, classes) probabilities of some rows, where the spec names a file of them.
        seen: ``looked_at.see_by_mixture(dataset)`` where it is there already.

    Raises:
        DiagnosisError: the study has no spec.
    """
    if study.spec is None:
        raise DiagnosisError(
            f"study {study.name!r} has no spec, so it was not made here; "
            "write one and start it with `netclinic run SPEC`."
        )
    known = study.spec["diagnosis"]
    if known["bayes_error"] != "estimate":
        return given_figure(known["bayes_error"])
    if soft_labels is not None:
        return soft_label_floor(soft_labels)
    if study.minimises_balanced:
        rng = np.random.default_rng(0)
        return balanced_floor(dataset, look_at(dataset, rng), study, rng)
    if dataset.task == "multitask":
        return _of_tasks(dataset, study)
    if dataset.task == "classification":
        return _of_classes(dataset, seen or see_by_mixture(dataset), study, known)
    rng = np.random.default_rng(0)
    floor = multilabel_floor if dataset.task == "multilabel" else regression_floor
    return floor(dataset, look_at(dataset, rng), study, rng)


def _of_classes(
    dataset: Dataset, seen: SeenByMixture | None, study: StudyRecord, known: Mapping[str, Any]
) -> BayesRecord:
    """What the best network, a mixture of classifiers and the user say of classes."""
    noise = label_noise(known.get("label_noise"), dataset.classes, _SIDE / 2)
    counted = noise is not None and noise.n is not None
    mixture = test = None
    if seen is not None:
        inputs, labels, groups = seen.rows.inputs, seen.rows.labels, seen.rows.groups
        # Bonferroni: whichever lower limit is the larger must hold.
        side = _SIDE / 2 if counted else _SIDE
        mixture = read_mixture(seen.judged, labels, 1 - side, groups)
        rng = np.random.default_rng(1)
        test = inject_noise(inputs, labels, dataset.classes, seen.judged, rng, groups)
    network = _network(dataset, study, mixture)
    others = [c for c in (network, _people(known.get("human_error"))) if c]
    # The upper limit and the network's error hold whatever the estimate is worth.
    lowered = mixture and mixture._replace(low=max(0.0, mixture.low - (test.misfit if test else 0)))
    rows = sum(len(s.labels) for s in (dataset.train, dataset.validation, dataset.test))
    found = _combined(others, lowered, dataset.classes, len(seen.rows.labels) if seen else rows)
    if mixture and lowered and test:
        told = sentence(test, mixture.low, lowered.low)
        details = {**found.details, **test.details()}
        found = found._replace(method=f"{found.method} {told}", details=details)
    return found if noise is None else with_noise(found, noise)


def _of_tasks(dataset: Dataset, study: StudyRecord) -> BayesRecord:
    """The floor of each of several tasks by itself, given or estimated, and theirs together."""
    single = task_studies(study)
    if study.provenance is None or len(single) < len(dataset.tasks):
        raise DiagnosisError(
            f"study {study.name!r} has no completed trial with an error of each task, which is the "
            f"upper limit of its Bayes error. Train some with `netclinic resume {study.name}`; if "
            "all diverged, lower the upper limit of search.learning_rate."
        )
    given = (study.spec or {})["diagnosis"].get("task_bayes_error") or {}
    floors = {
        task.name: given_figure(given[task.name])
        if task.name in given
        else estimate_bayes_error(task_dataset(dataset, place), single[task.name])
        for place, task in enumerate(dataset.tasks)
    }
    only = (study.spec or {}).get("study", {}).get("objective_task")
    return together(floors, study.provenance.tasks, only)


def _network(
    dataset: Dataset, study: StudyRecord, mixture: MixtureReading | None
) -> _Candidate | None:
    best = study.best()
    if best is None or best.result is None or best.result.test_error is None:
        return None
    n = len(dataset.test.labels)
    wrong = round(best.result.test_error * n)
    grouped = None
    if dataset.groups:
        grouped = grouping_like(mixture and mixture.grouped, dataset.groups[2])
    return _Candidate(f"the network of trial {best.number}", wrong, n, wrong / n, grouped)


def _people(known: Mapping[str, Any] | None) -> _Candidate | None:
    if known is None:
        return None
    error, n = float(known["error"]), int(known["n"])
    # Rounded up to whole rows, so that the limit does not promise more than was counted.
    return _Candidate(_PEOPLE, math.ceil(error * n - 1e-9), n, error)


def _combined(
    others: list[_Candidate], mixture: MixtureReading | None, classes: int, rows_used: int
) -> BayesRecord:
    candidates = list(others)
    if mixture is not None:
        wrong, n = mixture.wrong, mixture.n
        candidates.append(_Candidate(_MIXTURE, wrong, n, wrong / n, mixture.grouped))
    if not candidates:
        high = (classes - 1) / classes
        method = (
            "The limits are 0 and the error of guessing, as no trial completed and "
            f"{_too_few(rows_used)} are there to learn from."
        )
        return BayesRecord(high, 0.0, high, rows_used, method, False, {"rows_used": rows_used})
    side = _SIDE / len(candidates)  # Bonferroni: whichever limit is the smaller must hold
    limits = [rate_limits(c.wrong, c.n, c.grouped, 1 - 2 * side)[1] for c in candidates]
    high = min(limits)
    best = candidates[limits.index(high)]
    value, low = best.error, 0.0
    if mixture is not None:
        value = min(value, mixture.value) if best in others else mixture.value
        # A limit above what others reach is refuted: the error falls further than assumed.
        low = mixture.low if mixture.low <= min([high, *(c.error for c in others)]) else 0.0
    details: dict[str, float | int | str | None] = {
        **_told(others),
        "rows_used": rows_used,
    }
    if mixture is not None:
        details |= {
            "mixture_error": mixture.wrong / mixture.n,
            "mixture_rows": mixture.n,
            "mixture_expected_error": mixture.doubt,
            "mixture_fall": mixture.fall,
            "mixture_fall_standard_error": mixture.fall_error,
            "mixture_unlearnt": mixture.unlearnt,
            "mixture_point": mixture.value,
            "mixture_low": mixture.low,
            "commonest_class_error": mixture.commonest,
        }
        if mixture.grouped:
            details |= {
                "groups": mixture.grouped.number,
                "design_effect": mixture.grouped.effect,
            }
    method = _sentence(candidates, best, side, mixture, low, rows_used)
    value = min(max(value, low), high)
    return BayesRecord(value, low, high, best.n, method, given=False, details=details)


def _told(others: list[_Candidate]) -> dict[str, float | int | str | None]:
    """The error of the network, which is told even where there is none, and that of people."""
    network = next((c for c in others if c.who != _PEOPLE), None)
    people = next((c for c in others if c.who == _PEOPLE), None)
    return {
        "network_test_error": network.error if network else None,
        "network_test_rows": network.n if network else None,
        **({"human_error": people.error, "human_rows": people.n} if people else {}),
    }


def _sentence(
    candidates: list[_Candidate],
    best: _Candidate,
    side: float,
    mixture: MixtureReading | None,
    low: float,
    rows: int,
) -> str:
    judged = " and of ".join(
        f"{c.who} ({c.wrong:,} of {c.n:,} {'rows' if c.who == _PEOPLE else 'held-out rows'})"
        for c in candidates
    )
    smaller = "the smaller of the one-sided" if len(candidates) > 1 else "the one-sided"
    point = f"the {'error' if best.who == _PEOPLE else 'held-out error'} of {best.who}"
    if mixture is not None:
        read = (
            "the held-out error of a mixture of classifiers and the error that its probabilities "
            "expect, averaged, less what it still falls with more rows"
        )
        of_mixture = best.who == _MIXTURE
        point = read if of_mixture else f"the smaller of {point} and of {read}"
    in_groups = ""
    if mixture and mixture.grouped:
        in_groups = (
            f" Whole groups of rows went to folds, and limits are those of fewer rows, as groups "
            f"hang together (design effect {mixture.grouped.effect:.1f})."
        )
    return (
        f"The point is {point}; the upper limit is {smaller} {100 * (1 - side):g} % "
        f"Clopper–Pearson limits of {judged}; the lower limit is {_floor(low, mixture, rows)}."
        f"{in_groups}"
    )


def _too_few(rows: int) -> str:
    """What keeps the mixture from being asked: the rows, or else their groups."""
    if rows < ROWS_AT_LEAST:
        return f"fewer than {ROWS_AT_LEAST} rows"
    return f"groups of rows that weigh no more than {ALIKE_AT_LEAST} of equal size"


def _floor(low: float, mixture: MixtureReading | None, rows: int) -> str:
    """Say where the lower limit comes from."""
    if mixture is None:
        return f"0, as {_too_few(rows)} cannot tell more"
    if low > 0:
        return (
            f"that of the mixture's error (one-sided {100 * mixture.confidence:g} %), taken to "
            f"fall with more rows by no more than the larger of three times the "
            f"{100 * mixture.fall:.1f} points that it fell from a fifth of the rows to three "
            f"fifths and the {100 * mixture.unlearnt:.1f} points that neighbours' residuals have "
            "in common, taken to distance 0; evidence rather than a guarantee"
        )
    if mixture.low > 0:
        return (
            f"0, as the mixture's limit of {100 * mixture.low:.1f} % was refuted by what does "
            "better"
        )
    return "0, as the mixture's error may fall much further with more rows"

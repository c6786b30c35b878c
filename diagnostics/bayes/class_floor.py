"""The Bayes error of classes: what the best network, a mixture of classifiers and people say."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ...datasets.dataset import Dataset
from ...storage.records.data import BayesRecord
from ...storage.records.study import StudyRecord
from ..ladder import Likely
from ..statistics.grouped import ALIKE_AT_LEAST, Grouping, rate_limits
from .bayes_mixture import ROWS_AT_LEAST, MixtureReading, read_mixture
from .error_limit import Learning
from .known_floor import label_noise, with_noise
from .likely_limits import likely_details, likely_high, likely_low, likely_of, likely_sentence
from .limit_text import lower_limit, of_groups, percent
from .looked_at import SeenByMixture
from .network_groups import network_grouping
from .noise_test import NoiseTest, inject_noise, sentence

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


def put_to_test(seen: SeenByMixture, classes: int) -> NoiseTest:
    """Put what the mixture made of rows to the test by noise of known effect."""
    inputs, labels, *_, groups = seen.rows
    rng = np.random.default_rng(1)
    return inject_noise(inputs, labels, classes, seen.judged, rng, groups)


def class_floor(
    dataset: Dataset,
    seen: SeenByMixture | None,
    test: NoiseTest | None,
    study: StudyRecord,
    known: Mapping[str, Any],
) -> BayesRecord:
    """The least share of rows that anything gets wrong.

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
    lower limit (``known_floor.with_noise``).

    Rows that were dealt in groups are judged by rows of other groups, and chance deals with groups
    (``statistics.grouped``).

    Limits that hold with 80 % stand among the details, and last in the method
    (``likely_limits``).

    Args:
        dataset: the study's.
        seen: its rows as the mixture sees them; ``None`` where they are too few.
        test: ``put_to_test`` of them.
        study: with its best trial, if one completed.
        known: the spec's ``[diagnosis]``, of which ``human_error`` and ``label_noise`` count.
    """
    noise = label_noise(known.get("label_noise"), dataset.classes, _SIDE / 2)
    counted = noise is not None and noise.n is not None
    mixture = None
    if seen is not None:
        inputs, labels, *_, groups = seen.rows
        # Bonferroni: whichever lower limit is the larger must hold.
        side = _SIDE / 2 if counted else _SIDE
        mixture = read_mixture(seen.judged, labels, 1 - side, groups, inputs)
    network = _network(dataset, study, mixture)
    others = [c for c in (network, _people(known.get("human_error"))) if c]
    # The upper limit and the network's error hold whatever the estimate is worth.
    misfit = test.misfit if test else 0.0
    lowered = mixture and mixture._replace(low=max(0.0, mixture.low - misfit))
    rows = sum(len(s.labels) for s in (dataset.train, dataset.validation, dataset.test))
    n = len(seen.rows.labels) if seen else rows
    found = _combined(others, lowered, dataset.classes, n, misfit)
    if mixture and lowered and test:
        told = sentence(test, mixture.low, lowered.low)
        details = {**found.details, **test.details()}
        found = found._replace(method=f"{found.method} {told}", details=details)
    found = found if noise is None else with_noise(found, noise)
    likely = likely_of(found) if mixture else None
    return found._replace(method=f"{found.method} {likely_sentence(likely)}") if likely else found


def _network(
    dataset: Dataset, study: StudyRecord, mixture: MixtureReading | None
) -> _Candidate | None:
    best = study.best()
    if best is None or best.result is None or best.result.test_error is None:
        return None
    n = len(dataset.test.labels)
    wrong = round(best.result.test_error * n)
    grouped = network_grouping(study, dataset, mixture and mixture.grouped)
    return _Candidate(study.network, wrong, n, wrong / n, grouped)


def _people(known: Mapping[str, Any] | None) -> _Candidate | None:
    if known is None:
        return None
    error, n = float(known["error"]), int(known["n"])
    # Rounded up to whole rows, so that the limit does not promise more than was counted.
    return _Candidate(_PEOPLE, math.ceil(error * n - 1e-9), n, error)


def _combined(
    others: list[_Candidate],
    mixture: MixtureReading | None,
    classes: int,
    rows_used: int,
    misfit: float,
) -> BayesRecord:
    candidates = list(others)
    if mixture is not None:
        wrong, n = mixture.wrong, mixture.n
        candidates.append(_Candidate(_MIXTURE, wrong, n, wrong / n, mixture.grouped))
    if not candidates:
        return _guessing(classes, rows_used)
    side = _SIDE / len(candidates)  # Bonferroni: whichever limit is the smaller must hold
    limits = [rate_limits(c.wrong, c.n, c.grouped, 1 - 2 * side)[1] for c in candidates]
    high = min(limits)
    best = candidates[limits.index(high)]
    value, low = best.error, 0.0
    if mixture is not None:
        value = min(value, mixture.value) if best in others else mixture.value
        # A limit above what others reach is refuted: the error falls further than assumed.
        low = mixture.low if mixture.low <= min([high, *(c.error for c in others)]) else 0.0
    value = min(max(value, low), high)
    method = _sentence(candidates, best, side, mixture, low, rows_used)
    details = {**_told(others), "rows_used": rows_used}
    if mixture is not None:
        likely = _likely(candidates, mixture, misfit, (low, value, high))
        details |= {**_told_of_mixture(mixture), **likely_details(likely)}
    return BayesRecord(value, low, high, best.n, method, given=False, details=details)


def _guessing(classes: int, rows: int) -> BayesRecord:
    """What is known where nothing learnt anything."""
    high = (classes - 1) / classes
    method = (
        "The limits are 0 and the error of guessing, as no trial completed and "
        f"{_too_few(rows)} are there to learn from."
    )
    return BayesRecord(high, 0.0, high, rows, method, False, {"rows_used": rows})


def _likely(
    candidates: list[_Candidate],
    mixture: MixtureReading,
    misfit: float,
    sure: tuple[float, float, float],
) -> Likely:
    """Limits at 80 % between the point and the sure limits: (low, point, high)."""
    low, value, high = sure
    above = likely_high([(c.wrong, c.n, c.grouped) for c in candidates])
    left = Learning(mixture.fall, mixture.fall_error, mixture.unlearnt)
    below = likely_low(mixture.wrong, mixture.n, mixture.grouped, left)
    # What does better than the mixture refutes its fall.
    below = low if below > min(c.error for c in candidates) else max(low, below - misfit)
    return Likely(min(value, below), max(value, min(high, above)))


def _told(others: list[_Candidate]) -> dict[str, float | int | str | None]:
    """The error of the network, which is told even where there is none, and that of people."""
    network = next((c for c in others if c.who != _PEOPLE), None)
    people = next((c for c in others if c.who == _PEOPLE), None)
    return {
        "network_test_error": network.error if network else None,
        "network_test_rows": network.n if network else None,
        **({"human_error": people.error, "human_rows": people.n} if people else {}),
    }


def _told_of_mixture(mixture: MixtureReading) -> dict[str, float | int | str | None]:
    grouped = mixture.grouped
    return {
        "mixture_error": mixture.wrong / mixture.n,
        "mixture_rows": mixture.n,
        "mixture_expected_error": mixture.doubt,
        "mixture_fall": mixture.fall,
        "mixture_fall_standard_error": mixture.fall_error,
        "mixture_unlearnt": mixture.unlearnt,
        "mixture_point": mixture.value,
        "mixture_low": mixture.low,
        "commonest_class_error": mixture.commonest,
        **({"groups": grouped.number, "design_effect": grouped.effect} if grouped else {}),
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
        f"{c.who} ({c.wrong:,} of {c.n:,} {'rows' if c.who == _PEOPLE else 'held-out rows'}"
        f"{of_groups(c.grouped)})"
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
            " Whole groups of rows went to folds, and limits are those of fewer rows, as the rows "
            "of a group hang together."
        )
    return (
        f"The point is {point}; the upper limit is {smaller} {100 * (1 - side):g} % "
        f"Clopper–Pearson limits of {judged}; the lower limit is {_lower(low, mixture, rows)}."
        f"{in_groups}"
    )


def _too_few(rows: int) -> str:
    """What keeps the mixture from being asked: the rows, or else their groups."""
    if rows < ROWS_AT_LEAST:
        return f"fewer than {ROWS_AT_LEAST} rows"
    return f"groups of rows that weigh no more than {ALIKE_AT_LEAST} of equal size"


def _lower(low: float, mixture: MixtureReading | None, rows: int) -> str:
    """Say where the lower limit comes from."""
    if mixture is None:
        return f"0, as {_too_few(rows)} cannot tell more"
    of = f"the mixture's error (one-sided {100 * mixture.confidence:g} %)"
    fell = f"the {100 * mixture.fall:.1f} points that it"
    common = f"the {100 * mixture.unlearnt:.1f} points that"
    return lower_limit(low, percent(mixture.low), of, "what does better", fell, common)

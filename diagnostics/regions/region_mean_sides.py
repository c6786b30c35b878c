"""Rows of several labels or of a quantity, with what cross-fitted mixtures make of them."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from ..bayes.bayes_mixture import Judged, can_judge
from ..bayes.gamma_test import GammaTest, gamma_test, has_neighbours
from ..bayes.label_mixture import judge_labels, read_labels
from ..bayes.regressor_mixture import Predicted, noise_limit, predict_by_mixture
from ..statistics.intervals import two_sided_z
from .region_means import FloorReading, MeanSide
from .region_rows import Array, RegionRows, drawn, groups_of, put

_ROWS_AT_MOST = 6_000  # that mixtures look at
_NUMBERS_AT_MOST = 24_000  # rows times labels: each label takes as long as a classification
_GAMMA_ROWS = 1_500  # of a region, that the Gamma test looks at: it compares all pairs


def make_quantity_side(
    training: RegionRows, held_out: RegionRows, learnt_from: Sequence[RegionRows], *, falls: bool
) -> MeanSide:
    """Rows of a quantity with what a mixture of regressions makes of them.

    Args:
        training: rows that the network learnt from.
        held_out: others.
        learnt_from: further rows that the mixture may learn from.
        falls: whether it is asked how its error falls with more rows, which a floor's limit needs.
    """
    parts = [training, held_out, *learnt_from]
    inputs, labels, kept = _drawn(parts)
    total = sum(len(it.labels) for it in parts)
    found = Predicted(*(np.full(total, np.nan) for _ in Predicted._fields))
    groups = groups_of(parts, kept)
    if can_judge(len(kept), groups):
        rng = np.random.default_rng(0)
        put(found, kept, predict_by_mixture(inputs, labels, rng, groups, falls=falls))
    first, second = len(training.labels), len(training.labels) + len(held_out.labels)
    residuals = np.concatenate([training.labels, held_out.labels]) - found.values[:second]
    assert training.parts is not None
    return MeanSide(
        training,
        held_out,
        residuals[:first] ** 2,
        residuals[first:] ** 2,
        training.parts * residuals[:first],
        0,
        _noise_readings(training, held_out, Predicted(*(it[:second] for it in found))),
    )


def _noise_readings(
    training: RegionRows, held_out: RegionRows, found: Predicted
) -> Callable[[Array, Array], FloorReading]:
    """What the Gamma test and the mixture tell of the noise in a region.

    The lower limit is the larger of both, Bonferroni-corrected. The Gamma test is asked once, and
    only where it is needed.
    """
    all_inputs = np.concatenate([training.inputs, held_out.inputs])
    all_labels = np.concatenate([training.labels, held_out.labels])
    all_groups = groups_of([training, held_out], slice(None))

    def of(rows: Array) -> Array | None:
        return None if all_groups is None else all_groups[rows]

    def reads(trained: Array, held: Array) -> FloorReading:
        rows = np.flatnonzero(np.concatenate([trained, held]))
        mixed = rows[~np.isnan(found.values[rows])]

        @cache
        def tested() -> GammaTest | None:
            rng = np.random.default_rng(0)
            kept = rng.permutation(rows)[:_GAMMA_ROWS]
            if not has_neighbours(len(kept), of(kept)):
                return None
            return gamma_test(all_inputs[kept], all_labels[kept], 0.975, rng, of(kept))

        def read(confidence: float) -> tuple[float | None, float]:
            it, each = tested(), 1 - (1 - confidence) / 2
            low = 0.0
            if len(mixed) >= 2:
                of_region = Predicted(*(values[mixed] for values in found))
                low = noise_limit(of_region, all_labels[mixed], each, of(mixed))
            if it is None:
                return None, low
            reach = two_sided_z(2 * each - 1) * it.standard_error
            return max(0.0, it.gamma), max(low, it.extrapolated - reach)

        return read

    return reads


def make_label_side(
    training: RegionRows, held_out: RegionRows, learnt_from: Sequence[RegionRows], *, falls: bool
) -> MeanSide:
    """Rows of several labels with what a mixture of classifiers for each label makes of them.

    Args:
        training: rows that the network learnt from.
        held_out: others.
        learnt_from: further rows that the mixtures may learn from.
        falls: whether it is asked how their error falls with more rows, which a floor's limit
            needs.
    """
    parts = [training, held_out, *learnt_from]
    inputs, labels, kept = _drawn(parts)
    total, columns = sum(len(it.labels) for it in parts), training.labels.shape[1]
    judged = Judged(*(np.full((total, columns), np.nan) for _ in Judged._fields))
    groups = groups_of(parts, kept)
    if can_judge(len(kept), groups):
        found, _ = judge_labels(inputs, labels, np.random.default_rng(0), groups, falls=falls)
        put(judged, kept, found)
    first, second = len(training.labels), len(training.labels) + len(held_out.labels)
    errors = judged.wrong.mean(axis=1)
    assert training.parts is not None
    shared = (training.parts * judged.wrong[:first]).mean(axis=1)
    both = np.concatenate([training.labels, held_out.labels])
    all_groups = groups_of([training, held_out], slice(None))

    def reads(trained: Array, held: Array) -> FloorReading:
        rows = np.concatenate([trained, held]) & ~np.isnan(errors[:second])
        if not rows.any():
            return lambda _: (None, 0.0)
        of_region = Judged(*(column[:second][rows] for column in judged))
        # Neighbours' residuals tell of all rows together; of a region ``shared`` guards.
        of_region = of_region._replace(unlearnt=np.zeros_like(of_region.doubt))

        def read(confidence: float) -> tuple[float | None, float]:
            those = None if all_groups is None else all_groups[rows]
            it = read_labels(of_region, both[rows], columns, confidence, those)
            return it.value, it.low

        return read

    return MeanSide(
        training, held_out, errors[:first], errors[first:second], shared, columns, reads
    )


def _drawn(parts: Sequence[RegionRows]) -> tuple[Array, Array, Array]:
    """``drawn``, as many as mixtures look at."""
    total, numbers = (sum(map(count, (it.labels for it in parts))) for count in (len, np.size))
    most = min(_ROWS_AT_MOST, _NUMBERS_AT_MOST * total // numbers)
    return drawn(parts, most, np.random.default_rng(0))

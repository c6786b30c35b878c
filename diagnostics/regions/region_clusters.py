"""Clusters: regions of rows that lie together, among the inputs or in what the network learnt."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ..number_text import column_number
from .region_candidate import ROWS_AT_LEAST, Candidate
from .region_rows import Array, Columns, RegionRows

if TYPE_CHECKING:
    from sklearn.cluster import KMeans

CLUSTERS = 8  # in each space
_ROWS_OF_A_CLUSTER = 60  # on average, of held-out rows
_ROWS_AT_MOST = 5_000  # that centres are fitted to
_NAMED_COLUMNS = 2  # that a cluster's name tells
_FAR = 0.5  # deviations from the mean from which on a cluster's name tells a column


def clusters(
    held_out: RegionRows, training: RegionRows, columns: Columns, *, learnt: bool
) -> list[Candidate]:
    """Clusters of k means, of the scaled inputs or of the penultimate activations.

    One cluster for each 60 held-out rows, from 2 to 8.
    """
    from sklearn.cluster import KMeans  # here, since it takes a second

    both = [_space(rows, learnt=learnt) for rows in (held_out, training)]
    points = np.concatenate(both)
    if not points.shape[1] or len(held_out.labels) < 2 * ROWS_AT_LEAST:
        return []
    count = int(np.clip(len(held_out.labels) // _ROWS_OF_A_CLUSTER, 2, CLUSTERS))
    kept = np.random.default_rng(0).permutation(len(points))[:_ROWS_AT_MOST]
    means = KMeans(count, n_init=3, random_state=0)  # pyright: ignore[reportArgumentType]
    fitted = means.fit(points[kept])
    inputs = np.concatenate([held_out.inputs, training.inputs])[kept]
    labels = np.concatenate([held_out.labels, training.labels])[kept]
    family = "learnt_cluster" if learnt else "cluster"
    return [
        Candidate(
            family,
            _cluster_name(number, inputs, labels, fitted.labels_ == number, columns),
            columns=len(columns.names),
            holds=_nearest(fitted, number, learnt=learnt),
        )
        for number in range(count)
        if (fitted.labels_ == number).any()
    ]


def _nearest(fitted: "KMeans", number: int, *, learnt: bool) -> Callable[[RegionRows], Array]:
    def holds(rows: RegionRows) -> Array:
        return np.asarray(fitted.predict(_space(rows, learnt=learnt)) == number)

    return holds


def _space(rows: RegionRows, *, learnt: bool) -> Array:
    space = rows.activations if learnt else rows.inputs
    assert space is not None
    return np.ascontiguousarray(space, np.float64)


def _cluster_name(number: int, inputs: Array, labels: Array, own: Array, columns: Columns) -> str:
    """``cluster 3 (x0 about 1.9, mostly class a)``: what sets its rows apart from the others."""
    said = []
    if columns.named and not own.all():
        spread = np.maximum(inputs.std(axis=0), 1e-9)
        away = (inputs[own].mean(axis=0) - inputs.mean(axis=0)) / spread
        far = [i for i in np.argsort(-np.abs(away))[:_NAMED_COLUMNS] if abs(away[i]) > _FAR]
        for i in far:
            middle = float(np.median(columns.raw(inputs[own], int(i))))
            said.append(f"{columns.names[int(i)]} about {column_number(middle, 3)}")
    if columns.classes and labels.ndim == 1:
        counts = np.bincount(labels[own], minlength=len(columns.classes))
        if 2 * counts.max() > counts.sum():
            said.append(f"mostly class {columns.classes[int(counts.argmax())]}")
    return f"cluster {number + 1}" + (f" ({', '.join(said)})" if said else "")

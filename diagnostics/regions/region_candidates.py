"""Regions that might behave unlike the rest: classes, groups, slices of columns, clusters.

They are formed on rows that do not judge them, and can then be asked which of any rows they hold.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..number_text import column_number
from .region_rows import GROUPS, Array, Columns, RegionError, RegionRows

if TYPE_CHECKING:
    from sklearn.cluster import KMeans

CLASSES = 20  # at most, those with the most wrong rows
CLUSTERS = 8  # in each space
COLUMNS = 50  # that are looked at one by one; trees look at all
ROWS_AT_LEAST = 20  # of a region, on each side, among held-out rows
_ROWS_OF_A_CLUSTER = 60  # on average, of held-out rows
_ROWS_AT_MOST = 5_000  # that centres are fitted to
_NUMBERS_AT_MOST = 2_000_000  # rows times columns that a tree over all columns is fitted to
_NAMED_COLUMNS = 2  # that a cluster's name tells
_FAR = 0.5  # deviations from the mean from which on a cluster's name tells a column


class Candidate(NamedTuple):
    """A region that can be asked which rows it holds."""

    family: str  # "class" | "group" | "slice" | "cluster" | "learnt_cluster"
    name: str
    columns: int  # that its description needs; the fewer, the simpler
    holds: Callable[[RegionRows], Array]  # rows → (n,) bool


# The order in which families are simple: the first of two that say the same is reported.
SIMPLE = ("class", "group", "slice", "cluster", "learnt_cluster")


def find_candidates(
    held_out: RegionRows,
    training: RegionRows,
    excess: tuple[Array, Array, Array],
    columns: Columns,
) -> list[Candidate]:
    """All regions that are looked at, at most a few dozens and four for each of 50 columns.

    Args:
        held_out: rows that choose, which the network did not learn from.
        training: rows that choose, which it learnt from.
        excess: of ``training``, as ``region_gaps.Side`` has it.
        columns: what the inputs are.

    Raises:
        RegionError: the groups' column is not there, or has too many values.
    """
    found = [*classes(held_out, columns), *groups(held_out, training, columns)]
    if columns.named:
        found += quarters(held_out, columns)
        known, alone, both = excess
        judged = training.only(known)
        for rows, target in (
            _together(held_out, training),
            (judged, alone[known]),
            (judged, both[known]),
        ):
            found += leaves(rows, target, columns)
            found += steps(rows, target, columns)
    found += clusters(held_out, training, columns, learnt=False)
    if held_out.activations is not None:
        found += clusters(held_out, training, columns, learnt=True)
    return found


def classes(rows: RegionRows, columns: Columns) -> list[Candidate]:
    """Each class or label by its rows; of many those whose rows have the most errors.

    None of a quantity.
    """
    several = rows.labels.ndim > 1
    wrong = [
        float(rows.errors[_labelled(rows.labels, label)].sum())
        for label in range(len(columns.classes))
    ]
    worst = np.argsort(-np.array(wrong), kind="stable")[:CLASSES]
    return [
        Candidate(
            "class",
            f"{'label' if several else 'class'} {columns.classes[label]}",
            0,
            lambda those, label=label: _labelled(those.labels, label),
        )
        for label in sorted(worst.tolist())
    ]


def _labelled(labels: Array, label: int) -> Array:
    """Which rows have a label, (n,) bool."""
    return labels[:, label] > 0 if labels.ndim > 1 else labels == label


def groups(held_out: RegionRows, training: RegionRows, columns: Columns) -> list[Candidate]:
    """Each value of the column that the user calls groups."""
    if columns.groups is None:
        return []
    name = columns.groups
    if columns.group_values:
        return [
            Candidate(
                "group",
                f"{name} = {value}",
                1,
                lambda those, number=number: those.marked == number,
            )
            for number, value in enumerate(columns.group_values)
        ]
    # of a column of numbers there may be one, which says where they are missing
    hot = [i for i, it in enumerate(columns.names) if it.startswith(f"{name}=")]
    categories = [
        Candidate("group", columns.names[i], 1, _within(columns, ((i, 0.5, np.inf),)))
        for i in hot[:GROUPS]
    ]
    if name not in columns.names:
        if not hot:
            raise RegionError(f"there is no column {name!r}")
        return categories
    column = columns.names.index(name)
    known = tuple((i, -np.inf, 0.5) for i in hot)
    own = [
        columns.raw(rows.inputs, column)[_within(columns, known)(rows)]
        for rows in (held_out, training)
    ]
    values = np.unique(np.round(np.concatenate(own), 6))
    if len(values) > GROUPS:
        raise RegionError(f"column {name!r} has {len(values):,} values, more than {GROUPS}")
    edges = [-np.inf, *((values[1:] + values[:-1]) / 2).tolist(), np.inf]
    numbers = [
        Candidate(
            "group",
            f"{name} = {column_number(value)}",
            1,
            _within(columns, ((column, edges[i], edges[i + 1]), *known)),
        )
        for i, value in enumerate(values.tolist())
    ]
    return [*categories, *numbers]


def quarters(rows: RegionRows, columns: Columns) -> Iterator[Candidate]:
    """The quarters of each of the first columns, by their quartiles."""
    for column in range(min(len(columns.names), COLUMNS)):
        raw = columns.raw(rows.inputs, column)
        edges = np.unique(np.quantile(raw, (0.25, 0.5, 0.75)))
        edges = edges[(edges > raw.min()) | (len(edges) > 1)]
        for low, high in zip((-np.inf, *edges), (*edges, np.inf), strict=True):
            yield _slice(columns, rows, ((column, float(low), float(high)),))


def _together(held_out: RegionRows, training: RegionRows) -> tuple[RegionRows, Array]:
    """Rows of both kinds, (n,), with numbers whose mean in a region is about its variance.

    Errors of held-out rows count for it, those of training rows against it, each kind alike in
    sum.
    """
    pairs = zip(held_out[:3], training[:3], strict=True)
    both = RegionRows(*(np.concatenate(pair) for pair in pairs))
    count = len(both.labels)
    weights = [
        sign * it.errors * count / len(it.labels) for sign, it in ((1, held_out), (-1, training))
    ]
    return both, np.concatenate(weights)


def leaves(rows: RegionRows, target: Array, columns: Columns) -> Iterator[Candidate]:
    """The leaves of trees of one and of two levels that tell apart where ``target`` is high.

    So a region is bounded in at most two columns, or twice in one.
    """
    if len(target) < 2 * ROWS_AT_LEAST or (target == target[0]).all():
        return
    from sklearn.tree import DecisionTreeRegressor  # here, since it takes a second

    most = max(2 * ROWS_AT_LEAST, _NUMBERS_AT_MOST // rows.inputs.shape[1])
    kept = np.random.default_rng(0).permutation(len(target))[:most]  # all, unless rows are wide
    for depth in (1, 2):
        fitted = DecisionTreeRegressor(
            max_depth=depth, min_samples_leaf=ROWS_AT_LEAST, random_state=0
        ).fit(rows.inputs[kept], target[kept])
        for box in _boxes(fitted.tree_, columns):
            yield _slice(columns, rows, box)
            if len(box) > 1:  # what one of the columns alone says may be all that there is
                yield from (_slice(columns, rows, (side,)) for side in box)


def steps(rows: RegionRows, target: Array, columns: Columns) -> Iterator[Candidate]:
    """Both sides of the splits of each single column that tell apart best where ``target`` is high.

    A tree over all columns may pass over the one that tells a small region.
    """
    if len(target) < 2 * ROWS_AT_LEAST or (target == target[0]).all():
        return
    from sklearn.tree import DecisionTreeRegressor  # here, since it takes a second

    fitted = DecisionTreeRegressor(max_depth=2, min_samples_leaf=ROWS_AT_LEAST, random_state=0)
    for column in range(min(len(columns.names), COLUMNS)):
        tree = fitted.fit(rows.inputs[:, [column]], target).tree_
        for threshold in tree.threshold[tree.children_left >= 0].tolist():
            at = threshold * float(columns.scale[column]) + float(columns.mean[column])
            yield _slice(columns, rows, ((column, at, np.inf),))
            yield _slice(columns, rows, ((column, -np.inf, at),))


Box = tuple[tuple[int, float, float], ...]  # (column, above, up to), in the column's own units


def _boxes(tree: object, columns: Columns) -> Iterator[Box]:
    left, right = (getattr(tree, f"children_{side}") for side in ("left", "right"))
    feature, threshold = tree.feature, tree.threshold  # pyright: ignore[reportAttributeAccessIssue]

    def below(node: int, limits: dict[int, tuple[float, float]]) -> Iterator[Box]:
        if left[node] < 0:
            if limits:
                yield tuple((column, *pair) for column, pair in sorted(limits.items()))
            return
        column = int(feature[node])
        at = float(threshold[node]) * float(columns.scale[column]) + float(columns.mean[column])
        low, high = limits.get(column, (-np.inf, np.inf))
        yield from below(int(left[node]), {**limits, column: (low, at)})
        yield from below(int(right[node]), {**limits, column: (at, high)})

    yield from below(0, {})


def _slice(columns: Columns, rows: RegionRows, box: Box) -> Candidate:
    parts = [_bounds(columns, rows, *side) for side in box]
    return Candidate("slice", " and ".join(parts), len(box), _within(columns, box))


def _bounds(columns: Columns, rows: RegionRows, column: int, low: float, high: float) -> str:
    """``1.2 < age ≤ 3``; of a category ``colour=red`` or ``colour≠red``."""
    name = columns.names[column]
    if "=" in name and np.isin(np.round(columns.raw(rows.inputs, column), 6), (0, 1)).all():
        return name if low > -np.inf else name.replace("=", "≠", 1)
    if low == -np.inf:
        return f"{name} ≤ {column_number(high)}"
    return (
        f"{name} > {column_number(low)}"
        if high == np.inf
        else f"{column_number(low)} < {name} ≤ {column_number(high)}"
    )


def _within(columns: Columns, box: Box) -> Callable[[RegionRows], Array]:
    def holds(rows: RegionRows) -> Array:
        inside = np.ones(len(rows.labels), bool)
        for column, low, high in box:
            raw = columns.raw(rows.inputs, column)
            inside &= (raw > low) & (raw <= high)
        return inside

    return holds


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

"""Slices: regions that are bounded in one or two columns."""

from collections.abc import Callable, Iterator

import numpy as np

from ..number_text import column_number
from .region_candidate import ROWS_AT_LEAST, Candidate
from .region_rows import Array, Columns, RegionRows

COLUMNS = 50  # that are looked at one by one; trees look at all
_NUMBERS_AT_MOST = 2_000_000  # rows times columns that a tree over all columns is fitted to
_ROUNDING = 1e-6  # of a column's scale

Box = tuple[tuple[int, float, float], ...]  # (column, above, up to), in the column's own units


def quarters(rows: RegionRows, columns: Columns) -> Iterator[Candidate]:
    """The quarters of each of the first columns, by their quartiles."""
    for column in range(min(len(columns.names), COLUMNS)):
        raw = columns.raw(rows.inputs, column)
        edges = np.unique(np.quantile(raw, (0.25, 0.5, 0.75)))
        edges = edges[(edges > raw.min()) | (len(edges) > 1)]
        for low, high in zip((-np.inf, *edges), (*edges, np.inf), strict=True):
            yield _slice(columns, rows, ((column, float(low), float(high)),))


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
        ).fit(rows.inputs[kept], _in_own_unit(target[kept]))
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
        tree = fitted.fit(rows.inputs[:, [column]], _in_own_unit(target)).tree_
        for threshold in tree.threshold[tree.children_left >= 0].tolist():
            at = threshold * float(columns.scale[column]) + float(columns.mean[column])
            yield _slice(columns, rows, ((column, at, np.inf),))
            yield _slice(columns, rows, ((column, -np.inf, at),))


def _in_own_unit(target: Array) -> Array:
    """Times a power of two: trees take a variance below 2e-16 for none, whatever the unit."""
    numbers = np.asarray(target, np.float64)
    return np.ldexp(numbers, -int(np.frexp(numbers.std())[1]))


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
    return Candidate("slice", " and ".join(parts), len(box), within(columns, box))


def _bounds(columns: Columns, rows: RegionRows, column: int, low: float, high: float) -> str:
    """``1.2 < age ≤ 3``; of a category ``colour=red`` or ``colour≠red``."""
    name = columns.names[column]
    if "=" in name and np.isin(np.round(columns.raw(rows.inputs, column), 6), (0, 1)).all():
        return name if low > -np.inf else name.replace("=", "≠", 1)
    # Back in its own units, a 0 that was scaled is not quite 0.
    near_0 = _ROUNDING * abs(float(columns.scale[column]))
    least, most = (column_number(0.0 if abs(it) < near_0 else it) for it in (low, high))
    if low == -np.inf:
        return f"{name} ≤ {most}"
    return f"{name} > {least}" if high == np.inf else f"{least} < {name} ≤ {most}"


def within(columns: Columns, box: Box) -> Callable[[RegionRows], Array]:
    """Ask of rows whether they lie inside all limits of ``box``."""

    def holds(rows: RegionRows) -> Array:
        inside = np.ones(len(rows.labels), bool)
        for column, low, high in box:
            raw = columns.raw(rows.inputs, column)
            inside &= (raw > low) & (raw <= high)
        return inside

    return holds

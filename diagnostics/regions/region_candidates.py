"""The regions that are looked at: classes and groups, slices of columns, clusters."""

import math

import numpy as np

from ..number_text import column_number
from .region_candidate import Candidate
from .region_clusters import clusters
from .region_rows import GROUPS, Array, Columns, RegionError, RegionRows
from .region_slices import leaves, quarters, steps, within

CLASSES = 20  # at most, those with the most wrong rows


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
        Candidate("group", columns.names[i], 1, within(columns, ((i, 0.5, np.inf),)))
        for i in hot[:GROUPS]
    ]
    if name not in columns.names:
        if not hot:
            raise RegionError(f"there is no column {name!r}")
        return categories
    column = columns.names.index(name)
    known = tuple((i, -np.inf, 0.5) for i in hot)
    own = [
        columns.raw(rows.inputs, column)[within(columns, known)(rows)]
        for rows in (held_out, training)
    ]
    values = _told_apart(np.concatenate(own))
    if len(values) > GROUPS:
        raise RegionError(f"column {name!r} has {len(values):,} values, more than {GROUPS}")
    edges = [-np.inf, *((values[1:] + values[:-1]) / 2).tolist(), np.inf]
    numbers = [
        Candidate(
            "group",
            f"{name} = {column_number(value)}",
            1,
            within(columns, ((column, edges[i], edges[i + 1]), *known)),
        )
        for i, value in enumerate(values.tolist())
    ]
    return [*categories, *numbers]


def _told_apart(values: Array) -> Array:
    """The different ones of a column's values, rising, without what scaling them has rounded."""
    largest = float(np.abs(values).max(initial=0)) or 1.0
    return np.unique(np.round(values, 6 - min(0, math.floor(math.log10(largest)))))


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

"""Several targets of each row, each a class or a quantity: read, standardised, told apart."""

from collections.abc import Sequence

import numpy as np

from .dataset import DataError, TargetTask
from .labels import Classes, number_classes
from .rows import Rows
from .splits import SplitRows, check_every_class, check_spread
from .targets import Targets, quantity, scale_of
from .wording import counted


def read_several(kinds: Sequence[tuple[str, str]], rows: Rows) -> Targets:
    """Take the source's labels as one target a column.

    Rows are split in proportion to the classes of the first target that has classes, and equal
    inputs conflict where any of their classes differ.

    Args:
        kinds: name and kind ("classification" or "regression") of each target, in the order of
            the columns of labels.
        rows: of the source.

    Raises:
        DataError: there are not so many columns, or one is not of its kind.
    """
    labels = rows.labels[:, None] if rows.labels.ndim == 1 else rows.labels
    names = tuple(name for name, _ in kinds)
    if labels.ndim != 2 or labels.shape[1] != len(kinds):
        raise DataError(
            f"{rows.labels_from} has shape {rows.labels.shape}; [data.targets] names "
            f"{counted(len(kinds), 'target')} ({', '.join(names)}), so it must be rows × "
            f"{len(kinds)}, one column for each in their order."
        )
    columns, classes = [], []
    for place, (name, kind) in enumerate(kinds):
        column, where = labels[:, place], _where(rows, name)
        of_one = number_classes(column, where) if kind == "classification" else None
        classes.append(of_one)
        columns.append(of_one.labels if of_one else quantity(column, where))
    values = np.column_stack([column.astype(np.float64) for column in columns])
    with_classes = [it for it in classes if it]
    together = Classes(("all rows",), np.zeros(len(values), np.int32))
    strata = with_classes[0] if with_classes else together
    alike = together.labels
    if with_classes:
        numbers = np.column_stack([it.labels for it in with_classes])
        _, alike = np.unique(numbers, axis=0, return_inverse=True)
    return Targets(names, values, strata, alike.reshape(-1).astype(np.int32), tuple(classes))


def fit_tasks(
    kinds: Sequence[tuple[str, str]], targets: Targets, splits: SplitRows, rows: Rows
) -> tuple[TargetTask, ...]:
    """What the training rows tell of each target: its scale, and its best constant answer's error.

    Args:
        kinds: name and kind of each target.
        targets: as ``read_several`` gave them.
        splits: of the rows.
        rows: of the source, for messages.

    Raises:
        DataError: a class is absent from a split, a quantity does not vary, or there are too few
            rows.
    """
    found = []
    for place, ((name, kind), classes) in enumerate(zip(kinds, targets.columns, strict=True)):
        train = targets.values[splits.train, place]
        if classes is None:
            check_spread(splits)
            scale = scale_of(train, _where(rows, name))
            found.append(TargetTask(name, kind, (name,), scale.scale**2, scale))
            continue
        try:
            check_every_class(classes, splits, "Write another seed or size, or drop the class")
        except DataError as error:
            raise DataError(f"target {name!r}: {error}") from None
        commonest = int(np.bincount(train.astype(np.int64)).max())
        found.append(TargetTask(name, kind, classes.names, 1 - commonest / len(train)))
    return tuple(found)


def labels_of(tasks: Sequence[TargetTask], values: np.ndarray) -> np.ndarray:
    """``values``, (n, tasks), as networks learn them: float32, quantities standardised."""
    labels = np.empty(values.shape, np.float32)
    for place, task in enumerate(tasks):
        mean, scale = task.scale or (0.0, 1.0)
        labels[:, place] = (values[:, place] - mean) / scale
    return labels


def _where(rows: Rows, name: str) -> str:
    """How messages call a target."""
    source = rows.labels_from.partition(":")[0]
    return f"{source}: target {name!r}"

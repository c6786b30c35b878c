"""From a request to a data set: read, number the classes, split, encode, scale, check."""

import numpy as np

from .block_splits import (
    bridge_of_distinct,
    number_groups,
    split_distinct,
    split_groups,
    split_in_order,
)
from .checks import find_warnings, group_equal
from .copies import leave_out_copies
from .dataset import (
    DataError,
    Dataset,
    DataWarning,
    Marked,
    Preprocessing,
    Split,
    TargetScale,
    TargetTask,
)
from .encoding import Encoding, encode, fit_encoding
from .features import Featured, make_features
from .fingerprint import fingerprint
from .hidden_groups import hidden_groups
from .labels import Classes
from .missing import feature_fills, fill_missing, missing_values
from .missing_codes import missing_codes
from .mixed_units import in_units, mixed_units
from .multitask import fit_tasks, labels_of, read_several
from .ordered_columns import ordered_columns
from .outliers import far_targets
from .read_columns import constant_columns, numbers_as_text
from .request import DataRequest
from .row_numbers import row_numbers
from .rows import Rows
from .scaled_rows import stays_on_disk
from .scaling import apply_scaling, fit_scaling, no_scaling, use_scaling
from .skewed_target import skewed_target
from .sources import existing_file, read_source, source_name
from .splits import (
    SplitRows,
    check_every_class,
    check_spread,
    hold_out_bridge,
    keep_training_rows,
    split_ready_made,
    split_rows,
)
from .targets import Targets, read_targets, scale_of
from .telling_columns import answers_of, telling_columns


def load_dataset(request: DataRequest) -> Dataset:
    """Load, split, encode, scale and check the requested data.

    The same request gives the same arrays and fingerprint on every run. Validation and test rows
    do not depend on ``train_rows`` and ``bridge``, and fewer training rows are a subset of more.

    Raises:
        DataError: the data cannot be used; the message says why and what to do.
    """
    rows = read_source(request)
    if request.task == "multitask":
        targets = read_several(request.targets, rows)
    else:
        logarithm = request.target_transform is not None
        targets = read_targets(request.task, rows, logarithm=logarithm)
    strata = targets.strata
    if request.split == "distinct":
        rows = rows._replace(along=_equal(request, rows))
    splits = _split(request, rows, strata)
    if rows.along is not None and request.split == "distinct" and request.bridge is not None:
        splits = bridge_of_distinct(strata, rows.along, splits, request.bridge, request.seed)
    else:
        splits = hold_out_bridge(strata, splits, request.bridge, request.seed)
    splits, told = _without_copies(request, rows, strata, splits)
    train = keep_training_rows(strata, splits.train, request.train_rows, request.seed)
    medians = None
    if request.missing is not None:
        rows, medians = fill_missing(rows, train)
    return _prepare(request, rows, targets, splits._replace(train=train), medians, told)


def _without_copies(
    request: DataRequest, rows: Rows, classes: Classes, splits: SplitRows
) -> tuple[SplitRows, tuple[DataWarning, ...]]:
    """Splits without copies of held-out rows, where that is asked for, and what is told of it.

    Raises:
        DataError: see ``leave_out_copies``; or rows are split at random.
    """
    if request.copies is None:
        return splits, ()
    if rows.ready_made is None and request.split in ("random", "distinct"):
        raise DataError(
            f'copies = "leave_out" is for splits that a source brings along, that are grouped or '
            f'ordered; {source_name(request.source)} is split at random: write split = "distinct", '
            "which keeps equal rows in one split and loses none, and remove copies."
        )
    found = leave_out_copies(group_equal(rows.inputs), splits, classes)
    return found.splits, found.note


def _equal(request: DataRequest, rows: Rows) -> np.ndarray:
    """Numbers that equal rows share, (n,).

    Raises:
        DataError: the source brings its splits along, and nothing moves their rows.
    """
    if rows.ready_made:
        raise DataError(
            f'{source_name(request.source)} brings its own splits, so split = "distinct" cannot '
            'bring equal rows into one. Remove split, and write copies = "leave_out".'
        )
    return group_equal(rows.inputs)


def _split(request: DataRequest, rows: Rows, classes: Classes) -> SplitRows:
    """Divide the rows as the request says, or as the source does."""
    if rows.ready_made:
        return split_ready_made(classes, rows.ready_made, request.validation, request.seed)
    sizes = request.validation, request.test, request.seed
    if rows.along is None:
        return split_rows(classes, *sizes)
    if request.split == "distinct":
        return split_distinct(classes, rows.along, *sizes)
    grouped = request.split == "grouped"
    key = "group" if grouped else "order"
    where = f"{source_name(request.source)}: {key} {request.apart!r}"
    splits = (split_groups if grouped else split_in_order)(rows.along, *sizes, where)
    advice = "Write another seed or size" if grouped else "Write other sizes"
    check_every_class(classes, splits, f"{advice}, drop the class, or split at random")
    return splits


def _prepare(
    request: DataRequest,
    rows: Rows,
    targets: Targets,
    splits: SplitRows,
    medians: np.ndarray | None,
    told: tuple[DataWarning, ...] = (),
) -> Dataset:
    """Encode and scale as fitted on the training rows, and look for leakage."""
    labels, scale, tasks = _labels(request, rows, targets, splits)
    encoding = fit_encoding(rows, splits.train)
    made = _features(request, rows, encoding, splits)
    preprocessing = _preprocessing(request, made, encoding)
    on_disk = stays_on_disk(made.inputs)
    parts = [
        Split(
            apply_scaling(preprocessing, made.inputs, made.names, part, on_disk=on_disk),
            labels[of_source],
        )
        for part, of_source in zip(made.splits, splits, strict=True)
        if len(part)
    ]
    groups = _groups(request, rows)
    meant = [it for it in (scale, tasks) if it]  # what labels mean tells data apart, too
    code = made.source + b"".join(repr(it).encode() for it in meant)
    return Dataset(
        name=source_name(request.source),
        train=parts[0],
        validation=parts[1],
        test=parts[2],
        class_names=targets.names,
        feature_names=made.names,
        preprocessing=preprocessing,
        fingerprint=fingerprint(*parts, code=code),
        warnings=(*_warnings(request, rows, targets, splits), *told),
        row_shape=made.shape,
        bridge=parts[3] if len(splits.bridge) else None,
        task=request.task,
        target=scale,
        tasks=tasks,
        dealt=rows.ready_made.dealt if rows.ready_made else request.split,
        source_rows=splits if rows.numbers is None else tuple(rows.numbers[it] for it in splits),
        groups=() if groups is None else number_groups(groups, splits),
        marked=_marked(request, rows, splits),
        target_transform=request.target_transform,
        fills=() if medians is None or request.features else feature_fills(encoding, medians),
    )


def _labels(
    request: DataRequest, rows: Rows, targets: Targets, splits: SplitRows
) -> tuple[np.ndarray, TargetScale | None, tuple[TargetTask, ...]]:
    """The answers as networks learn them, and what was measured on the training rows for it."""
    tasks = fit_tasks(request.targets, targets, splits, rows)
    if tasks:
        return labels_of(tasks, targets.values), None, tasks
    if request.task != "regression":
        return targets.values, None, ()
    check_spread(splits)
    scale = scale_of(targets.values[splits.train], rows.labels_from)
    return ((targets.values - scale.mean) / scale.scale).astype(np.float32), scale, ()


def _features(request: DataRequest, rows: Rows, encoding: Encoding, splits: SplitRows) -> Featured:
    """The encoded columns, or what the user's own step makes of them."""
    inputs = encode(encoding, rows.inputs)
    if request.features is None:
        return Featured(inputs, splits, encoding.names, rows.shape, b"")
    file, _, name = request.features.rpartition(":")
    if not file.lower().endswith(".py"):
        raise DataError(
            f"features = {request.features!r} names no function; write 'features.py:function', say."
        )
    return make_features(existing_file(request, file), name, inputs, rows.shape, splits)


def _preprocessing(request: DataRequest, made: Featured, encoding: Encoding) -> Preprocessing:
    """How features are scaled; categories are not, but what the user's own step made of them is."""
    if request.scaling is not None:
        return use_scaling(request.scaling, made.names)
    if not request.standardize:
        return no_scaling(len(made.names))
    own = request.features is not None
    keep = np.zeros(len(made.names), bool) if own else encoding.one_hot
    return fit_scaling(made.inputs, keep, made.splits.train)


def _groups(request: DataRequest, rows: Rows) -> np.ndarray | None:
    """Whose rows these are, (n,), where the split keeps them together."""
    return rows.along if request.split in ("distinct", "grouped") else None


def _warnings(
    request: DataRequest, rows: Rows, targets: Targets, splits: SplitRows
) -> tuple[DataWarning, ...]:
    """What is found in the data that makes them doubtful."""
    answers = answers_of(request.task, targets, rows)
    at_random = rows.ready_made is None and request.split != "ordered"
    apart = None if at_random else (splits.train, splits.test)
    return (
        *find_warnings(rows.inputs, targets.alike, splits),
        *_far_targets(request.task, targets, splits, rows.numbers),
        *constant_columns(rows, splits),
        *numbers_as_text(rows),
        *(() if request.features else ordered_columns(rows, splits)),
        *row_numbers(rows),
        *missing_codes(rows),
        *mixed_units(rows),
        *_hidden_groups(request, rows, splits),
        *telling_columns(answers, rows, _groups(request, rows), apart),
        *(() if request.missing is None else missing_values(rows, splits)),
    )


def _hidden_groups(request: DataRequest, rows: Rows, splits: SplitRows) -> tuple[DataWarning, ...]:
    """What is found where rows were dealt one by one; in order of time, known things may be met."""
    at_random = request.split in ("random", "distinct") and rows.ready_made is None
    return hidden_groups(rows, splits) if at_random else ()


def _far_targets(
    task: str,
    targets: Targets,
    splits: SplitRows,
    numbers: np.ndarray | None,
) -> tuple[DataWarning, ...]:
    """What is found of each quantity that is learnt."""
    used = np.concatenate(splits)
    if task == "regression":
        of = targets.names[0], targets.values, used
        units = in_units(f"Target {targets.names[0]!r}", targets.values[used])
        return far_targets(*of, numbers) or units or skewed_target(*of)
    quantities = [place for place, classes in enumerate(targets.columns) if classes is None]
    return tuple(
        warning
        for place in quantities
        for warning in far_targets(targets.names[place], targets.values[:, place], used, numbers)
    )


def _marked(request: DataRequest, rows: Rows, splits: SplitRows) -> Marked | None:
    """Number the values of the column that rows are to be told apart by."""
    marks = rows.along if request.marks_apart else rows.marks
    if request.marks is None or marks is None:
        return None
    values, numbers = np.unique(marks, return_inverse=True)
    in_words = tuple(f"{v:.6g}" if values.dtype.kind == "f" else str(v) for v in values)
    return Marked(request.marks, in_words, {k: numbers[v] for k, v in splits._asdict().items()})

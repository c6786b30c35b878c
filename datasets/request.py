"""Which data are asked for."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .scaling import KnownScaling
from .source_kinds import SourceKind, kind_of


class ReadAs(NamedTuple):
    """How a source is read: which columns are no features, and whether values may be missing."""

    apart: str | None = None  # the column or array of groups or times, by which rows are split
    ignored: tuple[str, ...] = ()  # columns
    marks: str | None = None  # one of the ignored, whose values are kept beside the features
    # let features lack values, which are to be filled in, and leave out rows without a target
    missing: bool = False


PLAIN = ReadAs()


class DataRequest(NamedTuple):
    """Which data, and how to split and scale them: the spec's ``[data]`` table."""

    # a bundled or synthetic set, a .npz, .csv or .parquet path, a folder, "file.py:function"
    source: str
    # the target column of a .csv or .parquet file, or in multilabel one for each label; None for
    # all other sources
    target: str | tuple[str, ...] | None
    validation: float | int  # a fraction of all rows in (0, 1), or a number of rows
    test: float | int  # a fraction of all rows in (0, 1), or a number of rows
    standardize: bool  # numeric columns to mean 0 and deviation 1 over the training rows
    seed: int  # ≥ 0: of the splits, and of a synthetic set's draw
    folder: Path  # relative paths start here: the folder of the spec
    train_rows: int | None = None  # keep only so many training rows; None: all
    rows: int | None = None  # of a synthetic set; None: 2000
    dimensions: int | None = None  # of a synthetic set; None: 2 for two_gaussians, 20 for twonorm
    image_size: tuple[int, int] | None = None  # (height, width) of a folder's; None: as they are
    image_mode: str | None = None  # "grey" | "rgb" of a folder's; None: grey if all are
    bridge: float | int | None = None  # of the training rows, as validation is given; None: none
    split: str = "random"  # "random" | "distinct" | "grouped" | "ordered"
    group: str | None = None  # the column or array of groups, if grouped
    order: str | None = None  # the column or array of times, if ordered
    features: str | None = None  # "file.py:name": a step between inputs and scaling; None: none
    scaling: KnownScaling | None = None  # goes before standardize; None: as that says
    labels: str | None = None  # the path of a .npy source's labels; group and order are paths, too
    task: str = "classification"  # | "regression" | "multilabel" | "multitask"
    # in multitask: name and kind ("classification" or "regression") of each target, which are
    # columns of a table or of a saved set, and else the columns of y in this order
    targets: tuple[tuple[str, str], ...] = ()
    ignore: tuple[str, ...] = ()  # columns that are no features
    target_transform: str | None = None  # "log" of a regression's target; None: as it is
    missing: str | None = None  # "fill": values that are missing are filled in; None: refused
    # column or array whose values a diagnosis tells rows apart by; where it is no feature they are
    # kept beside the features
    marks: str | None = None
    copies: str | None = None  # "leave_out": training rows that equal held-out ones; None: kept
    # what an .npz source holds, by name, where it is in memory; ``source`` is then a mere name
    arrays: Mapping[str, np.ndarray] | None = None

    @property
    def apart(self) -> str | None:
        """The column or array by which rows are split: no feature."""
        return {"grouped": self.group, "ordered": self.order}.get(self.split)

    @property
    def marks_apart(self) -> bool:
        """Whether ``marks`` names what rows are split by.

        Of a .npy source that is a file, whose path is absolute once a spec is read, and in
        ``marks`` is not.
        """
        if self.marks is None or self.apart is None:
            return False
        if kind_of(self.source) is SourceKind.ARRAY:
            return Path(self.marks).name == Path(self.apart).name
        return self.marks == self.apart

    @property
    def read_as(self) -> ReadAs:
        """How the source is read."""
        marks = self.marks if self.marks in self.ignore else None
        return ReadAs(self.apart, self.ignore, marks, self.missing is not None)

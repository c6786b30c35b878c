"""The small sets that scikit-learn brings along."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from .rows import Rows
from .source_kinds import QUANTITIES


def read_bundled(source: str) -> Rows:
    """Return one of ``source_kinds.BUNDLED``; classes have scikit-learn's target names."""
    if source == "digits" and (file := _digits_file()) is not None:
        return _read_digits(file)
    # Here, since it takes over a second and no other source needs it.
    from sklearn import datasets

    load: dict[str, Any] = {
        "digits": datasets.load_digits,
        "breast_cancer": datasets.load_breast_cancer,
        "wine": datasets.load_wine,
        "iris": datasets.load_iris,
        "diabetes": datasets.load_diabetes,
    }
    bunch = load[source]()
    labels = bunch.target if source in QUANTITIES else bunch.target_names[bunch.target]
    return _rows(source, bunch.data, bunch.feature_names, labels)


def _digits_file() -> Path | None:
    """The file that ``load_digits`` reads, if scikit-learn has it there.

    Most begin with the digits: they need not wait for scikit-learn's imports.
    """
    found = importlib.util.find_spec("sklearn")
    for folder in (found and found.submodule_search_locations) or ():
        file = Path(folder) / "datasets" / "data" / "digits.csv.gz"
        if file.exists():
            return file
    return None


def _read_digits(file: Path) -> Rows:
    table = np.loadtxt(file, delimiter=",")
    names = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
    return _rows("digits", table[:, :-1], names, table[:, -1].astype(int))


def _rows(source: str, inputs: np.ndarray, names: list[str], labels: np.ndarray) -> Rows:
    columns = tuple(map(str, names))
    shape = (8, 8) if source == "digits" else None
    return Rows(inputs, columns, (None,) * len(columns), labels, f"{source}: labels", shape=shape)

"""Pairs of trials of two studies, compared by their errors on single validation rows."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from netclinic.diagnostics.statistics.two_searches import Search
from netclinic.diagnostics.studies.treated import _pairs
from netclinic.storage.records.results import RowErrors


def study_of(class_rows: tuple[int, ...], *, balanced: bool) -> Any:
    """Four trials with errors on 100 of many validation rows, so many of each class."""
    random = np.random.default_rng(0)
    kept = {
        number: RowErrors("bits", 100, 50_000, np.packbits(wrong).tobytes(), class_rows)
        for number, wrong in enumerate(random.random((4, 100)) < 0.2)
    }
    return SimpleNamespace(
        name="a",
        spec={"study": {"seed": 0}},
        minimises_balanced=balanced,
        counts_groups=False,
        provenance=None,
        row_errors=kept,
    )


def test_trials_whose_kept_rows_are_other_ones_are_no_pairs() -> None:
    """Of over 10,000 rows those of rare classes are kept where the balanced error is minimised."""
    search = Search(np.zeros((2, 100)), dict.fromkeys(range(4), (0.2, 0.2)))
    before = study_of((50, 50), balanced=True)
    for class_rows, compared in (((95, 5), False), ((50, 50), True)):
        after = study_of(class_rows, balanced=False)
        found = _pairs(before, after, search, search, balanced=False, shares=True)
        assert (found is not None) == compared

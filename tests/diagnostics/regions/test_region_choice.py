"""Which regions may be judged at all."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from netclinic.diagnostics.regions.region_candidate import Candidate
from netclinic.diagnostics.regions.region_choice import Pair, large_enough, weights
from netclinic.diagnostics.regions.region_gaps import Kind


@pytest.mark.parametrize(
    ("share", "kept"), [(0.01, False), (0.2, True), (0.5, True), (0.8, True), (0.85, False)]
)
def test_a_region_is_neither_a_few_rows_nor_nearly_all(share, kept) -> None:
    """Of flights noise was found for all that go elsewhere than to one small airport."""
    rows = SimpleNamespace(labels=np.zeros(400))
    side: Any = SimpleNamespace(training=rows, held_out=rows, least=(10, 20))
    first = Candidate("slice", "first", 1, lambda rows: np.arange(len(rows.labels)) < share * 400)
    assert len(large_enough([first], side, side)) == kept


def test_the_first_of_each_kind_weigh_most_and_kinds_alike() -> None:
    kinds = [Kind.BIAS, Kind.BIAS, Kind.VARIANCE, Kind.BIAS, Kind.VARIANCE]
    found = weights([Pair(place, kind) for place, kind in enumerate(kinds)])
    assert found == pytest.approx([1, 1 / 4, 1, 1 / 9, 1 / 4])
    many = weights([Pair(place, Kind.FLOOR) for place in range(8)])
    assert many[0] > 0.6 * sum(many)

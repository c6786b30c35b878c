"""What is recorded of what lanes measured."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from netclinic.datasets.dataset import TargetScale
from netclinic.models.judging import Score
from netclinic.search.trial_results import deviation


@pytest.mark.parametrize(
    "errors", [[0.1, 0.2, 0.9], [0.0, 0.0, 0.0, 7.0], [1e25, 1.0, 2.0], [0.5, 0.5]]
)
def test_the_deviation_of_rows_is_known_whatever_their_errors(errors: list[float]) -> None:
    """One square beyond 32 bits left a regression without it, and so without a diagnosis."""
    rows = np.array(errors, np.float32)
    with np.errstate(over="ignore"):
        square = np.square(rows).mean(dtype=np.float32)
    score = Score(np.zeros(1), rows.mean()[None], square[None])
    dataset: Any = SimpleNamespace(target=TargetScale(0.0, 3.0))
    found = deviation(score, 0, len(rows), dataset)
    assert found == pytest.approx(9 * np.float64(rows).std(), rel=1e-5, abs=1e-5)
    assert math.isinf(square) == (max(errors) > 1e20)

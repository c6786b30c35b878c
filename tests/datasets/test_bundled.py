"""The digits are scikit-learn's, whichever way they are read."""

import numpy as np
import pytest
from netclinic.datasets import bundled
from netclinic.datasets.bundled import read_bundled


def test_the_digits_are_those_of_their_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_bundled("digits")
    monkeypatch.setattr(bundled, "_digits_file", lambda: None)
    loaded = read_bundled("digits")
    assert len(loaded.labels) == 1797
    np.testing.assert_equal(read, loaded)
    assert read.inputs.dtype == loaded.inputs.dtype
    assert read.labels.dtype == loaded.labels.dtype


def test_their_file_is_where_it_is_looked_for() -> None:
    assert bundled._digits_file() is not None

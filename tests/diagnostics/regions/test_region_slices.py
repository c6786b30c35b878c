"""Slices: their names, and which rows they hold."""

import numpy as np
import pytest
from netclinic.diagnostics.regions import region_slices
from netclinic.diagnostics.regions.region_rows import Columns, RegionRows
from netclinic.diagnostics.regions.region_slices import leaves, quarters, steps
from sklearn.tree import DecisionTreeRegressor

from .test_region_candidates import COLUMNS, held, rows


def test_a_slice_is_named_in_the_columns_own_units() -> None:
    of = rows()
    names = [it.name for it in leaves(of, of.errors, COLUMNS)]
    (name,) = {n for n in names if n.startswith("age > ") and "and" not in n}
    assert float(name.removeprefix("age > ")) == pytest.approx(70, abs=1.5)
    other = rows(seed=1)
    inside = held(leaves(of, of.errors, COLUMNS), name, other)
    age = 50 + 20 * other.inputs[:, 0]
    assert (inside == (age > float(name.removeprefix("age > ")))).mean() > 0.98


def test_of_wide_rows_a_tree_sees_some(monkeypatch: pytest.MonkeyPatch) -> None:
    of = rows()
    seen = []
    fit = DecisionTreeRegressor.fit

    def spy(self, inputs, target):
        seen.append(len(inputs))
        return fit(self, inputs, target)

    monkeypatch.setattr(DecisionTreeRegressor, "fit", spy)
    monkeypatch.setattr(region_slices, "_NUMBERS_AT_MOST", 4 * 150)
    names = [it.name for it in leaves(of, of.errors, COLUMNS)]
    assert any(name.startswith("age > ") for name in names)
    assert seen == [150, 150]


def test_a_step_tells_the_column_even_where_others_tell_more() -> None:
    of = rows()
    found = [it.name for it in steps(of, of.labels.astype(float), COLUMNS)]
    assert any(name.startswith("income > ") for name in found)
    assert any(name.startswith("age ") for name in found)


def test_slices_are_the_same_in_every_unit() -> None:
    """Squared errors of a target in parts of ten thousand vary by less than trees look at."""
    of = rows()
    squares = np.random.default_rng(1).normal(size=400) ** 2 * (1 + 3 * of.errors)
    for slices in (leaves, steps):
        found = [it.name for it in slices(of, squares, COLUMNS)]
        assert len(found) > 2
        assert [it.name for it in slices(of, 2.0**-30 * squares, COLUMNS)] == found


def test_quarters_part_the_rows() -> None:
    of = rows()
    of_age = [it for it in quarters(of, COLUMNS) if "age" in it.name]
    assert len(of_age) == 4
    assert (np.sum([it.holds(of) for it in of_age], axis=0) == 1).all()


def test_a_category_is_called_by_its_name() -> None:
    of = rows()
    red = of.inputs[:, 2] > 0.5
    names = {it.name for it in leaves(of, red, COLUMNS)}
    assert {"colour=red", "colour≠red"} <= names
    assert (held(leaves(of, red, COLUMNS), "colour=red", of) == red).all()


def test_a_limit_at_0_is_called_0_though_scaling_moved_it() -> None:
    """A refund that most rows had none of began at −2.681e-8."""
    refund = np.where(np.arange(300) % 3, 0.0, np.linspace(5.0, 200.0, 300))
    mean, scale = np.array([refund.mean()]), np.array([refund.std()])
    scaled = ((refund - mean[0]) / scale[0]).astype(np.float32)
    columns = Columns(("refund",), mean, scale)
    of = RegionRows(scaled[:, None], np.zeros(300, int), np.zeros(300, bool))
    names = [it.name for it in quarters(of, columns)]
    assert "0 < refund ≤ 52.45" in names
    assert not [it for it in names if "e-" in it]

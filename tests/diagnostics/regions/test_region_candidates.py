"""Candidate regions: their families, names, and which rows they hold."""

import numpy as np
import pytest
from netclinic.diagnostics.regions.region_candidates import classes, find_candidates, groups
from netclinic.diagnostics.regions.region_clusters import clusters
from netclinic.diagnostics.regions.region_rows import Columns, RegionError, RegionRows


def rows(count: int = 400, seed: int = 0) -> RegionRows:
    """Age in years, income, a colour of three; the old ones are answered wrongly."""
    rng = np.random.default_rng(seed)
    age, income = rng.uniform(0, 100, count), rng.normal(size=count)
    colour = rng.integers(3, size=count)
    inputs = np.stack([(age - 50) / 20, income, colour == 0, colour == 1], axis=1)
    wrong = age > 70
    return RegionRows(inputs.astype(np.float32), (income > 0).astype(int), wrong)


COLUMNS = Columns(
    ("age", "income", "colour=red", "colour=blue"),
    np.array([50.0, 0, 0, 0]),
    np.array([20.0, 1, 1, 1]),
    classes=("no", "yes"),
)


def held(candidates, name: str, of: RegionRows) -> np.ndarray:
    return next(it for it in candidates if it.name == name).holds(of)


def test_a_column_of_categories_gives_groups() -> None:
    of = rows()
    found = groups(of, of, COLUMNS._replace(groups="colour"))
    assert [it.name for it in found] == ["colour=red", "colour=blue"]
    assert (found[0].holds(of) == (of.inputs[:, 2] > 0.5)).all()


@pytest.mark.parametrize(("unit", "written"), [(1.0, ""), (1e-8, "e-8")])
def test_a_column_of_a_few_numbers_gives_groups(unit: float, written: str) -> None:
    of = rows()
    of.inputs[:, 1] = np.arange(400) % 3
    columns = COLUMNS._replace(groups="income", scale=np.array([20.0, unit, 1, 1]))
    found = groups(of, of, columns)
    assert [it.name for it in found] == ["income = 0", *(f"income = {i}{written}" for i in (1, 2))]
    assert (found[1].holds(of) == (of.inputs[:, 1] == 1)).all()


def test_numbers_that_are_missing_are_a_group_of_their_own() -> None:
    """What was filled in counts among no number."""
    of = rows()
    of.inputs[:, 1] = np.arange(400) % 3
    missing = of.inputs[:, 2] > 0.5
    of.inputs[missing, 1] = 1
    columns = COLUMNS._replace(
        groups="income",
        names=tuple("income=(missing)" if i == 2 else it for i, it in enumerate(COLUMNS.names)),
    )
    found = groups(of, of, columns)
    names = ["income=(missing)", "income = 0", "income = 1", "income = 2"]
    assert [it.name for it in found] == names
    assert (found[0].holds(of) == missing).all()
    assert (found[2].holds(of) == (of.inputs[:, 1] == 1) & ~missing).all()
    assert (np.sum([it.holds(of) for it in found], axis=0) == 1).all()


def test_groups_that_cannot_be_told_are_refused() -> None:
    with pytest.raises(RegionError, match="no column 'height'"):
        groups(rows(), rows(), COLUMNS._replace(groups="height"))
    with pytest.raises(RegionError, match="has 800 values, more than 20"):
        groups(rows(), rows(seed=1), COLUMNS._replace(groups="age"))


def test_images_have_no_slices() -> None:
    of = rows()._replace(activations=np.random.default_rng(0).normal(size=(400, 3)))
    nothing = np.ones(400, bool), np.zeros(400), np.zeros(400)
    families = {it.family for it in find_candidates(of, of, nothing, COLUMNS._replace(named=False))}
    assert families == {"class", "cluster", "learnt_cluster"}
    families = {it.family for it in find_candidates(of, of, nothing, COLUMNS)}
    assert families == {"class", "slice", "cluster", "learnt_cluster"}


def test_only_the_worst_of_many_classes_are_looked_at() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(50, size=400)
    of = rows()._replace(labels=labels, errors=labels < 20)
    columns = COLUMNS._replace(classes=tuple(f"c{i}" for i in range(50)))
    names = [it.name for it in classes(of, columns)]
    assert names == [f"class c{i}" for i in range(20)]


def test_each_of_several_labels_is_a_region_of_the_rows_that_have_it() -> None:
    of = rows()
    labels = np.stack([np.arange(400) % 2, np.arange(400) % 3 == 0], axis=1).astype(int)
    several = of._replace(labels=labels, errors=of.errors / 2)
    found = classes(several, COLUMNS)
    assert [it.name for it in found] == ["label no", "label yes"]
    assert (found[1].holds(several) == (np.arange(400) % 3 == 0)).all()


def test_a_quantity_has_no_classes() -> None:
    of = rows()._replace(labels=np.linspace(0, 1, 400))
    quantity = COLUMNS._replace(classes=())
    assert classes(of, quantity) == []
    assert not any("mostly" in it.name for it in clusters(of, of, quantity, learnt=False))

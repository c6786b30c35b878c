"""Rows that are signals or pictures are told by the order of their columns, other rows are not."""

import numpy as np
import pytest
from netclinic.datasets import DataRequest, load_dataset
from netclinic.datasets.ordered_columns import ordered_columns
from netclinic.datasets.rows import Rows
from netclinic.datasets.splits import SplitRows


def shape_of(inputs: np.ndarray, shape: tuple[int, ...] | None = None) -> str | None:
    """The shape that is told; ``None`` where nothing is."""
    rows, columns = inputs.shape
    names = tuple(f"f{i}" for i in range(columns))
    of = Rows(inputs, names, (None,) * columns, np.zeros(rows), "y", shape=shape)
    none = np.empty(0, np.int64)
    found = ordered_columns(of, SplitRows(np.arange(rows), none, none))
    return found[0].details["shape"] if found else None


def signals(rng: np.random.Generator, rows: int = 300) -> np.ndarray:
    """A bump of seven samples somewhere among 40, with noise."""
    inputs = rng.normal(0, 0.2, (rows, 40))
    places = rng.integers(0, 34, rows)
    for place in range(7):
        inputs[np.arange(rows), places + place] += np.sin((place + 1) * np.pi / 8)
    return inputs


def pictures(rng: np.random.Generator, rows: int = 300) -> np.ndarray:
    """A blot somewhere in a picture of 10 × 10."""
    across, down = np.meshgrid(np.arange(10), np.arange(10))
    x, y = rng.uniform(0, 9, (2, rows, 1, 1))
    blots = np.exp(-((across - x) ** 2 + (down - y) ** 2) / 3)
    return (blots + rng.normal(0, 0.2, blots.shape)).reshape(rows, -1)


def slow(rng: np.random.Generator, rows: int = 300) -> np.ndarray:
    """Walks of a square's number of steps, which are no pictures."""
    return np.cumsum(rng.normal(size=(rows, 64)), axis=1)


@pytest.mark.parametrize(("draw", "told"), [(signals, ""), (pictures, "[10, 10]"), (slow, "")])
def test_signals_and_pictures_are_told(draw, told) -> None:
    found = [shape_of(draw(np.random.default_rng(seed))) for seed in range(60)]
    assert found.count(told) >= 58
    assert {told, None} >= set(found)


def test_other_tables_are_not_told() -> None:
    """Independent, mixed, alike in blocks, of three factors, and signals whose order is lost."""
    found = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        columns, rows = int(rng.integers(16, 60)), int(rng.integers(50, 500))
        x = rng.normal(size=(rows, columns))
        blocks = np.repeat(rng.normal(size=(rows, columns // 4 + 1)), 4, axis=1)[:, :columns]
        tables = (
            x,
            x @ rng.normal(size=(columns, columns)),
            2 * blocks + x,
            rng.normal(size=(rows, 3)) @ rng.normal(size=(3, columns)) + x,
            np.cumsum(x, axis=1)[:, rng.permutation(columns)],
        )
        found += shape_of(tables[seed % 5]) is not None
    # Of 300 with a rate of 0.2 % more than three come in less than one draw of 100.
    assert found <= 3


def test_a_shape_that_rows_have_is_asked_along_its_sides() -> None:
    rng = np.random.default_rng(0)
    assert shape_of(pictures(rng), (10, 10)) == ""
    colours = np.stack([pictures(rng)] * 3, axis=-1).reshape(300, -1)
    assert shape_of(colours, (10, 10, 3)) == ""
    sensors = np.stack([signals(rng) for _ in range(4)], axis=-1).reshape(300, -1)
    assert shape_of(sensors, (40, 4)) == "[40, 1, 4]"
    assert shape_of(rng.normal(size=(300, 100)), (10, 10)) is None


def test_few_columns_few_rows_and_constant_columns_tell_nothing() -> None:
    rng = np.random.default_rng(0)
    walks = slow(rng)
    assert shape_of(walks[:, :15]) is None
    assert shape_of(walks[:49]) is None
    assert shape_of(np.ones((300, 40))) is None
    assert shape_of(np.where(np.arange(64) < 10, walks, 7.0)) is None
    assert shape_of(np.where(np.arange(64) < 40, walks, 7.0)) == ""


def test_a_data_set_notes_it_but_not_of_features_of_ones_own(tmp_path) -> None:
    x = signals(np.random.default_rng(0))
    np.savez(tmp_path / "x.npz", x=x, y=np.arange(300) % 2)
    asked = DataRequest("x.npz", None, 0.2, 0.2, True, 0, tmp_path)
    (note,) = load_dataset(asked).warnings
    assert (note.kind, note.count) == ("ordered_columns", 40)
    assert note.text == (
        "40 columns are in the order of a signal: the nearer two are, the more alike they are."
    )
    (tmp_path / "own.py").write_text("def same(x):\n    return x\n")
    assert not load_dataset(asked._replace(features="own.py:same")).warnings

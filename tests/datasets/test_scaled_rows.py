import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from netclinic.datasets import DataError, DataRequest, Dataset, load_dataset, scaled_rows
from netclinic.datasets.scaled_rows import ScaledRows, stays_on_disk
from netclinic.datasets.scaling import apply_scaling, fit_scaling

TYPES = (np.uint8, np.int32, np.float16, np.float32, np.float64, np.bool_)


@given(
    hnp.arrays(np.int16, st.tuples(st.integers(2, 30), st.just(3)), elements=st.integers(0, 200)),
    st.sampled_from(TYPES),
    st.data(),
)
def test_what_is_indexed_are_the_numbers_of_rows_scaled_at_once(drawn, kind, data):
    inputs = drawn.astype(kind)
    rows = np.array(data.draw(st.permutations(range(len(inputs)))))[1:]
    fitted = fit_scaling(inputs, np.zeros(3, bool), rows)
    whole = apply_scaling(fitted, inputs, ("a", "b", "c"), rows)
    lazy = apply_scaling(fitted, inputs, ("a", "b", "c"), rows, on_disk=True)
    assert isinstance(whole, np.ndarray)
    assert isinstance(lazy, ScaledRows)
    assert (lazy.shape, lazy.dtype, lazy.ndim, len(lazy)) == (
        whole.shape,
        whole.dtype,
        2,
        len(rows),
    )
    some = data.draw(
        hnp.arrays(np.int64, hnp.array_shapes(max_dims=3), elements=st.integers(0, len(rows) - 1))
    )
    for key in (some, slice(1, None, 2), rows % 2 == 0, slice(None)):
        np.testing.assert_array_equal(lazy[key], whole[key])
    np.testing.assert_array_equal(np.asarray(lazy), whole)
    np.testing.assert_array_equal(np.concatenate([*lazy.blocks()]), whole)


def request(folder: Path) -> DataRequest:
    return DataRequest("x.npy", None, 0.2, 0.2, True, 0, folder, labels="y.npy")


def loaded(folder: Path, inputs: np.ndarray) -> Dataset:
    np.save(folder / "x.npy", inputs)
    np.save(folder / "y.npy", np.arange(len(inputs)) % 2)
    return load_dataset(request(folder))


@pytest.fixture
def no_room(monkeypatch) -> None:
    monkeypatch.setattr(scaled_rows, "_room", lambda: 0)


def test_only_a_mapped_file_beyond_the_room_stays_on_disk(monkeypatch, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((10, 5), np.uint8))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert not stays_on_disk(mapped)
    monkeypatch.setattr(scaled_rows, "_room", lambda: 199)
    assert stays_on_disk(mapped)
    assert stays_on_disk(mapped.reshape(5, 10))
    assert not stays_on_disk(np.array(mapped))
    monkeypatch.setattr(scaled_rows, "_room", lambda: 200)  # as 32-bit floats
    assert not stays_on_disk(mapped)


@pytest.mark.parametrize("kind", [np.uint8, np.float16])
def test_a_file_that_stays_on_disk_is_the_same_data_set(kind, tmp_path, monkeypatch):
    inputs = np.random.default_rng(0).integers(0, 255, (60, 4, 4)).astype(kind)
    expected = loaded(tmp_path, inputs)
    monkeypatch.setattr(scaled_rows, "_room", lambda: 0)
    found = load_dataset(request(tmp_path))
    assert found.fingerprint == expected.fingerprint
    assert found.row_shape == (4, 4)
    for name in ("train", "validation", "test"):
        a, b = getattr(found, name), getattr(expected, name)
        assert isinstance(a.inputs, ScaledRows)
        np.testing.assert_array_equal(a.inputs, b.inputs)
        np.testing.assert_array_equal(a.labels, b.labels)


@pytest.mark.usefixtures("no_room")
@pytest.mark.parametrize("kind", [np.uint8, np.float16])
def test_loading_takes_a_few_blocks_of_memory(kind, tmp_path):
    rows, features = 60_000, 500
    inputs = np.random.default_rng(0).integers(0, 255, (rows, features)).astype(kind)
    np.save(tmp_path / "x.npy", inputs)
    np.save(tmp_path / "y.npy", np.arange(rows) % 2)
    del inputs
    tracemalloc.start()
    found = load_dataset(request(tmp_path))
    found.train.inputs[np.arange(256).reshape(2, 128)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    block = 8 * 4096 * features  # of 64-bit floats
    assert peak < 4 * block + 500 * rows  # and a digest, a number and a label of each row
    assert peak < 4 * rows * features * 2 // 3, "the rows as 32-bit floats"


def test_what_overflows_is_refused_though_it_is_not_kept():
    inputs = np.full((6, 1), 1e-20) * np.arange(6)[:, None]
    fitted = fit_scaling(inputs, np.zeros(1, bool), np.arange(5))
    inputs[5] = 1e38
    with pytest.raises(DataError, match="column 'a' overflows when it is standardised"):
        apply_scaling(fitted, inputs, ("a",), np.arange(5, 6), on_disk=True)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_half_float_that_is_not_finite_is_refused(value: float, tmp_path):
    inputs = np.ones((60, 2), np.float16)
    inputs[7, 1] = value
    with pytest.raises(
        DataError, match=r"column 'x1' is (nan|inf) in row 7 .* 1 such value in all"
    ):
        loaded(tmp_path, inputs)


def test_no_array_without_a_copy(tmp_path):
    expected = loaded(tmp_path, np.arange(120.0).reshape(60, 2))
    lazy = ScaledRows(np.ones((3, 2)), np.arange(3), expected.preprocessing)
    with pytest.raises(ValueError, match="copy"):
        np.array(lazy, copy=False)

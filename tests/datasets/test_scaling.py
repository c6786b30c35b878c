import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from netclinic.datasets import DataError
from netclinic.datasets.scaling import apply_scaling, fit_scaling, no_scaling

NAMES = ("a", "b", "c")
ROWS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 40), st.just(3)),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False),
)


def keep_none() -> np.ndarray:
    return np.zeros(3, bool)


@given(ROWS)
def test_training_columns_get_mean_zero_and_deviation_one(train):
    fitted = fit_scaling(train, keep_none())
    scaled = apply_scaling(fitted, train, NAMES).astype(np.float64)
    # Far from zero 64 bits, too, have a last place, and where deviations are tiny it tells.
    slack = 1e-5 + np.abs(fitted.mean) / fitted.scale * 2.0**-48
    assert (np.abs(scaled.mean(axis=0)) <= 1e-3 + slack).all()
    varies = train.min(axis=0) < train.max(axis=0)
    deviation = train.std(axis=0) / fitted.scale
    np.testing.assert_allclose(deviation[varies & (train.std(axis=0) > 1e-30)], 1, rtol=1e-6)
    assert (fitted.scale[~varies] == 1).all()
    assert (fitted.scale > 0).all()


@given(ROWS)
def test_scaling_is_undone_by_what_is_recorded(train):
    fitted = fit_scaling(train, keep_none())
    scaled = apply_scaling(fitted, train, NAMES).astype(np.float64)
    back = scaled * fitted.scale + fitted.mean
    assert (np.abs(back - train) <= 1e-6 * (np.abs(train) + fitted.scale * 1e3)).all()


def test_a_constant_column_is_centred_with_scale_one():
    # The mean of equal values such as 0.1 is off by rounding: a deviation of 1e-17 is no scale.
    train = np.full((1000, 3), [0.1, 1e-12, 7.0])
    fitted = fit_scaling(train, keep_none())
    np.testing.assert_array_equal(fitted.scale, np.ones(3, np.float32))
    np.testing.assert_allclose(apply_scaling(fitted, train, NAMES), 0, atol=1e-7)


def test_columns_far_from_zero_are_centred():
    noise = np.random.default_rng(0).normal(size=500)
    noise -= noise.mean()
    far = np.column_stack([1e12 + 100 * noise, 1.7e15 + 1e6 * noise, np.full(500, 123456789012.0)])
    scaled = apply_scaling(fit_scaling(far, keep_none()), far, NAMES).astype(np.float64)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(scaled.std(axis=0), [1, 1, 0], atol=1e-6)


def test_means_near_zero_are_those_of_32_bits():
    near = np.random.default_rng(0).normal(100, 1, (50, 3))
    fitted = fit_scaling(near, keep_none())
    np.testing.assert_array_equal(fitted.mean, fitted.mean.astype(np.float32))


def test_kept_columns_are_left_as_they_are():
    train = np.array([[0.0, 1.0, 5.0], [1.0, 0.0, 9.0]])
    fitted = fit_scaling(train, np.array([True, True, False]))
    np.testing.assert_array_equal(fitted.mean, np.array([0, 0, 7], np.float32))
    np.testing.assert_array_equal(fitted.scale, np.array([1, 1, 2], np.float32))


def test_blocks_of_rows_give_the_same_as_one_pass():
    train = np.random.default_rng(0).normal(3, 5, (10_000, 3))
    fitted = fit_scaling(train, keep_none())
    np.testing.assert_allclose(fitted.mean, train.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(fitted.scale, train.std(axis=0), rtol=1e-6)
    expected = (train - fitted.mean.astype(float)) / fitted.scale.astype(float)
    scaled = apply_scaling(fitted, train, NAMES)
    np.testing.assert_array_equal(scaled, expected.astype(np.float32))


def test_no_scaling_changes_nothing():
    inputs = np.array([[1.5, -2.0, 0.0]])
    np.testing.assert_array_equal(apply_scaling(no_scaling(3), inputs, NAMES), inputs)


def test_a_column_that_overflows_is_refused():
    fitted = fit_scaling(np.array([[0.0, 0, 0], [1, 1e-30, 1]]), keep_none())
    with pytest.raises(DataError) as refused:
        apply_scaling(fitted, np.array([[0.0, 1e30, 0.0]]), NAMES)
    assert str(refused.value) == (
        "column 'b' overflows when it is standardised: it is almost constant in the training split "
        "and far off elsewhere. Drop it, or rescale it."
    )

"""The numbers of rows that a learning curve has points at."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.search.curve_sizes import POINTS, SPAN, CurveError, curve_sizes


@given(rows=st.integers(28, 10**7), batch=st.integers(1, 10**5))
def test_they_rise_to_all_rows_and_half_are_enough_to_foretell_them(rows: int, batch: int) -> None:
    if rows < 4 * batch:
        with pytest.raises(CurveError):
            curve_sizes(rows, batch)
        return
    sizes = curve_sizes(rows, batch)
    assert len(set(sizes)) == POINTS
    assert list(sizes) == sorted(sizes)
    assert sizes[-1] == rows
    assert sizes[0] >= batch
    assert sizes[0] >= rows // SPAN
    assert sum(2 * size <= rows for size in sizes) >= 4


@given(rows=st.integers(1, 10**4), batch=st.integers(1, 10**4))
def test_the_minibatches_that_are_advised_do(rows: int, batch: int) -> None:
    try:
        curve_sizes(rows, batch)
    except CurveError as error:
        advised = re.search(r"batch_size=(\d+)", str(error))
        if advised:
            assert curve_sizes(rows, int(advised[1]))


@pytest.mark.parametrize(
    ("rows", "batch", "said"),
    [
        (100, 50, "less than 4 times 50.*-S training.batch_size=25 -S study.name=NAME"),
        (20, 4, "less than 4 times 7, the fewest to train on, so.*It takes more rows"),
        (20, 16, "less than 4 times 16.*with minibatches of 16, so.*It takes more rows"),
        (3, 1, "It takes more rows"),
    ],
)
def test_too_few_rows_say_what_to_do(rows: int, batch: int, said: str) -> None:
    with pytest.raises(CurveError, match=f"(?s){said}"):
        curve_sizes(rows, batch)


def test_where_batch_sizes_are_searched_the_advice_names_that_key() -> None:
    with pytest.raises(CurveError, match=r"-S 'search.batch_size=\{choice=\[25\]\}' -S study"):
        curve_sizes(100, 50, searched=True)

"""As many rows of each class, and which classes have enough of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.regions.alike_classes import LEAST, classes_alike, how_drawn, rows_alike
from netclinic.storage.records.data import ClassRows

ENOUGH = ClassRows(
    tuple("abcd"),
    training=(500, 2 * LEAST, 2 * LEAST - 1, 90),
    validation=(200, LEAST, 90, 90),
    test=(200, LEAST, 90, LEAST - 1),
)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=80), st.integers(5, 40), st.integers(0, 9))
def test_as_many_rows_of_each_class_and_no_others(labels: list[int], most: int, seed: int) -> None:
    array = np.array(labels)
    there = np.unique(array)[:3].tolist()
    found = rows_alike(array, there, most, np.random.default_rng(seed))
    assert (np.diff(found) > 0).all()
    assert set(array[found].tolist()) == set(there)
    counts = np.bincount(array[found])[there]
    fewest = min(labels.count(it) for it in there)
    assert set(counts.tolist()) == {min(fewest, most // len(there))}


def test_every_row_of_a_class_is_as_likely_to_be_drawn() -> None:
    labels = np.repeat([0, 1], [100, 10])
    drawn = np.zeros(110)
    for seed in range(2_000):
        drawn[rows_alike(labels, (0, 1), 110, np.random.default_rng(seed))] += 1
    assert (drawn[100:] == 2_000).all()
    # Each of the others is drawn 200 ± 13 times; of a hundred, by chance within 4.5 deviations.
    assert abs(drawn[:100] - 200).max() < 60


def test_a_class_needs_rows_on_both_sides() -> None:
    assert classes_alike(ENOUGH) == (0, 1)
    bridged = ENOUGH._replace(bridge=(90, 2 * LEAST - 1, 90, 90))
    assert classes_alike(bridged) == (0, 3)  # validation and test rows are not looked at


def test_classes_that_are_left_out_are_named() -> None:
    assert "fewer than 20 rows of it: class c, d." in how_drawn(ENOUGH)
    assert "Left out" not in how_drawn(ClassRows(("a", "b"), (90, 90), (90, 90), (90, 90)))
    rare = tuple(f"rare{i}" for i in range(7))
    counts = (90, 90, *[1] * 7)
    assert "rare4 and 2 more" in how_drawn(ClassRows(("a", "b", *rare), counts, counts, counts))

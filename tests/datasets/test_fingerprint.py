import numpy as np
import pytest
from netclinic.datasets import Split
from netclinic.datasets.fingerprint import fingerprint

INPUTS = np.arange(6, dtype=np.float32).reshape(3, 2)
SPLIT = Split(INPUTS, np.array([0, 1, 0], np.int32))


def test_it_is_stable_over_versions():
    # Kept with every study: if it changes, no old study can be matched with its data.
    assert fingerprint(SPLIT, SPLIT, SPLIT) == (
        "759ea73ebea4a6ab30011cbb6c59e75cb84a458db38a9c7f48a45825e36fbbbd"
    )


def test_memory_layout_and_byte_order_do_not_matter():
    same = Split(np.asfortranarray(INPUTS), SPLIT.labels.astype(">i4"))
    assert fingerprint(same) == fingerprint(SPLIT)


@pytest.mark.parametrize(
    "other",
    [
        Split(INPUTS + 1, SPLIT.labels),
        Split(INPUTS, SPLIT.labels[::-1] + 1),
        Split(INPUTS.reshape(2, 3), SPLIT.labels),
    ],
)
def test_any_change_of_the_arrays_changes_it(other):
    assert fingerprint(other) != fingerprint(SPLIT)
    assert fingerprint(SPLIT, other) != fingerprint(other, SPLIT)

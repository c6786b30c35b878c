"""Parts of arrays on devices, as indexing gives them, without a program for it on a CPU."""

import jax
import numpy as np
import pytest
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from netclinic.models.host_views import lane_of, rows_of

NUMBERS = np.arange(4 * 3 * 2, dtype=np.float32).reshape(4, 3, 2)


def placed(*partition: str) -> jax.Array:
    mesh = Mesh(np.array(jax.devices()), ("lanes",))
    return jax.device_put(NUMBERS, NamedSharding(mesh, PartitionSpec(*partition)))


@pytest.fixture
def _no_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("an array was indexed by jax")

    monkeypatch.setattr(type(placed()), "__getitem__", refuse)


@pytest.mark.usefixtures("_no_compiling")
@pytest.mark.parametrize("lane", range(4))
def test_the_numbers_of_a_lane_on_whichever_device(lane: int) -> None:
    leaf = placed("lanes")
    found = lane_of(leaf, lane)
    assert np.array_equal(found, NUMBERS[lane])
    assert isinstance(found, np.ndarray)
    leaf.delete()  # as when it is given to the next segment
    assert np.array_equal(found, NUMBERS[lane])


def test_a_lane_that_is_not_there_is_refused() -> None:
    with pytest.raises(IndexError, match="got lane 4, there are 4"):
        lane_of(placed("lanes"), 4)


@pytest.mark.usefixtures("_no_compiling")
def test_rows_lie_where_all_of_them_do() -> None:
    leaf = placed()
    found = rows_of(leaf, np.array([3, 0]))
    assert np.array_equal(np.asarray(found), NUMBERS[[3, 0]])
    assert found.sharding == leaf.sharding

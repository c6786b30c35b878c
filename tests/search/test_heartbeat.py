import threading
import time

import pytest
from netclinic.search.heartbeat import beating
from netclinic.storage import StorageError


class Store:
    def __init__(self, fails: bool) -> None:
        self.beats, self.fails = [], fails
        self.twice = threading.Event()

    def heartbeat(self, worker_id: int) -> None:
        self.beats.append(worker_id)
        if len(self.beats) == 2:
            self.twice.set()
        if self.fails:
            raise StorageError("busy")


@pytest.mark.parametrize("fails", [False, True])
def test_it_beats_while_the_block_runs_whatever_the_database_says(fails: bool) -> None:
    store = Store(fails)
    with beating(store, 7, seconds=0.01):
        assert store.twice.wait(10)
    count = len(store.beats)
    time.sleep(0.1)
    assert store.beats == [7] * count, "no beat after the block"

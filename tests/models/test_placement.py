from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models import memory, placement
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import PlacedRows, StreamedRows
from netclinic.models.memory import data_room, free_memory
from netclinic.models.placement import choose_placement, hold_rows

ROWS = Split(np.zeros((100, 9), np.float32), np.zeros(100, np.int32))
SIZE = 3 * 100 * 4 * (9 + 1)  # bytes of three such splits


@pytest.mark.parametrize(
    ("asked", "room", "stream"),
    [
        ("auto", SIZE, False),
        ("auto", SIZE - 1, True),
        ("auto", None, False),
        ("resident", SIZE - 1, False),
        ("stream", SIZE, True),
    ],
)
def test_rows_that_fit_stay_on_the_devices(
    asked: str, room: int | None, stream: bool, monkeypatch
) -> None:
    monkeypatch.setattr(placement, "data_room", lambda devices: room and room * 2 // devices)
    assert choose_placement(asked, (ROWS,) * 3, 2) == (stream, SIZE, room)


def test_rows_are_held_where_the_plan_says() -> None:
    plan = LanePlan(2, "map", 1)
    assert isinstance(hold_rows(ROWS, ROWS, ROWS, plan), PlacedRows)
    held = hold_rows(ROWS, ROWS, ROWS, plan._replace(stream=True))
    assert isinstance(held, StreamedRows)
    assert held.train.inputs is ROWS.inputs


def system(folder: Path, available: int, **group: str) -> Path:
    """A file system's root that tells of so many kB."""
    (folder / "proc").mkdir()
    (folder / "proc/meminfo").write_text(f"MemTotal: 99999999 kB\nMemAvailable: {available} kB\n")
    (folder / "sys/fs/cgroup").mkdir(parents=True)
    for name, text in group.items():
        (folder / "sys/fs/cgroup" / name.replace("_", ".")).write_text(text)
    return folder


def test_the_machine_and_its_control_group_limit_the_memory(tmp_path: Path) -> None:
    statistics = {"memory_stat": "anon 3000\nfile 500000\n"}
    for name, limit, found in (("a", "max", 1024_000), ("b", "10000", 7000), ("c", "2000", 0)):
        (tmp_path / name).mkdir()
        root = system(tmp_path / name, 1000, memory_max=limit, **statistics)
        assert free_memory(root) == found
    assert free_memory(tmp_path / "nothing") is None


def test_devices_of_the_cpu_share_the_memory_and_leave_half_of_it(monkeypatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1000)
    assert data_room(1) == 450
    assert data_room(3) == 150
    monkeypatch.setattr(memory, "memory_limit", lambda: 800)
    assert data_room(3) == 400

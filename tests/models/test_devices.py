from pathlib import Path

import pytest
from netclinic.models import devices
from netclinic.models.devices import usable_cores


@pytest.fixture
def cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of 64 cores, all of which this process may run on."""
    monkeypatch.setattr(devices.os, "sched_getaffinity", lambda _: set(range(64)), raising=False)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.usefixtures("cores")
@pytest.mark.parametrize(
    ("files", "usable"),
    [
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),  # one and a half: the second lane has half the time
        ({"cpu.max": "10000 100000\n"}, 1),
        ({"cpu.max": "9000000 100000\n"}, 64),
        ({"cpu.max": "max 100000\n"}, 64),
        ({"cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 4),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 64),
        ({"cpu/cpu.cfs_quota_us": "400000\n"}, 64),  # what cannot be read limits nothing
        ({"cpu.max": "?"}, 64),
        ({}, 64),
    ],
)
def test_a_container_s_share_of_processor_time_limits_the_lanes(files, usable, tmp_path) -> None:
    assert usable_cores(write(tmp_path, files)) == usable


def test_fewer_cores_that_may_be_run_on_limit_them_too(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(devices.os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert usable_cores(write(tmp_path, {"cpu.max": "800000 100000"})) == 3


def test_where_no_scheduler_tells_all_cores_count(monkeypatch, tmp_path) -> None:
    monkeypatch.delattr(devices.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(devices.os, "cpu_count", lambda: None)
    assert usable_cores(tmp_path) == 1

"""Files that are kept between runs."""

import os
from pathlib import Path

import pytest
from netclinic.models.kept_files import make_room, write_whole


def test_the_files_used_least_recently_make_room(tmp_path) -> None:
    for age, name in enumerate("dcba"):
        (tmp_path / name).write_bytes(bytes(100))
        os.utime(tmp_path / name, (1e9 + age, 1e9 + age))
    make_room(tmp_path, 250)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a", "b"]


def test_a_file_that_cannot_be_written_whole_stays_as_it_was(tmp_path, monkeypatch) -> None:
    file = tmp_path / "new" / "kept"
    write_whole(file, b"first")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"second")
    assert file.read_bytes() == b"first"
    assert list(file.parent.iterdir()) == [file]

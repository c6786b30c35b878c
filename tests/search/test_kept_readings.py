"""What small models made of a data set is asked once, and is the same ever after."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from netclinic.diagnostics.bayes import data_reading
from netclinic.diagnostics.bayes.data_question import DataQuestion, answered, ask
from netclinic.diagnostics.bayes.data_reading import DataReading
from netclinic.search import kept_readings
from netclinic.search.aside import Aside
from netclinic.search.kept_readings import read_once, readings_folder
from netclinic.search.study_run import _begin_reading

from tests.diagnostics.bayes.test_bayes import dataset, two_normals

ESTIMATED = {"diagnosis": {"bayes_error": "estimate"}}
INPUTS, LABELS, _ = two_normals(200, 2, 2.0, seed=0)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def question() -> DataQuestion:
    return ask(dataset(INPUTS, LABELS), ESTIMATED)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[[DataQuestion], tuple[DataReading, int]]:
    """Gives the reading, and how often small models were asked for it."""
    times = []
    real = data_reading.read_data

    def counted(asked: DataQuestion) -> DataReading:
        times.append(asked)
        return real(asked)

    def read(asked: DataQuestion) -> tuple[DataReading, int]:
        times.clear()
        with monkeypatch.context() as patch:
            patch.setattr(data_reading, "read_data", counted)
            return read_once(asked), len(times)

    return read


def files() -> list[Path]:
    return sorted(readings_folder().iterdir()) if readings_folder().exists() else []


def test_the_next_study_of_the_same_rows_asks_nothing(read) -> None:
    first, asked = read(question())
    again, asked_again = read(question())
    assert (asked, asked_again) == (1, 0)
    assert again.seen is not None
    assert again.noise is not None
    np.testing.assert_equal(again, answered(question()))
    np.testing.assert_equal(again, first)


def test_several_tasks_get_each_its_own_rows_back(read) -> None:
    other = ask(dataset(INPUTS[:100], LABELS[:100]), ESTIMATED)
    both = question()._replace(rows=None, tasks={"first": question(), "second": other})
    read(both)
    again, asked_again = read(both)
    assert asked_again == 0
    for name, asked in both.tasks.items():
        seen = again.tasks[name].seen
        assert seen is not None
        assert seen.rows is asked.rows
        assert len(seen.judged.wrong) == len(seen.rows.labels)


def test_other_rows_another_question_or_other_code_are_asked_anew(read, monkeypatch) -> None:
    read(question())
    moved = INPUTS.copy()
    moved[0, 0] += 1e-3
    assert read(ask(dataset(moved, LABELS), ESTIMATED))[1] == 1
    assert read(question()._replace(floor=False))[1] == 1
    monkeypatch.setattr(kept_readings, "room_digest", lambda *_: "other code")
    assert read(question())[1] == 1
    assert len(files()) == 4


def test_a_file_that_is_cut_short_is_written_anew(read) -> None:
    first, _ = read(question())
    (file,) = files()
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    again, asked = read(question())
    assert asked == 1
    np.testing.assert_equal(again, first)
    assert file.read_bytes() == whole


def test_the_rows_themselves_are_not_kept(read) -> None:
    read(question())
    (file,) = files()
    kept = file.read_bytes()
    rows = question().rows
    assert rows is not None
    assert rows.inputs.tobytes() not in kept
    assert not any(value.tobytes() in kept for value in rows.inputs.ravel()[:50])


@pytest.mark.parametrize("apart", [True, False])
def test_a_command_keeps_it_and_a_library_does_not_unbidden(*, apart: bool) -> None:
    with Aside(apart=apart) as beside:
        np.testing.assert_equal(_begin_reading(question(), beside)(), answered(question()))
    assert len(files()) == apart


def test_where_nothing_can_be_kept_it_is_asked_every_time(read) -> None:
    readings_folder().parent.mkdir()
    readings_folder().write_text("a file where the folder would be")
    assert [read(question())[1] for _ in range(2)] == [1, 1]


def test_those_used_least_recently_make_room(read, monkeypatch) -> None:
    read(question())
    (first,) = files()
    monkeypatch.setattr(kept_readings, "SIZE_CAP", int(1.5 * first.stat().st_size))
    read(question()._replace(balanced=True))
    read(question()._replace(scale=2.0))
    assert first not in files()

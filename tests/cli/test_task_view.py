"""A trial of several tasks, shown to people and to programs."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

TASKS = [
    {"name": "digit", "kind": "classification", "classes": 10, "constant_error": 0.9},
    {"name": "slant", "kind": "regression", "classes": 1, "constant_error": 4.0},
]
EPOCHS = {"digit": (0.5, 0.25, 0.125), "slant": (3.0, 2.0, 2.5)}


@pytest.fixture
def several(stored: str, tmp_path: Path) -> str:
    """The study "hand" with two tasks, whose curves trial 1 has."""
    file = Path(shutil.copy(stored.removeprefix("sqlite:///"), tmp_path / "several.db"))
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE study_provenance SET tasks_json = ?", [json.dumps(TASKS)])
        (key,) = connection.execute("SELECT trial_id FROM trials WHERE number = 1").fetchone()
        rows = [
            (key, place, epoch, task, 0.7, error / 2, 0.8, error)
            for place, (task, errors) in enumerate(EPOCHS.items())
            for epoch, error in enumerate(errors, start=1)
        ]
        connection.executemany("INSERT INTO trial_task_epochs VALUES (?,?,?,?,?,?,?,?)", rows)
        of_digit = (key, "test", 0, "digit", "classification", 0.2, 0.22, 0.6, 0.4)
        connection.execute("INSERT INTO trial_tasks VALUES (?,?,?,?,?,?,?,?,?)", of_digit)
    return f"sqlite:///{file}"


def test_each_tasks_errors_are_drawn_in_their_own_units(call, several: str) -> None:
    lines = call("show", "hand", "1", "--storage", several).out.splitlines()
    assert "  digit: training    █▃▁  25.0 % → 6.2 %" in lines
    assert "  digit: validation  █▃▁  50.0 % → 12.5 %" in lines
    assert "  slant: validation  █▁▅  3.00 → 2.50" in lines
    assert any(line.startswith("digit") and "20.0 % (22.0 %)" in line for line in lines)


def test_programs_get_each_tasks_curves(call, several: str) -> None:
    found = json.loads(call("show", "hand", "1", "--storage", several, "-f", "json").out)
    assert [row["task"] for row in found["tasks"]] == ["digit"]
    assert len(found["task_curves"]) == 6
    assert found["task_curves"][4] == {
        "task": "slant",
        "epoch": 2,
        "training_loss": 0.7,
        "training_error": 1.0,
        "validation_loss": 0.8,
        "validation_error": 2.0,
    }


def test_a_trial_without_them_says_nothing_of_tasks(call, several: str, stored: str) -> None:
    for trial, url in (("0", several), ("1", stored)):
        found = json.loads(call("show", "hand", trial, "--storage", url, "-f", "json").out)
        assert not {"tasks", "task_curves"} & set(found)
        assert "digit" not in call("show", "hand", trial, "--storage", url).out

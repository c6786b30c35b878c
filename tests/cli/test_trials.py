import csv
import io
import json
import re

import pytest
from netclinic.cli import output
from rich.console import Console


def test_a_table_of_trials(call, stored: str) -> None:
    called = call("trials", "hand", "--storage", stored)
    assert called.code == 0
    heading, *rest = [line.split() for line in called.out.splitlines() if "─" not in line][1:]
    assert heading[:3] == ["trial", "state", "rate"]
    assert [row[:2] for row in rest] == [
        ["0", "completed"],
        ["1", "completed"],
        ["2", "completed"],
        ["3", "diverged"],
        ["4", "running"],
        ["5", "waiting"],
        ["6", "pruned"],
    ]
    assert "5.0 %" in called.out
    assert called.err == ""


def test_raw_trials_have_every_column(call, stored: str) -> None:
    rows = json.loads(call("trials", "hand", "--storage", stored, "-f", "json").out)
    assert rows[1]["value"] == rows[1]["validation_error"] == 0.05
    assert rows[1]["learning_rate"] == 0.01
    assert rows[1]["units"] == 5
    assert rows[3]["outcome"] == "diverged"
    assert rows[3]["value"] is None
    assert rows[1]["completed"].endswith("Z")
    text = call("trials", "hand", "--storage", stored, "-f", "csv").out
    read = list(csv.DictReader(io.StringIO(text)))
    assert [list(row) for row in read] == [list(rows[0])] * 7
    assert float(read[1]["learning_rate"]) == rows[1]["learning_rate"]
    assert read[4]["outcome"] == ""


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (["--sort", "value"], [1, 6, 2, 0, 3, 4, 5]),
        (["--sort", "-value"], [0, 2, 6, 1, 3, 4, 5]),
        (["--sort", "-number", "--limit", "2"], [6, 5]),
        (["--sort", "state", "--limit", "3"], [0, 1, 2]),
        (["--state", "completed", "--limit", "2"], [0, 1]),
        (["--state", "diverged", "--state", "waiting"], [3, 5]),
        (["--state", "pruned"], [6]),
        (["--state", "failed"], []),
        (["--limit", "99"], [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_sorting_and_choosing(call, stored: str, arguments, numbers) -> None:
    called = call("trials", "hand", "--storage", stored, "-f", "json", *arguments)
    assert [row["number"] for row in json.loads(called.out)] == numbers


def test_an_unknown_column_names_the_nearest(call, stored: str) -> None:
    called = call("trials", "hand", "--storage", stored, "--sort", "learning_rat")
    assert called.code == 2
    assert "no column 'learning_rat'; did you mean learning_rate? allowed are number," in called.err


def test_no_such_trials(call, stored: str) -> None:
    called = call("trials", "hand", "--storage", stored, "--state", "failed")
    assert (called.code, called.out) == (0, "")
    assert "no such trial" in called.err


def test_an_unknown_study_names_the_nearest(call, stored: str) -> None:
    for command in (["trials", "hnd"], ["best", "hnd"], ["show", "hnd", "0"]):
        called = call(*command, "--storage", stored)
        assert called.code == 1
        assert "did you mean 'hand'?" in called.err


def test_the_best_trial(call, stored: str) -> None:
    best = call("best", "hand", "--storage", stored, "-f", "json")
    assert json.loads(best.out)["number"] == 1
    assert best.out == call("show", "hand", "1", "--storage", stored, "-f", "json").out


def test_one_trial_for_people(call, stored: str) -> None:
    lines = call("show", "hand", "1", "--storage", stored).out.splitlines()
    assert lines[0] == "Trial 1 of hand: completed"
    assert "  learning rate  0.01" in lines
    assert "  units          5" in lines
    assert "error           0.4 %       5.0 %  6.0 %" in lines
    assert "  network      12,345 trainable numbers" in lines
    assert "  training loss     █▄▁  0.9 → 0.05" in lines
    assert lines[-1].split() == ["3", "0.05", "0.05", "5.0", "%", "5.0", "%", "0.05"]
    assert all(len(line) <= 80 for line in lines)


def test_a_diverged_and_a_running_trial_for_people(call, stored: str) -> None:
    diverged = call("show", "hand", "3", "--storage", stored).out
    assert diverged.startswith("Trial 3 of hand: diverged in epoch 3\n")
    assert "0.9 → –" in diverged
    running = call("show", "hand", "4", "--storage", stored).out
    assert running.startswith("Trial 4 of hand: running\n")
    assert "epoch" not in running


def test_a_pruned_trial_for_people_and_programs(call, stored: str) -> None:
    text = call("show", "hand", "6", "--storage", stored).out
    assert text.startswith("Trial 6 of hand: pruned after epoch 2\n")
    lines = text.splitlines()
    assert "error           0.4 %       8.0 %     –" in lines
    assert "  epochs       2, the best was 2" in lines
    found = json.loads(call("show", "hand", "6", "--storage", stored, "-f", "json").out)
    assert (found["state"], found["outcome"]) == ("PRUNED", "pruned")
    assert (found["value"], found["test_error"]) == (0.08, None)
    assert [row["epoch"] for row in found["curves"]] == [1, 2]


def test_one_trial_for_programs(call, stored: str) -> None:
    found = json.loads(call("show", "hand", "3", "--storage", stored, "-f", "json").out)
    assert found["study"] == "hand"
    assert found["outcome"] == "diverged"
    assert found["parameter_count"] == 12345
    assert found["parameters"] == {
        "learning_rate": 1e-4,
        "units": 7,
        "weight_decay": 0.0,
        "momentum": 0.9,
    }
    assert [row["epoch"] for row in found["curves"]] == [1, 2, 3]
    assert found["curves"][2]["training_loss"] is None
    text = call("show", "hand", "3", "--storage", stored, "-f", "csv").out.splitlines()
    assert text[0].startswith("epoch,training_loss")
    assert text[3] == "3,,,,,"


def test_a_trial_that_is_not_there(call, stored: str) -> None:
    called = call("show", "hand", "7", "--storage", stored)
    assert called.code == 1
    assert called.err == "error: 'hand' has no trial 7; its trials are 0 to 6.\n"


@pytest.mark.parametrize("columns", [30, 40])
def test_one_trial_fits_a_narrow_terminal(call, stored: str, monkeypatch, columns: int) -> None:
    """What cannot stand beside its name stands below it, and no number is cut."""
    wide = call("show", "hand", "1", "--storage", stored).out

    def terminal(width=None):
        return Console(force_terminal=True, color_system=None, width=width or columns)

    monkeypatch.setattr(output, "stdout", terminal)
    narrow = call("show", "hand", "1", "--storage", stored).out
    assert max(map(len, narrow.splitlines())) <= columns
    numbers = re.findall(r"\d+\.\d+|\d+ %", wide)
    assert numbers
    assert all(number in narrow for number in numbers)

"""``diagnose --curves``: another's training log instead of a study."""

import json
from pathlib import Path

import pytest

LINE = '{{"epoch": {}, "loss": {}, "val_loss": {}, "accuracy": {}, "val_accuracy": {}}}'
ROWS = ("--training-rows", "50000", "--validation-rows", "5000", "--bayes-error", "0.01")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "log.jsonl"
    lines = [LINE.format(e, 1 / e, 0.5, 1 - 0.3 / e, 0.8) for e in range(1, 21)]
    file.write_text("\n".join(lines))
    return file


def test_a_log_is_diagnosed(call, log: Path) -> None:
    called = call("diagnose", "--curves", str(log), *ROWS)
    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("log.jsonl (JSON lines; 20 points, epoch 1 to 20)\n")
    assert "High variance: the validation error lies at least" in called.out
    assert "  1. Get more training data.\n" in called.out
    assert "--evaluated" in called.out
    assert max(map(len, called.out.splitlines())) <= 88


def test_a_log_of_one_point_says_so(call, tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text('{"epoch": 3, "loss": 1.0}')
    called = call("diagnose", "--curves", str(tmp_path / "one.jsonl"))
    assert called.out.startswith("one.jsonl (JSON lines; 1 point, epoch 3)\n")


def test_its_forms_and_exit_code(call, log: Path) -> None:
    found = json.loads(call("diagnose", "--curves", str(log), *ROWS, "-f", "json").out)
    assert found["verdict"] == ["high_variance"]
    assert found["variance"]["value"] == pytest.approx(0.2 - 0.015)
    rows = call("diagnose", "--curves", str(log), *ROWS, "-f", "csv").out.splitlines()
    assert [row.split(",")[0] for row in rows] == ["quantity", *list(found)[6:10]]
    failing = call("diagnose", "--curves", str(log), *ROWS, "--fail-on", "high_variance")
    assert failing.code == 1
    assert "exit 1, as --fail-on asks" in failing.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "got none of them; write a STUDY, or --predictions FILE"),
        (("tiny", "--curves", "log.jsonl"), "got STUDY and --curves"),
        (("tiny", "--training-rows", "5"), "--training-rows is for --curves only"),
        (("tiny", "--evaluated"), "--evaluated is for --curves only"),
        (("tiny", "-S", "data.task=regression"), "-S is for --predictions only"),
        (
            ("--curves", "log.jsonl", "--html", "a.html"),
            "--html is for studies and --predictions only",
        ),
    ],
)
def test_what_does_not_go_together_is_misuse(call, options, said: str) -> None:
    called = call("diagnose", *options)
    assert called.code == 2
    assert said in called.err
    assert "Traceback" not in called.err


def test_a_file_that_is_no_log(call, tmp_path: Path) -> None:
    called = call("diagnose", "--curves", "none.csv")
    assert (called.code, called.out) == (1, "")
    assert "none.csv cannot be read: No such file or directory" in called.err

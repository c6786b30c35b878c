"""Every way to get a spec wrong as a whole, or its [study], with the whole message."""

from pathlib import Path

import pytest
from netclinic.search.spec_errors import Problem, SpecError
from netclinic.search.spec_file import parse_spec

from .spec_messages import COUNT, message_of, message_of_line

NAME = (
    "1 to 100 printable characters, no space at either end, no hyphen first; "
    'write for example name = "digits-mlp".'
)


# (table, line, message behind the file's name)
BROKEN_KEYS = [
    ("study", 'name = ""', f'[study] name: got ""; allowed: {NAME}'),
    ("study", 'name = " a"', f'[study] name: got " a"; allowed: {NAME}'),
    ("study", 'name = "a\\tb"', f'[study] name: got "a\\tb"; allowed: {NAME}'),
    ("study", 'name = "-x"', f'[study] name: got "-x"; allowed: {NAME}'),
    ("study", "name = 7", f"[study] name: got 7; allowed: {NAME}"),
    (
        "study",
        "trials = 0",
        f"[study] trials: got 0; allowed: {COUNT}; write for example trials = 64.",
    ),
    (
        "study",
        "trials = true",
        f"[study] trials: got true; allowed: {COUNT}; write for example trials = 64.",
    ),
    (
        "study",
        "trials = 1979-05-27",
        f"[study] trials: got 1979-05-27; allowed: {COUNT}; write for example trials = 64.",
    ),
    (
        "study",
        "seed = -1",
        "[study] seed: got -1; allowed: a whole number from 0 to 9,223,372,036,854,775,807; "
        "write for example seed = 0.",
    ),
    (
        "study",
        "timeout = nan",
        "[study] timeout: got nan; allowed: a number of seconds above 0; "
        "write for example timeout = 600.",
    ),
]


@pytest.mark.parametrize(("table", "line", "message"), BROKEN_KEYS)
def test_a_broken_key(table: str, line: str, message: str) -> None:
    assert message_of_line(table, line) == message


def test_all_problems_of_a_file_and_the_command_line_come_at_once() -> None:
    text = """
        colour = "red"
        [study]
        trials = 0
        [data]
        source = "x.csv"
        validation = 0.9
        rows = 3
        [network]
        hidden = []
        [training]
        epocs = 3
        batch_size = "big"
        [search]
        units = {int = [8, 64]}
        [extra]
        """
    with pytest.raises(SpecError) as caught:
        parse_spec(text, file="s.toml", folder=Path(), overrides=["seed=1", "compute.segment=0"])
    assert [problem[:3] for problem in caught.value.problems] == [
        ("-S seed=1", "", ""),
        ("s.toml", "study", "name"),
        ("s.toml", "study", "trials"),
        ("s.toml", "data", "target"),
        ("s.toml", "data", "test"),
        ("s.toml", "data", "rows"),
        ("s.toml", "training", "batch_size"),
        ("s.toml", "training", "epocs"),
        ("s.toml", "search", "units"),
        ("-S compute.segment=0", "compute", "segment"),
        ("s.toml", "", "colour"),
        ("s.toml", "extra", ""),
    ]
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))


def test_a_syntax_error_does_not_hide_a_broken_override() -> None:
    assert message_of("a = ", "b").splitlines() == [
        "digits.toml: line 1, column 5: not valid TOML: Invalid value.",
        "-S b: an override is table.key=value: write for example -S training.epochs=50.",
    ]


def test_a_problem_prints_its_place_and_one_full_stop() -> None:
    assert str(Problem("f.toml", "a b", "c", "wrong.")) == 'f.toml: ["a b"] c: wrong.'
    assert str(Problem("f\x1b.toml", "", "", "wrong")) == "f\\u001b.toml: wrong."

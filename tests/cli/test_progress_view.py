import io

import pytest
from netclinic.cli import progress_view as module
from netclinic.cli.progress_view import (
    LiveView,
    Pace,
    PlainView,
    QuietView,
    best_text,
    numbers_text,
    progress_view,
)
from netclinic.search import Phase, Progress
from rich.console import Console


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def at(completed: int = 0, **more) -> Progress:
    return Progress(**{"phase": Phase.TRAINING, "wanted": 100, "completed": completed, **more})


def test_pace_counts_what_this_run_has_done() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.look(at(20, phase=Phase.COMPILING))
    assert (pace.speed, pace.left) == (None, None)
    clock.now = 10.0
    pace.look(at(35, diverged=5))
    assert pace.speed == 2.0
    assert pace.left == 30.0


def test_trials_in_the_lanes_count_by_their_epochs() -> None:
    pace = Pace(Clock())
    pace.look(at(10, running=8, fraction=0.25))
    assert pace.done == 12
    pace.look(at(10, running=1, fraction=0.25))
    assert pace.done == 12, "it never falls"
    pace.look(at(99, running=50, fraction=1.0))
    assert pace.done == 100, "nor does it pass the end"


def test_the_best_error_has_its_wilson_interval() -> None:
    progress = at(3, best_number=7, best_error=0.05, validation_rows=100)
    assert best_text(progress) == "best 5.0 % (2.2–11.2 %), trial 7"
    assert best_text(at(3)) == ""


def test_numbers_leave_out_what_is_not_known() -> None:
    pace = Pace(Clock())
    assert numbers_text(at(), pace) == ""
    pace.speed = 123.4
    assert numbers_text(at(diverged=2), pace) == "2 diverged · 123 trials/s"
    pace.speed = 0.456
    assert numbers_text(at(), pace) == "0.46 trials/s"


def lines_of(capsys) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_plain_lines_come_every_tenth(capsys) -> None:
    clock = Clock()
    with PlainView(clock) as view:
        view.show(at(0, phase=Phase.LOADING))
        view.show(at(0, phase=Phase.LOADING))
        for done in range(101):
            clock.now += 0.01
            view.show(at(done))
        view.show(at(100, phase=Phase.DIAGNOSING))
        view.show(at(100, phase=Phase.DONE))
    lines = lines_of(capsys)
    assert lines[0] == "loading …"
    assert [line.split()[0] for line in lines[1:-1]] == [str(n) for n in range(10, 101, 10)]
    assert lines[1].startswith(" 10 %  10/100 trials · ")
    assert lines[1].endswith(" s left")
    assert "left" not in lines[-2]
    assert lines[-1] == "diagnosing …"


def test_plain_lines_come_every_five_seconds_and_more_rarely_in_a_long_run(capsys) -> None:
    clock = Clock()
    view = PlainView(clock)
    for _ in range(60):
        clock.now += 1
        view.show(at(1))
    assert len(lines_of(capsys)) == 12
    clock.now = 10_000.0
    view.show(at(1))
    clock.now += 100
    view.show(at(1))
    assert len(lines_of(capsys)) == 1


@pytest.mark.parametrize("kind", [PlainView, QuietView])
def test_notes_are_always_said(capsys, kind) -> None:
    with kind() as view:
        view.show(at(5))
        view.say("Something happened.")
    assert lines_of(capsys)[-1:] == ["Something happened."]


@pytest.fixture
def terminal(monkeypatch) -> Console:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr(module, "stderr", lambda: console)
    return console


def test_the_live_view_fits_80_columns_and_cleans_up(terminal, monkeypatch) -> None:
    with LiveView() as view:
        view.show(at(0, phase=Phase.LOADING))
        progress = at(
            85, diverged=11, running=4, fraction=0.5, best_number=37, best_error=0.0423,
            validation_rows=100_000,
        )  # fmt: skip
        view.show(progress)
        drawn = Console(file=io.StringIO(), width=80)
        drawn.print(view._picture())
        view.say("A note\x1b[2J.")
    bar, numbers = drawn.file.getvalue().splitlines()
    assert len(bar) <= 80
    assert "training" in bar
    assert "96/100 trials" in bar
    assert numbers.strip() == "best 4.2 % (4.1–4.4 %), trial 37 · 11 diverged"
    written = terminal.file.getvalue()
    assert "A note\\x1b[2J." in written
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h") == 1, "the cursor comes back"


def test_the_view_fits_stderr(terminal, monkeypatch) -> None:
    assert isinstance(progress_view(quiet=True), QuietView)
    assert isinstance(progress_view(quiet=False), LiveView)
    monkeypatch.setattr(module, "stderr", lambda: Console(file=io.StringIO()))
    assert isinstance(progress_view(quiet=False), PlainView)
    monkeypatch.setenv("TERM", "dumb")
    dumb = Console(file=io.StringIO(), force_terminal=True)
    monkeypatch.setattr(module, "stderr", lambda: dumb)
    assert isinstance(progress_view(quiet=False), PlainView)

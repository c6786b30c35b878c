import io

import pytest
from netclinic.cli import progress_view as module
from netclinic.cli.progress_view import (
    LiveView,
    Pace,
    PlainView,
    QuietView,
    best_text,
    ended_text,
    history_text,
    lines,
    numbers,
    progress_view,
)
from netclinic.cli.sparkline import BestHistory
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
    pace.look(at(15, pruned=20, diverged=5))
    assert pace.speed == 2.0
    assert pace.left is None, "most of this time programs were compiled"
    clock.now = 14.0
    pace.look(at(35, pruned=20, diverged=5))
    assert pace.speed == pytest.approx(40 / 14)
    assert pace.left == 8.0


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
    assert best_text(progress._replace(balanced=True)) == "best 5.0 % balanced error, trial 7"


def test_numbers_leave_out_what_is_not_known() -> None:
    pace = Pace(Clock())
    assert numbers(at(), pace) == []
    pace.speed = 123.4
    assert numbers(at(diverged=2), pace) == ["2 diverged", "123 trials/s"]
    both = at(pruned=12, diverged=2)
    assert numbers(both, pace) == ["12 pruned", "2 diverged", "123 trials/s"]
    assert ended_text(both) == "14/100 trials"
    pace.speed = 0.456
    assert numbers(at(), pace) == ["0.46 trials/s"]
    assert numbers(at(device_use=0.974), pace) == ["0.46 trials/s", "devices 97 % busy"]


def test_lines_are_filled_in_order() -> None:
    assert lines(["one", "two", "three"], 9) == ["one · two", "three"]
    assert lines(["longer than that", "two"], 9) == ["longer than that", "two"]
    assert lines([], 9) == []


def test_the_history_begins_with_the_second_trial() -> None:
    one = BestHistory().look(1, 0.5)
    assert history_text(BestHistory(), 80) == history_text(one, 80) == ""
    assert history_text(one.look(3, 0.25), 80) == "50.0 % ██▁ 25.0 %"


def test_the_history_fits_its_line() -> None:
    long = BestHistory().look(1, 0.5).look(900, 0.25).look(1000, 0.125)
    assert history_text(long, 80) == f"50.0 % {'█' * 21}▅▅▁ 12.5 %"
    assert len(history_text(long, 20)) == 20
    assert [history_text(long, width) for width in (15, 5, 0)] == ["", "", ""]


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


def test_each_of_several_studies_is_counted_from_its_beginning(capsys) -> None:
    clock = Clock()
    view = PlainView(clock)
    for _ in range(2):
        view.show(at(0, phase=Phase.LOADING))
        for done in (0, 50, 100):
            clock.now += 5
            view.show(at(done))
        view.show(at(100, phase=Phase.DIAGNOSING))
    lines = lines_of(capsys)
    assert len(lines) == 10
    assert lines[:5] == lines[5:]


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


LATE = at(
    85, diverged=11, running=4, fraction=0.5, best_number=37, best_error=0.0423,
    validation_rows=100_000,
)  # fmt: skip


def drawn(view: LiveView, width: int) -> list[str]:
    """What the view shows after a few looks; its notes are not among it."""
    for completed, best in ((0, None), (4, 0.9), (12, 0.21), (30, 0.06)):
        view.show(at(completed, best_error=best, best_number=1, validation_rows=100_000))
    view.show(LATE)
    console = Console(file=io.StringIO(), width=width)
    console.print(view._picture())
    return console.file.getvalue().splitlines()


def test_the_live_view_fits_80_columns_and_cleans_up(terminal) -> None:
    with LiveView() as view:
        view.show(at(0, phase=Phase.LOADING))
        loading = Console(file=io.StringIO(), width=80)
        loading.print(view._picture())
        picture = drawn(view, 80)
        view.say("A note\x1b[2J.")
    assert loading.file.getvalue()[1:].startswith(" loading "), "the word stands at the spinner"
    bar, below, history = picture
    assert len(bar) <= 80
    assert "training" in bar
    assert "96/100 trials" in bar
    assert bar.rstrip().endswith(" left")
    assert below.strip().startswith("best 4.2 % (4.1–4.4 %), trial 37 · 11 diverged · ")
    assert below.endswith(" trials/s")
    assert history == f"  90.0 % ██▅▅▅▅{'▂' * 17}▁ 4.2 %"
    written = terminal.file.getvalue()
    assert "A note\\x1b[2J." in written
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h") == 1, "the cursor comes back"


def test_a_narrow_live_view_has_more_lines_and_loses_nothing(terminal) -> None:
    terminal.width = 40
    with LiveView() as view:
        picture = drawn(view, 40)
    text = "\n".join(picture)
    assert max(map(len, picture)) <= 40
    for part in ("96/100 trials", " left", "trial 37", "11 diverged", "trials/s", "▁ 4.2 %"):
        assert part in text
    assert "…" not in text


def test_without_block_characters_there_is_no_sparkline(monkeypatch) -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", errors="backslashreplace")
    console = Console(file=file, force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr(module, "stderr", lambda: console)
    with LiveView() as view:
        bar, below = drawn(view, 80)
    assert bar[0] in "-\\|/"
    assert below.startswith("  best 4.2 % (4.1-4.4 %), trial 37 | 11 diverged | ")
    console.file.flush()
    assert b"\\u2801" not in file.buffer.getvalue(), "no escaped spinner"


def test_the_view_fits_stderr(terminal, monkeypatch) -> None:
    assert isinstance(progress_view(quiet=True), QuietView)
    assert isinstance(progress_view(quiet=False), LiveView)
    monkeypatch.setattr(module, "stderr", lambda: Console(file=io.StringIO()))
    assert isinstance(progress_view(quiet=False), PlainView)
    monkeypatch.setenv("TERM", "dumb")
    dumb = Console(file=io.StringIO(), force_terminal=True)
    monkeypatch.setattr(module, "stderr", lambda: dumb)
    assert isinstance(progress_view(quiet=False), PlainView)

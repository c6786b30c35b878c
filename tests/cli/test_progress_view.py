import io

import pytest
from netclinic.cli import progress_view as module
from netclinic.cli.progress_view import LiveView, PlainView, QuietView, progress_view
from netclinic.search import Phase
from rich.console import Console

from .test_progress_text import Clock, at


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

"""How far a study is, in words."""

import pytest
from netclinic.cli.progress_text import Pace, best_text, ended_text, history_text, lines, numbers
from netclinic.cli.sparkline import BestHistory
from netclinic.search import Phase, Progress


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

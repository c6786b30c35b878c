import math

from hypothesis import given
from hypothesis import strategies as st
from netclinic.cli.sparkline import BLOCKS, BestHistory, log_scaled, sparkline

NUMBERS = st.floats(-1e300, 1e300)
GAPS = st.sampled_from([None, math.nan, math.inf, -math.inf])
ERRORS = st.floats(0, 1)
WIDTHS = st.integers(1, 40)


@given(st.lists(NUMBERS | GAPS), WIDTHS)
def test_every_value_has_its_character_and_every_gap_its_blank(values, width) -> None:
    line = sparkline(values, width)
    assert len(line) == min(len(values), width)
    if len(values) <= width:
        gaps = [v is None or not math.isfinite(v) for v in values]
        assert [c == " " for c in line] == gaps
    assert set(line) <= {*BLOCKS, " "}


@given(st.lists(NUMBERS, min_size=2, max_size=40))
def test_bars_are_ordered_like_their_values(values) -> None:
    heights = [BLOCKS.index(c) for c in sparkline(values, 40)]
    by_value = [height for _, height in sorted(zip(values, heights, strict=True))]
    assert by_value == sorted(heights)
    assert min(heights) == 0
    assert max(heights) == (len(BLOCKS) - 1 if max(values) > min(values) else 0)


@given(st.lists(ERRORS, min_size=1, max_size=300), WIDTHS)
def test_the_newest_is_at_the_right_and_the_lowest_of_a_falling_row(values, width) -> None:
    falling = log_scaled(sorted(values, reverse=True))
    heights = [BLOCKS.index(c) for c in sparkline(falling, width)]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == 0


def test_equal_ratios_are_equal_steps_on_the_log_scale() -> None:
    assert sparkline(log_scaled([2.0**-i for i in range(8)]), 8) == BLOCKS[::-1]
    assert sparkline(log_scaled([0.5, 0.25, 0.0]), 8) == "█▅▁"
    assert sparkline(log_scaled([0.0, 0.0]), 8) == "▁▁"


@given(st.lists(st.tuples(st.integers(0, 20), st.none() | ERRORS), max_size=30), WIDTHS)
def test_the_history_is_the_running_best_of_its_looks(looks, width) -> None:
    history, ended, best = BestHistory(), 0, None
    after: dict[int, float] = {}  # by trials ended, the best error at the last look there
    for more, error in looks:
        ended += more
        if error is not None:
            best = error if best is None else min(best, error)
        history = history.look(ended, best)
        if best is not None:
            after[ended] = best
    trials = range(min(after), ended + 1) if after else ()
    known = [after[max(m for m in after if m <= n)] for n in trials]
    assert history.values(10_000) == known
    few = history.values(width)
    assert len(few) == min(width, len(known))
    assert few[-1:] == known[-1:]
    assert len(history.starts) == len(history.errors) <= len(looks)


def test_the_history_takes_no_step_back() -> None:
    history = BestHistory().look(5, 0.2)
    assert history.look(3, 0.4) == history
    assert history.look(6, math.nan).values(9) == [0.2, 0.2]

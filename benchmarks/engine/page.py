"""benchmarks/engine.md from the kept results, each row with its own date, load and versions."""

import statistics
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from figures import Figure, Goal, agreement, rated, spread
from measure import saved
from rows import NETCLINIC, ROWS, Row

Results = dict[str, Any]
Measured = Sequence[Mapping[str, Any]]  # one side's rounds


def page() -> str:
    """The whole page."""
    found = {row.name: results for row in ROWS.values() if (results := saved(row))}
    sections = [section(row, found[row.name]) for row in ROWS.values() if row.name in found]
    missing = [row.title for row in ROWS.values() if row.name not in found]
    summary = "\n".join(
        goal_line(row, goal, found[row.name])
        for row in ROWS.values()
        if row.name in found
        for goal in row.goals
    )
    missing_text = f"\nNot measured yet: {'; '.join(missing)}.\n" if missing else ""
    return f"""# The engine beside its peers

Written by `make bench-engine`; `make bench-engine ONLY=ROW` measures one row anew and leaves the
others as they were. In each round every side runs once, in turn, in a fresh process. Ratios are
those of the medians, ranges those of the rounds. Where the load before a row (1, 5, 15 minutes) is
well above 0, others were running too: then its ratios are rough, and its seconds more so.

| row | what | goal | measured | by round | |
|---|---|---|---|---|---|
{summary}
{missing_text}
{"".join(sections)}
The peers are in [peers](peers), pinned in [requirements.txt](peers/requirements.txt); the programs
that measure are in [engine](engine), and what they measured in [engine/results](engine/results).

The time to the full search's best error with pruning is in [pruning.md](pruning.md).
"""


def section(row: Row, results: Results) -> str:
    """One row."""
    sides = results["sides"]
    load = [", ".join(f"{x:.2f}" for x in results[f"load_{when}"]) for when in ("before", "after")]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    conditions = (
        f"{results['date']}, {results['machine']}, {versions}; rounds: "
        f"{len(next(iter(sides.values())))}. "
        f"Load before {load[0]}; after {load[1]}."
    )
    reached = "\n".join(f"- {sentence(goal, goal.figure(sides))}" for goal in row.goals)
    return f"""## {row.title}

{filled(f"`{row.name}`: {row.workload.told}.")}

{filled(row.told)}

{table(sides)}
{passed(sides)}
{reached}
{agreements(sides)}
{filled(conditions)}

"""


def filled(paragraph: str) -> str:
    """A paragraph in lines of at most 100 characters."""
    return textwrap.fill(paragraph, 100, break_long_words=False, break_on_hyphens=False)


def table(sides: Mapping[str, Measured]) -> str:
    """What each side took, and how its trials came out: the columns that any side can fill."""
    shown = [
        columns
        for columns in COLUMNS
        if any(columns.needs in measurements[0] for measurements in sides.values())
    ]
    names = ["side", *(name for columns in shown for name in columns.names)]
    lines = [cells(names), "|" + "---|" * len(names)]
    for name, measurements in sides.items():
        texts = [name]
        for columns in shown:
            known = columns.needs in measurements[0]
            texts += columns.texts(measurements) if known else [""] * len(columns.names)
        lines.append(cells(texts))
    return "\n".join(lines)


def cells(texts: Sequence[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(texts)} |"


def times(measurements: Measured) -> list[str]:
    """Seconds and CPU seconds, the median and the range of each."""
    texts = []
    for measured in ("seconds", "cpu_seconds"):
        if measured not in measurements[0]:
            texts += ["", ""]
            continue
        found = spread(measurements, measured)
        digits = 2 if found.value >= 1 else 3
        texts += [f"{found.value:.{digits}f}", f"{found.low:.{digits}f}–{found.high:.{digits}f}"]
    return texts


def paces(measurements: Measured) -> list[str]:
    """Milliseconds a trial, and the memory."""
    pace, memory = (spread(measurements, key) for key in ("seconds_a_trial", "resident_bytes"))
    between = f"{1e3 * pace.low:.2f}–{1e3 * pace.high:.2f}"
    return [f"{1e3 * pace.value:.2f}", between, f"{memory.value / 2**20:.0f}"]


def speeds(measurements: Measured) -> list[str]:
    """Operations a second and a CPU second."""
    found = rated(measurements)
    return [f"{spread(found, key).value / 1e9:.0f}" for key in ("speed", "cpu_speed")]


def outcomes(measurements: Measured) -> list[str]:
    """How the trials came out, by the first round."""
    every = measurements[0]["validation_errors"]
    errors = [e for e in every if e is not None]
    mean, best = 100 * sum(errors) / len(errors), 100 * min(errors)
    return [str(len(every)), str(len(every) - len(errors)), f"{mean:.2f} %", f"{best:.2f} %"]


class Columns(NamedTuple):
    """Columns of a row's table, shown where a side has measured what they need."""

    needs: str
    names: tuple[str, ...]
    texts: Callable[[Measured], list[str]]  # one a column


COLUMNS = (
    Columns("seconds", ("median s", "range", "median CPU s", "range"), times),
    Columns("seconds_a_trial", ("ms a trial", "range", "resident MiB"), paces),
    Columns("flops", ("GFLOP/s", "GFLOP a CPU second"), speeds),
    Columns("validation_errors", ("trials", "diverged", "mean validation error", "best"), outcomes),
)


def passed(sides: Mapping[str, Measured]) -> str:
    """Where the time to a place went, for rows whose runs looked at the clock on the way."""
    lines = []
    for name, measurements in sides.items():
        for place in measurements[0].get("places", {}):
            seen = [measurement["places"][place] for measurement in measurements]
            medians = [statistics.median(times) for times in zip(*seen, strict=True)]
            lines.append(cells([name, place, *(f"{median:.2f}" for median in medians)]))
    if not lines:
        return ""
    head = cells(["side", "passed", "median s from the start", "of them in imports so far"])
    return "\n".join(["", head, "|---|---|---|---|", *lines, ""])


def agreements(sides: Mapping[str, Measured]) -> str:
    """How the final errors of each peer compare with ours."""
    ours = sides.get(NETCLINIC, [{}])[0]
    lines = []
    for name, measurements in sides.items():
        for split in ("validation", "training"):
            if name != NETCLINIC and f"{split}_errors" in measurements[0]:
                found = agreement(ours[f"{split}_errors"], measurements[0][f"{split}_errors"])
                lines.append(f"- final {split} error, ours − that of {name}: {found}")
    return "\n".join([*lines, ""])


def sentence(goal: Goal, figure: Figure) -> str:
    """A goal and what became of it."""
    said = "reached" if goal.reached(figure) else "not reached"
    return (
        f"{goal.what}: **{number(figure.value, goal)}**, by round {number(figure.low, goal)} to "
        f"{number(figure.high, goal)}; the goal, {limit(goal)}, is {said}"
    )


def goal_line(row: Row, goal: Goal, results: Results) -> str:
    """A goal's line in the table at the top."""
    figure = goal.figure(results["sides"])
    said = "reached" if goal.reached(figure) else "**not reached**"
    between = f"{number(figure.low, goal)} to {number(figure.high, goal)}"
    return (
        f"| {row.name} | {goal.what} | {limit(goal)} | {number(figure.value, goal)} | {between} "
        f"| {said} |"
    )


def limit(goal: Goal) -> str:
    """The goal's limit with its direction."""
    return f"{'≤' if goal.at_most else '≥'} {goal.limit:g} {goal.unit}"


def number(value: float, goal: Goal) -> str:
    """A figure in the goal's unit."""
    return f"{value:.2f} {goal.unit}"

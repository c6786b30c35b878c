"""Learning curves against what more rows bring in truth: writes benchmarks/learning_curve.md.

Run: make bench-learning-curve. Each study has few training rows and is measured as
measure_learning_curve does. Then its winner is trained on 2, 4 and 8 times the rows, drawn from
many that the study never saw, in as many steps and in as many epochs, and judged on many rows.
"""

import argparse
import datetime
import os
import platform
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path(__file__).parent / "learning_curve.md"
TRIALS = 16  # of a search
REPEATS = 10  # at each size
TRUE_REPEATS = 16  # trainings that tell the truth at each number of rows
TIMES = (2, 4, 8)
_EACH = " | ".join(f"{times} × held | off | wide" for times in TIMES)
HEAD = f"| problem | forecast | {_EACH} |\n|{'---|' * (2 + 3 * len(TIMES))}"
BATCH, EPOCHS = 16, 20
SPEC = """
study = {name = "few", trials = TRIALS}
data = {source = "few.npz", test = 0.5TASK}
network = {hidden = [WIDTH]}
training = {epochs = EPOCHS, batch_size = BATCH}
diagnosis = {bayes_error = FLOOR, regions = false, vital_signs = false}
"""


class Problem(NamedTuple):
    """Rows that can be drawn without end, or nearly so."""

    name: str
    draw: Callable[[Any, int], tuple[Any, Any]]  # (random, n) → x (n, features), y (n,)
    floor: float  # the Bayes error, or the noise's variance
    rows: int  # of the training split, about
    width: int = 32  # of the hidden layer
    regression: bool = False


def twonorm(random: Any, n: int) -> tuple[Any, Any]:
    """Breiman (1996): two normal classes in 20 dimensions."""
    import numpy as np

    y = random.integers(0, 2, n)
    return random.normal(size=(n, 20)) + np.where(y, 1, -1)[:, None] * 2 / np.sqrt(20), y


def friedman1(random: Any, n: int) -> tuple[Any, Any]:
    """Friedman (1991): a smooth function of 5 of 10 columns, and noise of variance 1."""
    import numpy as np

    x = random.random((n, 10))
    smooth = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    return x, smooth + 10 * x[:, 3] + 5 * x[:, 4] + random.normal(size=n)


def checkerboard(random: Any, n: int) -> tuple[Any, Any]:
    """Three by three fields of two classes, one label of ten flipped."""
    x = random.random((n, 2)) * 3
    y = x.astype(int).sum(axis=1) % 2
    return x, y ^ (random.random(n) < 0.1)


def mixture(random: Any, n: int) -> tuple[Any, Any]:
    """Four classes of three normal clusters each in 10 dimensions, one label of ten redrawn."""
    import numpy as np

    centres = np.random.default_rng(5).normal(size=(12, 10)) * 1.5
    of = random.integers(0, 12, n)
    y = np.where(random.random(n) < 0.1, random.integers(0, 4, n), of % 4)
    return centres[of] + random.normal(size=(n, 10)), y


PROBLEMS = (
    Problem("twonorm", twonorm, 0.0228, 256, 16),
    Problem("mixture of 12 clusters", mixture, 0.075, 512),
    Problem("checkerboard", checkerboard, 0.1, 512),
    Problem("friedman1", friedman1, 1.0, 256, regression=True),
)


class Result(NamedTuple):
    """A curve, and what is true."""

    curve: Any
    steps: dict[int, float]  # times → the mean error in truth, in as many steps
    epochs: dict[int, float]  # the same in as many epochs


def write(place: Path, problem: Problem, seed: int) -> None:
    """The study's own rows: half are test rows, a fifth validation rows."""
    import numpy as np

    random = np.random.default_rng((seed, 0))
    x, y = problem.draw(random, round(problem.rows / 0.3))
    np.savez(place / "few.npz", x=x.astype(np.float32), y=y)


def measured(problem: Problem, seed: int) -> Result:
    """A study, its learning curve and the truth."""
    from netclinic.search import measure_learning_curve, parse_spec, run_study

    task = ', task = "regression"' if problem.regression else ""
    text = SPEC.replace("TASK", task).replace("WIDTH", str(problem.width))
    text = text.replace("TRIALS", str(TRIALS)).replace("EPOCHS", str(EPOCHS))
    text = text.replace("BATCH", str(BATCH)).replace("FLOOR", str(problem.floor))
    with tempfile.TemporaryDirectory() as it:
        place = Path(it)
        write(place, problem, seed)
        url = f"sqlite:///{place}/trials.db"
        overrides = [f"study.seed={seed}", f'data.source="{place}/few.npz"']
        loaded = parse_spec(text, file="", folder=place, overrides=overrides)
        for _ in run_study(loaded, url, place / "out", threading.Event()):
            pass
        walk = measure_learning_curve("few", url, place / "out", threading.Event(), repeats=REPEATS)
        *_, last = walk
        truth = {times: true_errors(problem, url, times) for times in TIMES}
    steps, epochs = ({times: it[k] for times, it in truth.items()} for k in (0, 1))
    return Result(last.curve, steps, epochs)


def true_errors(problem: Problem, url: str, times: int) -> tuple[float, float]:
    """The mean test error of the winner on so many times the rows: in as many steps, and epochs."""
    import numpy as np
    from netclinic.datasets.dataset import Split
    from netclinic.models.filling import Trial
    from netclinic.models.lane_plan import plan_lanes
    from netclinic.models.lane_rows import place_rows
    from netclinic.models.lanes import Lanes
    from netclinic.models.signature import Subset
    from netclinic.search.study_start import reopen_study
    from netclinic.search.trial_shape import trial_hyperparameters, trial_signature
    from netclinic.storage import TrialStore

    with TrialStore(url) as store:
        winner = store.load_study("few", curves_of=0).best()
        study = reopen_study("few", store, trials=None, timeout=None)
    assert winner is not None
    data = study.dataset
    own = len(data.train.labels)
    rows, steps = times * own, own // BATCH
    # Of the many rows each training draws its own.
    pool, judges = (fresh(problem, data, n, k) for n, k in ((TRUE_REPEATS * rows, 1), (40_000, 2)))
    signature = trial_signature(study.spec, data, winner.parameters)
    plan = plan_lanes(TRUE_REPEATS, None)
    placed = place_rows(pool, Split(*(part[:64] for part in judges)), judges, plan)
    hyper = trial_hyperparameters(study.spec, winner.parameters)
    trials = {k: Trial(winner.number, hyper, 30_000 + k) for k in range(TRUE_REPEATS)}
    unit = data.target.scale**2 if data.target else 1.0

    def error(epochs: int) -> float:
        of_many = signature._replace(epochs=epochs, subset=Subset(rows, EPOCHS, steps))
        lanes = Lanes(of_many, placed, plan, study.spec.study.seed, epochs)
        state, _ = lanes.train_segment(lanes.fill(lanes.empty(), trials))
        return unit * float(np.mean(lanes.test(state).error))

    return error(round(EPOCHS * steps / (rows // BATCH)) or 1), error(EPOCHS)


def fresh(problem: Problem, data: Any, n: int, k: int) -> Any:
    """Rows that the study never saw, scaled as its own were."""
    import numpy as np
    from netclinic.datasets.dataset import Split

    x, y = problem.draw(np.random.default_rng((9, k)), n)
    scaled = (x - data.preprocessing.mean) / data.preprocessing.scale
    labels = y.astype(np.int32)
    if data.target is not None:
        labels = ((y - data.target.mean) / data.target.scale).astype(np.float32)
    return Split(scaled.astype(np.float32), labels)


def row(name: str, results: Sequence[Result], truths: Sequence[dict[int, float]]) -> str:
    """A problem's line of a table, beside the truth of one kind."""
    import numpy as np

    told = [
        (it.curve, true) for it, true in zip(results, truths, strict=True) if it.curve.forecasts
    ]
    cells = [name, f"{len(told)} of {len(results)}"]
    for place, times in enumerate(TIMES):
        if not told:
            cells += ["–"] * 3
            continue
        each = [(curve.forecasts[place], true[times]) for curve, true in told]
        held = sum(it.low <= true <= it.high for it, true in each)
        off = np.median([abs(it.error - true) / true for it, true in each])
        as_now = np.median(
            [abs(curve.points[-1].test_error - true[times]) / true[times] for curve, true in told]
        )
        wide = np.median([(it.high - it.low) / true for it, true in each])
        cells += [f"{held}", f"{100 * off:.0f} ({100 * as_now:.0f})", f"{100 * wide:.0f}"]
    return f"| {' | '.join(cells)} |"


def table(results: dict[str, list[Result]], kind: str) -> str:
    """Beside the truth "steps" or "epochs"."""
    every = {**results, "all": [it for of_problem in results.values() for it in of_problem]}
    return "\n".join(
        row(name, of_problem, [getattr(it, kind) for it in of_problem])
        for name, of_problem in every.items()
    )


def page(results: dict[str, list[Result]], load: Sequence[float]) -> str:
    """benchmarks/learning_curve.md."""
    import jax

    every = [it for of_problem in results.values() for it in of_problem]
    refused = [it.curve.refused for it in every if it.curve.refused]
    why = ", ".join(f"{refused.count(it)} {it}" for it in sorted(set(refused))) or "none"
    loads = (", ".join(f"{value:.2f}" for value in it) for it in (load, os.getloadavg()))
    sizes = "; ".join(f"{it.name} {it.rows}" for it in PROBLEMS)
    return f"""# Learning curves and what more rows bring

Written by `make bench-learning-curve`; the next run overwrites it.

{datetime.date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, jax
{jax.__version__}. Load averages (1, 5, 15 minutes) before: {next(loads)}; after: {next(loads)}.

{len(every) // len(results)} studies of each problem, each with other rows, draws and weights, of
{TRIALS} random trials and few training rows ({sizes}). The
learning curve of each winner has {REPEATS} trainings at each of 7 numbers of rows. The truth is the
mean of {TRUE_REPEATS} trainings of the winner on 2, 4 and 8 times the rows, which the study never
saw, judged on 40,000 rows.

*Forecast*: how many curves were carried on; the others were refused ({why}).
Then for 2, 4 and 8 times the rows: how many of the 95 % intervals held the truth; by how many per
cent of it the forecast was off, median (in brackets: the error with the rows there were, taken for
it); and how wide the interval was, per cent of the truth, median.

## In as many epochs

As who has more rows trains: with 2, 4 and 8 times the steps.

{HEAD}
{table(results, "epochs")}

## In as many steps

As near as whole epochs come to them: with 8 times 256 rows and 4 times 512 there are 2 in place of
2.5, with 8 times 512 rows 1 in place of 1.25.

{HEAD}
{table(results, "steps")}
"""


def main() -> None:
    """Measure, and write the page."""
    from netclinic.models.devices import prepare_devices

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--studies", type=int, default=20, help="of each problem")
    given = parser.parse_args()
    load = os.getloadavg()
    prepare_devices()
    results: dict[str, list[Result]] = {}
    for it in PROBLEMS:
        results[it.name] = []
        for seed in range(1, given.studies + 1):
            results[it.name].append(measured(it, seed))
        print(table({it.name: results[it.name]}, "epochs"), flush=True)
    PAGE.write_text(page(results, load))


if __name__ == "__main__":
    main()

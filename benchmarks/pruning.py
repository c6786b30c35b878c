"""Time until the best error of a search without pruning, with and without: benchmarks/pruning.md.

Run: make bench-pruning. 64 digits trials, many seeds, short and long trainings. Each run is a fresh
process; the searches of one seed take turns.
"""

import argparse
import datetime
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
GOAL = 0.4  # of the time without pruning
SPEC = """
study = {name = "pruning", trials = 64}
data = {source = "digits"}
"""
EPOCHS = (20, 100)  # of a whole training


COLUMNS = (
    "search",
    "reach, median",
    "range",
    "never",
    "other winner",
    "lost, validation",
    "lost, test",
    "time in all",
    "epochs trained",
)
HEAD = f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|"


class Search(NamedTuple):
    """One way to search."""

    name: str
    pruning: str  # the table [pruning] in TOML; N is a tenth of the epochs


FULL = Search("no pruning", '{kind = "none"}')
PRUNED = (
    Search("median", '{kind = "median"}'),
    Search("halving", '{kind = "halving"}'),
    Search("halving, window 4", '{kind = "halving", window = 4}'),
    Search("halving, window 4, earlier", '{kind = "halving", window = 4, min_epochs = N}'),
)


class Found(NamedTuple):
    """What one search found, and when."""

    history: list[tuple[float, float]]  # (seconds, best validation error) at each improvement
    winner: int  # trial number
    best_error: float
    test_error: float
    seconds: float  # from the first compiled segment to the last
    epochs: int  # trained in all


def search(pruning: str, epochs: int, seed: int) -> Found:
    """Run one search in this process."""
    from netclinic.models.devices import prepare_devices

    prepare_devices()
    from netclinic.search import Phase, parse_spec, run_study
    from netclinic.storage import TrialStore

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'trials.db'}"
        changes = [f"study.seed={seed}", f"training.epochs={epochs}"]
        text = f"{SPEC}pruning = {pruning.replace('N', str(epochs // 10))}\n"
        loaded = parse_spec(text, file="", folder=folder, overrides=changes)
        began = None
        history: list[tuple[float, float]] = []
        now = 0.0
        for progress in run_study(loaded, url, folder / "out", threading.Event()):
            if progress.phase is not Phase.TRAINING:
                continue
            # The first segment is the start: it shows that everything is compiled.
            began = time.perf_counter() if began is None else began
            now = time.perf_counter() - began
            error = progress.best_error
            if error is not None and (not history or error < history[-1][1]):
                history.append((now, error))
        with TrialStore(url) as store:
            study = store.load_study("pruning")
    best = study.best()
    assert best is not None
    assert best.result is not None
    assert best.value is not None
    assert best.result.test_error is not None
    trained = sum(t.result.epochs for t in study.trials if t.result)
    return Found(history, best.number, best.value, best.result.test_error, now, trained)


def reached(found: Found, error: float) -> float:
    """Seconds until the best error was ``error`` or lower; infinite if it never was."""
    return next((seconds for seconds, best in found.history if best <= error), math.inf)


def fresh(one: Search, epochs: int, seed: int) -> Found:
    """Run one search in a process of its own."""
    numbers = ["--epochs", str(epochs), "--seed", str(seed)]
    command = [sys.executable, __file__, "--search", one.pruning, *numbers]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Found(*json.loads(done.stdout))


def row(one: Search, found: list[Found], full: list[Found]) -> str:
    """A search's line of the table."""
    pairs = list(zip(found, full, strict=True))
    reach = [reached(p, f.best_error) / reached(f, f.best_error) for p, f in pairs]
    middle = statistics.median(reach)
    finite = [r for r in reach if math.isfinite(r)]
    lost = statistics.mean(p.best_error - f.best_error for p, f in pairs)
    test = statistics.mean(p.test_error - f.test_error for p, f in pairs)
    seconds = statistics.median(p.seconds / f.seconds for p, f in pairs)
    epochs = statistics.median(p.epochs / f.epochs for p, f in pairs)
    cells = [
        one.name,
        f"{middle:.2f}" if math.isfinite(middle) else "never",
        f"{min(finite):.2f}–{max(finite):.2f}" if finite else "–",
        f"{len(reach) - len(finite)} of {len(reach)}",
        f"{sum(p.winner != f.winner for p, f in pairs)} of {len(reach)}",
        f"{100 * lost:+.2f}",
        f"{100 * test:+.2f}",
        f"{seconds:.2f}",
        f"{epochs:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def table(epochs: int, results: dict[str, list[Found]]) -> str:
    """The searches of one length of training."""
    full = results[FULL.name]
    rows = "\n".join(row(one, results[one.name], full) for one in PRUNED)
    seconds = statistics.median(f.seconds for f in full)
    best = statistics.median(reached(f, f.best_error) for f in full)
    return f"""## Up to {epochs} epochs

Without pruning a search took {seconds:.2f} s (median) and had its best error after {best:.2f} s.

{HEAD}
{rows}
"""


def page(results: dict[int, dict[str, list[Found]]], load: tuple[float, float, float]) -> str:
    """benchmarks/pruning.md."""
    import jax
    import optuna

    loads = (", ".join(f"{value:.2f}" for value in three) for three in (load, os.getloadavg()))
    specs = "\n".join(f"- {one.name}: `pruning = {one.pruning}`" for one in PRUNED)
    tables = "\n".join(table(epochs, found) for epochs, found in results.items())
    seeds = len(results[EPOCHS[0]][FULL.name])
    return f"""# Time to the best error, with and without pruning

Written by `make bench-pruning`; the next run overwrites it.

{datetime.date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, jax
{jax.__version__}, optuna {optuna.__version__}. Load averages (1, 5, 15 minutes) before:
{next(loads)}; after: {next(loads)}.

64 digits trials, {seeds} seeds; each search is a whole run with its database in a process of its
own, timed from the end of its first segment.

*Reach* is the time until a completed trial is as good as the best of the search without pruning,
divided by the time that search itself took to it; a seed in which that never happens counts as
infinitely long. The goal is a median of at most {GOAL}. *Other winner* counts the seeds in which
the best trial is another one: retraining the same hyperparameters with other weights and
minibatches named another one in 12 of 12 seeds (LOG.md). *Lost* is how much worse the best error is
at the end, in percentage points. *Time in all* and *epochs trained* are shares of the search
without pruning, medians.

{tables}
{specs}

N is a tenth of the epochs; the first judgement is otherwise after a fifth.
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--search", help=argparse.SUPPRESS)
    parser.add_argument("--epochs", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.search:
        print(json.dumps(search(asked.search, asked.epochs, asked.seed)))
        return
    load = os.getloadavg()
    results: dict[int, dict[str, list[Found]]] = {}
    for epochs in EPOCHS:
        found = results[epochs] = {one.name: [] for one in (FULL, *PRUNED)}
        fresh(FULL, epochs, 0)  # compiles
        fresh(PRUNED[0], epochs, 0)
        fresh(PRUNED[-1], epochs, 0)
        for seed in range(asked.seeds):
            for one in (FULL, *PRUNED):
                found[one.name].append(fresh(one, epochs, seed))
                said = f"{epochs} epochs, seed {seed}, {one.name}"
                print(f"{said}: {found[one.name][-1].seconds:.2f} s", flush=True)
    (HERE / "pruning.md").write_text(page(results, load))


if __name__ == "__main__":
    main()

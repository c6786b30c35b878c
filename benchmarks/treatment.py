"""Remedies that do nothing, and those that are known to help: writes benchmarks/treatment.md.

Run: make bench-treatment. First searches that differ by chance alone: one long random search of
each data set, cut into searches of 16 trials, compared two by two as treat_study does. Then planted
diseases, whose remedy is known, and remedies that can only do harm, tried by treat_study itself.
"""

import argparse
import datetime
import os
import platform
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path(__file__).parent / "treatment.md"
TRIALS = 16  # of a search
SEEDS = 8  # fresh ones of a winner
COMMON = """
training = {epochs = EPOCHS, batch_size = 16}
diagnosis = {bayes_error = 0.01, regions = false, vital_signs = false}
"""
# Name, data and network; rows are few, so that the errors are far from 0.
NULLS = {
    "digits": 'data = {source = "digits", train_rows = 300}\nnetwork = {hidden = [32]}',
    "breast_cancer": 'data = {source = "breast_cancer"}\nnetwork = {hidden = [16]}',
    "wine": 'data = {source = "wine", test = 0.4}\nnetwork = {hidden = [8]}',
    "twonorm": 'data = {source = "twonorm", rows = 3000, train_rows = 300, test = 0.6}\n'
    "network = {hidden = [16]}",
    "diabetes": 'data = {source = "diabetes", task = "regression"}\nnetwork = {hidden = [16]}',
}


class Planted(NamedTuple):
    """A study, and what is tried on it."""

    name: str
    spec: str
    remedy: str | None  # as advised; None: the changes
    changes: tuple[str, ...]
    shown: str  # what ought to be shown
    epochs: int = 12


PLANTED = (
    Planted(
        "a network of 2 units",
        'data = {source = "digits", train_rows = 600}\nnetwork = {hidden = [2]}',
        "bigger_network",
        (),
        "helps",
    ),
    Planted(
        "2 epochs",
        'data = {source = "digits", train_rows = 600}\nnetwork = {hidden = [32]}\n'
        "search = {learning_rate = {log = [1e-4, 1e-3]}}",
        None,
        ("training.epochs=30",),
        "helps",
        epochs=2,
    ),
    Planted(
        "60 training rows",
        'data = {source = "digits", train_rows = 60}\nnetwork = {hidden = [32]}',
        None,
        ("data.train_rows=1000",),
        "helps",
    ),
    Planted(
        "inputs of other scales",
        'data = {source = "wine", standardize = false, test = 0.4}\nnetwork = {hidden = [16]}',
        None,
        ("data.standardize=true",),
        "helps",
    ),
    Planted(
        "nothing, and the network made narrow",
        'data = {source = "digits", train_rows = 600}\nnetwork = {hidden = [32]}',
        None,
        ("network.hidden=[2]",),
        "harms",
    ),
    Planted(
        "nothing, and dropout of nine tenths",
        'data = {source = "digits", train_rows = 600}\nnetwork = {hidden = [32]}',
        None,
        ("search.dropout=0.9",),
        "harms",
    ),
)

# Studies that are given a diagnosis with predictions: what varies is told by their rows and widths.
PREDICTED = {
    "digits, 100 rows": 'data = {source = "digits", train_rows = 100}\nnetwork = {hidden = [32]}',
    "digits, 200 rows": 'data = {source = "digits", train_rows = 200}\nnetwork = {hidden = [32]}',
    "digits, 4 units": 'data = {source = "digits", train_rows = 500}\nnetwork = {hidden = [4]}',
    "friedman1, 200 rows": 'data = {source = "friedman1", task = "regression", rows = 3000, '
    "train_rows = 200, test = 0.5}\nnetwork = {hidden = [32]}",
}
AT_MOST = 3  # remedies of a study that are tried


def run(text: str, folder: Path, *overrides: str) -> str:
    """Run a study to its end; the database's address."""
    from netclinic.search import parse_spec, run_study

    url = f"sqlite:///{folder}/trials.db"
    loaded = parse_spec(text, file="", folder=folder, overrides=overrides)
    for _ in run_study(loaded, url, folder / "out", threading.Event()):
        pass
    return url


def searches_alike(name: str, count: int) -> list[Any]:
    """Comparisons of so many pairs of searches that differ by chance alone."""
    from netclinic.diagnostics.studies.treated import JudgedRows, Tried, compare_winners
    from netclinic.search.fresh_seeds import train_fresh
    from netclinic.search.study_start import reopen_study
    from netclinic.storage import TrialStore

    text = f'study = {{name = "long", trials = {2 * count * TRIALS}}}\n{NULLS[name]}{COMMON}'
    found = []
    with tempfile.TemporaryDirectory() as place:
        url = run(text.replace("EPOCHS", "12"), Path(place))
        with TrialStore(url) as store:
            opened = reopen_study("long", store, trials=None, timeout=None)
            whole = store.load_study("long")
            parts = [part_of(whole, k) for k in range(2 * count)]
            for part in parts:
                for _ in train_fresh(opened, part, SEEDS, threading.Event()):
                    pass
            whole = store.load_study("long")
            sides = [(part_of(whole, k), store) for k in range(2 * count)]
            for first, second in zip(sides[::2], sides[1::2], strict=True):
                both = []
                for part, opened_store in (first, second):
                    winner = part.best()
                    assert winner is not None
                    both += [part, opened_store.fresh_errors(winner.trial_id)]
                rows = JudgedRows(None, None)
                found.append(compare_winners(*both, rows, Tried("own", "")))
    return found


def part_of(whole: Any, k: int) -> Any:
    """The k-th search of a long one, its trials numbered from 0."""
    first = k * TRIALS
    trials = tuple(
        replace(t, number=t.number - first)
        for t in whole.trials
        if first <= t.number < first + TRIALS
    )
    errors = {t.number: it for t in trials if (it := whole.row_errors.get(t.number + first))}
    return replace(whole, trials=trials, row_errors=errors)


def tried(planted: Planted, seed: int) -> Any:
    """What trying the remedy gives, and what was shown of it."""
    from netclinic.search import Folders, Wanted, plan_of, treat_study

    text = f'study = {{name = "sick", trials = {TRIALS}}}\n{planted.spec}{COMMON}'
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        text = text.replace("EPOCHS", str(planted.epochs))
        url = run(text, folder, f"study.seed={seed}")
        plan = plan_of("sick", url, Wanted(planted.remedy, planted.changes))
        folders = Folders(folder / "out", folder / "treated")
        *_, last = treat_study("sick", plan, url, folders, threading.Event(), seeds=SEEDS)
    assert last.treated is not None
    return last.treated


def predicted(name: str, seed: int) -> list[Any]:
    """What trying the first remedies gives for which a gain is predicted."""
    from netclinic.search import Folders, Wanted, plan_of, treat_study
    from netclinic.storage import TrialStore

    text = f'study = {{name = "sick", trials = {TRIALS}}}\n{PREDICTED[name]}{COMMON}'
    text = text.replace("EPOCHS", "20").replace("bayes_error = 0.01, ", "")
    found = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        url = run(text, folder, f"study.seed={seed}")
        with TrialStore(url) as store:
            diagnosis = store.load_study("sick").diagnosis
        assert diagnosis is not None
        advised = [it["kind"] for it in diagnosis["remedies"] if it["change"] and it["gain"]]
        for kind in advised[:AT_MOST]:
            plan = plan_of("sick", url, Wanted(kind))
            folders = Folders(folder / "out", folder / kind)
            *_, last = treat_study("sick", plan, url, folders, threading.Event(), seeds=SEEDS)
            if last.treated is not None:
                found.append(last.treated)
    return found


def measured_fall(record: Any) -> float:
    """By how much the error fell that was predicted to."""
    if record.gain_of == "test":
        return record.lower_by
    return getattr(record, f"{record.gain_of}_error") - getattr(
        record, f"treated_{record.gain_of}_error"
    )


def predicted_row(kind: str, records: Sequence[Any]) -> str:
    """A kind of remedy's line of the table."""
    falls = [measured_fall(it) for it in records]
    within = sum(it.gain_low <= f <= it.gain_high for it, f in zip(records, falls, strict=True))
    above = sum(f > it.gain_high for it, f in zip(records, falls, strict=True))
    below = len(records) - within - above
    helped = sum(it.low > 0 for it in records)
    harmed = sum(it.high < 0 for it in records)
    cells = [f"`{kind}`", *map(str, (len(records), within, below, above, helped, harmed))]
    return f"| {' | '.join(cells)} |"


def effect_of(record: Any, tolerance: float) -> Any:
    """What trying one remedy alone has shown."""
    from netclinic.diagnostics.remedies.tried import tried_remedies
    from netclinic.diagnostics.units import Task

    # Limits of shares end at 1, and no effect depends on that: one task serves all sets.
    return tried_remedies([record], tolerance, Task.CLASSIFICATION)[0].effect


def told_apart(records: Sequence[Any]) -> tuple[int, int, int]:
    """How many winners, pairs, and of both together, were told apart."""
    from netclinic.diagnostics.remedies.tried import Effect

    winners = sum(not it.low <= 0 <= it.high for it in records)
    pairs = sum(it.pairs is not None and not it.pair_low <= 0 <= it.pair_high for it in records)
    effects = [effect_of(it, 0.0) for it in records]
    return winners, pairs, sum(it in (Effect.HELPS, Effect.HARMS) for it in effects)


def null_row(name: str, records: Sequence[Any]) -> str:
    """A data set's line of the table."""
    import numpy as np
    from scipy.stats import beta

    winners, pairs, both = told_apart(records)
    n = len(records)
    high = float(beta.ppf(0.975, both + 1, n - both)) if both < n else 1.0
    scale, digits = (1.0, 0) if name == "diabetes" else (100.0, 1)
    medians = [
        scale * float(np.median([getattr(it, field) for it in records]))
        for field in ("seed_error", "row_error", "search_error", "pair_error")
    ]
    spread = scale * float(np.std([it.lower_by for it in records]))
    cells = [name, f"{n}", f"{winners}", f"{pairs}", f"{both} (to {100 * high:.0f} %)"]
    cells += [f"{it:.{digits}f}" for it in (*medians, spread)]
    return f"| {' | '.join(cells)} |"


def planted_row(planted: Planted, records: Sequence[Any]) -> str:
    """A disease's line of the table."""
    import numpy as np

    effects = [effect_of(it, 0.02).value for it in records]
    counts = ", ".join(f"{it} {effects.count(it)}" for it in sorted(set(effects)))
    changes = records[0].spec_change
    before, after = (
        100 * float(np.mean([getattr(it, field) for it in records]))
        for field in ("error", "treated_error")
    )
    cells = [planted.name, f"`{changes}`", f"{before:.1f}", f"{after:.1f}", planted.shown, counts]
    return f"| {' | '.join(cells)} |"


def page(
    nulls: dict[str, list[Any]],
    planted: dict[str, list[Any]],
    gains: Sequence[Any],
    load: Sequence[float],
) -> str:
    """benchmarks/treatment.md."""
    import jax

    rows = "\n".join(null_row(name, records) for name, records in nulls.items())
    every = [it for records in nulls.values() for it in records]
    winners, pairs, both = told_apart(every)
    diseases = "\n".join(planted_row(it, planted[it.name]) for it in PLANTED)
    seeds = len(next(iter(planted.values())))
    kinds = sorted({it.remedy for it in gains})
    parts = [(kind, [it for it in gains if it.remedy == kind]) for kind in kinds]
    predictions = "\n".join(predicted_row(*part) for part in (*parts, ("all", gains)))
    loads = (", ".join(f"{value:.2f}" for value in it) for it in (load, os.getloadavg()))
    return f"""# Remedies that were tried

Written by `make bench-treatment`; the next run overwrites it.

{datetime.date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, jax
{jax.__version__}. Load averages (1, 5, 15 minutes) before: {next(loads)}; after: {next(loads)}.

## Remedies that do nothing

Searches of {TRIALS} random trials that differ by chance alone, two by two: no draw is shared, which
is more chance than a remedy leaves, whose study draws the same numbers. Each winner was trained
with {SEEDS} fresh seeds. *Winners* and *pairs*: how many of the 95 % intervals are without 0, 5 %
at most; *said*: of how many `netclinic treat` says, of each alone, that it helps or does harm, with
the upper end of its 95 % interval. Then medians of the standard errors, in points (diabetes:
squared units), and how far the differences of the winners in truth scatter on these rows.

| data | compared | winners | pairs | said | seeds | rows | search | pairs | scatter |
|---|---|---|---|---|---|---|---|---|---|
{rows}

Together {winners} and {pairs} of {len(every)} intervals, and {both} of {len(every)} remedies.

## Diseases with a known remedy, and harm

{seeds} seeds, each with other rows, draws and weights; {TRIALS} trials a search. Test errors in %,
means of the winners' fresh seeds; *shown* is what `netclinic treat` said of how many.

| disease | tried | error | with it | ought to be | shown |
|---|---|---|---|---|---|
{diseases}

## What was predicted

The first {AT_MOST} remedies that a change of the spec tries and of which the diagnosis predicts a
gain, of {len(PREDICTED)} kinds of studies with {seeds} seeds each:
{"; ".join(PREDICTED)}.
*Within*, *below* and *above*: where the fall of the error that was predicted to fall (means over
fresh seeds) lies beside the predicted interval, which is a bound: it begins at 0 where nothing
better is known. *Helped* and *harmed*: the winners' 95 % interval of the test error's fall, of each
remedy alone, lies above or below 0.

| remedy | tried | within | below | above | helped | harmed |
|---|---|---|---|---|---|---|
{predictions}
"""


def main() -> None:
    """Run both, and write the page."""
    from netclinic.models.devices import prepare_devices

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=40, help="of searches, of each data set")
    parser.add_argument("--seeds", type=int, default=8, help="of each disease")
    given = parser.parse_args()
    load = os.getloadavg()
    prepare_devices()
    nulls = {}
    for name in NULLS:
        nulls[name] = searches_alike(name, given.pairs)
        print(null_row(name, nulls[name]), flush=True)
    planted = {}
    for it in PLANTED:
        planted[it.name] = [tried(it, seed) for seed in range(1, given.seeds + 1)]
        print(planted_row(it, planted[it.name]), flush=True)
    gains = [
        it
        for name in PREDICTED
        for seed in range(1, given.seeds + 1)
        for it in predicted(name, seed)
    ]
    print(predicted_row("all", gains), flush=True)
    PAGE.write_text(page(nulls, planted, gains, load))


if __name__ == "__main__":
    main()

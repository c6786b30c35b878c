"""Remedies that do nothing, and those that are known to help: writes benchmarks/treatment.md.

Run: make bench-treatment. First searches that differ by chance alone: one long random search of
each data set, cut into searches of 16 trials, compared two by two as treat_study does. Then planted
diseases, whose remedy is known, and remedies that can only do harm, tried by treat_study itself.
"""

import argparse
import os
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from treatment_cases import AT_MOST, COMMON, NULLS, PLANTED, PREDICTED, SEEDS, TRIALS, Planted
from treatment_page import null_row, page, planted_row, predicted_row

PAGE = Path(__file__).parent / "treatment.md"


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

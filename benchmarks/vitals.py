"""Vital signs on planted faults and on healthy runs: writes benchmarks/vitals.md.

Run: make bench-vitals. Each run is one trial, trained as a study trains it; its findings are judged
by themselves. The thresholds were set on the runs of seed 1000, the saddle's on those of seed 0.
The table is of other seeds, with other splits, initial weights, minibatches and learning rates.
"""

import argparse
import datetime
import os
import platform
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
from netclinic.diagnostics.statistics.intervals import clopper_pearson
from netclinic.diagnostics.vital_signs.vital_sign import Sign, learnt_little
from netclinic.diagnostics.vital_signs.vital_signs import vital_signs
from netclinic.models.devices import prepare_devices
from netclinic.models.lane_plan import plan_lanes
from netclinic.search import parse_spec
from netclinic.search.best_curvature import measured_curvature
from netclinic.search.study_data import load_data
from netclinic.search.trainer import Trainer
from netclinic.storage.records.results import TrialResult
from netclinic.storage.records.trials import LaunchedTrial
from vitals_cases import FAULTS, RECIPES, Fault, Recipe

HERE = Path(__file__).parent
HEALTHY = 10  # runs a recipe
PLANTED = 2  # runs a fault
CORES = 2


class Run(NamedTuple):
    """One trial that ended."""

    name: str  # of its recipe, or of the fault
    planted: bool
    signs: tuple[Sign, ...]


def spec_text(recipe: Recipe, seed: int) -> str:
    """The recipe as a spec."""
    return "\n".join(
        [
            f'study = {{name = "vitals", trials = 1, seed = {seed}}}',
            f"data = {{{recipe.data}}}",
            f"network = {{{recipe.network}}}",
            f"training = {{{recipe.training}}}",
            *([f"search = {{{recipe.search}}}"] if recipe.search else []),
        ]
    )


def drawn(recipe: Recipe, random: np.random.Generator) -> dict[str, float]:
    """Parameters of a healthy trial."""
    rate, decay = (
        float(np.exp(random.uniform(*np.log(limits)))) for limits in (recipe.rates, recipe.decays)
    )
    return {"learning_rate": rate, "weight_decay": decay, "momentum": recipe.momentum}


def planted(fault: Fault, random: np.random.Generator) -> dict[str, float]:
    """Parameters of a trial with a fault."""
    healthy = drawn(RECIPES[fault.recipe], random)
    rate = healthy["learning_rate"] * fault.parameters.get("learning_rate", 1.0)
    return {**healthy, **fault.parameters, "learning_rate": rate}


def trained(
    fault: Fault, seed: int, parameters: Sequence[Mapping[str, float]]
) -> list[TrialResult]:
    """Train some trials of one recipe, with what the fault changes in its spec and data."""
    text = spec_text(RECIPES[fault.recipe], seed)
    loaded = parse_spec(text, file="vitals", folder=HERE, overrides=fault.overrides)
    data = load_data(loaded.spec, loaded.folder)
    data = fault.change(data) if fault.change else data
    count, epochs = len(parameters), loaded.spec.training.epochs
    trainer = Trainer(loaded.spec, data, plan_lanes(max(2, count), None), count, epochs)
    trainer.add([LaunchedTrial(place, place, each) for place, each in enumerate(parameters)])
    found = {}
    while trainer.running:
        for look in trainer.step():
            for result in look.results:
                place = result.trial_id
                if learnt_little(result):  # as a study does with its best trial
                    variables = look.variables(place)
                    at = measured_curvature(loaded.spec, data, parameters[place], variables)
                    result = result._replace(curvature=at)
                found[place] = result
    return [found[place] for place in range(count)]


def all_runs(seed: int) -> Iterator[Run]:
    """Train everything; faults that share programs train together."""
    for name, recipe in RECIPES.items():
        random = np.random.default_rng((seed, zlib.crc32(name.encode())))
        results = trained(Fault(name), seed, [drawn(recipe, random) for _ in range(HEALTHY)])
        yield from (Run(name, False, vital_signs(result)) for result in results)
    alike: dict[tuple, list[str]] = {}
    for name, fault in FAULTS.items():
        alike.setdefault((fault.recipe, fault.overrides, fault.change), []).append(name)
    for names in alike.values():
        each = [name for name in names for _ in range(PLANTED)]
        seeds = zip(each, range(len(each)), strict=True)
        parameters = [
            planted(FAULTS[n], np.random.default_rng((seed, zlib.crc32(n.encode()), place)))
            for n, place in seeds
        ]
        results = trained(FAULTS[names[0]], seed, parameters)
        pairs = zip(each, results, strict=True)
        yield from (Run(name, True, vital_signs(result)) for name, result in pairs)


def share(found: int, runs: int) -> str:
    """``95 of 100, 95.0 % (88.7–98.4 %)``, Clopper and Pearson's interval."""
    limits = clopper_pearson(found, runs)
    text = f"{found} of {runs}, {found / runs:.1%} ({limits.low:.1%}–{limits.high:.1%})"
    return text.replace("%", " %")


def page(runs: Sequence[Run], seeds: Sequence[int]) -> str:
    """The whole page."""
    faulty = [run for run in runs if run.planted]
    healthy = [run for run in runs if not run.planted]
    found, alarms = (sum(bool(run.signs) for run in part) for part in (faulty, healthy))
    whole = [n for n in FAULTS if all(run.signs for run in faulty if run.name == n)]
    today = datetime.datetime.now(datetime.UTC).date()
    lines = [
        "# Vital signs on planted faults and healthy runs",
        "",
        f"{today}, {CORES} of {os.cpu_count()} cores ({platform.machine()}), JAX "
        f"{jax.__version__}, Python {platform.python_version()}; "
        f"seeds {', '.join(map(str, seeds))}: `make bench-vitals`. "
        "A run is one trial; it is found where its vital signs give at least "
        "one finding. Thresholds were set on seed 1000, the saddle's on seed 0. Intervals are "
        "Clopper and Pearson's, 95 %, and take runs as independent, though those of one fault are "
        "alike.",
        "",
        "| | found |",
        "|---|---|",
        f"| faulty runs (sensitivity) | {share(found, len(faulty))} |",
        f"| faults of which every run was found | {share(len(whole), len(FAULTS))} |",
        f"| healthy runs (false alarms) | {share(alarms, len(healthy))} |",
        "",
        "| planted fault | runs found | findings (runs, layers) |",
        "|---|---|---|",
        *(_row(name, [r for r in faulty if r.name == name]) for name in FAULTS),
        "",
        "| healthy recipe | false alarms | findings (runs, layers) |",
        "|---|---|---|",
        *(_row(name, [r for r in healthy if r.name == name]) for name in RECIPES),
        "",
    ]
    return "\n".join(lines)


def _row(name: str, runs: Sequence[Run]) -> str:
    kinds: dict[str, list[str]] = {}
    for run in runs:
        for sign in run.signs:
            kinds.setdefault(sign.kind.value, []).append(sign.layer or "")
    told = "; ".join(
        f"{kind} ({len(layers)}{': ' if any(layers) else ''}{', '.join(sorted({*layers} - {''}))})"
        for kind, layers in kinds.items()
    )
    return f"| {name} | {sum(bool(run.signs) for run in runs)} of {len(runs)} | {told or '–'} |"


def main() -> None:
    """Train, judge and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--output", type=Path, default=HERE / "vitals.md")
    arguments = parser.parse_args()
    prepare_devices(CORES)
    runs = []
    for seed in arguments.seeds:
        for run in all_runs(seed):
            runs.append(run)
            right = bool(run.signs) == run.planted
            print("  " if right else "? ", run.name, [s.kind.value for s in run.signs], flush=True)
    arguments.output.write_text(page(runs, arguments.seeds), encoding="utf-8")


if __name__ == "__main__":
    main()

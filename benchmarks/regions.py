"""How often planted regions are found, and how often healthy sets raise a false alarm.

Writes benchmarks/regions.md.
"""

import argparse
import platform
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from netclinic.diagnostics.regions.regions import find_regions, regions_with_rows
from netclinic.diagnostics.statistics.intervals import clopper_pearson
from netclinic.storage.records.regions import RegionRecord, RegionsRecord

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.region_mean_sets import (
    LABELS,
    QUANTITIES,
    healthy_labels,
    healthy_quantity,
    planted_labels,
    planted_quantity,
)
from benchmarks.region_sets import HEALTHY, PLANTED, RegionSet, healthy_set, planted_set

TOLERANCE = 0.02
PAGE = Path(__file__).with_suffix(".md")


def found_in(it: RegionSet) -> RegionsRecord:
    """What is found in a set."""
    return find_regions(it.training, it.held_out, it.columns, TOLERANCE * it.whole, 0)


def reports(found: RegionsRecord) -> list[tuple[str, RegionRecord]]:
    """What is reported, kind by kind."""
    return sorted((kind, region) for region in found.regions for kind in region.reported)


def is_exact(found: RegionsRecord) -> bool:
    """Whether exactly the three planted regions are reported, each told by its own column."""
    columns = {"high_variance": "x0", "high_bias": "x1", "floor": "x2"}
    told = reports(found)
    return sorted(kind for kind, _ in told) == sorted(PLANTED) and all(
        columns[kind] in region.name for kind, region in told
    )


def false_alarms(it: RegionSet) -> tuple[list[str], int]:
    """Reports from a healthy set that are not true, and how many are.

    Noise is true where the best classifier errs more than is tolerated, and more than in the rest.
    """
    found, rows = regions_with_rows(it.training, it.held_out, it.columns, TOLERANCE * it.whole, 0)
    wrong, right = [], 0
    for region, inside in zip(found.regions, rows, strict=True):
        for kind in region.reported:
            here, there = it.floor[inside].mean(), it.floor[~inside].mean()
            if kind == "floor" and here > max(TOLERANCE * it.whole, there):
                right += 1
            else:
                wrong.append(f"{kind} in {region.name}")
    return wrong, right


class Sets(NamedTuple):
    """Planted and healthy sets of one task."""

    planted: Callable[[int, int], RegionSet]  # of a seed and a number of rows
    healthy: Callable[[str, int, int], RegionSet]  # of a kind besides
    kinds: tuple[str, ...]


SETS = {
    "classification": Sets(planted_set, healthy_set, HEALTHY),
    "regression": Sets(planted_quantity, healthy_quantity, QUANTITIES),
    "multilabel": Sets(planted_labels, healthy_labels, LABELS),
}


def measured(task: str, rows: int, planted: Sequence[int], healthy: Sequence[int]) -> Iterator[str]:
    """The rows of the table for a task's sets of so many rows; a set for each seed."""
    sets, started = SETS[task], time.process_time()
    told = [found_in(sets.planted(seed, rows)) for seed in planted]
    exact = sum(map(is_exact, told))
    of_each = Counter(kind for found in told for kind in {k for k, _ in reports(found)})
    more = sum(len(reports(found)) > 3 for found in told)
    low = clopper_pearson(exact, len(told)).low
    each = ", ".join(f"{kind.replace('_', ' ')} {of_each[kind]}" for kind in PLANTED)
    yield (
        f"| {task}: three planted regions | {rows:,} | {len(told)} | {exact} exactly the three "
        f"(95 % interval from {100 * low:.0f} %) | {each}; {more} with more than three |"
    )
    for kind in sets.kinds if healthy else ():
        told_of = [false_alarms(sets.healthy(kind, seed, rows)) for seed in healthy]
        alarms, true = (sum(map(bool, part)) for part in zip(*told_of, strict=True))
        border = f"{true} name a noisy border, rightly" if true else ""
        count = len(healthy)
        yield f"| {task}, healthy: {kind} | {rows:,} | {count} | {alarms} false alarms | {border} |"
    seconds = (time.process_time() - started) / (len(planted) + len(sets.kinds) * len(healthy))
    yield f"<!-- {task}: {seconds:.1f} s of processor time a set -->"


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=SETS, nargs="+", default=list(SETS))
    parser.add_argument("--rows", type=int, nargs="+", default=[4000])
    parser.add_argument("--planted", type=int, default=40, help="sets")
    parser.add_argument("--healthy", type=int, default=25, help="sets of each kind")
    parser.add_argument("--first", type=int, default=0, help="seed of each kind of sets")
    parser.add_argument("--page", type=Path, default=PAGE, help="what is written")
    asked = parser.parse_args()
    lines = []
    for task in asked.task:
        for rows in asked.rows:
            seeds = (range(asked.first, asked.first + n) for n in (asked.planted, asked.healthy))
            for line in measured(task, rows, *seeds):
                print(line, flush=True)
                lines.append(line)
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scikit-learn", "scipy"))
    asked.page.write_text(
        "# Regions: found and falsely found\n\n"
        "Written by `make bench-regions`. The sets are those of `benchmarks/region_sets.py` and "
        "`region_mean_sets.py`; the tolerance is 2 points, of a quantity 2 % of its variance. A "
        "set is *exact* when one region is reported for each of the three planted ones, with what "
        "it suffers from and told by its column, and nothing else.\n\n"
        f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, Python {platform.python_version()}, "
        f"{versions}; seeds from {asked.first}.\n\n"
        "| sets | rows | how many | result | |\n|---|---|---|---|---|\n"
        + "\n".join(line for line in lines if line.startswith("|"))
        + "\n"
    )


if __name__ == "__main__":
    main()

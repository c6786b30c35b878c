"""How honest forecasts from learning curves are, on simulated ones: benchmarks/LOG.md.

Run: python benchmarks/simulated_curves.py [--seeds 200] [--rows 1000] [CURVE ...]

A network's answer to a test row depends on how hard the row is, on the rows it was trained with and
on its seed. What it gains from the rows is a mean over them, so that nested subsets and all rows
hang together as they should.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
from netclinic.diagnostics.statistics.curve_draws import CurveErrors, point_intervals
from netclinic.diagnostics.statistics.learning_curve import LearningCurve, foretell
from numpy.typing import NDArray
from scipy.special import ndtri

ROWS = 16_000  # for training
SIZES = np.array([1_000, 1_600, 2_667, 4_000, 5_600, 8_000, ROWS])
SUBSETS, SEEDS = 6, 2
HARD = 0.6  # of the variance of what decides whether a row's answer is wrong: the row's own,
OF_SUBSET = 0.12  # the subset's for that row, at all sizes. The rest is luck
OF_ROWS, OF_SEED, LEAST = 0.08, 0.02, 0.003  # deviations: by what more rows could bring, and more

Curve = Callable[[NDArray | float], NDArray | float]  # times the smallest size → error

FAMILIES: Mapping[str, Curve] = {
    "pow3": lambda x: 0.05 + 0.25 * x**-0.7,
    "pow3, slow": lambda x: 0.02 + 0.28 * x**-0.25,
    "pow3, fast": lambda x: 0.1 + 0.2 * x**-1.5,
    "pow4": lambda x: 0.04 + 0.3 * ((x + 3) / 4) ** -1.0,
    "exponential": lambda x: 0.06 + 0.25 * np.exp(-(x - 1) / 4),
    "nearly flat": lambda x: 0.1 + 0.02 * x**-0.5,
    "flat": lambda x: 0.2 + 0 * x,
}
OTHERS: Mapping[str, Curve] = {
    "logarithm": lambda x: np.maximum(0, 0.3 - 0.025 * np.log2(x)),
    "two slopes": lambda x: 0.04 + 0.2 * x**-1.2 + 0.12 * (1 + x / 6) ** -0.4,
    "two exponentials": lambda x: 0.03 + 0.15 * np.exp(-(x - 1) / 2) + 0.12 * np.exp(-x / 40),
    "step, then slow": lambda x: 0.05 + 0.15 / (1 + (x / 4) ** 6) + 0.1 * x**-0.2,
}
ILL: Mapping[str, Curve] = {
    "rising": lambda x: 0.2 + 0.0125 * np.log2(np.minimum(x, 32)),
    "peak": lambda x: 0.1 + 0.15 * x**-0.5 + 0.12 * np.exp(-((np.log2(x) - 2) ** 2) / 0.4),
    "late rise": lambda x: 0.1 + 0.2 / x + 0.06 / (1 + np.exp(-(np.log2(x) - 3.5) * 4)),
}


def simulate(curve: Curve, seed: int, rows: int) -> CurveErrors:
    """Errors of trainings on subsets of one drawn set of rows, on drawn test rows."""
    random = np.random.default_rng(seed)
    pool = random.standard_normal(ROWS)
    hard = np.sqrt(HARD) * random.standard_normal(rows)
    end = float(curve(1e7))
    errors = np.zeros((len(SIZES), SUBSETS, rows), np.float32)
    for subset in range(SUBSETS):
        gained = np.cumsum(pool[random.permutation(ROWS)])
        own = random.standard_normal(rows)
        for place, size in enumerate(SIZES):
            error = float(curve(size / SIZES[0]))
            more = abs(error - end)
            error += (OF_ROWS * more + LEAST) * gained[size - 1] / np.sqrt(size)
            same = OF_SUBSET if size < ROWS else 0.0
            level = hard + np.sqrt(same) * own
            for _ in range(SEEDS):
                reached = error + (OF_SEED * more + LEAST) * random.standard_normal()
                luck = np.sqrt(1 - HARD - same) * random.standard_normal(rows)
                wrong = level + luck < ndtri(np.clip(reached, 1e-4, 0.9))
                errors[place, subset] += wrong / SEEDS
    return CurveErrors(SIZES, errors)


def holds(curve: Curve, found: LearningCurve) -> list[list[bool]]:
    """For each forecast, whether the intervals of the error and of its fall hold the truth."""
    now = float(curve(ROWS / SIZES[0]))
    kept = []
    for forecast in found.forecasts:
        then = float(curve(forecast.train_rows / SIZES[0]))
        error, fall = forecast.error, forecast.fall
        kept.append([error.low <= then <= error.high, fall.low <= now - then + 1e-4])
        kept[-1][1] &= now - then <= fall.high + 1e-4
    return kept


def main() -> None:
    """Print a row of the log's table for each curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    curves = {**FAMILIES, **OTHERS, **ILL}
    parser.add_argument("curves", nargs="*", metavar="CURVE", default=list(curves))
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--rows", type=int, default=1_000)
    given = parser.parse_args()
    print("| curve | points | error at 2, 4, 8 N | fall | width | of the fall | refused | s |")
    print("|---|---|---|---|---|---|---|---|")
    for name in given.curves:
        print(f"| {name} | {_row(curves[name], given.seeds, given.rows)} |", flush=True)


def _row(curve: Curve, seeds: int, rows: int) -> str:
    points, kept, widths, refused, seconds = [], [], [], Counter(), 0.0
    for seed in range(seeds):
        measured = simulate(curve, seed, rows)
        begin = time.perf_counter()
        found = foretell(measured, 0.0, shares=True)
        limits = point_intervals(measured, shares=True)
        seconds += time.perf_counter() - begin
        true = [float(curve(size / SIZES[0])) for size in SIZES]
        points.append([it.low <= at <= it.high for it, at in zip(limits, true, strict=True)])
        refused[found.refused] += 1
        if found.forecasts:
            kept.append(holds(curve, found))
            parts = [(it.error, it.fall) for it in found.forecasts]
            widths.append([[it.high - it.low for it in pair] for pair in parts])
    why = ", ".join(f"{reason} {count}" for reason, count in refused.items() if reason)
    cells = [f"{100 * np.mean(points):.0f}"]
    for numbers, form in ((kept, "{:.0f}"), (widths, "{:.1f}")):
        mean = 100 * np.mean(numbers, axis=0) if numbers else np.zeros((0, 2))
        cells += [", ".join(form.format(it) for it in mean[:, of]) or "–" for of in (0, 1)]
    return " | ".join([*cells, why or "–", f"{seconds / seeds:.2f}"])


if __name__ == "__main__":
    main()

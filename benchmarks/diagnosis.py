"""The estimate of the Bayes error against the truth: writes benchmarks/diagnosis.md.

Run: make bench-diagnosis. Sets whose Bayes error is known are drawn anew for each seed and given to
the estimator that ends every study, without a network: the data alone speaks. Beside it stand the
two sides of Cover and Hart 1967 (IEEE Trans Inf Theory 13:21) on the leave-one-out 1-NN error.
"""

import argparse
import datetime
import itertools
import math
import os
import platform
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import friedman
import numpy as np
from netclinic.datasets.dataset import Dataset, Preprocessing, Split
from netclinic.diagnostics.bayes.bayes import estimate_bayes_error
from netclinic.diagnostics.bayes.likely_limits import likely_of
from netclinic.diagnostics.ladder import Likely
from netclinic.storage.records.study import StudyRecord
from sklearn import datasets
from sklearn.neighbors import NearestNeighbors

HERE = Path(__file__).parent
NOISE = (0.0, 0.1, 0.2, 0.4)
Points = tuple[np.ndarray, np.ndarray]


class Problem(NamedTuple):
    """A set whose Bayes error is known, or known to lie between two figures."""

    name: str
    draw: Callable[[int, int], Points]  # (rows, seed) → inputs, labels
    classes: int
    truth: tuple[float, float]  # equal where the truth is known


def two_normals(dimensions: int, separation: float) -> Problem:
    """Two normal classes of unit covariance, ``separation`` apart."""

    def draw(rows: int, seed: int) -> Points:
        rng = np.random.default_rng(seed)
        labels = rng.permutation(np.arange(rows) % 2)
        offset = separation / 2 / math.sqrt(dimensions)
        shift = np.where(labels, offset, -offset)[:, None]
        return rng.standard_normal((rows, dimensions)) + shift, labels

    truth = 0.5 * math.erfc(separation / 2 / math.sqrt(2))
    name = f"two Gaussians, {dimensions}-D" if separation != 4 else f"twonorm, {dimensions}-D"
    return Problem(name, draw, 2, (truth, truth))


def checkerboard(flipped: float) -> Problem:
    """4 × 4 cells of two classes in the plane, and labels flipped."""

    def draw(rows: int, seed: int) -> Points:
        rng = np.random.default_rng(seed)
        inputs = rng.random((rows, 2))
        labels = (inputs * 4).astype(int).sum(axis=1) % 2
        return (inputs - 0.5) * math.sqrt(12), labels ^ (rng.random(rows) < flipped)

    return Problem("checkerboard, 10 % flipped", draw, 2, (flipped, flipped))


def mixture(dimensions: int, classes: int, parts: int, spread: float, seed: int) -> Problem:
    """Each class a mixture of normal parts of different widths; the truth is a million draws'."""
    rng = np.random.default_rng(seed)
    means = rng.standard_normal((classes, parts, dimensions)) * spread
    widths = np.exp(rng.normal(0, 0.3, (classes, parts)))

    def raw(rows: int, rng: np.random.Generator) -> Points:
        of_class, part = rng.integers(classes, size=rows), rng.integers(parts, size=rows)
        noise = rng.standard_normal((rows, dimensions)) * widths[of_class, part][:, None]
        return means[of_class, part] + noise, of_class

    def least_error(inputs: np.ndarray) -> float:
        density = np.zeros((len(inputs), classes))
        for c, p in np.ndindex(classes, parts):
            squared = ((inputs - means[c, p]) ** 2).sum(axis=1) / widths[c, p] ** 2
            density[:, c] += np.exp(-squared / 2) / widths[c, p] ** dimensions
        return float((1 - density.max(axis=1) / density.sum(axis=1)).mean())

    def draw(rows: int, seed: int) -> Points:
        inputs, labels = raw(rows, np.random.default_rng(seed))
        return (inputs - inputs.mean(axis=0)) / inputs.std(axis=0), labels

    many = np.random.default_rng(12345)
    truth = float(np.mean([least_error(raw(50_000, many)[0]) for _ in range(20)]))
    name = f"mixture, {dimensions}-D, {classes} classes × {parts}"
    return Problem(name, draw, classes, (truth, truth))


def redrawn(name: str, noise: float, clean: tuple[float, float]) -> Problem:
    """A real set whose labels are drawn anew with a probability, any class alike.

    Args:
        name: of a bundled set.
        noise: ρ, that probability.
        clean: what the Bayes error R lies between without noise; with it, it is
            R + ρ(1 − 1/C − R).
    """
    bunch = getattr(datasets, f"load_{name}")()
    classes = int(bunch.target.max()) + 1

    def draw(rows: int, seed: int) -> Points:
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(bunch.target))
        inputs, labels = bunch.data[order], bunch.target[order]
        fresh = rng.random(len(labels)) < noise
        labels = np.where(fresh, rng.integers(classes, size=len(labels)), labels)
        return (inputs - inputs.mean(axis=0)) / np.maximum(inputs.std(axis=0), 1e-9), labels

    low, high = (r + noise * (1 - 1 / classes - r) for r in clean)
    return Problem(f"{name}, ρ = {noise:g}", draw, classes, (low, high))


def analytic() -> list[Problem]:
    return [
        *(two_normals(d, math.sqrt(6.92 + 0.385 * (d - 2))) for d in (2, 10, 20)),
        two_normals(20, 4.0),
        checkerboard(0.1),
        mixture(2, 3, 3, 1.5, seed=1),
        mixture(5, 4, 2, 1.1, seed=2),
        mixture(10, 3, 2, 0.7, seed=3),
    ]


# The upper figures are errors that classifiers are known to reach on the clean sets.
CLEAN = {"iris": 0.03, "wine": 0.02, "breast_cancer": 0.03, "digits": 0.015}


def real() -> list[Problem]:
    return [redrawn(name, noise, (0.0, r)) for name, r in CLEAN.items() for noise in NOISE]


def cover_hart_low(one_nearest_error: float, classes: int) -> float:
    """The least Bayes error compatible with a 1-NN error in the limit of infinitely many rows.

    (C−1)/C · [1 − √(1 − C/(C−1)·R)], fractions; R above its maximum (C−1)/C counts as that.
    Source: Cover and Hart 1967, equation 7 solved for R*.
    """
    most = (classes - 1) / classes
    return most * (1 - math.sqrt(1 - min(max(one_nearest_error, 0.0), most) / most))


class Run(NamedTuple):
    """What one draw gave."""

    low: float
    value: float
    high: float
    likely: Likely
    side_low: float  # Cover and Hart's
    side_high: float


def one_run(inputs: np.ndarray, labels: np.ndarray, classes: int) -> Run:
    """Estimate on 60 % training, 20 % validation and 20 % test rows, as a study has them."""
    inputs, labels = inputs.astype(np.float32), labels.astype(np.int32)
    rows, features = inputs.shape
    cuts = 0, int(0.6 * rows), int(0.8 * rows), rows
    splits = [Split(inputs[a:b], labels[a:b]) for a, b in itertools.pairwise(cuts)]
    dataset = Dataset(
        name="drawn",
        train=splits[0],
        validation=splits[1],
        test=splits[2],
        class_names=tuple(map(str, range(classes))),
        feature_names=tuple(f"x{i}" for i in range(features)),
        preprocessing=Preprocessing(np.zeros(features), np.ones(features)),
        fingerprint="0" * 64,
    )
    spec = {"diagnosis": {"bayes_error": "estimate"}}
    it = estimate_bayes_error(dataset, StudyRecord(0, "drawn", "minimize", "", spec, None, (), ()))
    nearest = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(inputs)
    error = float((labels[nearest.kneighbors(return_distance=False)[:, 0]] != labels).mean())
    likely = likely_of(it)
    assert likely is not None
    return Run(it.low, it.value, it.high, likely, cover_hart_low(error, classes), error)


def runs_of(where: tuple[bool, int, int, int]) -> list[Run]:
    """All seeds of one problem, in a process of its own: (real?, index, rows, seeds)."""
    of_real, index, rows, seeds = where
    problem = (real() if of_real else analytic())[index]
    return [one_run(*problem.draw(rows, seed), problem.classes) for seed in range(seeds)]


def row(problem: Problem, runs: list[Run], rows: int) -> str:
    """A line of the table; where the truth is a range, a limit fails beyond its far end."""
    low, high = problem.truth
    middle = (low + high) / 2
    held = sum(r.low <= high and low <= r.high for r in runs)
    above = sum(r.low > high for r in runs)
    point = np.mean([abs(r.value - middle) for r in runs])
    sides = np.mean([abs((r.side_low + r.side_high) / 2 - middle) for r in runs])
    sides_held = sum(r.side_low <= high and low <= r.side_high for r in runs)
    likely_low = sum(r.likely.low <= high for r in runs)
    likely_high = sum(low <= r.likely.high for r in runs)
    width = np.median([r.high - r.low for r in runs])
    sides_width = np.median([r.side_high - r.side_low for r in runs])
    truth = f"{100 * low:.2f}" if low == high else f"{100 * low:.1f}–{100 * high:.1f}"
    return (
        f"| {problem.name} | {rows:,} | {truth} | {held} of {len(runs)} | {above} | "
        f"{100 * point:.2f} | {100 * sides / 2:.2f} | {100 * width:.1f} | "
        f"{100 * sides_width:.1f} | {sides_held} of {len(runs)} | {likely_low} | {likely_high} |"
    )


HEAD = """\
| set | rows | truth, % | interval holds it | lower limit above it | point's mean error | half of \
Cover–Hart's | interval's median width | Cover–Hart's | Cover–Hart hold it | likely at least | \
likely at most |
|---|---|---|---|---|---|---|---|---|---|---|---|"""


def page(lines: Iterator[str], regression: Iterator[str], command: str) -> str:
    """The results as Markdown."""
    import sklearn

    text = (HERE / "diagnosis_page.md").read_text()
    now = datetime.datetime.now(datetime.UTC).date()
    machine = (
        f"{now}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy "
        f"{np.__version__}, scikit-learn {sklearn.__version__}; `{command}`."
    )
    text = text.replace("MACHINE", machine).replace("TABLE", "\n".join([HEAD, *lines]))
    return text.replace("FRIEDMAN", "\n".join([friedman.HEAD, *regression]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[500, 2_000, 10_000])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--page", type=Path, default=HERE / "diagnosis.md", help="what is written")
    given = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    jobs = [(False, i, n, given.seeds) for n in given.rows for i in range(len(analytic()))]
    jobs += [(True, i, 0, given.seeds) for i in range(len(real()))]
    problems = {False: analytic(), True: real()}
    floors = [(d, n, given.seeds) for n in given.rows for d in friedman.DIMENSIONS]
    lines, regression = [], []
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        for (of_real, i, rows, _), runs in zip(jobs, pool.map(runs_of, jobs), strict=True):
            problem = problems[of_real][i]
            lines.append(row(problem, runs, rows or len(problem.draw(0, 0)[1])))
            print(lines[-1], flush=True)
        for (d, rows, _), found in zip(floors, pool.map(friedman.floors_of, floors), strict=True):
            regression.append(friedman.row(d, rows, found))
            print(regression[-1], flush=True)
    numbers = " ".join(map(str, given.rows))
    command = f"benchmarks/diagnosis.py --rows {numbers} --seeds {given.seeds}"
    given.page.write_text(page(iter(lines), iter(regression), command))


if __name__ == "__main__":
    main()

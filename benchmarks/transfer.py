"""Transfer beside training from scratch on a small target: writes benchmarks/transfer.md.

Run: make bench-transfer. A residual network learns the digits 0 to 4; then 5 to 9 are learnt from
50 rows, from scratch, from its weights, and with these frozen. Each seed has rows of its own, and
each way the same search.
"""

import argparse
import datetime
import os
import platform
import statistics
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
FIRST_SEED = 5  # those before it were used while the network was chosen
NETWORK = 'kind = "resnet", channels = [8, 16], blocks = [1, 1], shape = [8, 8]'
EPOCHS = (40, 10)  # of the target's trials; two minibatches each
SOURCE = f"""
study = {{name = "source", trials = 4}}
data = {{source = "transfer.py:low"}}
network = {{{NETWORK}}}
training = {{optimizer = "adam", epochs = 20, batch_size = 64}}
search = {{learning_rate = {{log = [1e-3, 1e-2]}}, momentum = 0.9}}
"""
TARGET = f"""
study = {{name = "target", trials = 8}}
data = {{source = "transfer.py:high", train_rows = 50, validation = 0.2, test = 0.7}}
network = {{{NETWORK}TRANSFER}}
training = {{optimizer = "adam", epochs = EPOCHS, batch_size = 25}}
search = {{learning_rate = {{log = [3e-4, 3e-2]}}, momentum = 0.9}}
"""


class Way(NamedTuple):
    """One way to learn the target."""

    name: str
    transfer: str  # appended to the network, in TOML


SCRATCH = Way("from scratch", "")
FROM = ', init_from = "source/best", transfer = '
TRANSFERS = (
    Way("fine-tuned", f'{FROM}"fine_tune"'),
    Way("frozen", f'{FROM}"frozen"'),
)


def test_error(text: str, folder: Path, output: Path, seed: int) -> float:
    """Run a study; the test error of its best trial, a fraction."""
    from netclinic.search import parse_spec, run_study
    from netclinic.storage import TrialStore

    loaded = parse_spec(text, file="", folder=folder, overrides=[f"study.seed={seed}"])
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/trials.db"
        for _ in run_study(loaded, url, output, threading.Event()):
            pass
        with TrialStore(url) as store:
            best = store.load_study(loaded.spec.study.name).best()
    assert best is not None
    assert best.result is not None
    assert best.result.test_error is not None
    return best.result.test_error


def one_seed(seed: int) -> dict[str, float]:
    """The test error of each way and length, and of the source on its own digits."""
    from netclinic.models.devices import prepare_devices

    prepare_devices()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "transfer.py").write_text((HERE.parent / "examples/transfer.py").read_text())
        found = {"source": test_error(SOURCE, folder, folder / "source", seed)}
        for epochs in EPOCHS:
            for way in (SCRATCH, *TRANSFERS):
                text = TARGET.replace("TRANSFER", way.transfer).replace("EPOCHS", str(epochs))
                error = test_error(text, folder, folder / "out", seed)
                found[f"{way.name}, {epochs} epochs"] = error
    return found


def row(name: str, errors: list[float], scratch: list[float]) -> str:
    """A way's line of the table: its errors, and how much lower they are than from scratch."""
    from scipy.stats import t

    cells = [name, f"{100 * statistics.mean(errors):.1f}"]
    cells.append(", ".join(f"{100 * error:.1f}" for error in errors))
    if errors is scratch:
        return f"| {' | '.join([*cells, '–', '–'])} |"
    gains = [100 * (s - e) for e, s in zip(errors, scratch, strict=True)]
    mean, count = statistics.mean(gains), len(gains)
    half = float(t.ppf(0.975, count - 1)) * statistics.stdev(gains) / count**0.5
    cells += [f"{mean:+.1f}", f"{mean - half:+.1f} to {mean + half:+.1f}"]
    return f"| {' | '.join(cells)} |"


def page(found: list[dict[str, float]], load: tuple[float, float, float]) -> str:
    """benchmarks/transfer.md."""
    import jax
    import optax

    loads = (", ".join(f"{value:.2f}" for value in three) for three in (load, os.getloadavg()))
    rows = []
    for epochs in EPOCHS:
        scratch = [seed[f"{SCRATCH.name}, {epochs} epochs"] for seed in found]
        rows.append(row(f"{SCRATCH.name}, {epochs} epochs", scratch, scratch))
        names = [f"{way.name}, {epochs} epochs" for way in TRANSFERS]
        rows += [row(name, [seed[name] for seed in found], scratch) for name in names]
    source = statistics.mean(seed["source"] for seed in found)
    table = "\n".join(rows)
    return f"""# Transfer to a small target

Written by `make bench-transfer`; the next run overwrites it.

{datetime.date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, jax
{jax.__version__}, optax {optax.__version__}. Load averages (1, 5, 15 minutes) before:
{next(loads)}; after: {next(loads)}.

Target: the digits 5 to 9, 50 training rows, 179 validation rows that choose the best of 8 trials,
627 test rows. Source: the best of 4 residual networks that learnt 0 to 4 from 541 rows, with a test
error of {100 * source:.1f} % there. {len(found)} seeds; of each the rows, the source, all draws and
weights are its own. Test errors in %; *gain* is how many points lower than from scratch, paired by
seed, with a 95 % t interval over the seeds.

| way | test error, mean | of each seed | gain | interval |
|---|---|---|---|---|
{table}

The target's study; what the ways differ in stands for TRANSFER:

```toml{TARGET}```
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    load = os.getloadavg()
    found = []
    for seed in range(FIRST_SEED, FIRST_SEED + asked.seeds):
        found.append(one_seed(seed))
        print(f"seed {seed}: {found[-1]}", flush=True)
    (HERE / "transfer.md").write_text(page(found, load))


if __name__ == "__main__":
    main()

"""The rows of the page: what is measured beside what, and what is to be reached."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from figures import Goal, at_most, one, ratio, share_of_peak
from stored import DATABASE, errors, pace
from workloads import CNN, DIGITS, SHORT, WIDE, Workload

NETCLINIC = "netclinic"
OPTUNA = "Optuna + PyTorch, n_jobs=2"
TWO_PROCESSES = "PyTorch, 2 processes"
PEAK = "one NumPy product, 2048³"


class Side(NamedTuple):
    """One of the programs that take turns, a fresh process each time."""

    name: str
    # {python} netclinic's, {peer} the peers', {here} and {peers} the folders of their programs,
    # {given} the workload with its draws, {data} without, {spec} as a file for {netclinic}.
    command: str
    reads: Callable[[Path], dict[str, Any]] | None = None  # what the run left in its folder
    warm_up: bool = False  # one run before the first that counts


class Row(NamedTuple):
    """One comparison."""

    name: str  # for --only, and of the file of results
    title: str
    workload: Workload
    told: str  # what is done and what is counted
    sides: tuple[Side, ...]  # netclinic first
    goals: tuple[Goal, ...]
    process: bool = False  # seconds are those of the whole process, not those that it prints


TRAINING_TOLD = (
    "The same hyperparameters, initial weights and minibatch orders. Imports, data and compiling "
    "are not counted; each epoch's evaluation on all training and validation rows is, and so are "
    "the making of the network, the drawing of weights and orders on our side (the peer is handed "
    "both){bookkeeping}. Both use two cores, and both stop a diverged trial. The operations of "
    "netclinic's matrix products, in training and evaluation, are counted by models/flops.py; the "
    "peak is that of the fastest of 20 products on two threads, in the same round."
)
TRAINING = "{python} {here}/train_netclinic.py %s {given}"
RUN = f"{{netclinic}} run {{spec}} --storage sqlite:///{DATABASE} --output out"
PEAK_SIDE = Side(PEAK, "{python} {here}/peak.py")


def peak_goal(percent: float) -> Goal:
    """netclinic's share of what the machine reaches at most."""
    figure = share_of_peak(NETCLINIC, PEAK)
    return Goal("FLOP/s of its matrix products, share of the peak", figure, percent, unit="%")


BOOKKEEPING = ", and Optuna's bookkeeping in memory on the peer's"
DIGITS_TRAINING = Row(
    name="digits-training",
    title="Digits, training phase",
    workload=DIGITS,
    told=TRAINING_TOLD.format(bookkeeping=BOOKKEEPING),
    sides=(
        Side(NETCLINIC, TRAINING % "digits"),
        Side(OPTUNA, "{peer} {peers}/optuna_torch.py {given}"),
        PEAK_SIDE,
    ),
    goals=(
        Goal(f"seconds, {OPTUNA} over netclinic", ratio(OPTUNA, NETCLINIC), 6.0),
        peak_goal(55),
    ),
)
DIGITS_PROCESS = Row(
    name="digits-process",
    title="Digits, whole process",
    workload=DIGITS,
    told=(
        "From the start of the process to its end, each side with a new SQLite file. netclinic "
        "reads and splits the data, trains, records, saves the best network, diagnoses and writes "
        "its reports; its programs are in the compile cache, as after any earlier run of these "
        "shapes, and so is what small models make of these rows, as after any earlier run on them. "
        "The peer is handed the split rows, so that it need not import scikit-learn, and writes no "
        "report; the hyperparameters are the same. It draws its own weights, "
        "by the same laws, and its own minibatch orders: the errors differ by chance."
    ),
    sides=(
        Side(
            NETCLINIC,
            RUN,
            reads=errors,
            warm_up=True,
        ),
        Side(OPTUNA, "{peer} {peers}/optuna_torch.py {data} --storage sqlite:///study.db"),
    ),
    goals=(Goal(f"seconds, {OPTUNA} over netclinic", ratio(OPTUNA, NETCLINIC), 4.0),),
    process=True,
)
CNN_TRAINING = Row(
    name="cnn-training",
    title="CNN of MNIST-1D's size, training phase",
    workload=CNN,
    told=TRAINING_TOLD.format(bookkeeping=BOOKKEEPING)
    + (
        " The peer's convolutions are nn.Conv1d, which knows channels first only; the same network "
        "out of nn.Conv2d over one row of pixels, channels last, takes less time (LOG.md)."
    ),
    sides=(
        Side(NETCLINIC, TRAINING % "cnn"),
        Side(OPTUNA, "{peer} {peers}/optuna_torch.py {given}"),
        PEAK_SIDE,
    ),
    goals=(
        Goal(f"seconds, {OPTUNA} over netclinic", ratio(OPTUNA, NETCLINIC), 8.0),
        peak_goal(45),
    ),
)
WIDE_TRAINING = Row(
    name="wide-training",
    title="60,000 × 784, training phase",
    workload=WIDE,
    told=TRAINING_TOLD.format(bookkeeping=""),
    sides=(
        Side(NETCLINIC, TRAINING % "wide"),
        Side(TWO_PROCESSES, "{peer} {peers}/torch_processes.py {given}"),
        PEAK_SIDE,
    ),
    goals=(
        Goal(f"seconds, {TWO_PROCESSES} over netclinic", ratio(TWO_PROCESSES, NETCLINIC), 2.0),
        peak_goal(70),
    ),
)
FEW, MANY = "64 trials", "4,096 trials"
GROWTH = Row(
    name="growth",
    title="Costs of a long study",
    workload=SHORT,
    told=(
        "Whole runs of netclinic, each with a new SQLite file and a warm compile cache. Seconds a "
        "trial are those between recorded results, from the end of the first 16 trials on: "
        "starting, compiling and diagnosing are paid once a run. Within the long run, the last "
        "quarter of the trials is held against the first. Memory is the most that the process had "
        "resident at once."
    ),
    sides=(
        Side(FEW, RUN + " --trials 64", reads=pace, warm_up=True),
        Side(MANY, RUN + " --trials 4096", reads=pace),
    ),
    goals=(
        at_most("seconds a trial, 4,096 over 64", ratio(MANY, FEW, "seconds_a_trial"), 1.1),
        at_most("seconds a trial, last quarter of 4,096 over first", one(MANY, "slowing"), 1.1),
        at_most("resident memory, 4,096 over 64", ratio(MANY, FEW, "resident_bytes"), 1.2),
    ),
    process=True,
)
START = Row(
    name="start",
    title="From the command to the first training step",
    workload=DIGITS,
    told=(
        "netclinic run on the digits with a warm compile cache, from the start of the process to "
        "the moment at which the first segment is under way on the devices. Imports are the "
        "seconds of the main thread inside import statements, wherever they stand."
    ),
    sides=(Side(NETCLINIC, "{python} {here}/start_netclinic.py {spec}", warm_up=True),),
    goals=(
        at_most(
            "seconds to the first training step beyond imports",
            one(NETCLINIC, "beyond_imports"),
            0.7,
            unit="s",
        ),
    ),
)
LOADER, FLAX = "PyTorch + DataLoader", "Flax, a fresh jit a trial"
KERAS, RAY = "KerasTuner, jax backend", "Ray Tune, reused actors"
DIGITS_OTHERS = Row(
    name="digits-others",
    title="Digits, whole process, beside other ways to search",
    workload=DIGITS,
    told=(
        "From the start of the process to its end; netclinic with SQLite, diagnosis and reports, "
        "and a warm compile cache, from 29 November 2026 on with what small models make of these "
        "rows, too. The peers are handed the split rows and the first trials' hyperparameters, "
        "draw their own weights and orders, and keep no more than they do by themselves. They run "
        "only 8 or 16 of the 64 trials: the seconds of the trials are scaled up to 64, those "
        "before and after are not."
    ),
    sides=(
        Side(NETCLINIC, RUN, reads=errors, warm_up=True),
        Side(LOADER, "{peer} {peers}/torch_loader.py {data} 16"),
        Side(FLAX, "{peer} {peers}/naive_flax.py {data} 16"),
        Side(KERAS, "{peer} {peers}/keras_tuner_jax.py {data} 8"),
        Side(RAY, "{peer} {peers}/ray_tune.py {data} 16"),
    ),
    goals=tuple(
        Goal(f"seconds, {peer} over netclinic", ratio(peer, NETCLINIC), limit)
        for peer, limit in ((LOADER, 12.0), (FLAX, 9.0), (KERAS, 30.0), (RAY, 10.0))
    ),
    process=True,
)
ROWS = {
    row.name: row
    for row in (
        DIGITS_TRAINING,
        DIGITS_PROCESS,
        CNN_TRAINING,
        WIDE_TRAINING,
        DIGITS_OTHERS,
        GROWTH,
        START,
    )
}

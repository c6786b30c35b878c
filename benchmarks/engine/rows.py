"""The rows of the page: what is measured beside what, and what is to be reached."""

from typing import NamedTuple

from figures import Goal, ratio
from workloads import DIGITS, Workload

NETCLINIC = "netclinic"
OPTUNA = "Optuna + PyTorch, n_jobs=2"


class Side(NamedTuple):
    """One of the programs that take turns, a fresh process each time."""

    name: str
    # {python} netclinic's, {peer} the peers', {here} and {peers} the folders of their programs,
    # {given} the workload with draws.
    command: str


class Row(NamedTuple):
    """One comparison."""

    name: str  # for --only, and of the file of results
    title: str
    workload: Workload
    told: str  # what is done and what is counted
    sides: tuple[Side, ...]  # netclinic first
    goals: tuple[Goal, ...]


TRAINING_TOLD = (
    "The same hyperparameters, initial weights and minibatch orders. Imports, data and compiling "
    "are not counted; each epoch's evaluation on all training and validation rows is, and so are "
    "the making of the network, the drawing of weights and orders on our side (the peer is handed "
    "both), and {bookkeeping}. Both use two cores, and both stop a diverged trial."
)
TRAINING = "{python} {here}/train_netclinic.py %s {given}"

DIGITS_TRAINING = Row(
    name="digits-training",
    title="Digits, training phase",
    workload=DIGITS,
    told=TRAINING_TOLD.format(bookkeeping="Optuna's bookkeeping in memory on the peer's"),
    sides=(
        Side(NETCLINIC, TRAINING % "digits"),
        Side(OPTUNA, "{peer} {peers}/optuna_torch.py {given}"),
    ),
    goals=(Goal(f"seconds, {OPTUNA} over netclinic", ratio(OPTUNA, NETCLINIC), 6.0),),
)
ROWS = {row.name: row for row in (DIGITS_TRAINING,)}

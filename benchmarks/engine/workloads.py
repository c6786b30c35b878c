"""What is trained: the same work for netclinic and for its peers."""

from typing import NamedTuple

SEED = 0  # of the split, the search, the weights and the minibatch orders on netclinic's side
DEVICES = 2


class Workload(NamedTuple):
    """One search, as a spec and as netclinic's lanes take it."""

    name: str
    told: str  # in words, for the page
    spec: str  # TOML
    trials: int
    lanes: int  # K over both devices
    segment: int  # epochs


DIGITS = Workload(
    name="digits",
    told=(
        "64 trials × 20 epochs of an MLP 64-128-128-10 on scikit-learn's digits (1,079 training "
        "rows), batch 128, SGD with momentum and L2"
    ),
    spec="""
study = {name = "engine", trials = 64}
data = {source = "digits"}
network = {hidden = [128, 128], activation = "relu"}
training = {optimizer = "sgd", schedule = "constant", epochs = 20, batch_size = 128}
""",
    trials=64,
    lanes=16,
    segment=5,
)
WIDE = Workload(
    name="wide",
    told=(
        "8 trials × 1 epoch of an MLP 784-128-128-10 on 60,000 rows of 784 columns (ten normal "
        "classes; 10,000 validation rows), batch 128, SGD with momentum and L2"
    ),
    spec="""
study = {name = "engine", trials = 8}
data = {source = "wide_rows.py:rows"}
network = {hidden = [128, 128], activation = "relu"}
training = {optimizer = "sgd", schedule = "constant", epochs = 1, batch_size = 128}
""",
    trials=8,
    lanes=8,
    segment=1,
)
CNN = Workload(
    name="cnn",
    told=(
        "16 trials × 20 epochs of a CNN on 4,000 rows of 40 columns in MNIST-1D's manner (1,000 "
        "validation rows): three convolutions of 25 channels, kernels 5-3-3, stride 2, padding 1, "
        "and a linear layer to ten classes; batch 100, SGD with momentum and L2"
    ),
    spec="""
study = {name = "engine", trials = 16}
data = {source = "signal_rows.py:rows"}
training = {optimizer = "sgd", schedule = "constant", epochs = 20, batch_size = 100}
[network]
kind = "cnn"
channels = [25, 25, 25]
kernel = [5, 3, 3]
stride = 2
padding = 1
hidden = []
activation = "relu"
""",
    trials=16,
    lanes=16,
    segment=5,
)
SHORT = DIGITS._replace(
    name="short",
    told="trials of 2 epochs of an MLP 64-128-128-10 on scikit-learn's digits, batch 128",
    spec=DIGITS.spec.replace("epochs = 20", "epochs = 2"),
)
WORKLOADS = {workload.name: workload for workload in (DIGITS, CNN, WIDE, SHORT)}

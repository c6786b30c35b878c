"""What remedies are tried on: sets on which nothing helps, planted diseases, and sick studies."""

from typing import NamedTuple

TRIALS = 16  # of a search
SEEDS = 8  # fresh ones of a winner
AT_MOST = 3  # remedies of a study that are tried
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

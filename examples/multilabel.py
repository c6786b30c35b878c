"""Rows with five labels each, of which about two are theirs."""

from sklearn.datasets import make_multilabel_classification


def rows():
    """Inputs (4000, 20), and labels (4000, 5) of ones and zeros."""
    return make_multilabel_classification(4000, 20, n_classes=5, n_labels=2, random_state=0)

"""What is learnt from: sources, splits and checks.

``load_dataset`` walks the whole room: a source gives rows, ``splits`` divides them, ``encoding``
and ``scaling`` are fitted on the training rows, ``checks`` looks for leakage.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checks import check_batch_size
    from .dataset import DataError, Dataset, DataWarning, Preprocessing, Split
    from .load import load_dataset
    from .request import DataRequest
    from .synthetic import bayes_error_of

__all__ = [
    "DataError",
    "DataRequest",
    "DataWarning",
    "Dataset",
    "Preprocessing",
    "Split",
    "bayes_error_of",
    "check_batch_size",
    "load_dataset",
]

_HOME = {
    "DataError": "dataset",
    "DataRequest": "request",
    "DataWarning": "dataset",
    "Dataset": "dataset",
    "Preprocessing": "dataset",
    "Split": "dataset",
    "bayes_error_of": "synthetic",
    "check_batch_size": "checks",
    "load_dataset": "load",
}


def __getattr__(name: str) -> Any:
    """Import a public name's module when it is first asked for (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)

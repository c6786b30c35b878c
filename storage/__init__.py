"""What is remembered: tables, batch writes, views and migrations."""

from typing import TYPE_CHECKING, Any

from .errors import (
    DiskFull,
    MadeByOptuna,
    NameTaken,
    NotStored,
    NumberTaken,
    QueryRefused,
    ReadOnly,
    StorageError,
)
from .records.data import BayesRecord, DataNote, SplitSizes
from .records.results import Curves, Outcome, TrialResult
from .records.runs import Provenance
from .records.study import (
    NewStudy,
    SearchRange,
    StudyCounts,
    StudyRecord,
    StudyStanding,
    StudyState,
    StudySummary,
)
from .records.trials import FinishedTrial, LaunchedTrial, Parameter, Proposal, TrialRecord

if TYPE_CHECKING:
    from .connection import check_database
    from .querying import QueryLimits
    from .schema import upgrade_schema
    from .store import TrialStore
    from .urls import normalize_url, shown_url
    from .views import wide_view_name

# Where the names lie whose modules load SQLAlchemy.
_LAZY = {
    "QueryLimits": "querying",
    "TrialStore": "store",
    "check_database": "connection",
    "normalize_url": "urls",
    "shown_url": "urls",
    "upgrade_schema": "schema",
    "wide_view_name": "views",
}

__all__ = [
    "BayesRecord",
    "Curves",
    "DataNote",
    "DiskFull",
    "FinishedTrial",
    "LaunchedTrial",
    "MadeByOptuna",
    "NameTaken",
    "NewStudy",
    "NotStored",
    "NumberTaken",
    "Outcome",
    "Parameter",
    "Proposal",
    "Provenance",
    "QueryLimits",
    "QueryRefused",
    "ReadOnly",
    "SearchRange",
    "SplitSizes",
    "StorageError",
    "StudyCounts",
    "StudyRecord",
    "StudyStanding",
    "StudyState",
    "StudySummary",
    "TrialRecord",
    "TrialResult",
    "TrialStore",
    "check_database",
    "normalize_url",
    "shown_url",
    "upgrade_schema",
    "wide_view_name",
]


def __getattr__(name: str) -> Any:
    """Load SQLAlchemy only when a name that needs it is used (PEP 562)."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_LAZY[name]}", __name__), name)

"""Our own tables, beside Optuna's: what the newest migration leaves behind.

Every column is explained in ``docs/database.md``. Times are naive UTC, as in Optuna's tables. A row
goes when its study or trial is deleted: by ON DELETE CASCADE, and on SQLite, where Optuna leaves
foreign keys off, by the triggers of ``views.py``.
"""

from . import diagnoses, learning_curves, studies, trials
from .metadata import STUBS, metadata

__all__ = ["OUR_TABLES", "diagnoses", "learning_curves", "studies", "trials"]

# In the order in which foreign keys let them be made.
OUR_TABLES = tuple(t for t in metadata.sorted_tables if t not in STUBS)

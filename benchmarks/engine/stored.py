"""What netclinic's database says of a run, read as plain SQL."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

DATABASE = "study.db"  # in the folder that the run began in


def errors(folder: Path) -> dict[str, Any]:
    """Final errors by trial number; ``None`` where a trial diverged."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        rows = connection.execute(
            "SELECT training_error, validation_error FROM trial_summary ORDER BY number"
        ).fetchall()
    training, validation = zip(*rows, strict=True)
    return {"training_errors": list(training), "validation_errors": list(validation)}

"""What netclinic's database says of a run, read as plain SQL."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
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


def pace(folder: Path) -> dict[str, Any]:
    """Seconds a trial between recorded results, from the end of the first trials to be recorded.

    What comes before, starting and compiling, is paid once whatever the number of trials.
    ``slowing`` is the pace of the last quarter of the trials over that of the first.
    """
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        rows = connection.execute("SELECT completed FROM trial_summary ORDER BY completed")
        ended = [datetime.fromisoformat(text).timestamp() for (text,) in rows]
    begin = ended.count(ended[0]) - 1  # the last trial of the first transaction
    quarter = len(ended) // 4
    early, late = ended[begin : begin + quarter + 1], ended[-quarter - 1 :]
    return {
        "trials": len(ended),
        "seconds_a_trial": _pace(ended[begin:]),
        "slowing": _pace(late) / _pace(early),
    }


def _pace(ended: Sequence[float]) -> float:
    """Seconds a trial from the end of the first trial to that of the last."""
    return (ended[-1] - ended[0]) / (len(ended) - 1)

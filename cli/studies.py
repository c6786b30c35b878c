"""``studies``: one line a study."""

import shlex

from .options import DEFAULT_STORAGE, Storage, To
from .output import Column, Format, errors_of, moment, note, print_rows

COLUMNS = (
    Column("name", "study"),
    Column("trials", "trials", right=True),
    Column("completed", "completed", right=True),
    Column("pruned", "pruned", right=True, optional=True),
    Column("diverged", "diverged", right=True),
    Column("running", "running", right=True, optional=True),
    Column("best_value", "best\nvalue", right=True),
    Column("verdict", "verdict"),
    Column("leaning", "likely", optional=True),
    Column("last_activity", "last trial\n(UTC)", moment, optional=True),
)


def studies(storage: Storage = DEFAULT_STORAGE, to: To = Format.TABLE) -> None:
    """List the studies in the database."""
    from ..storage import StudyState, TrialStore

    with TrialStore(storage) as store:  # a program gets no notes on who trains what
        standings = store.standings() if to is Format.TABLE else ()
        found = [it.summary for it in standings] or store.studies()
    rows = [[getattr(study, column.name) for column in COLUMNS] for study in found]
    if not rows and to is Format.TABLE:
        note("The database holds no study yet; `netclinic run SPEC` makes the first.")
        return
    if to is Format.TABLE:
        place = [column.name for column in COLUMNS].index("best_value")
        for row, study in zip(rows, found, strict=True):
            row[place] = errors_of(study.task)(study.best_value)
    print_rows(COLUMNS, rows, to)
    if to is Format.TABLE:
        for it in standings:
            if it.state is StudyState.STOPPED and it.summary.running:  # its process was killed
                name = shlex.quote(it.summary.name)
                note(f"Nobody trains {name} any more. Go on with: netclinic resume {name}")

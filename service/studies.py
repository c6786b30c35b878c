"""What is stored of studies, read anew for each request: the database may change, or be made."""

from typing import Any

from ..diagnostics.report.studies_html import render_studies
from ..search.export import csv_text, curve_rows, trial_rows
from ..search.json_text import as_objects
from ..search.trial_facts import best_trial, numbered_trial, trial_document, trial_facts
from ..storage import (
    NotStored,
    QueryLimits,
    StorageError,
    StudyStanding,
    StudySummary,
    TrialStore,
    shown_url,
)
from .bodies import Query

PATIENCE = 10.0  # seconds: for another process' lock, and for a query
LARGEST = 64 << 20  # bytes of a query's result: answering takes a multiple of it
LISTED = (  # of a summary, as the command lists it
    "name",
    "trials",
    "completed",
    "pruned",
    "diverged",
    "running",
    "best_value",
    "verdict",
    "leaning",
    "last_activity",
)


def open_store(url: str) -> TrialStore:
    """The database, to read."""
    return TrialStore(url, busy_timeout=PATIENCE)


def studies_page(url: str) -> tuple[str, int]:
    """The page of all studies and its HTTP status; a database that fails is told on it."""
    try:
        with open_store(url) as store:
            found = store.standings()
    except StorageError as error:
        return render_studies((), shown_url(url), str(error)), 503
    return render_studies(found, shown_url(url)), 200


def studies_list(url: str) -> list[dict[str, Any]]:
    """What ``netclinic studies -f json`` prints."""
    with open_store(url) as store:
        return [_listed(it) for it in store.studies()]


def one_study(url: str, name: str) -> dict[str, Any]:
    """A study's entry in the list, and how far it is."""
    with open_store(url) as store:
        store.study_id(name)
        found = next((it for it in store.standings() if it.summary.name == name), None)
    if found is None:
        raise NotStored(f"The study {name!r} has just been deleted.")
    return {**_listed(found.summary), **_progress(found)}


def all_trials(url: str, name: str) -> list[dict[str, Any]]:
    """What ``netclinic trials -f json`` prints."""
    with open_store(url) as store:
        return as_objects(*trial_rows(store.load_study(name, curves_of=0)))


def trials_csv(url: str, name: str) -> str:
    """What ``netclinic trials -f csv`` prints."""
    with open_store(url) as store:
        return csv_text(*trial_rows(store.load_study(name, curves_of=0)))


def curves_csv(url: str, name: str) -> str:
    """The file ``curves.csv`` of ``netclinic export``."""
    with open_store(url) as store:
        return csv_text(*curve_rows(store.load_study(name)))


def one_trial(url: str, name: str, number: int | None) -> dict[str, Any]:
    """What ``netclinic show -f json`` prints of a trial; without a number, of the best one."""
    with open_store(url) as store:
        study = store.load_study(name, curves_of=0)
        trial = best_trial(study) if number is None else numbered_trial(study, number)
        return trial_document(study.name, trial_facts(store, study, trial))


def query_result(url: str, query: Query) -> dict[str, Any]:
    """Columns and rows of a statement that only reads, and whether there are more rows."""
    limits = QueryLimits(query.rows + 1, PATIENCE, LARGEST)
    with open_store(url) as store:
        columns, rows = store.query(query.statement, limits)
    return {"columns": columns, "rows": rows[: query.rows], "more": len(rows) > query.rows}


def _listed(summary: StudySummary) -> dict[str, Any]:
    return {name: getattr(summary, name) for name in LISTED}


def _progress(it: StudyStanding) -> dict[str, Any]:
    return {
        "state": it.state.value,
        "ended": it.ended,
        "wanted": it.wanted,
        "validation_rows": it.validation_rows,
        "task": it.summary.task,
    }

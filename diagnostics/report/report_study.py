"""What a report says of the study itself: what was searched, on which rows, by what."""

from typing import NamedTuple

from ...storage.records.results import Outcome
from ...storage.records.runs import RunCosts
from ...storage.records.study import StudyRecord
from ..findings import Diagnosis
from ..number_text import MISSING, day
from ..studies.stopping import stopping_text
from ..studies.trial_choice import Shown
from .costs_text import costs_text, speed_text
from .report_labels import COLUMNS
from .report_queries import Query, report_queries


class StudyPart(NamedTuple):
    """A report's parts about the study; of a network that was trained elsewhere there is less."""

    subject: str  # whose network this is about
    facts: tuple[tuple[str, str], ...]
    search: str  # empty where there was none
    queries: tuple[Query, ...]
    provenance: tuple[tuple[str, str], ...]


def study_part(study: StudyRecord, diagnosis: Diagnosis, shown: Shown) -> StudyPart:
    """Put the study into words.

    Args:
        study: as ``judged`` gives it.
        diagnosis: of it.
        shown: its trials.
    """
    data = _data(study, diagnosis)
    if study.only_predictions:
        return StudyPart(f"The predictions of {study.name}", data, "", (), _elsewhere(study))
    ends = [t.completed for t in study.trials if t.completed is not None]
    return StudyPart(
        subject=f"{study.name}, trial {diagnosis.trial}",
        facts=(
            ("Study", study.name),
            ("Diagnosed trial", f"{diagnosis.trial}, {_chosen(diagnosis)}"),
            *_stopping(study, diagnosis),
            *data,
            ("Last trial ended", day(max(ends, default=None))),
        ),
        search=_search(study, shown),
        queries=report_queries(study, diagnosis, shown),
        provenance=_provenance(study),
    )


def _stopping(study: StudyRecord, diagnosis: Diagnosis) -> tuple[tuple[str, str], ...]:
    best = next((t.result for t in study.trials if t.number == diagnosis.trial), None)
    told = best and stopping_text(study.spec, best)
    return (("Early stopping", told),) if told else ()


def _data(study: StudyRecord, diagnosis: Diagnosis) -> tuple[tuple[str, str], ...]:
    """The source, and its rows."""
    found = []
    source = (study.spec or {}).get("data", {}).get("source")
    if source is not None:
        found.append(("Data", str(source)))
    if study.provenance is not None:
        rows = study.provenance.rows
        found.append(
            (
                "Rows",
                f"{rows.train:,} training, {rows.validation:,} validation, {rows.test:,} test"
                f"{f', {rows.bridge:,} bridge' if rows.bridge else ''}; "
                f"{study.provenance.features:,} features, "
                f"{_columns(study.provenance.classes, diagnosis)}",
            )
        )
    return tuple(found)


def _chosen(diagnosis: Diagnosis) -> str:
    return "the best when trained again" if diagnosis.replication else "the best"


def _columns(count: int, diagnosis: Diagnosis) -> str:
    """How many classes, labels or targets: ``10 classes``, ``1 target``."""
    names = COLUMNS[diagnosis.unit.task]
    return f"{count:,} {names if count != 1 else names.removesuffix('s')}"


def _search(study: StudyRecord, shown: Shown) -> str:
    others = len(study.trials) - len(shown.ranked) - shown.pruned_total - shown.diverged_total
    parts = [f"{len(study.trials):,} trials: {len(shown.ranked):,} finished"]
    if shown.pruned_total:
        parts.append(f"{shown.pruned_total:,} pruned (stopped early)")
    parts.append(f"{shown.diverged_total:,} diverged")
    if others:
        parts.append(f"{others:,} are still running, failed, or were trained by other workers")
    return ", ".join(parts) + "."


def _costs(costs: RunCosts | None) -> tuple[tuple[str, str], ...]:
    if costs is None:
        return ()
    speed = speed_text(costs)
    return (
        ("time of the newest run", costs_text(costs)),
        *((("speed while training", f"{speed} in matrix products"),) if speed else ()),
    )


def _provenance(study: StudyRecord) -> tuple[tuple[str, str], ...]:
    p = study.provenance
    if p is None:
        return ()
    lanes = sorted(
        {
            f"{t.result.lanes} × {t.result.strategy}"
            for t in study.trials
            if t.result is not None and t.result.outcome is Outcome.COMPLETED
        }
    )
    return (
        ("netclinic", p.netclinic_version),
        *p.versions.items(),
        ("Python", p.python),
        ("platform", p.platform),
        ("device", p.device),
        ("lanes × strategy", ", ".join(lanes) or MISSING),
        *_costs(study.costs),
        ("git revision", p.git_revision or "not in a git repository"),
        ("data fingerprint (SHA-256)", p.data_fingerprint),
    )


def _elsewhere(study: StudyRecord) -> tuple[tuple[str, str], ...]:
    """The provenance of predictions: what judged them; what trained the network is not known."""
    p = study.provenance
    if p is None:
        return ()
    return (
        ("netclinic", p.netclinic_version),
        ("Python", p.python),
        ("platform", p.platform),
        ("data fingerprint (SHA-256)", p.data_fingerprint),
    )

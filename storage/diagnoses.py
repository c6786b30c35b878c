"""Bayes estimates and diagnoses: appended, never changed, read back newest first."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from .numbers import finite
from .records.data import BayesRecord
from .tables.diagnoses import bayes_estimates, diagnoses, findings, remedies
from .times import utc_now


def save_bayes(connection: Connection, study_id: int, bayes: BayesRecord) -> None:
    """Append an estimate of the study's Bayes error."""
    row = bayes._asdict()
    details, tasks = row.pop("details"), row.pop("tasks")
    row |= {"study_id": study_id, "created": utc_now(), "details_json": _json(details)}
    parts = {name: {**floor._asdict(), "details": floor.details} for name, floor in tasks.items()}
    row["tasks_json"] = _json(parts) if parts else None
    connection.execute(insert(bayes_estimates), row)


def newest_bayes(connection: Connection, study_id: int) -> BayesRecord | None:
    """The newest estimate of the study's Bayes error, if there is one."""
    c = bayes_estimates.c
    r = connection.execute(
        select(bayes_estimates).where(c.study_id == study_id).order_by(c.bayes_id.desc())
    ).first()
    if r is None:
        return None
    details = json.loads(r.details_json)
    parts = json.loads(r.tasks_json or "{}")
    tasks = {name: BayesRecord(**floor) for name, floor in parts.items()}
    return BayesRecord(r.value, r.low, r.high, r.n, r.method, bool(r.given), details, tasks)


def save_diagnosis(connection: Connection, study_id: int, document: Mapping[str, Any]) -> None:
    """Append a diagnosis: the whole document, and its findings and remedies as rows.

    Args:
        connection: in a transaction.
        study_id: of the study that was diagnosed.
        document: the content of ``diagnosis.json`` (``Diagnosis.as_dict()``).
    """
    row = {
        "study_id": study_id,
        "created": utc_now(),
        "trial_number": document["trial"],
        "verdict": ",".join(document["verdict"]),
        "leaning": ",".join(document.get("leaning", ())),
        "document_json": _json(document),
    }
    key = connection.execute(insert(diagnoses), row).inserted_primary_key
    assert key is not None
    found = [
        {
            "diagnosis_id": key[0],
            "position": position,
            "kind": f["kind"],
            "severity": f["severity"],
            "text": f["text"],
            "evidence_json": _json(f["evidence"]),
        }
        for position, f in enumerate(document["findings"])
    ]
    advised = [_remedy_row(key[0], position, r) for position, r in enumerate(document["remedies"])]
    advised += [
        _objection_row(key[0], position, it)
        for position, it in enumerate(document.get("spoken_against", ()), start=len(advised))
    ]
    for table, rows in ((findings, found), (remedies, advised)):
        if rows:
            connection.execute(insert(table), rows)


def _remedy_row(diagnosis_id: int, position: int, remedy: Mapping[str, Any]) -> dict[str, Any]:
    gain, cost = remedy.get("gain") or {}, remedy.get("cost") or {}
    return {
        "diagnosis_id": diagnosis_id,
        "position": position,
        "priority": remedy["rank"],
        "kind": remedy["kind"],
        "addresses": remedy["addresses"],
        "reason": remedy["reason"],
        "spec_change": remedy.get("change"),
        "against": False,
        "gain_of": gain.get("error"),
        "gain": finite(gain.get("value")),
        "gain_low": finite(gain.get("low")),
        "gain_high": finite(gain.get("high")),
        "gain_confidence": finite(gain.get("confidence")),
        "gain_method": gain.get("method"),
        "cost_trials": cost.get("trials"),
        "cost_epochs": cost.get("epochs"),
        "cost_seconds": finite(cost.get("seconds")),
        "evidence_json": None,
    }


def _objection_row(diagnosis_id: int, position: int, it: Mapping[str, Any]) -> dict[str, Any]:
    """A remedy that the evidence speaks against: behind those advised, with its numbers."""
    nothing = {"kind": it["kind"], "addresses": it["addresses"], "reason": it["reason"]}
    row = _remedy_row(diagnosis_id, position, {**nothing, "rank": position + 1})
    return {**row, "against": True, "evidence_json": _json(it["evidence"])}


def newest_diagnosis(connection: Connection, study_id: int) -> dict[str, Any] | None:
    """The newest ``diagnosis.json`` of the study, if there is one."""
    c = diagnoses.c
    text = connection.scalar(
        select(c.document_json).where(c.study_id == study_id).order_by(c.diagnosis_id.desc())
    )
    return None if text is None else json.loads(text)


def _json(thing: Any) -> str:
    """Strict JSON, which SQL can read: a number that is not finite becomes null."""

    def plain(value: Any) -> Any:
        if isinstance(value, float):
            return finite(value)
        if isinstance(value, Mapping):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [plain(v) for v in value]
        return value

    return json.dumps(plain(thing), allow_nan=False)

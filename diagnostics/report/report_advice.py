"""Remedies in words, with the commands that try them."""

import shlex
from typing import NamedTuple

from ...storage.records.study import StudyRecord
from ..findings import Diagnosis, FindingKind, Remedy, Verdict
from ..remedies.treated_study import as_options, changes_of, treated_name
from ..units import Unit
from .remedy_text import cost_text, gain_text
from .report_labels import FINDINGS, LEANINGS, REMEDIES

# A gap that is open asks for remedies only where it likely is high.
_AGAINST = {
    **FINDINGS,
    FindingKind.BIAS_UNDETERMINED: LEANINGS[Verdict.HIGH_BIAS].word,
    FindingKind.VARIANCE_UNDETERMINED: LEANINGS[Verdict.HIGH_VARIANCE].word,
    FindingKind.MISMATCH_UNDETERMINED: LEANINGS[Verdict.DATA_MISMATCH].word,
}


class Advice(NamedTuple):
    """A remedy in words."""

    rank: int
    title: str
    against: str  # what it addresses
    reason: str
    command: str | None  # to copy into a shell
    trial: str | None  # the command that tries it, and compares
    gain: str  # what is predicted
    cost: str  # empty where nobody knows


def advice(study: StudyRecord, diagnosis: Diagnosis) -> tuple[Advice, ...]:
    """The remedies in the order in which to try them."""
    ranked = sorted(diagnosis.remedies, key=lambda it: it.rank)
    return tuple(_advice(it, study, diagnosis.unit) for it in ranked)


def _advice(remedy: Remedy, study: StudyRecord, unit: Unit) -> Advice:
    command = trial = None
    if remedy.change is not None:
        name = treated_name(study.name, remedy.kind.value)
        options = as_options([f"study.name={name}", *changes_of(remedy.change)])
        command = f"netclinic run SPEC {options}"
        trial = f"netclinic treat {shlex.quote(study.name)} {remedy.kind.value}"
    return Advice(
        remedy.rank,
        REMEDIES[remedy.kind],
        _AGAINST[remedy.addresses],
        remedy.reason,
        command,
        trial,
        gain_text(remedy.gain, unit),
        "" if study.only_predictions else cost_text(remedy.cost),
    )


def try_all(diagnosis: Diagnosis) -> str | None:
    """The command that tries all remedies; ``None`` of fewer than two."""
    if sum(it.change is not None for it in diagnosis.remedies) < 2:
        return None
    return f"netclinic treat {shlex.quote(diagnosis.study)} --all"

"""Remedies in words, with the commands that try them."""

import shlex
from typing import NamedTuple

from ...storage.records.study import StudyRecord
from ..findings import Diagnosis, FindingKind, Remedy, Verdict
from ..remedies.treated_study import (
    as_options,
    changes_of,
    makes_other_test_rows,
    treated_name,
)
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
_OTHER_ROWS = " With it other rows are test rows, so errors cannot be compared: it is only run."


class Advice(NamedTuple):
    """A remedy in words."""

    rank: int
    title: str
    against: str  # what it addresses
    reason: str
    command: str | None  # to copy into a shell
    trial: str | None  # the command that tries it, and compares, where the test rows stay
    gain: str  # what is predicted
    cost: str  # empty where nobody knows


def advice(study: StudyRecord, diagnosis: Diagnosis) -> tuple[Advice, ...]:
    """The remedies in the order in which to try them."""
    ranked = sorted(diagnosis.remedies, key=lambda it: it.rank)
    return tuple(_advice(it, study, diagnosis.unit) for it in ranked)


def _advice(remedy: Remedy, study: StudyRecord, unit: Unit) -> Advice:
    command = trial = None
    reason = remedy.reason
    if remedy.change is not None:
        name = treated_name(study.name, remedy.kind.value)
        options = as_options([f"study.name={name}", *changes_of(remedy.change)])
        command = f"netclinic run SPEC {options}"
        if _can_be_compared(remedy, study):
            trial = f"netclinic treat {shlex.quote(study.name)} {remedy.kind.value}"
        else:
            reason += _OTHER_ROWS
    return Advice(
        remedy.rank,
        REMEDIES[remedy.kind],
        _AGAINST[remedy.addresses],
        reason,
        command,
        trial,
        gain_text(remedy.gain, unit),
        "" if study.only_predictions else cost_text(remedy.cost),
    )


def _can_be_compared(remedy: Remedy, study: StudyRecord) -> bool:
    dealt = study.provenance and study.provenance.dealt
    return remedy.change is not None and not makes_other_test_rows(remedy.change, dealt)


def try_all(study: StudyRecord, diagnosis: Diagnosis) -> str | None:
    """The command that tries all remedies that can be compared; ``None`` of fewer than two."""
    if sum(_can_be_compared(it, study) for it in diagnosis.remedies) < 2:
        return None
    return f"netclinic treat {shlex.quote(diagnosis.study)} --all"

"""The content of a report, as text and tables: what the page and the Markdown both show."""

import shlex
from dataclasses import dataclass
from typing import NamedTuple

from ...storage.records.results import Outcome
from ...storage.records.runs import RunCosts
from ...storage.records.study import StudyRecord
from ..charts.isolation_chart import isolation_tables
from ..error_text import (
    error_range,
    estimate_text,
    gap_range,
    gap_text,
    r_squared_text,
    root_text,
    share_of_variance,
    tolerated,
)
from ..findings import Diagnosis, Remedy
from ..leaning import likely_limits
from ..number_text import MISSING, day
from ..objective import judged
from ..remedies.treated_study import as_options, changes_of, treated_name
from ..studies.stopping import stopping_text
from ..studies.trial_choice import DRAWN, Shown, shown_trials
from ..units import Unit
from .costs_text import costs_text, speed_text
from .learning_curve_text import CurveText, learning_curve_text
from .remedy_text import cost_text, gain_text, grouped
from .replication_text import AgainPart, again_part
from .report_classes import ClassPart, class_part
from .report_findings import Meaning, Remark, meanings, named_numbers, remarks
from .report_labels import (
    BALANCED_FLOOR,
    COLUMNS,
    FINDINGS,
    FLOORS,
    REMEDIES,
    RUNGS,
    Badge,
    badges_of,
    gap_labels,
    units_text,
)
from .report_layers import LayerPart, layer_part
from .report_queries import Query, report_queries
from .report_regions import RegionPart, region_part
from .report_suspects import SuspectsPart, suspects_part
from .report_tables import Table, curves_table, ranges_table, task_curves_table, top_table
from .selection_text import ChoicePart, choice_part, corrected_gap_text
from .task_table import TaskPart, TaskTable, task_parts, task_table
from .treatment_text import TriedPart, tried_part
from .wording import verdict_sentence

CURVES = 8  # trials whose curves are drawn
_LIKELY = "Likely {} (80 % on each side). "
_BELOW = "How it came about is told below"


class Rung(NamedTuple):
    """One error of the ladder, or one gap between two."""

    name: str
    meaning: str
    value: str  # with its interval
    basis: str  # rows or formula, and the method: for the small print
    # in regression: the root of the error and R² with its interval, or the gap in points of R²
    share: str = ""


class Advice(NamedTuple):
    """A remedy in words."""

    rank: int
    title: str
    against: str  # the finding that it addresses
    reason: str
    command: str | None  # to copy into a shell
    trial: str | None  # the command that tries it, and compares
    gain: str  # what is predicted
    cost: str  # empty where nobody knows


@dataclass(frozen=True)
class ReportContent:
    """Everything that a report says, in its order; pictures are added by the page."""

    headline: str
    badges: tuple[Badge, ...]
    study: str
    subject: str  # whose network this is about
    trial: int
    facts: tuple[tuple[str, str], ...]
    tolerance: str  # in the errors' unit
    units: str  # what the errors are
    rungs: tuple[Rung, ...]
    gaps: tuple[Rung, ...]
    classes: ClassPart | None  # where the verdict counts classes alike
    regions: RegionPart | None  # where some were looked at
    bayes_method: str  # of an estimate, sentences; empty where the rung tells it
    bayes_details: tuple[tuple[str, str], ...]
    advice: tuple[Advice, ...]
    try_all: str | None  # the command that tries all advice, one after the other; of two at least
    tried: TriedPart | None  # remedies that were
    more_data: CurveText | None  # where a learning curve was measured
    spoken_against: tuple[tuple[str, str], ...]  # remedies that would not help, and why
    remarks: tuple[Remark, ...]
    suspects: SuspectsPart | None  # rows whose labels look wrong
    meanings: tuple[Meaning, ...]  # of the kinds of findings that occur
    again: AgainPart | None  # where the finalists were trained again
    choice: ChoicePart | None  # where the best of several trials was chosen
    search: str  # empty where there was none, as are the tables of trials and queries
    pruned: int  # trials
    drawn: str  # what was left out of the scatter; empty when nothing was
    ranges: Table
    isolation: tuple[tuple[str, Table], ...]  # each searched parameter, and the best in its parts
    top: Table
    curves: Table
    layers: LayerPart | None  # where those of the diagnosed trial were looked at
    tasks: TaskTable | None  # where several are learnt at once
    task_parts: tuple[TaskPart, ...]  # each task and what it suffers from
    task_curves: Table  # of the diagnosed trial; without rows where there is one task
    not_checked: tuple[str, ...]
    queries: tuple[Query, ...]
    provenance: tuple[tuple[str, str], ...]
    spec_text: str | None


def report_content(study: StudyRecord, diagnosis: Diagnosis) -> ReportContent:
    """Put a study and its diagnosis into words; no number is computed but for its place."""
    study = judged(study)
    shown, below = shown_trials(study), _told_below(study)
    return ReportContent(
        headline=verdict_sentence(diagnosis),
        badges=badges_of(diagnosis),
        study=study.name,
        subject=(
            f"The predictions of {study.name}"
            if study.only_predictions
            else f"{study.name}, trial {diagnosis.trial}"
        ),
        trial=diagnosis.trial,
        facts=_facts(study, diagnosis),
        tolerance=tolerated(diagnosis.tolerance, diagnosis.unit),
        units=units_text(diagnosis.unit),
        rungs=_rungs(diagnosis, told_below=bool(below), elsewhere=study.only_predictions),
        gaps=_gaps(diagnosis),
        classes=class_part(study, diagnosis),
        regions=region_part(diagnosis, study.provenance and study.provenance.class_rows),
        bayes_method=below,
        bayes_details=named_numbers(study.bayes.details) if study.bayes else (),
        advice=tuple(
            _advice(r, study, diagnosis.unit)
            for r in sorted(diagnosis.remedies, key=lambda r: r.rank)
        ),
        try_all=_try_all(diagnosis),
        tried=tried_part(diagnosis),
        more_data=learning_curve_text(diagnosis),
        spoken_against=grouped(diagnosis.spoken_against),
        remarks=remarks(diagnosis),
        suspects=suspects_part(diagnosis.label_errors),
        meanings=meanings(diagnosis),
        again=again_part(diagnosis),
        choice=choice_part(diagnosis),
        search="" if study.only_predictions else _search(study, shown),
        pruned=shown.pruned_total,
        drawn=_drawn(shown),
        ranges=ranges_table(study, shown),
        isolation=isolation_tables(study, shown, diagnosis.unit),
        top=top_table(study, shown, diagnosis.unit),
        curves=curves_table(shown, diagnosis.trial, diagnosis.unit),
        layers=layer_part(study, diagnosis),
        tasks=_tasks(study, diagnosis),
        task_parts=task_parts(diagnosis),
        task_curves=task_curves_table(study, diagnosis.trial),
        not_checked=diagnosis.not_checked,
        queries=() if study.only_predictions else report_queries(study, diagnosis, shown),
        provenance=_provenance(study),
        spec_text=study.spec_text,
    )


def _tasks(study: StudyRecord, diagnosis: Diagnosis) -> TaskTable | None:
    result = next((t.result for t in study.trials if t.number == diagnosis.trial), None)
    return task_table(result.tasks) if result else None


def _facts(study: StudyRecord, diagnosis: Diagnosis) -> tuple[tuple[str, str], ...]:
    source = (study.spec or {}).get("data", {}).get("source")
    facts = [("Study", study.name), ("Diagnosed trial", f"{diagnosis.trial}, {_chosen(diagnosis)}")]
    if study.only_predictions:
        facts = []
    best = next((t.result for t in study.trials if t.number == diagnosis.trial), None)
    if best and (stopping := stopping_text(study.spec, best)):
        facts.append(("Early stopping", stopping))
    if source is not None:
        facts.append(("Data", str(source)))
    if study.provenance is not None:
        rows = study.provenance.rows
        facts.append(
            (
                "Rows",
                f"{rows.train:,} training, {rows.validation:,} validation, {rows.test:,} test"
                f"{f', {rows.bridge:,} bridge' if rows.bridge else ''}; "
                f"{study.provenance.features:,} features, "
                f"{_columns(study.provenance.classes, diagnosis)}",
            )
        )
    if not study.only_predictions:
        ends = [t.completed for t in study.trials if t.completed is not None]
        facts.append(("Last trial ended", day(max(ends, default=None))))
    return tuple(facts)


def _chosen(diagnosis: Diagnosis) -> str:
    return "the best when trained again" if diagnosis.replication else "the best"


def _columns(count: int, diagnosis: Diagnosis) -> str:
    """How many classes, labels or targets: ``10 classes``, ``1 target``."""
    names = COLUMNS[diagnosis.unit.task]
    return f"{count:,} {names if count != 1 else names.removesuffix('s')}"


def _told_below(study: StudyRecord) -> str:
    """How the Bayes error was estimated, if it was: too many words to stand in the ladder."""
    return _sentence(study.bayes.method) if study.bayes and not study.bayes.given else ""


def _rungs(diagnosis: Diagnosis, *, told_below: bool, elsewhere: bool) -> tuple[Rung, ...]:
    unit = diagnosis.unit
    meaning = {split: text for split, (_, text) in RUNGS.items()}
    if elsewhere:
        meaning["validation"] = "On rows that may have chosen the network among others"
    floor = BALANCED_FLOOR if unit.balanced else FLOORS[unit.task]
    return tuple(
        Rung(
            RUNGS[split][0],
            _sentence(": ".join([meaning[split], *([floor] if split == "bayes" else [])])),
            estimate_text(error, unit),
            ("" if error.n is None else f"n = {error.n:,} rows. ")
            + (_LIKELY.format(error_range(*error.likely, unit)) if error.likely else "")
            + (_BELOW if told_below and split == "bayes" else _sentence(error.method)),
            ", ".join(
                filter(None, (root_text(error.value, unit), r_squared_text(split, error, unit)))
            ),
        )
        for split, error in diagnosis.errors.rungs()
    )


def _gaps(diagnosis: Diagnosis) -> tuple[Rung, ...]:
    labels, unit = gap_labels(diagnosis.gaps), diagnosis.unit
    return tuple(
        Rung(
            labels[key][0],
            _sentence(": ".join(labels[key][1:])),
            gap_text(gap, unit),
            _LIKELY.format(gap_range(likely_limits(gap), unit))
            + _sentence(gap.method)
            + corrected_gap_text(key, diagnosis),
            share_of_variance(gap, unit),
        )
        for key, gap in diagnosis.gaps.steps()
    )


def _sentence(text: str) -> str:
    """A method as one sentence without its full stop, which the report sets."""
    return (text[:1].upper() + text[1:]).rstrip(".")


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
        FINDINGS[remedy.addresses],
        remedy.reason,
        command,
        trial,
        gain_text(remedy.gain, unit),
        "" if study.only_predictions else cost_text(remedy.cost),
    )


def _try_all(diagnosis: Diagnosis) -> str | None:
    if sum(it.change is not None for it in diagnosis.remedies) < 2:
        return None
    return f"netclinic treat {shlex.quote(diagnosis.study)} --all"


def _search(study: StudyRecord, shown: Shown) -> str:
    others = len(study.trials) - len(shown.ranked) - shown.pruned_total - shown.diverged_total
    parts = [f"{len(study.trials):,} trials: {len(shown.ranked):,} finished"]
    if shown.pruned_total:
        parts.append(f"{shown.pruned_total:,} pruned (stopped early)")
    parts.append(f"{shown.diverged_total:,} diverged")
    if others:
        parts.append(f"{others:,} are still running, failed, or were trained by other workers")
    return ", ".join(parts) + "."


def _drawn(shown: Shown) -> str:
    most = max(len(shown.ranked), shown.pruned_total, shown.diverged_total)
    if most <= DRAWN:
        return ""
    pruned = f", {len(shown.pruned):,} of {shown.pruned_total:,} pruned" if shown.pruned else ""
    return (
        f"Drawn are {len(shown.scattered):,} of {len(shown.ranked):,} finished trials (the best "
        f"100, of the rest an even choice by rank){pruned} and {len(shown.diverged):,} of "
        f"{shown.diverged_total:,} diverged ones; at most {DRAWN:,} of each."
    )


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
    if study.only_predictions:
        return (
            ("netclinic", p.netclinic_version),
            ("Python", p.python),
            ("platform", p.platform),
            ("data fingerprint (SHA-256)", p.data_fingerprint),
        )
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

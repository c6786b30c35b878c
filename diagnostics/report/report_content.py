"""The content of a report, as text and tables: what the page and the Markdown both show."""

from dataclasses import dataclass

from ...storage.records.study import StudyRecord
from ..charts.isolation_chart import isolation_tables
from ..error_text import size_in_full
from ..findings import Diagnosis
from ..objective import judged
from ..studies.trial_choice import DRAWN, Shown, shown_trials
from .learning_curve_text import CurveText, learning_curve_text
from .remedy_text import grouped
from .replication_text import AgainPart, again_part
from .report_advice import Advice, advice, try_all
from .report_classes import ClassPart, class_part
from .report_findings import Meaning, Remark, meanings, named_numbers, remarks
from .report_label_errors import LabelPart, label_part
from .report_labels import Badge, badges_of, units_text
from .report_layers import LayerPart, layer_part
from .report_queries import Query
from .report_regions import RegionPart, region_part
from .report_rungs import Rung, bayes_method, gaps, rungs
from .report_study import study_part
from .report_suspects import SuspectsPart, suspects_part
from .report_tables import Table, curves_table, ranges_table, task_curves_table, top_table
from .selection_text import ChoicePart, choice_part
from .task_table import TaskPart, TaskTable, task_parts, task_table
from .treatment_text import TriedPart, tried_part
from .wording import verdict_sentence

CURVES = 8  # trials whose curves are drawn


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
    labels: LabelPart | None  # where there are several
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
    shown, below = shown_trials(study), bayes_method(study)
    part = study_part(study, diagnosis, shown)
    return ReportContent(
        headline=verdict_sentence(diagnosis),
        badges=badges_of(diagnosis.verdict, diagnosis.leaning),
        study=study.name,
        subject=part.subject,
        trial=diagnosis.trial,
        facts=part.facts,
        tolerance=size_in_full(diagnosis.tolerance, diagnosis.unit),
        units=units_text(diagnosis.unit),
        rungs=rungs(diagnosis, told_below=bool(below), elsewhere=study.only_predictions),
        gaps=gaps(diagnosis),
        classes=class_part(study, diagnosis),
        labels=label_part(diagnosis),
        regions=region_part(diagnosis, study.provenance and study.provenance.class_rows),
        bayes_method=below,
        bayes_details=named_numbers(study.bayes.details) if study.bayes else (),
        advice=advice(study, diagnosis),
        try_all=try_all(study, diagnosis),
        tried=tried_part(diagnosis),
        more_data=learning_curve_text(diagnosis),
        spoken_against=grouped(diagnosis.spoken_against),
        remarks=remarks(diagnosis),
        suspects=suspects_part(diagnosis.label_errors),
        meanings=meanings(diagnosis),
        again=again_part(diagnosis),
        choice=choice_part(diagnosis),
        search=part.search,
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
        queries=part.queries,
        provenance=part.provenance,
        spec_text=study.spec_text,
    )


def _tasks(study: StudyRecord, diagnosis: Diagnosis) -> TaskTable | None:
    result = next((t.result for t in study.trials if t.number == diagnosis.trial), None)
    return task_table(result.tasks) if result else None


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

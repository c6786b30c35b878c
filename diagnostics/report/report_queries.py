"""The SQL that gives each number of a report, against the views and tables of the database."""

import re
from typing import NamedTuple

from ...storage.records.results import TrialResult
from ...storage.records.study import StudyRecord
from ..error_text import error_text, estimate_text, gap_text, points
from ..findings import Diagnosis
from ..studies.trial_choice import Shown
from .report_labels import gap_labels


class Query(NamedTuple):
    """A number and where it comes from."""

    what: str
    value: str  # as the report shows it
    sql: str  # one SELECT


class _Rows(NamedTuple):
    """Which rows are a study's, as pieces of SQL."""

    name: str  # quoted
    trial: int  # that is diagnosed

    @property
    def of_study(self) -> str:
        return f"WHERE study_name = {self.name}"

    @property
    def of_trial(self) -> str:
        return f"{self.of_study} AND number = {self.trial}"

    def in_studies(self, table: str) -> str:
        return f"JOIN studies s ON s.study_id = {table}.study_id WHERE s.study_name = {self.name}"


def report_queries(study: StudyRecord, diagnosis: Diagnosis, shown: Shown) -> tuple[Query, ...]:
    """One query for each kind of number, in the report's order."""
    rows = _Rows("'" + study.name.replace("'", "''") + "'", diagnosis.trial)
    found = (
        *_errors(diagnosis, shown, rows),
        *_told(diagnosis, rows),
        *_search(study, shown, rows),
        *_task_curves(study, rows),
        *_layers(study, rows),
        *_again(diagnosis, rows),
        *_regions(diagnosis, rows),
    )
    found = tuple(map(_balanced, found)) if diagnosis.unit.balanced else found
    return (*found, *_learning_curve(diagnosis, rows))


def _errors(diagnosis: Diagnosis, shown: Shown, rows: _Rows) -> tuple[Query, ...]:
    """The trial that is diagnosed, its errors and their gaps."""
    errors, gaps, unit = diagnosis.errors, diagnosis.gaps, diagnosis.unit
    apart = {"avoidable_bias"}  # what is no difference of two columns
    if errors.corrected:
        apart |= {"variance", "test_mismatch"}
    formulas = ", ".join(
        f"{' - '.join(f'{part}_error' for part in formula.split(' − '))} AS {key}"
        for key, (_, formula, _) in gap_labels(gaps).items()
        if key not in apart
    )
    differences = [gap_text(gap, unit) for key, gap in gaps.steps() if key not in apart]
    measured = [(split, error) for split, error in errors.rungs() if split != "bayes"]
    best = error_text(shown.ranked[0].trial.value, unit) if shown.ranked else "none finished"
    return (
        _chosen(diagnosis, rows.of_study, best),
        Query(
            "Its errors",
            ", ".join(f"{split} {error_text(error.value, unit)}" for split, error in measured),
            f"SELECT {', '.join(f'{split}_error' for split, _ in measured)} FROM trial_summary "
            + rows.of_trial,
        ),
        Query(
            "The Bayes error",
            estimate_text(errors.bayes, unit),
            "SELECT b.value, b.low, b.high, b.n, b.method FROM bayes_estimates b "
            f"{rows.in_studies('b')} ORDER BY b.bayes_id DESC LIMIT 1",
        ),
        Query(
            "Test error above validation error"
            if errors.corrected
            else "Variance and the other gaps above the training error, as differences",
            "; ".join(differences),
            f"SELECT {formulas} FROM trial_summary {rows.of_trial}",
        ),
    )


def _told(diagnosis: Diagnosis, rows: _Rows) -> tuple[Query, ...]:
    """What the newest diagnosis says."""
    newest = (
        f"WHERE x.diagnosis_id = (SELECT MAX(d.diagnosis_id) FROM diagnoses d "
        f"{rows.in_studies('d')})"
    )
    return (
        Query(
            "All intervals and gaps, as JSON",
            "the newest diagnosis",
            f"SELECT d.verdict, d.document_json FROM diagnoses d {rows.in_studies('d')} "
            "ORDER BY d.diagnosis_id DESC LIMIT 1",
        ),
        Query(
            "What to do next",
            f"{len(diagnosis.remedies)} remedies",
            "SELECT x.priority, x.kind, x.addresses, x.reason, x.spec_change, x.gain, x.gain_low, "
            "x.gain_high, x.cost_trials, x.cost_epochs, x.cost_seconds FROM remedies x "
            f"{newest} AND x.against IS NOT TRUE ORDER BY x.priority",
        ),
        Query(
            "Findings",
            f"{len(diagnosis.findings)} findings",
            f"SELECT x.severity, x.kind, x.text, x.evidence_json FROM findings x {newest} "
            "ORDER BY x.position",
        ),
    )


def _search(study: StudyRecord, shown: Shown, rows: _Rows) -> tuple[Query, ...]:
    """All trials, and the curves of the one that is diagnosed."""
    pruned = f"{shown.pruned_total} of them pruned, " if shown.pruned_total else ""
    return (
        Query(
            "How the trials ended",
            f"{len(study.trials)} trials, {pruned}{shown.diverged_total} of them diverged",
            f"SELECT state, outcome, COUNT(*) AS trials FROM trial_summary {rows.of_study} "
            "GROUP BY state, outcome",
        ),
        Query(
            "The scatter and the ten best",
            f"{len(shown.ranked)} finished trials",
            "SELECT number, validation_error, training_error, test_error, learning_rate, "
            "weight_decay, momentum, best_epoch, epochs, seconds FROM trial_summary "
            f"{rows.of_study} AND outcome = 'completed' ORDER BY validation_error, number",
        ),
        Query(
            f"The curves of trial {rows.trial}",
            "one row an epoch",
            "SELECT e.epoch, e.training_loss, e.validation_loss, e.training_error, "
            "e.validation_error FROM trial_epochs e JOIN trial_summary t "
            f"ON t.trial_id = e.trial_id {rows.of_trial} ORDER BY e.epoch",
        ),
    )


def _regions(diagnosis: Diagnosis, rows: _Rows) -> tuple[Query, ...]:
    """The regions of the newest search; of several tasks those of each."""
    searches = [it.regions for it in (diagnosis.tasks or {"": diagnosis}).values()]
    regions = [region for found in searches if found for region in found.regions]
    if not regions:
        return ()
    reported = sum(len(region.reported) for region in regions)
    return (
        Query(
            "Regions of the data, those that are reported first",
            f"{reported} reported, {len(regions)} regions",
            "SELECT y.task, r.family, r.name, r.reported, r.verdict, r.training_error, "
            "r.held_out_error, r.floor, r.floor_low, r.floor_high, r.bias, r.bias_low, "
            "r.bias_high, r.bias_p, r.variance, r.variance_low, r.variance_high, r.variance_p, "
            "r.floor_p, r.error_p, r.elsewhere_error FROM regions r "
            "JOIN region_searches y ON y.search_id = r.search_id "
            "WHERE COALESCE(y.part_of, y.search_id) = (SELECT MAX(x.search_id) "
            f"FROM region_searches x {rows.in_studies('x')} AND x.part_of IS NULL) "
            "ORDER BY y.search_id, r.position",
        ),
    )


def _learning_curve(diagnosis: Diagnosis, rows: _Rows) -> tuple[Query, ...]:
    curve = diagnosis.learning_curve
    if curve is None:
        return ()
    return (
        Query(
            "The learning curve, measured and forecast",
            f"{len(curve.points)} numbers of rows, {len(curve.forecasts)} forecasts",
            "SELECT p.train_rows, p.forecast, p.error, p.low, p.high, p.training_error, "
            "p.validation_error, p.lower_by, p.fall_low, p.fall_high FROM learning_curve_points p "
            f"WHERE p.curve_id = (SELECT MAX(c.curve_id) FROM learning_curves c "
            f"{rows.in_studies('c')}) ORDER BY p.train_rows",
        ),
    )


def _balanced(query: Query) -> Query:
    """The query with the columns of balanced errors."""
    columns = r"\b(training|bridge|validation|test)_error\b"
    return query._replace(sql=re.sub(columns, r"\1_balanced_error", query.sql))


def _chosen(diagnosis: Diagnosis, of_study: str, best: str) -> Query:
    if diagnosis.replication:
        return Query(
            "The trial that is diagnosed: the lowest mean validation error over new seeds",
            f"trial {diagnosis.trial}",
            "SELECT number, avg(validation_error) AS mean_validation_error, avg(test_error) AS "
            f"mean_test_error, count(*) AS seeds FROM replicate_summary {of_study} "
            "AND kind = 'seed' AND replicate > 0 AND outcome = 'completed' "
            "GROUP BY number ORDER BY mean_validation_error",
        )
    return Query(
        "The trial that is diagnosed: the lowest validation error",
        f"trial {diagnosis.trial}, {best}",
        f"SELECT number, validation_error FROM trial_summary {of_study} "
        "AND outcome = 'completed' ORDER BY validation_error, number LIMIT 1",
    )


def _result(study: StudyRecord, rows: _Rows) -> TrialResult | None:
    """What was measured of the trial that the page is about."""
    return next((t.result for t in study.trials if t.number == rows.trial), None)


def _task_curves(study: StudyRecord, rows: _Rows) -> tuple[Query, ...]:
    result = _result(study, rows)
    if result is None or not result.task_curves:
        return ()
    return (
        Query(
            f"The curves of each task of trial {rows.trial}",
            "one row a task and epoch",
            "SELECT task, epoch, training_loss, training_error, validation_loss, validation_error "
            f"FROM task_curves {rows.of_trial} ORDER BY position, epoch",
        ),
    )


def _layers(study: StudyRecord, rows: _Rows) -> tuple[Query, ...]:
    result = _result(study, rows)
    if result is None or not result.signs:
        return ()
    return (
        Query(
            f"The layers of trial {rows.trial}",
            "one row a moment and layer; the activation spread is the root of variance",
            "SELECT l.moment, l.layer, l.units, l.variance, l.gradient_norm, l.weight_norm, "
            "l.update_ratio, l.dead, l.saturated, l.moved FROM trial_layers l "
            f"JOIN trial_summary t ON t.trial_id = l.trial_id {rows.of_trial} "
            "ORDER BY l.moment DESC, l.position",
        ),
    )


def _again(diagnosis: Diagnosis, rows: _Rows) -> tuple[Query, ...]:
    parts = diagnosis.replication and diagnosis.replication.decomposition
    if not parts:
        return ()
    unit = diagnosis.unit
    bias, variance = error_text(parts.bias, unit), points(parts.variance, unit)
    squared = parts.method == "squared"
    return (
        Query(
            "What the winner's error is made of",
            f"{bias} squared bias, {variance} variance"
            if squared
            else f"{bias} bias, {variance} net variance",
            "SELECT x.loss, x.bias, x.variance, x.unbiased_variance, x.biased_variance, "
            f"x.limits_json FROM decompositions x {rows.in_studies('x')} "
            "ORDER BY x.decomposition_id DESC LIMIT 1",
        ),
    )

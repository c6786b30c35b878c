"""A whole study read back with a handful of queries, however many trials it has."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select

from .data_checks import newest_data_checks
from .diagnoses import newest_bayes, newest_diagnosis
from .encoded import external_value, search_range
from .labels import labels_of_trials
from .learning_curves import newest_learning_curve
from .optuna_tables import study_directions, trial_params, trial_values, trials
from .records.results import (
    BalancedCurves,
    Curves,
    LabelResult,
    Outcome,
    RowErrors,
    TrialResult,
)
from .records.signs import CurvatureRecord
from .records.study import SearchRange, StudyRecord
from .records.trials import FinishedTrial, Parameter, TrialRecord
from .regions import newest_regions
from .replicates import newest_decomposition, replicates
from .signs import Signs, curvatures_of_trials, signs_of_trials
from .studies import newest_provenance
from .study_names import study_id_of
from .tables.studies import study_parameters, study_specs
from .tables.trials import trial_epochs, trial_results, trial_validation_rows
from .tasks import TasksOfTrials, tasks_of_trials
from .treatments import newest_treatments
from .trial_rows import rows_of_trials
from .workers import newest_costs

_EveryCurve = tuple[Curves, BalancedCurves | None]
_NO_CURVES: _EveryCurve = (Curves((), (), (), (), ()), None)


def load_study(connection: Connection, name: str, curves_of: int | None = None) -> StudyRecord:
    """Everything that is remembered of a study, also of one by stock Optuna.

    Args:
        connection: in a transaction, so that all queries see one state.
        name: of the study.
        curves_of: read the epochs and the vital signs of this many best trials only; the others
            get none, and no trial its rows' errors. ``None`` reads all of them.

    Raises:
        StorageError: no such study.
    """
    study_id = study_id_of(connection, name)
    spec = connection.execute(
        select(study_specs).where(study_specs.c.study_id == study_id)
    ).one_or_none()
    resolved = None if spec is None else json.loads(spec.spec_json)
    parameters = _parameters(connection, study_id, trials.c.number >= 0)
    direction = connection.scalar(
        select(study_directions.c.direction).where(
            study_directions.c.study_id == study_id, study_directions.c.objective == 0
        )
    )
    return StudyRecord(
        study_id=study_id,
        name=name,
        direction=(direction or "MINIMIZE").lower(),
        spec_text=None if spec is None else spec.spec_text,
        spec=resolved,
        provenance=newest_provenance(connection, study_id),
        ranges=_ranges(connection, study_id, resolved, parameters),
        trials=_trials(connection, study_id, parameters, curves_of),
        bayes=newest_bayes(connection, study_id),
        costs=newest_costs(connection, study_id),
        diagnosis=newest_diagnosis(connection, study_id),
        replicates=replicates(connection, study_id),
        decomposition=newest_decomposition(connection, study_id),
        data_checks=newest_data_checks(connection, study_id),
        row_errors=_row_errors(connection, study_id) if curves_of is None else {},
        regions=newest_regions(connection, study_id),
        treatments=newest_treatments(connection, study_id),
        learning_curve=newest_learning_curve(connection, study_id),
    )


def finished_trials(
    connection: Connection, study_id: int, after_number: int = -1
) -> tuple[FinishedTrial, ...]:
    """Trials that ended, with numbers above ``after_number``, for a sampler's mirror."""
    measured = select(trial_results.c.trial_id).where(trial_results.c.trial_id == trials.c.trial_id)
    condition = and_(
        trials.c.number > after_number,
        # One that diverged was measured; one that was only declared dead says nothing.
        or_(
            trials.c.state.in_(("COMPLETE", "PRUNED")),
            and_(trials.c.state == "FAIL", measured.exists()),
        ),
    )
    parameters = _parameters(connection, study_id, condition)
    rows = connection.execute(_with_values(study_id).where(condition))
    return tuple(
        FinishedTrial(r.number, r.state, tuple(parameters[r.trial_id]), _value(r)) for r in rows
    )


def _trials(
    connection: Connection,
    study_id: int,
    parameters: Mapping[int, list[Parameter]],
    curves_of: int | None,
) -> tuple[TrialRecord, ...]:
    rows = connection.execute(_with_values(study_id)).all()
    measured = rows_of_trials(connection, select(trial_results), trial_results, study_id)
    results = {r.trial_id: r for r in measured}
    values = {r.trial_id: _value(r) for r in rows}
    looked_at = _best_ids(results, values, curves_of)
    curves = _curves(connection, study_id, looked_at)
    signs = signs_of_trials(connection, study_id, looked_at)
    tasks = tasks_of_trials(connection, study_id, looked_at)
    curvatures = curvatures_of_trials(connection, study_id)
    labels = labels_of_trials(connection, study_id)
    return tuple(
        TrialRecord(
            trial_id=r.trial_id,
            number=r.number,
            state=r.state,
            parameters={
                p.name: external_value(p.value, p.distribution_json) for p in parameters[r.trial_id]
            },
            value=values[r.trial_id],
            started=r.datetime_start,
            completed=r.datetime_complete,
            result=_result(
                results.get(r.trial_id),
                values[r.trial_id],
                curves,
                tasks,
                signs,
                curvatures,
                labels,
            ),
        )
        for r in rows
    )


def _with_values(study_id: int) -> Select[Any]:
    return (
        select(trials, trial_values.c.value, trial_values.c.value_type)
        .outerjoin(
            trial_values,
            and_(trial_values.c.trial_id == trials.c.trial_id, trial_values.c.objective == 0),
        )
        .where(trials.c.study_id == study_id)
        .order_by(trials.c.number)
    )


def _value(row: Row) -> float | None:
    # A stock worker may have told infinity, of which the column holds the sign only.
    return {"INF_POS": float("inf"), "INF_NEG": float("-inf")}.get(row.value_type, row.value)


def _parameters(
    connection: Connection, study_id: int, condition: Any
) -> Mapping[int, list[Parameter]]:
    c = trial_params.c
    rows = connection.execute(
        select(c.trial_id, c.param_name, c.param_value, c.distribution_json)
        .join(trials, trials.c.trial_id == c.trial_id)
        .where(trials.c.study_id == study_id, condition)
        .order_by(c.param_id)
    )
    found: dict[int, list[Parameter]] = defaultdict(list)
    for trial_id, name, value, distribution in rows:
        found[trial_id].append(Parameter(name, value, distribution))
    return found


def _ranges(
    connection: Connection,
    study_id: int,
    resolved: Mapping[str, Any] | None,
    parameters: Mapping[int, list[Parameter]],
) -> tuple[SearchRange, ...]:
    """The space as the study was created with, then what stock workers added to it."""
    c = study_parameters.c
    rows = connection.execute(
        select(c.name, c.distribution_json).where(c.study_id == study_id).order_by(c.position)
    )
    known = {r.name: r.distribution_json for r in rows}
    for trial in parameters.values():
        for p in trial:
            known.setdefault(p.name, p.distribution_json)
    entries = (resolved or {}).get("search", {})
    return tuple(search_range(n, d, entries.get(n)) for n, d in known.items())


def _best_ids(
    results: Mapping[int, Row], values: Mapping[int, float | None], count: int | None
) -> list[int] | None:
    if count is None:
        return None
    completed = (i for i, r in results.items() if r.outcome == Outcome.COMPLETED.value)
    ranked = sorted((v, i) for i in completed if (v := values[i]) is not None)
    return [i for _, i in ranked[:count]]


def _curves(
    connection: Connection, study_id: int, trial_ids: list[int] | None
) -> dict[int, _EveryCurve]:
    query = select(trial_epochs).order_by(trial_epochs.c.trial_id, trial_epochs.c.epoch)
    found: dict[int, list[Any]] = defaultdict(list)
    rows = rows_of_trials(connection, query, trial_epochs, study_id, trial_ids)
    for trial_id, _epoch, *values in rows:
        found[trial_id].append(values)
    return {i: _curves_of(epochs) for i, epochs in found.items()}


def _curves_of(epochs: list[Any]) -> _EveryCurve:
    *curves, training, validation = zip(*epochs, strict=True)
    balanced = BalancedCurves(training, validation)
    there = any(value is not None for value in balanced.training)
    return Curves(*curves), balanced if there else None


def _row_errors(connection: Connection, study_id: int) -> dict[int, RowErrors]:
    c = trial_validation_rows.c
    query = select(trial_validation_rows, trials.c.number)
    query = query.join(trials, trials.c.trial_id == c.trial_id)
    rows = connection.execute(query.where(trials.c.study_id == study_id).order_by(trials.c.number))
    return {
        r.number: RowErrors(
            r.kind,
            r.kept_rows,
            r.validation_rows,
            bytes(r.errors),
            None if r.class_rows_json is None else tuple(json.loads(r.class_rows_json)),
        )
        for r in rows
    }


def _result(
    row: Row | None,
    value: float | None,
    curves: Mapping[int, _EveryCurve],
    tasks: TasksOfTrials,
    signs: Signs,
    curvatures: Mapping[int, CurvatureRecord],
    labels: Mapping[int, Sequence[LabelResult]],
) -> TrialResult | None:
    if row is None:
        return None
    stored = dict(row._mapping)
    stored["outcome"] = Outcome(stored["outcome"])
    if (text := stored.pop("wrong_json")) is not None:
        stored["wrong"] = {split: tuple(counts) for split, counts in json.loads(text).items()}
    of_one, balanced = curves.get(row.trial_id, _NO_CURVES)
    return TrialResult(
        **stored,
        value=value,
        curves=of_one,
        balanced_curves=balanced,
        tasks=tuple(tasks.results.get(row.trial_id, ())),
        signs=signs.get(row.trial_id, ()),
        task_curves=tuple(tasks.curves.get(row.trial_id, ())),
        curvature=curvatures.get(row.trial_id),
        labels=tuple(labels.get(row.trial_id, ())),
    )

"""Studies: created whole, read, listed."""

import json
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, insert, select
from sqlalchemy.exc import IntegrityError

from .errors import MadeByOptuna
from .mysql_names import refuse_alike
from .optuna_tables import studies, study_directions, trial_values, trials
from .records.data import ClassRows, DataNote, SplitSizes, TargetVariance, TaskNote
from .records.results import Outcome
from .records.runs import Provenance
from .records.study import NewStudy, StudyCounts, StudySummary
from .study_names import refuse_taken, study_id_of, taken
from .tables.diagnoses import diagnoses
from .tables.studies import study_parameters, study_provenance, study_specs
from .tables.trials import trial_results, trial_workers
from .times import utc_now
from .views import create_wide_view, wide_view_name

_TARGET_VARIANCE = (
    "training_target_variance",
    "validation_target_variance",
    "test_target_variance",
    "bridge_target_variance",
)


def create_study(connection: Connection, new: NewStudy) -> int:
    """Enter a study with its direction, spec, parameters, provenance and wide view.

    Raises:
        NameTaken: a study of that name exists.
        StorageError: one does that this database takes for it, as MariaDB does of another case; or
            it takes two parameters for the same.
    """
    refuse_taken(connection, new.name)
    refuse_alike(connection, (name for name, _ in new.parameters))
    try:
        key = connection.execute(insert(studies), {"study_name": new.name}).inserted_primary_key
    except IntegrityError as e:  # another process was faster
        raise taken(new.name) from e
    assert key is not None
    study_id = key[0]
    connection.execute(
        insert(study_directions),
        {"study_id": study_id, "objective": 0, "direction": "MINIMIZE"},
    )
    connection.execute(
        insert(study_specs),
        {
            "study_id": study_id,
            "spec_text": new.spec_text,
            "spec_json": json.dumps(new.spec_resolved),
            "wide_view": wide_view_name(new.name),
            "created": utc_now(),
        },
    )
    rows = [
        {"study_id": study_id, "position": i, "name": name, "distribution_json": distribution}
        for i, (name, distribution) in enumerate(new.parameters)
    ]
    if rows:
        connection.execute(insert(study_parameters), rows)
    add_provenance(connection, study_id, new.provenance)
    # Last: MariaDB commits at CREATE VIEW, and by now the study is whole.
    create_wide_view(connection, new.name, new.parameters)
    return study_id


def created(connection: Connection, name: str) -> str | None:
    """When a study was created, in UTC (ISO 8601); ``None`` if netclinic created none."""
    joined = study_specs.join(studies, studies.c.study_id == study_specs.c.study_id)
    asked = select(study_specs.c.created).select_from(joined).where(studies.c.study_name == name)
    found = connection.scalar(asked)
    return found and found.isoformat()


def spec_of(connection: Connection, name: str) -> tuple[str, dict[str, Any]]:
    """The text and the resolved form of a study's spec.

    Raises:
        NotStored: there is no such study.
        MadeByOptuna: there is one that netclinic did not create.
    """
    c = study_specs.c
    row = connection.execute(
        select(c.spec_text, c.spec_json).where(c.study_id == study_id_of(connection, name))
    ).one_or_none()
    if row is None:
        raise MadeByOptuna(
            f"The study {name!r} was not created by netclinic, so it has no spec to go on with. "
            "Write one and start a study of another name with `netclinic run SPEC`."
        )
    return row.spec_text, json.loads(row.spec_json)


def add_provenance(connection: Connection, study_id: int, provenance: Provenance) -> None:
    """Enter where the numbers of this run or resume come from."""
    row = provenance._asdict()
    rows, versions, notes = row.pop("rows"), row.pop("versions"), row.pop("data_notes")
    variance = row.pop("target_variance") or (None,) * len(_TARGET_VARIANCE)
    row |= dict(zip(_TARGET_VARIANCE, variance, strict=True))
    row |= {"study_id": study_id, "recorded": utc_now(), "versions_json": json.dumps(versions)}
    row |= {"training_rows": rows.train, "validation_rows": rows.validation}
    row |= {"test_rows": rows.test, "bridge_rows": rows.bridge}
    row |= {"data_notes_json": json.dumps([n._asdict() for n in notes])}
    of_classes = row.pop("class_rows")
    row["class_rows_json"] = None if of_classes is None else json.dumps(of_classes._asdict())
    tasks = [task._asdict() for task in row.pop("tasks")]
    row |= {"tasks_json": json.dumps(tasks) if tasks else None}
    groups = row.pop("validation_groups")
    row["validation_groups_json"] = None if groups is None else json.dumps(groups)
    shape = row.pop("row_shape")
    row["row_shape_json"] = None if shape is None else json.dumps(shape)
    connection.execute(insert(study_provenance), row)


def newest_provenance(connection: Connection, study_id: int) -> Provenance | None:
    """Where the numbers of the newest run come from; ``None`` for a stock Optuna study."""
    c = study_provenance.c
    r = connection.execute(
        select(study_provenance).where(c.study_id == study_id).order_by(c.provenance_id.desc())
    ).first()
    if r is None:
        return None
    variance = [getattr(r, name) for name in _TARGET_VARIANCE]
    return Provenance(
        netclinic_version=r.netclinic_version,
        versions=json.loads(r.versions_json),
        python=r.python,
        platform=r.platform,
        device=r.device,
        git_revision=r.git_revision,
        data_fingerprint=r.data_fingerprint,
        rows=SplitSizes(r.training_rows, r.validation_rows, r.test_rows, r.bridge_rows or 0),
        features=r.features,
        classes=r.classes,
        data_notes=tuple(DataNote(**note) for note in json.loads(r.data_notes_json)),
        target_variance=None if variance[0] is None else TargetVariance(*variance),
        class_rows=_class_rows(r.class_rows_json),
        tasks=tuple(TaskNote(**task) for task in json.loads(r.tasks_json or "[]")),
        validation_groups=_numbers(r.validation_groups_json),
        dealt=r.dealt,
        row_shape=_numbers(r.row_shape_json),
    )


def _numbers(text: str | None) -> tuple[int, ...] | None:
    return None if text is None else tuple(json.loads(text))


def _class_rows(text: str | None) -> ClassRows | None:
    if text is None:
        return None
    stored = {name: value and tuple(value) for name, value in json.loads(text).items()}
    return ClassRows(**stored)


def counts(connection: Connection, study_id: int) -> StudyCounts:
    """How the study's trials stand."""
    c = trials.c
    rows = connection.execute(
        select(
            c.state, trial_results.c.outcome, trial_workers.c.trial_id.is_not(None), func.count()
        )
        .outerjoin(trial_results, trial_results.c.trial_id == c.trial_id)
        .outerjoin(trial_workers, trial_workers.c.trial_id == c.trial_id)
        .where(c.study_id == study_id)
        .group_by(c.state, trial_results.c.outcome, trial_workers.c.trial_id.is_not(None))
    )
    found = dict.fromkeys(StudyCounts._fields, 0)
    for state, outcome, ours, count in rows:
        found["total"] += count
        found[_standing(state, outcome, bool(ours))] += count
    return StudyCounts(**found)


def summaries(connection: Connection) -> tuple[StudySummary, ...]:
    """Every study in the database, by name, also those of stock Optuna."""
    per_study = {r.study_id: r for r in connection.execute(_counted())}
    newest = {
        r.study_id: (tuple(r.verdict.split(",")), tuple(filter(None, (r.leaning or "").split(","))))
        for r in connection.execute(  # without the documents, which are long
            select(diagnoses.c.study_id, diagnoses.c.verdict, diagnoses.c.leaning).order_by(
                diagnoses.c.diagnosis_id
            )
        )
    }
    specs = connection.execute(select(study_specs.c.study_id, study_specs.c.spec_json))
    tasks = {study_id: json.loads(spec).get("data", {}).get("task") for study_id, spec in specs}
    rows = connection.execute(
        select(studies.c.study_id, studies.c.study_name, study_directions.c.direction)
        .outerjoin(
            study_directions,
            and_(
                study_directions.c.study_id == studies.c.study_id, study_directions.c.objective == 0
            ),
        )
        .order_by(studies.c.study_name)
    )
    return tuple(
        _summary(
            study_id, name, direction, per_study.get(study_id), newest.get(study_id, (None, ()))
        )._replace(task=(tasks[study_id] or "classification") if study_id in tasks else None)
        for study_id, name, direction in rows
    )


def _standing(state: str, outcome: str | None, ours: bool) -> str:
    if outcome is not None:
        return outcome
    unfinished = {"RUNNING": "running", "WAITING": "waiting", "FAIL": "failed"}
    return unfinished.get(state, "foreign") if ours else "foreign"


def _counted() -> Any:
    state, outcome = trials.c.state, trial_results.c.outcome
    best = case((state == "COMPLETE", trial_values.c.value))

    def number_of(condition: Any, name: str) -> Any:
        return func.sum(case((condition, 1), else_=0)).label(name)

    return (
        select(
            trials.c.study_id,
            func.count().label("trials"),
            number_of(state == "COMPLETE", "completed"),
            number_of(state == "PRUNED", "pruned"),
            number_of(outcome == Outcome.DIVERGED.value, "diverged"),
            number_of(state == "RUNNING", "running"),
            func.min(best).label("lowest"),
            func.max(best).label("highest"),
            func.max(trials.c.datetime_start).label("started"),
            func.max(trials.c.datetime_complete).label("ended"),
        )
        .outerjoin(trial_results, trial_results.c.trial_id == trials.c.trial_id)
        .outerjoin(
            trial_values,
            and_(trial_values.c.trial_id == trials.c.trial_id, trial_values.c.objective == 0),
        )
        .group_by(trials.c.study_id)
    )


def _summary(
    study_id: int,
    name: str,
    direction: str | None,
    counted: Row | None,
    diagnosed: tuple[tuple[str, ...] | None, tuple[str, ...]],
) -> StudySummary:
    verdict, leaning = diagnosed
    if counted is None:
        return StudySummary(study_id, name, 0, 0, 0, 0, 0, None, None, verdict, leaning=leaning)
    times = [t for t in (counted.started, counted.ended) if t is not None]
    return StudySummary(
        study_id=study_id,
        name=name,
        trials=counted.trials,
        completed=int(counted.completed),
        pruned=int(counted.pruned),
        diverged=int(counted.diverged),
        running=int(counted.running),
        best_value=counted.highest if direction == "MAXIMIZE" else counted.lowest,
        last_activity=max(times, default=None),
        verdict=verdict,
        leaning=leaning,
    )

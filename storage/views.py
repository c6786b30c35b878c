"""Views for people: of every study's trials, tasks and replicates, and one wide view a study.

The SQL is made of text, since views take no bound parameters; names and literals are quoted for
the dialect. Every join is on a unique key or on an aggregate per trial, so no row is multiplied.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from itertools import chain, count

from sqlalchemy import Connection, inspect, select

from .encoded import choices_of
from .mysql_names import compared, is_mysql
from .optuna_tables import studies
from .summaries import SUMMARIES
from .tables import OUR_TABLES
from .tables.studies import study_parameters, study_specs

# Columns of a wide view that are not parameters.
FIXED_COLUMNS = (
    "number",
    "state",
    "outcome",
    "value",
    "training_error",
    "validation_error",
    "test_error",
    "bridge_error",
    "best_epoch",
    "seconds",
)
_NAME_LENGTH = 63  # PostgreSQL's limit for a name; MariaDB's is 64
_TAKEN = {t.name for t in OUR_TABLES} | {
    "study_directions",
    "study_user_attributes",
    "study_system_attributes",
}

# Optuna deletes on SQLite without foreign keys, and SQLite gives freed ids out again: without
# these, a deleted study's rows would be taken for a new one's.
_TRIGGERS = {
    "netclinic_study_deleted": (
        "studies",
        "study_id",
        [
            "study_specs",
            "study_parameters",
            "study_provenance",
            "bayes_estimates",
            "data_checks",
            "decompositions",
            "treatments",
        ],
        "DELETE FROM learning_curve_points WHERE curve_id IN"
        " (SELECT curve_id FROM learning_curves WHERE study_id = OLD.study_id);"
        " DELETE FROM learning_curves WHERE study_id = OLD.study_id;"
        " DELETE FROM regions WHERE search_id IN"
        " (SELECT search_id FROM region_searches WHERE study_id = OLD.study_id);"
        " DELETE FROM region_searches WHERE study_id = OLD.study_id;"
        " DELETE FROM findings WHERE diagnosis_id IN"
        " (SELECT diagnosis_id FROM diagnoses WHERE study_id = OLD.study_id);"
        " DELETE FROM remedies WHERE diagnosis_id IN"
        " (SELECT diagnosis_id FROM diagnoses WHERE study_id = OLD.study_id);"
        " DELETE FROM diagnoses WHERE study_id = OLD.study_id;"
        " DELETE FROM study_workers WHERE study_id = OLD.study_id;",
    ),
    "netclinic_trial_deleted": (
        "trials",
        "trial_id",
        [
            "trial_results",
            "trial_epochs",
            "trial_tasks",
            "trial_task_epochs",
            "trial_labels",
            "trial_validation_rows",
            "trial_moments",
            "trial_layers",
            "trial_curvatures",
            "trial_replicates",
            "trial_test_rows",
            "trial_subsets",
            "trial_workers",
        ],
        "",
    ),
}


def wide_view_name(study_name: str) -> str:
    """The name of a study's wide view: ``study_`` and the study's name in lower-case letters.

    Where the name holds anything but a–z, 0–9 and ``_``, is too long, or would collide, eight
    hexadecimal digits of its SHA-256 are added, so that no two studies share a view.

    >>> wide_view_name("digits")
    'study_digits'
    >>> wide_view_name("Digits, batch 2")
    'study_digits_batch_2_f0ff9f4b'
    """
    slug = re.sub(r"[^a-z0-9]+", "_", study_name.lower()).strip("_")
    name = f"study_{slug}"
    plain = slug == study_name and name not in _TAKEN and not re.search(r"_[0-9a-f]{8}$", slug)
    if plain and len(name) <= _NAME_LENGTH:
        return name
    digest = hashlib.sha256(study_name.encode()).hexdigest()[:8]
    return f"{name[: _NAME_LENGTH - 9].rstrip('_')}_{digest}"


def wide_view_columns(parameters: Iterable[str]) -> tuple[str, ...]:
    """One column a parameter, in order; ``param_`` is put before a name that is taken."""
    taken = {compared(c) for c in FIXED_COLUMNS}
    columns = []
    for name in parameters:
        # MariaDB knows no names with characters beyond U+FFFF, and none has control characters.
        plain = "".join(c if " " <= c <= "\uffff" else "_" for c in name).strip() or "parameter"
        prefixes = chain(["", "param_"], (f"param_{i}_" for i in count(2)))
        column = next(c for p in prefixes if compared(c := _cut(p + plain)) not in taken)
        taken.add(compared(column))
        columns.append(column)
    return tuple(columns)


def _cut(name: str) -> str:
    return name.encode()[:_NAME_LENGTH].decode(errors="ignore").strip()


def wide_view_sql(
    study_name: str, parameters: Sequence[tuple[str, str]], *, mysql: bool = False
) -> str:
    """``CREATE VIEW`` of a study's wide view.

    Args:
        study_name: the view is tied to the name: should the study be deleted, the view is empty.
        parameters: (name, distribution_json) of each searched parameter.
        mysql: quote for MySQL and MariaDB instead of standard SQL.
    """
    columns = [_name(c, mysql) for c in wide_view_columns(n for n, _ in parameters)]
    pivot = "".join(
        f",\n         MAX({_decoded(name, d, mysql)}) AS {column}"
        for column, (name, d) in zip(columns, parameters, strict=True)
    )
    chosen = "".join(f"p.{column}, " for column in columns)
    text = _literal(study_name, mysql)
    return f"""
CREATE VIEW {_name(wide_view_name(study_name), mysql)} AS
SELECT t.number, t.state, r.outcome, {chosen}v.value,
       r.training_error, r.validation_error, r.test_error, r.bridge_error,
       r.best_epoch, r.seconds
FROM trials t
JOIN studies s ON s.study_id = t.study_id
LEFT JOIN (
  SELECT q.trial_id{pivot}
  FROM trial_params q
  JOIN trials u ON u.trial_id = q.trial_id
  JOIN studies w ON w.study_id = u.study_id
  WHERE w.study_name = {text}
  GROUP BY q.trial_id
) p ON p.trial_id = t.trial_id
LEFT JOIN trial_results r ON r.trial_id = t.trial_id
LEFT JOIN trial_values v ON v.trial_id = t.trial_id AND v.objective = 0
WHERE s.study_name = {text}
"""


def create_wide_view(
    connection: Connection, study_name: str, parameters: Sequence[tuple[str, str]]
) -> None:
    """Make (or make anew) a study's wide view."""
    mysql = is_mysql(connection)
    _run(connection, f"DROP VIEW IF EXISTS {_name(wide_view_name(study_name), mysql)}")
    _run(connection, wide_view_sql(study_name, parameters, mysql=mysql))


def refresh_views(connection: Connection) -> None:
    """Make every view anew, and SQLite's triggers: the last step of each schema upgrade."""
    for name in SUMMARIES:
        _run(connection, f"DROP VIEW IF EXISTS {name}")
    for name in _studies_of_ours(connection):
        mysql = is_mysql(connection)
        _run(connection, f"DROP VIEW IF EXISTS {_name(wide_view_name(name), mysql)}")
    if connection.dialect.name == "sqlite":
        for name in _TRIGGERS:
            _run(connection, f"DROP TRIGGER IF EXISTS {name}")
    restore_views(connection)


def restore_views(connection: Connection) -> None:
    """Make the views and triggers that are missing, without touching the others."""
    found = set(inspect(connection).get_view_names())
    for name, sql in SUMMARIES.items():
        if name not in found:
            _run(connection, sql)
    for name, study_id in _studies_of_ours(connection).items():
        if wide_view_name(name) in found:
            continue
        parameters = connection.execute(
            select(study_parameters.c.name, study_parameters.c.distribution_json)
            .where(study_parameters.c.study_id == study_id)
            .order_by(study_parameters.c.position)
        )
        create_wide_view(connection, name, [(n, d) for n, d in parameters])
    if connection.dialect.name == "sqlite":
        for name, (table, key, children, more) in _TRIGGERS.items():
            deletes = "".join(f" DELETE FROM {c} WHERE {key} = OLD.{key};" for c in children)
            _run(
                connection,
                f"CREATE TRIGGER IF NOT EXISTS {name} AFTER DELETE ON {table}"
                f" BEGIN{deletes}{more} END",
            )


def _studies_of_ours(connection: Connection) -> dict[str, int]:
    named = select(studies.c.study_name, studies.c.study_id).join(
        study_specs, studies.c.study_id == study_specs.c.study_id
    )
    return {r.study_name: r.study_id for r in connection.execute(named)}


def _decoded(name: str, distribution_json: str, mysql: bool) -> str:
    """The SQL expression of a parameter's value in ``trial_params q``."""
    test = f"q.param_name = {_literal(name, mysql)}"
    choices = choices_of(distribution_json)
    if choices is None:
        return f"CASE WHEN {test} THEN q.param_value END"
    numbers = all(type(c) in (int, float) and math.isfinite(c) for c in choices)
    cases = " ".join(
        f"WHEN {test} AND q.param_value = {i} THEN "
        + (repr(c) if numbers else _choice_literal(c, mysql))
        for i, c in enumerate(choices)
    )
    return f"CASE {cases} END"


def _choice_literal(choice: object, mysql: bool) -> str:
    if choice is None:
        return "NULL"
    if isinstance(choice, bool):
        return "'true'" if choice else "'false'"
    return _literal(str(choice), mysql)


def _literal(text: str, mysql: bool) -> str:
    doubled = text.replace("'", "''")
    return "'" + (doubled.replace("\\", "\\\\") if mysql else doubled) + "'"


def _name(text: str, mysql: bool) -> str:
    quote = "`" if mysql else '"'
    return quote + text.replace(quote, quote * 2) + quote


def _run(connection: Connection, sql: str) -> None:
    # Without parameters, so that the driver takes no % or : in a name for a placeholder.
    connection.execution_options(no_parameters=True).exec_driver_sql(sql)

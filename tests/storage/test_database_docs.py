"""``docs/database.md`` names every table, view and column, and its queries run."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from netclinic.storage import TrialStore, normalize_url
from netclinic.storage.records.results import LabelResult, RowErrors, TaskCurves, TaskResult
from netclinic.storage.tables import OUR_TABLES
from netclinic.storage.views import FIXED_COLUMNS

from tests.diagnostics.learning_curves import FORECAST
from tests.diagnostics.tried import TRIED

from .conftest import launch, pruned, replicate, result, signs
from .test_store import document

PAGE = (Path(__file__).parents[2] / "docs" / "database.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


def section(name: str) -> str:
    found = re.search(rf"^### `{re.escape(name)}`.*?(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"docs/database.md has no section {name}"
    return found.group()


def documented(name: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \| \S", section(name), re.MULTILINE)


@pytest.mark.parametrize("table", OUR_TABLES, ids=lambda t: t.name)
def test_every_table_and_column_is_documented(table):
    assert sorted(documented(table.name)) == sorted(table.columns.keys())


def test_no_table_is_left_out_that_the_database_holds(sqlite_url):
    inspector = sa.inspect(sa.create_engine(normalize_url(sqlite_url), poolclass=sa.NullPool))
    import optuna.storages._rdb.models as optunas

    ours = set(inspector.get_table_names()) - set(optunas.BaseModel.metadata.tables)
    ours -= {"alembic_version"}
    assert ours == {t.name for t in OUR_TABLES} | {"netclinic_alembic_version"}
    assert "`netclinic_alembic_version`" in PAGE
    views = inspector.get_view_names()
    assert sorted(views) == ["replicate_summary", "task_curves", "trial_summary"]
    for view in views:
        assert documented(view) == [c["name"] for c in inspector.get_columns(view)]


def test_the_wide_view_is_documented():
    assert tuple(documented("study_…")) == FIXED_COLUMNS


@pytest.fixture
def filled(store) -> TrialStore:
    study, _, launched = launch(store, 8)
    values = [0.4, None, 0.2, 0.3, 0.2, None]
    tasks = (TaskResult("validation", "digit", "classification", 0.1, 0.2, 0.3, 0.3),)
    ended = zip(launched, values, strict=False)
    kept = RowErrors("bits", 8, 300, b"\x01", (5, 3))
    results = [
        result(t.trial_id, v, tasks=tasks, row_errors=kept) if v else result(t.trial_id, v)
        for t, v in ended
    ]
    curves = (TaskCurves("digit", *[(0.3, 0.2, 0.1)] * 4),)
    store.finish([r._replace(signs=signs(), task_curves=curves) for r in results])
    store.finish([pruned(launched[6].trial_id, 0.1)])
    store.save_labels(launched[2].trial_id, [LabelResult("test", "a", 9, 7, 91, 1, 0.1, 2, 6)])
    store.record_replicates(study, [replicate(launched[2].trial_id, 1)])
    store.save_diagnosis(study, document(["high_bias"]))
    store.save_treatment(study, TRIED)
    store.save_learning_curve(study, FORECAST)
    return store


def test_there_are_example_queries():
    assert len(QUERIES) >= 8


@pytest.mark.parametrize("sql", QUERIES)
def test_every_query_runs_and_finds_something(filled, sql):
    columns, found = filled.query(sql)
    assert columns
    assert found


def test_the_best_trials_are_what_the_query_says(filled):
    assert [row[0] for row in filled.query(QUERIES[0])[1]] == [2, 4, 3, 0]
    (everything,) = (sql for sql in QUERIES if sql.startswith("SELECT * FROM study_digits"))
    assert [row[0] for row in filled.query(everything)[1]] == [2]

"""The schema: migrated to what ``tables.py`` says, on every database, from every old revision."""

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from netclinic import storage
from netclinic.storage import (
    Outcome,
    StorageError,
    TrialStore,
    normalize_url,
    schema,
    upgrade_schema,
)
from netclinic.storage.records.data import BayesRecord, ClassRows, TargetVariance, TaskNote
from netclinic.storage.records.learning_curves import Backtest, Target
from netclinic.storage.records.results import LabelResult, RowErrors, TaskResult
from netclinic.storage.records.runs import RunCosts
from netclinic.storage.records.signs import CurvatureRecord
from netclinic.storage.records.treatments import FreshErrors
from netclinic.storage.schema import REVISION, one_at_a_time
from netclinic.storage.tables.metadata import metadata

from .conftest import execute, launch, new_study, optuna_tables, proposals, result

ASSETS = Path(__file__).parent / "upgrade_assets"
OPTUNAS = {"studies", "trials"}


def test_the_migrations_lead_to_the_declared_tables(url):
    engine = sa.create_engine(normalize_url(url), poolclass=sa.NullPool)
    ours = {t.name for t in metadata.sorted_tables} - OPTUNAS

    def is_ours(thing, name, kind, _reflected, _compared):
        table = name if kind == "table" else thing.table.name
        return table in ours

    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_revision_is_the_newest_migration_and_each_has_an_asset():
    config = Config()
    config.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == REVISION
    revisions = {r.revision for r in script.walk_revisions()}
    assert {p.stem for p in ASSETS.glob("*.sql")} == revisions


@pytest.mark.parametrize("asset", sorted(ASSETS.glob("*.sql")), ids=lambda p: p.stem)
def test_an_old_database_is_upgraded_and_read(asset, tmp_path):
    file = tmp_path / "old.db"
    connection = sqlite3.connect(file)
    connection.executescript(asset.read_text(encoding="utf-8"))
    connection.close()
    url = f"sqlite:///{file}"
    optuna_tables(url)
    upgrade_schema(url)
    with TrialStore(url) as store:
        record = store.load_study("digits")
        assert [(t.state, t.value) for t in record.trials] == [
            ("COMPLETE", 0.25),
            ("FAIL", None),
            ("RUNNING", None),
        ]
        assert record.trials[0].result is not None
        assert record.trials[0].result.curves.training_loss == (1.0, 0.5, 0.1)
        assert record.trials[1].result is not None
        assert record.trials[1].result.outcome is Outcome.DIVERGED
        assert record.trials[2].parameters["activation"] == "relu"
        assert record.bayes is not None
        assert record.bayes.high == 0.2
        assert record.diagnosis is not None
        assert record.diagnosis["verdict"] == ["high_bias"]
        leans = ("high_variance",) if asset.stem >= "0023" else ()
        assert [it.leaning for it in store.studies()] == [leans]
        assert store.query("SELECT number, activation FROM study_digits WHERE value > 0")[1] == [
            (0, "relu")
        ]
        costs = record.costs
        assert costs == (
            RunCosts(9.5, 1.5, 0.25, 0.5, 4.0, 0.125, 0.5, 1.0, 2, 2e11)
            if asset.stem >= "0002"
            else None
        )
        deviations = [
            record.trials[0].result.training_deviation,
            record.trials[0].result.test_deviation,
        ]
        assert record.provenance is not None
        variance = record.provenance.target_variance
        if asset.stem >= "0003":
            assert (deviations, variance) == ([0.5, 1.5], TargetVariance(4.0, 5.0, 6.0))
        else:
            assert (deviations, variance) == ([None, None], None)
        again = [(r.kind, r.replicate, r.validation_error) for r in record.replicates]
        if asset.stem >= "0004":
            assert again == [("bootstrap", 0, 0.4), ("seed", 1, 0.35)]
            assert record.decomposition is not None
            assert record.decomposition.limits == {"loss_low": 0.1}
        else:
            assert (again, record.decomposition) == ([], None)
        first = record.trials[0].result
        bridge = (first.bridge_loss, first.bridge_error, record.provenance.rows.bridge)
        assert bridge == ((0.29, 0.24, 200) if asset.stem >= "0005" else (None, None, 0))
        balanced = (first.test_balanced_error, first.wrong and first.wrong["test"])
        rows = record.provenance.class_rows
        if asset.stem >= "0006":
            assert (balanced, first.objective_curve) == ((0.36, (5, 6)), (1.0, 0.5, 0.1))
            assert rows == ClassRows(("a", "b"), (900, 100), (270, 30), (270, 27), (180, 20))
            assert [r.objective for r in record.replicates] == [0.4, 0.45]
        else:
            assert (balanced, rows, first.balanced_curves) == ((None, None), None, None)
        if asset.stem >= "0007":
            task = TaskResult("test", "digit", "classification", 0.25, 0.5, 0.7, 0.43)
            assert first.tasks == (task,)
            assert record.provenance.tasks == (TaskNote("digit", "classification", 10, 0.5),)
        else:
            assert (first.tasks, record.provenance.tasks) == ((), ())
        groups = (4, 4, 7, 7, 7, 4, 4, 7, 9, 9, 9, 9) if asset.stem >= "0018" else None
        assert record.provenance.validation_groups == groups
        assert record.provenance.dealt == ("grouped" if asset.stem >= "0020" else None)
        assert record.provenance.row_shape == ((8, 8) if asset.stem >= "0026" else None)
        layers = [(m.moment, m.rows, m.constant_loss, *map(tuple, m.layers)) for m in first.signs]
        numbers = (0.0, 1.0, 0.5, 4.0)
        inputs = ("inputs", 64, *numbers, *[None] * 7)
        output = ("output", 10, *numbers, 0.75, 0.25, 0.125, 1.5, 3.0, 0.01, 0.0)
        assert layers == ([("start", 512, 2.0, inputs, output)] if asset.stem >= "0011" else [])
        label = LabelResult("test", "owl", 9, 7, 291, 1, 0.125, 2, 6)
        assert first.labels == ((label,) if asset.stem >= "0028" else ())
        curvature = CurvatureRecord(512, 0.25, -0.5, 2.0)
        assert first.curvature == (curvature if asset.stem >= "0016" else None)
        floor = BayesRecord(0.1, 0.0, 0.2, 9, "m", False)
        assert record.bayes.tasks == ({"digit": floor} if asset.stem >= "0008" else {})
        kept = RowErrors("bits", 12, 300, b"\x80\x10", (7, 5))
        assert record.row_errors == ({0: kept} if asset.stem >= "0009" else {})
        found = record.regions and record.regions.regions[0].verdict
        assert found == (("high_bias", "floor") if asset.stem >= "0010" else None)
        errors = record.regions and record.regions.regions[0][2:8]
        spread = 0.5 if asset.stem >= "0017" else None
        counted = (100, 0.2, spread, 50, 0.22, spread)
        assert errors == (counted if asset.stem >= "0010" else None)
        grouped = record.regions and record.regions.regions[0][-8:-4]
        known = (9, 3.5, 4, 2.25) if asset.stem >= "0019" else (None,) * 4
        assert grouped == (known if asset.stem >= "0010" else None)
        higher = record.regions and record.regions.regions[0][-4:-2]
        known = (0.003, 0.05) if asset.stem >= "0024" else (None, None)
        assert higher == (known if asset.stem >= "0010" else None)
        alike = record.regions and record.regions.regions[0][-2:]
        known = (2.5, 1.75) if asset.stem >= "0025" else (None, None)
        assert alike == (known if asset.stem >= "0010" else None)
        rows = [check.details for check in record.data_checks]
        assert rows == ([{"rows": [{"row": 7}]}] if asset.stem >= "0012" else [])
        query = "SELECT gain_high, cost_trials FROM remedies"
        curves = ((0.6, 0.4, 0.125), (0.7, 0.5, 0.25))
        of_task = [(c.task, c.training_error, c.validation_error) for c in first.task_curves]
        assert of_task == ([("digit", *curves)] if asset.stem >= "0014" else [])
        gains = [(0.1, 64)] if asset.stem >= "0013" else [(None, None)]
        assert store.query(query)[1] == gains
        assert first.convolution == ("im2col" if asset.stem >= "0015" else None)
        tried = [(it.remedy, it.lower_by, it.pairs) for it in record.treatments]
        assert tried == ([("l2", 0.125, None)] if asset.stem >= "0021" else [])
        fresh = store.fresh_errors(first.trial_id)
        known = FreshErrors(first.trial_id, 10_001, "bits", 12, b"\x80\x10")
        assert fresh == ((known,) if asset.stem >= "0021" else ())
        curve, subsets = record.learning_curve, store.subset_trainings(first.trial_id)
        assert [it[1:3] for it in subsets] == ([(6, 20_001)] if asset.stem >= "0022" else [])
        known = (Backtest(3, 0.25, 0.125, 0.375, 0.3125), Target(0.2, 0.5, 20, 30, 40), 1, 1)
        found = curve and (curve.backtest, curve.target, len(curve.points), len(curve.forecasts))
        assert found == (known if asset.stem >= "0022" else None)
        beats = store.query("SELECT heartbeat IS NULL FROM study_workers")[1]
        assert beats == [(asset.stem < "0027",)]
        study = store.study_id("digits")
        (left,) = store.reclaim(study, store.register_worker(study), 10)
        assert store.finish([result(left.trial_id)]) == ()


def test_an_upgrade_may_be_repeated_and_keeps_everything(store, url):
    launch(store, 2)
    before = store.load_study("digits")
    upgrade_schema(url)
    assert store.load_study("digits") == before
    assert store.query("SELECT count(*) FROM schema_history")[1] == [(1,)]


def test_an_interrupted_second_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0001'")
    execute(url, "DELETE FROM schema_history WHERE revision > '0001'")
    execute(url, "ALTER TABLE study_workers DROP COLUMN flops")
    upgrade_schema(url)
    assert store.query("SELECT flops FROM study_workers")[1] == []


def test_an_interrupted_third_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0002'")
    execute(url, "DELETE FROM schema_history WHERE revision > '0002'")
    execute(url, "ALTER TABLE study_provenance DROP COLUMN test_target_variance")
    upgrade_schema(url)
    assert store.query("SELECT test_target_variance FROM study_provenance")[1] == []


def test_an_interrupted_fourth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0003'")
    execute(url, "DELETE FROM schema_history WHERE revision > '0003'")
    execute(url, "DROP TABLE decompositions")
    upgrade_schema(url)
    assert store.query("SELECT loss FROM decompositions")[1] == []


def test_an_interrupted_fifth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0004'")
    execute(url, "DELETE FROM schema_history WHERE revision > '0004'")
    execute(url, "ALTER TABLE study_provenance DROP COLUMN bridge_rows")
    upgrade_schema(url)
    assert store.query("SELECT bridge_rows FROM study_provenance")[1] == []


def test_an_interrupted_sixth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0005'")
    execute(url, "DELETE FROM schema_history WHERE revision > '0005'")
    execute(url, "ALTER TABLE study_provenance DROP COLUMN class_rows_json")
    upgrade_schema(url)
    assert store.query("SELECT class_rows_json FROM study_provenance")[1] == []


def test_an_interrupted_seventh_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0006'")
    execute(url, "DELETE FROM schema_history WHERE revision > '0006'")
    execute(url, "DROP TABLE trial_tasks")
    upgrade_schema(url)
    assert store.query("SELECT error FROM trial_tasks")[1] == []


def test_an_interrupted_eighth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0007'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0008'")
    execute(url, "ALTER TABLE bayes_estimates DROP COLUMN tasks_json")
    upgrade_schema(url)
    assert store.query("SELECT tasks_json FROM bayes_estimates")[1] == []


def test_an_interrupted_ninth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0008'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0009'")
    upgrade_schema(url)  # the table is there already
    assert store.query("SELECT kept_rows FROM trial_validation_rows")[1] == []


def test_an_interrupted_tenth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0009'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0010'")
    execute(url, "DROP TABLE regions")
    upgrade_schema(url)
    assert store.query("SELECT bias FROM regions")[1] == []


def test_an_interrupted_eleventh_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0010'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0011'")
    execute(url, "DROP TABLE trial_layers")
    upgrade_schema(url)
    assert store.query("SELECT moved FROM trial_layers")[1] == []


def test_an_interrupted_twelfth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0011'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0012'")
    execute(url, "DROP TABLE data_checks")
    upgrade_schema(url)
    assert store.query("SELECT value FROM data_checks")[1] == []


def test_an_interrupted_thirteenth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0012'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0013'")
    execute(url, "ALTER TABLE remedies DROP COLUMN cost_seconds")
    upgrade_schema(url)
    assert store.query("SELECT cost_seconds FROM remedies")[1] == []


def test_an_interrupted_fourteenth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0013'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0014'")
    execute(url, "DROP VIEW task_curves")
    execute(url, "DROP TABLE trial_task_epochs")
    upgrade_schema(url)
    assert store.query("SELECT epoch FROM task_curves")[1] == []


@pytest.mark.parametrize("table", ["trial_results", "trial_replicates"])
def test_an_interrupted_fifteenth_migration_goes_on(store, url, table):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0014'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0015'")
    execute(url, f"ALTER TABLE {table} DROP COLUMN convolution")
    upgrade_schema(url)
    assert store.query(f"SELECT convolution FROM {table}")[1] == []


def test_an_interrupted_sixteenth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0015'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0016'")
    execute(url, "DROP TABLE trial_curvatures")
    upgrade_schema(url)
    assert store.query("SELECT lowest FROM trial_curvatures")[1] == []


def test_an_interrupted_seventeenth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0016'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0017'")
    execute(url, "ALTER TABLE regions DROP COLUMN held_out_deviation")
    execute(url, "ALTER TABLE region_searches DROP COLUMN part_of")
    upgrade_schema(url)
    assert store.query("SELECT held_out_deviation FROM regions")[1] == []
    assert store.query("SELECT part_of FROM region_searches")[1] == []


def test_an_interrupted_eighteenth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0017'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0018'")
    execute(url, "ALTER TABLE study_provenance DROP COLUMN validation_groups_json")
    upgrade_schema(url)
    assert store.query("SELECT validation_groups_json FROM study_provenance")[1] == []


def test_an_interrupted_nineteenth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0018'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0019'")
    execute(url, "ALTER TABLE regions DROP COLUMN held_out_effect")
    upgrade_schema(url)
    assert store.query("SELECT held_out_effect FROM regions")[1] == []


def test_an_interrupted_twenty_fourth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0023'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0024'")
    execute(url, "ALTER TABLE regions DROP COLUMN elsewhere_error")
    upgrade_schema(url)
    assert store.query("SELECT error_p, elsewhere_error FROM regions")[1] == []


def test_an_interrupted_twenty_fifth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0024'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0025'")
    execute(url, "ALTER TABLE regions DROP COLUMN held_out_alike")
    upgrade_schema(url)
    assert store.query("SELECT training_alike, held_out_alike FROM regions")[1] == []


def test_an_interrupted_twenty_sixth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0025'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0026'")
    execute(url, "ALTER TABLE study_provenance DROP COLUMN row_shape_json")
    upgrade_schema(url)
    assert store.query("SELECT row_shape_json FROM study_provenance")[1] == []


def test_an_interrupted_twenty_eighth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0027'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0028'")
    execute(url, "DROP TABLE trial_labels")
    upgrade_schema(url)
    assert store.query("SELECT missed FROM trial_labels")[1] == []


def test_an_interrupted_twentieth_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0019'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0020'")
    execute(url, "ALTER TABLE study_provenance DROP COLUMN dealt")
    upgrade_schema(url)
    assert store.query("SELECT dealt FROM study_provenance")[1] == []


@pytest.mark.parametrize("table", ["trial_test_rows", "treatments"])
def test_an_interrupted_twenty_first_migration_goes_on(store, url, table):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0020'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0021'")
    execute(url, f"DROP TABLE {table}")
    upgrade_schema(url)
    assert store.query(f"SELECT * FROM {table}")[1] == []


@pytest.mark.parametrize("table", ["trial_subsets", "learning_curves", "learning_curve_points"])
def test_an_interrupted_twenty_second_migration_goes_on(store, url, table):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0021'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0022'")
    if table == "learning_curves":  # of three tables made in turn, the last one is missing, too
        execute(url, "DROP TABLE learning_curve_points")
    execute(url, f"DROP TABLE {table}")
    upgrade_schema(url)
    assert store.query(f"SELECT * FROM {table}")[1] == []


def test_an_interrupted_twenty_third_migration_goes_on(store, url):
    execute(url, "UPDATE netclinic_alembic_version SET version_num = '0022'")
    execute(url, "DELETE FROM schema_history WHERE revision >= '0023'")
    upgrade_schema(url)
    assert store.query("SELECT leaning FROM diagnoses")[1] == []


def test_an_upgrade_that_was_interrupted_at_its_views_goes_on(store, url):
    launch(store, 2)
    execute(url, f"DELETE FROM schema_history WHERE revision = '{REVISION}'")
    execute(url, "DROP VIEW study_digits")
    execute(url, "CREATE VIEW study_digits AS SELECT 1 AS of_an_older_netclinic")
    upgrade_schema(url)
    assert len(store.query("SELECT number, activation FROM study_digits")[1]) == 2
    history = f"SELECT count(*) FROM schema_history WHERE revision = '{REVISION}'"
    assert store.query(history)[1] == [(1,)]


@pytest.mark.parametrize("empty_url", ["mariadb"], indirect=True)
def test_an_upgrade_does_not_begin_beside_another_one(empty_url, monkeypatch):
    optuna_tables(empty_url)
    monkeypatch.setattr(schema, "_TURN", 0)
    with one_at_a_time(empty_url), pytest.raises(StorageError, match="Wait until it has ended"):
        upgrade_schema(empty_url)
    upgrade_schema(empty_url)


def test_views_that_were_dropped_are_made_again(store, url):
    launch(store, 2)
    execute(url, "DROP VIEW trial_summary")
    execute(url, "DROP VIEW study_digits")
    with pytest.raises(StorageError):
        store.query("SELECT * FROM trial_summary")
    upgrade_schema(url)
    assert len(store.query("SELECT * FROM trial_summary")[1]) == 2
    assert len(store.query("SELECT * FROM study_digits")[1]) == 2


def test_an_upgrade_that_was_interrupted_goes_on(empty_url):
    optuna_tables(empty_url)
    execute(
        empty_url,
        "CREATE TABLE schema_history (revision VARCHAR(32) NOT NULL PRIMARY KEY,"
        " netclinic_version VARCHAR(64) NOT NULL, applied TIMESTAMP NOT NULL)",
    )
    upgrade_schema(empty_url)
    with TrialStore(empty_url) as store:
        launch(store, 1)


def test_two_upgrades_at_once_both_end_well(empty_url):
    optuna_tables(empty_url)
    failures = []

    def upgrade():
        try:
            upgrade_schema(empty_url)
        except StorageError as e:
            failures.append(e)

    threads = [threading.Thread(target=upgrade) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    TrialStore(empty_url).close()


@pytest.mark.parametrize("empty_url", ["postgresql", "mariadb"], indirect=True)
def test_what_others_make_in_a_server_is_made_by_one_process_at_a_time(empty_url):
    entered = []

    def enter():
        with one_at_a_time(empty_url):
            entered.append(1)

    waiting = threading.Thread(target=enter)
    with one_at_a_time(empty_url):
        waiting.start()
        waiting.join(0.3)
        assert entered == []
    waiting.join()
    assert entered == [1]


def test_a_newer_schema_names_the_netclinic_that_wrote_it(empty_url):
    optuna_tables(empty_url)
    upgrade_schema(empty_url)
    execute(empty_url, "UPDATE netclinic_alembic_version SET version_num = '9000'")
    for call in (TrialStore, upgrade_schema):
        with pytest.raises(StorageError, match=r"a newer netclinic wrote this.*schema 9000"):
            call(empty_url)
    execute(
        empty_url,
        "INSERT INTO schema_history VALUES ('9000', '7.1.0', '2031-01-01 00:00:00')",
    )
    for call in (TrialStore, upgrade_schema):
        with pytest.raises(StorageError) as caught:
            call(empty_url)
        said = str(caught.value)
        assert ": netclinic 7.1.0 wrote this database (schema 9000); this is netclinic " in said
        assert said.endswith(
            f'(schema {REVISION}). Upgrade it: pip install --upgrade "netclinic>=7.1.0"'
        )


def test_optunas_own_version_table_is_left_alone(empty_url):
    optuna_tables(empty_url)
    engine = sa.create_engine(normalize_url(empty_url), poolclass=sa.NullPool)

    def optunas():
        with engine.connect() as c:
            return c.exec_driver_sql("SELECT version_num FROM alembic_version").fetchall()

    before = optunas()
    upgrade_schema(empty_url)
    assert optunas() == before != []
    with TrialStore(empty_url) as store:
        study = store.create_study(new_study())
        store.launch(study, store.register_worker(study), 0, proposals(0, 1))
    optuna_tables(empty_url)  # a newer Optuna would check and migrate here

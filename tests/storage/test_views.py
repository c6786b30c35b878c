"""Views: right values, one row a trial, a name of its own for every study."""

import re

import optuna
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from netclinic.storage import Parameter, Proposal, TrialStore, normalize_url, wide_view_name
from netclinic.storage.views import FIXED_COLUMNS, wide_view_columns
from optuna.distributions import CategoricalDistribution, FloatDistribution, distribution_to_json

from .conftest import launch, new_study, parameters_of, pruned, result


def rows(store: TrialStore, sql: str) -> list[dict]:
    columns, values = store.query(sql)
    return [dict(zip(columns, row, strict=True)) for row in values]


def test_the_summary_has_one_row_a_trial_with_its_measurements(store):
    _, _, launched = launch(store, 3)
    launch(store, 2, "other")
    store.finish([result(launched[0].trial_id, 0.25), result(launched[1].trial_id, None)])
    first, second, third = rows(
        store, "SELECT * FROM trial_summary WHERE study_name = 'digits' ORDER BY number"
    )
    assert (first["state"], first["outcome"], first["value"]) == ("COMPLETE", "completed", 0.25)
    assert (first["learning_rate"], first["weight_decay"], first["momentum"]) == (0.01, 1e-4, 0.9)
    assert (first["training_error"], first["test_error"], first["best_epoch"]) == (0.125, 0.26, 3)
    assert (first["parameters"], first["seconds"], first["epochs"]) == (2_410, 0.7, 3)
    assert first["started"] <= first["completed"]
    assert (second["state"], second["outcome"], second["diverged_epoch"]) == ("FAIL", "diverged", 3)
    assert second["training_loss"] is None
    assert (third["state"], third["outcome"], third["completed"]) == ("RUNNING", None, None)
    assert third["learning_rate"] == parameters_of(2)[0].value
    assert len(store.query("SELECT * FROM trial_summary")[1]) == 5


def test_a_pruned_trial_in_both_views(store):
    _, _, (trial,) = launch(store, 1)
    store.finish([pruned(trial.trial_id, 0.5, epochs=2)])
    for view in ("trial_summary", "study_digits"):
        (row,) = rows(store, f"SELECT * FROM {view}")
        assert (row["state"], row["outcome"], row["value"]) == ("PRUNED", "pruned", 0.5)
        assert (row["validation_error"], row["test_error"]) == (0.5, None)
    (row,) = rows(store, "SELECT epochs, diverged_epoch, test_loss FROM trial_summary")
    assert row == {"epochs": 2, "diverged_epoch": None, "test_loss": None}


def test_the_summary_shows_what_stock_workers_searched(store, stock_storage):
    study = optuna.create_study(study_name="theirs", storage=stock_storage())

    def objective(trial: optuna.Trial) -> float:
        trial.suggest_categorical("momentum", [0.9, 0.99])
        trial.report(0.5, 1)
        trial.report(0.4, 2)
        trial.set_user_attr("a", 1)
        trial.set_user_attr("b", 2)
        return trial.suggest_float("learning_rate", 0.001, 0.1, log=True)

    study.optimize(objective, n_trials=3)
    found = rows(store, "SELECT * FROM trial_summary ORDER BY number")
    assert [r["learning_rate"] for r in found] == [t.value for t in study.trials]
    assert [r["value"] for r in found] == [t.value for t in study.trials]
    # An index into the choices is no momentum.
    assert [r["momentum"] for r in found] == [None] * 3
    assert [r["outcome"] for r in found] == [None] * 3


def test_the_wide_view_decodes_every_parameter(store):
    _, _, launched = launch(store, 3)
    store.finish([result(launched[0].trial_id, 0.25)])
    found = rows(store, "SELECT * FROM study_digits ORDER BY number")
    names = [p.name for p in parameters_of(0)]
    assert list(found[0]) == [*FIXED_COLUMNS[:3], *names, *FIXED_COLUMNS[3:]]
    assert [{n: r[n] for n in names} for r in found] == [t.parameters for t in launched]
    assert [r["value"] for r in found] == [0.25, None, None]
    assert [r["seconds"] for r in found] == [0.7, None, None]


NASTY = ["it's", 'say "x"', "back\\slash", "100%", "%s", ":name", "`tick`", "a;b", "--", "", "日本"]


def nasty_study(name: str):
    choices = {
        "text": NASTY,
        "numbers": [16, 2.5, -3],
        "mixed": [1, "one", True, None],
        'a "name"': [True, False],
        "per%cent `x` it's": ["a"],
        "value": [7, 8],
        "Number": [9, 10],
    }
    encoded = {n: distribution_to_json(CategoricalDistribution(c)) for n, c in choices.items()}
    encoded["x" * 80] = distribution_to_json(FloatDistribution(0, 1))
    return new_study(name)._replace(parameters=tuple(encoded.items())), choices


def test_the_wide_view_survives_any_name_and_choice(store):
    new, choices = nasty_study('It\'s a "study" \\ 100% :x `y`; DROP TABLE trials --')
    study = store.create_study(new)
    worker = store.register_worker(study)
    proposals = [
        Proposal(
            n,
            tuple(
                Parameter(name, float(n % len(choices.get(name, [0]))), distribution)
                for name, distribution in new.parameters
            ),
        )
        for n in range(len(NASTY))
    ]
    store.launch(study, worker, 0, proposals)
    found = rows(store, f"SELECT * FROM {wide_view_name(new.name)} ORDER BY number")
    assert [r["text"] for r in found] == NASTY
    assert [float(r["numbers"]) for r in found[:4]] == [16, 2.5, -3, 16]
    assert [r["mixed"] for r in found[:4]] == ["1", "one", "true", None]
    assert [r['a "name"'] for r in found[:2]] == ["true", "false"]
    assert [r["per%cent `x` it's"] for r in found[:2]] == ["a", "a"]
    assert [r["param_value"] for r in found[:2]] == [7, 8]
    assert [r["param_Number"] for r in found[:2]] == [9, 10]
    assert found[0]["x" * 63] == 0.0
    assert found[0]["value"] is None


def test_a_study_without_searched_parameters_has_a_view_too(store):
    store.create_study(new_study()._replace(parameters=()))
    assert list(store.query("SELECT * FROM study_digits")[0]) == list(FIXED_COLUMNS)


def test_more_parameters_than_a_join_can_take(store):
    distribution = distribution_to_json(FloatDistribution(0, 1))
    names = [f"p{i}" for i in range(150)]
    study = store.create_study(
        new_study()._replace(parameters=tuple((n, distribution) for n in names))
    )
    worker = store.register_worker(study)
    values = tuple(Parameter(n, i / 150, distribution) for i, n in enumerate(names))
    store.launch(study, worker, 0, [Proposal(0, values)])
    (row,) = rows(store, "SELECT * FROM study_digits")
    assert [row[n] for n in names] == [i / 150 for i in range(150)]


def test_a_study_may_be_called_like_a_table(store):
    for name in ("specs", "directions", "workers"):
        study = store.create_study(new_study(name))
        assert store.study_id(name) == study
        assert store.query(f"SELECT * FROM {wide_view_name(name)}")[1] == []


@given(st.text(min_size=1, max_size=100))
def test_a_view_name_needs_no_quotes_and_fits_every_database(name):
    view = wide_view_name(name)
    assert re.fullmatch(r"study_[a-z0-9_]+", view)
    assert len(view) <= 63


@given(st.lists(st.text("abAB_- 1é", min_size=1, max_size=6), unique=True, min_size=2, max_size=9))
def test_two_studies_never_share_a_view(names):
    assert len({wide_view_name(n) for n in names}) == len(names)


def test_a_name_that_looks_like_a_hashed_one_is_hashed_itself():
    hashed = wide_view_name("Digits")
    assert wide_view_name(hashed.removeprefix("study_")) != hashed


@given(st.lists(st.text(min_size=1, max_size=80), unique=True, max_size=12))
def test_columns_are_distinct_in_every_database(names):
    columns = wide_view_columns(names)
    lowered = [c.lower() for c in (*columns, *FIXED_COLUMNS)]
    assert len(set(lowered)) == len(lowered)
    assert all(1 <= len(c.encode()) <= 63 for c in columns)


def test_no_view_is_left_that_reads_another_study(store, stock_storage):
    launch(store, 2)
    optuna.delete_study(study_name="digits", storage=stock_storage())
    launch(store, 3, "next")  # on SQLite it gets the freed id
    assert store.query("SELECT * FROM study_digits")[1] == []
    assert len(store.query("SELECT * FROM study_next")[1]) == 3


def test_the_summary_is_fast_enough_for_many_trials(sqlite_url):
    """The plan must go by keys: no scan of a table inside another."""
    engine = sa.create_engine(normalize_url(sqlite_url), poolclass=sa.NullPool)
    with engine.connect() as c:
        plan = c.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM trial_summary WHERE study_name = 'a'"
        ).fetchall()
    scans = [step[-1] for step in plan if step[-1].startswith("SCAN")]
    assert scans == []


@pytest.mark.parametrize("name", ["digits", "a_b", "0"])
def test_plain_names_stay_readable(name):
    assert wide_view_name(name) == f"study_{name}"

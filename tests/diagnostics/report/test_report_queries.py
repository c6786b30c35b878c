"""Each query of a report runs against a real database and gives the number beside it."""

import json
from dataclasses import replace

import optuna
import pytest
from netclinic.diagnostics.report.report_queries import report_queries
from netclinic.diagnostics.studies.trial_choice import shown_trials
from netclinic.diagnostics.units import Unit
from netclinic.storage import NewStudy, Parameter, Proposal, TrialStore
from optuna.distributions import FloatDistribution, distribution_to_json

from tests.diagnostics.conftest import prune
from tests.diagnostics.learning_curves import FORECAST
from tests.diagnostics.measured import with_signs
from tests.diagnostics.regions.test_region_findings import FOUND
from tests.diagnostics.vital_signs.test_vital_signs import END, START

NAME = 'it\'s "digits", 100 % :done'
_LAW = distribution_to_json(FloatDistribution(0.0, 1.0))


@pytest.fixture(scope="module")
def answers(tmp_path_factory, study_of, diagnosis_of):
    """The answer to each query, by what it is about; and the study and diagnosis behind it."""
    url = _database(tmp_path_factory.mktemp("queries"))
    study = prune(study_of(16, name=NAME))
    diagnosis = replace(diagnosis_of(study), regions=FOUND, learning_curve=FORECAST)
    study = with_signs(study, diagnosis.trial, (START, END))
    with TrialStore(url, must_exist=False) as store:
        _fill(store, study, diagnosis)
        queries = report_queries(study, diagnosis, shown_trials(study))
        return study, diagnosis, {q.what: store.query(q.sql) for q in queries}


def _database(folder):
    """The URL of a new database with Optuna's tables."""
    url = f"sqlite:///{folder}/trials.db"
    storage = optuna.storages.RDBStorage(url)
    storage.remove_session()
    storage.engine.dispose()
    return url


def _fill(store, study, diagnosis):
    names = tuple((r.name, _LAW) for r in study.ranges)
    study_id = store.create_study(
        NewStudy(study.name, study.spec_text, study.spec, names, study.provenance)
    )
    worker = store.register_worker(study_id)
    proposals = [
        Proposal(t.number, tuple(Parameter(n, v, _LAW) for n, v in t.parameters.items()))
        for t in study.trials
    ]
    launched = store.launch(study_id, worker, 0, proposals)
    store.finish(
        [
            t.result._replace(trial_id=held.trial_id)
            for held, t in zip(launched, study.trials, strict=True)
        ]
    )
    store.save_bayes(study_id, study.bayes)
    store.save_regions(study_id, FOUND._replace(regions=FOUND.regions[:1]))  # an older search
    store.save_regions(study_id, FOUND)
    store.save_learning_curve(study_id, FORECAST._replace(points=()))  # an older one
    store.save_learning_curve(study_id, FORECAST)
    store.save_diagnosis(study_id, replace(diagnosis, study=study.name).as_dict())


def _answer(answers, start):
    found = [rows for what, (_, rows) in answers[2].items() if what.startswith(start)]
    assert len(found) == 1
    return [tuple(row) for row in found[0]]


def test_every_query_answers(answers):
    assert [what for what, (_, rows) in answers[2].items() if not rows] == []


def test_the_diagnosed_trial_and_its_errors(answers):
    study, diagnosis, _ = answers
    best = study.best()
    assert _answer(answers, "The trial that is") == [(diagnosis.trial, best.value)]
    result = best.result
    assert _answer(answers, "Its errors") == [
        (result.training_error, result.validation_error, result.test_error)
    ]


def test_the_bayes_error(answers):
    study = answers[0]
    bayes = study.bayes
    assert _answer(answers, "The Bayes error") == [
        (bayes.value, bayes.low, bayes.high, bayes.n, bayes.method)
    ]


def test_the_diagnosis(answers):
    _, diagnosis, _ = answers
    [(_, document)] = _answer(answers, "All intervals")
    assert json.loads(document)["gaps"] == diagnosis.as_dict()["gaps"]
    remedies = [(row[0], row[1], row[4]) for row in _answer(answers, "What to do next")]
    assert remedies == [(r.rank, r.kind.value, r.change) for r in diagnosis.remedies]
    findings = [(row[0], row[2]) for row in _answer(answers, "Findings")]
    assert findings == [(f.severity.value, f.text) for f in diagnosis.findings]


def test_the_learning_curve(answers):
    found = _answer(answers, "The learning curve")
    assert [row[0] for row in found] == [67, 117, 203, 353, 615, 1077, 2154, 4308, 8616]
    assert [row[2] for row in found[:6]] == [it.test_error for it in FORECAST.points]


def test_the_columns_of_a_learning_curve_are_one_for_every_error(answers):
    study, diagnosis, _ = answers
    balanced = replace(diagnosis, unit=Unit(balanced=True))
    queries = report_queries(study, balanced, shown_trials(study))
    (curve,) = (it.sql for it in queries if it.what.startswith("The learning curve"))
    assert "p.training_error" in curve


def test_the_search(answers):
    study, diagnosis, _ = answers
    counts = {row[1]: row[2] for row in _answer(answers, "How the trials ended")}
    shown = shown_trials(study)
    assert counts == {
        "completed": len(shown.ranked),
        "pruned": shown.pruned_total,
        "diverged": shown.diverged_total,
    }
    scatter = [row[0] for row in _answer(answers, "The scatter")]
    assert scatter == [t.trial.number for t in shown.ranked]
    curves = shown.ranked[0].result.curves
    rows = _answer(answers, f"The curves of trial {diagnosis.trial}")
    assert [row[1] for row in rows] == list(curves.training_loss)


def test_the_layers(answers):
    _, diagnosis, _ = answers
    rows = _answer(answers, f"The layers of trial {diagnosis.trial}")
    expected = [
        (it.moment, layer.layer, layer.units, layer.variance, layer.gradient_norm)
        for it in (START, END)
        for layer in it.layers
    ]
    assert [row[:5] for row in rows] == expected


def test_the_newest_regions_come_in_their_order(answers):
    rows = _answer(answers, "Regions of the data")
    told = [(task, name, reported, low) for task, _, name, reported, *_, low in _first(rows)]
    assert told == [
        (None, region.name, ",".join(region.reported), region.training_error)
        for region in FOUND.regions
    ]


def _first(rows):
    """Task, family, name, reported, verdict and training error."""
    return [row[:6] for row in rows]


def test_of_several_tasks_the_regions_of_each_are_asked_for(study, diagnosis, tmp_path):
    tasks = {name: replace(diagnosis, regions=FOUND) for name in ("digit", "slant")}
    shown = shown_trials(study)
    (query,) = (
        q
        for q in report_queries(study, replace(diagnosis, tasks=tasks), shown)
        if q.what.startswith("Regions")
    )
    assert query.value == "6 reported, 8 regions"
    with TrialStore(_database(tmp_path), must_exist=False) as store:
        _fill(store, study, diagnosis)
        together = FOUND._replace(regions=(), tasks={"digit": FOUND, "slant": FOUND})
        store.save_regions(store.study_id(study.name), together)
        told = [row[0] for row in store.query(query.sql)[1]]
    assert told == ["digit"] * 4 + ["slant"] * 4


def test_without_a_search_for_regions_none_are_asked_for(study, diagnosis):
    whats = [q.what for q in report_queries(study, diagnosis, shown_trials(study))]
    assert not [what for what in whats if what.startswith("Regions")]

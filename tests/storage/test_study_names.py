"""Names of studies and of their parameters, which databases compare in unlike ways."""

import pytest
from netclinic.storage import NameTaken, NotStored, StorageError
from netclinic.storage.records.trials import Parameter, Proposal
from optuna.distributions import FloatDistribution, distribution_to_json

from .conftest import new_study


def test_a_name_is_given_once_and_the_refusal_leaves_nothing_behind(store):
    store.create_study(new_study())
    with pytest.raises(StorageError, match=r"named 'digits' exists already.*netclinic resume"):
        store.create_study(new_study())
    assert store.query("SELECT count(*) FROM studies")[1] == [(1,)]
    assert store.query("SELECT count(*) FROM study_specs")[1] == [(1,)]


def test_an_unknown_study_names_the_nearest(store):
    with pytest.raises(StorageError, match="holds no study yet"):
        store.study_id("digits")
    store.create_study(new_study("digits"))
    store.create_study(new_study("wine"))
    with pytest.raises(StorageError) as caught:
        store.load_study("digit")
    assert str(caught.value) == (
        "There is no study 'digit'; did you mean 'digits'? The database holds 'digits', 'wine'. "
        "`netclinic studies` lists them."
    )


def test_a_study_is_found_by_its_own_name_alone(store, url):
    """MariaDB takes names for the same that differ in case; PostgreSQL takes no NUL."""
    study = store.create_study(new_study("digits"))
    assert store.find_study("digits") == study
    for other in ("Digits", "digits ", "di\0gits"):
        assert store.find_study(other) is None
        with pytest.raises(NotStored, match="did you mean 'digits'"):
            store.study_id(other)
    if "mysql" in str(url) or "mariadb" in str(url):
        with pytest.raises(
            StorageError, match=r"named 'digits' exists .* takes 'Digits' for"
        ) as it:
            store.create_study(new_study("Digits"))
        assert not isinstance(it.value, NameTaken)


def test_parameters_that_differ_in_case_are_kept_apart_or_refused(store, url):
    """MariaDB would refuse the second one of the first trial, once the study is there."""
    names = ("arguments.width", "arguments.Width")
    law = distribution_to_json(FloatDistribution(0, 1))
    new = new_study()._replace(parameters=tuple((name, law) for name in names))
    if url.startswith("mysql"):
        with pytest.raises(
            StorageError, match=r"arguments\.width and arguments\.Width have the same"
        ):
            store.create_study(new)
        assert store.studies() == ()
        return
    study = store.create_study(new)
    values = tuple(Parameter(name, place / 2, law) for place, name in enumerate(names))
    store.launch(study, store.register_worker(study), 0, [Proposal(0, values)])
    (trial,) = store.load_study("digits").trials
    assert trial.parameters == {"arguments.width": 0.0, "arguments.Width": 0.5}

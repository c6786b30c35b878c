"""What was found out about the data: kept, read back, and gone with its study."""

import optuna
from netclinic.storage.records.data import DataCheck

from .conftest import launch, new_study

LABELS = DataCheck("label_errors", None, 900, 0.05, 0.03, 0.07, None, "m", {"rows": [{"row": 1}]})
DRIFTS = (
    DataCheck("drift", "validation", 400, 0.5, 0.45, 0.55, 1.0, "m"),
    DataCheck("drift", "test", 400, 0.8, 0.75, 0.85, 1e-9, "m", {"features": ["age"]}),
)


def test_the_newest_of_each_kind_are_read_back(store) -> None:
    study = store.create_study(new_study())
    assert store.load_study("digits").data_checks == ()
    store.save_data_checks(study, (LABELS, *DRIFTS))
    store.save_data_checks(study, (LABELS._replace(value=0.06),))
    store.save_data_checks(study, ())
    found = store.load_study("digits").data_checks
    assert [check.value for check in found] == [0.5, 0.8, 0.06]
    assert found[:2] == DRIFTS


def test_they_go_with_their_study(store, stock_storage) -> None:
    study, *_ = launch(store, 1)
    store.save_data_checks(study, (LABELS,))
    optuna.delete_study(study_name="digits", storage=stock_storage())
    assert store.query("SELECT count(*) FROM data_checks")[1] == [(0,)]

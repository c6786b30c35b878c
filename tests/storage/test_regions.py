"""Searches for regions: stored, read back newest first, and gone with their study."""

import optuna
from netclinic.storage.records.regions import RegionRecord, RegionsRecord

from .conftest import launch

REGION = RegionRecord(
    family="slice",
    name="1.2 < age ≤ 3",
    training_rows=100,
    training_error=0.2,
    training_deviation=None,
    held_out_rows=50,
    held_out_error=0.22,
    held_out_deviation=None,
    floor=0.1,
    floor_low=0.05,
    floor_high=0.2,
    bias=0.1,
    bias_low=0.02,
    bias_high=0.2,
    variance=0.02,
    variance_low=-0.1,
    variance_high=0.2,
    bias_p=0.001,
    variance_p=None,
    floor_p=0.01,
    verdict=("high_bias", "floor"),
    reported=("high_bias",),
)
OTHER = REGION._replace(
    family="class",
    verdict=("undetermined",),
    reported=(),
    same_as="x",
    training_groups=9,
    training_effect=3.5,
    held_out_groups=4,
    held_out_effect=2.25,
    error_p=0.003,
    elsewhere_error=0.05,
    training_alike=2.5,
    held_out_alike=1.75,
)
FOUND = RegionsRecord(0, 0.99, 0.02, {"slice": 4, "class": 2}, 3, 400, 300, (REGION, OTHER))


def test_the_newest_search_is_read_with_its_study(store) -> None:
    study, *_ = launch(store, 1)
    assert store.load_study("digits").regions is None
    store.save_regions(study, FOUND)
    assert store.load_study("digits").regions == FOUND
    skipped = RegionsRecord(0, 0.95, 0.02, skipped="The rows are too few.")
    store.save_regions(study, skipped)
    assert store.load_study("digits").regions == skipped


def test_it_goes_with_its_study(store, stock_storage) -> None:
    study, *_ = launch(store, 1)
    store.save_regions(study, FOUND)
    optuna.delete_study(study_name="digits", storage=stock_storage())
    for table in ("region_searches", "regions"):
        assert store.query(f"SELECT count(*) FROM {table}")[1] == [(0,)]


def test_a_search_over_several_tasks_has_each_ones(store) -> None:
    study, *_ = launch(store, 1)
    wide = OTHER._replace(training_deviation=0.3, held_out_deviation=0.4)
    tasks = {"digit": FOUND, "slant": FOUND._replace(tolerance=0.7, regions=(wide,))}
    together = RegionsRecord(0, 0.95, 0.02, tasks=tasks)
    store.save_regions(study, together)
    assert store.load_study("digits").regions == together

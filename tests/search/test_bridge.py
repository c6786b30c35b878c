"""A study with a bridge split, from the spec to the database."""

import numpy as np
import pytest
from netclinic.models import load_network
from netclinic.search import parse_spec
from netclinic.search.study_data import load_data

from .conftest import SMALL, UNSEEN, load, numbers_only, run


def test_every_completed_trial_is_judged_on_the_bridge_rows(tmp_path):
    run(tmp_path, "data.bridge=0.2", "study.trials=4", UNSEEN)
    study = load(tmp_path)
    assert study.provenance is not None
    assert study.provenance.rows == (60, 30, 30, 30)
    results = [trial.result for trial in study.trials]
    assert all(r and r.bridge_loss is not None and r.bridge_error is not None for r in results)
    best = load_network(tmp_path / "out" / "best")
    spec = parse_spec(SMALL, file="", folder=tmp_path, overrides=["data.bridge=0.2"]).spec
    bridge = load_data(spec, tmp_path).bridge
    assert bridge is not None
    wrong = np.asarray(best.network(bridge.inputs)).argmax(-1) != bridge.labels
    stored = results[best.surroundings.trial]
    assert stored is not None
    assert stored.bridge_error == pytest.approx(wrong.mean(), abs=1e-9)


def test_lanes_change_nothing_on_the_bridge_rows(tmp_path):
    for lanes in ("1", "3"):
        (tmp_path / lanes).mkdir()
        few = ("data.bridge=0.2", "study.trials=3", UNSEEN)
        run(tmp_path / lanes, *few, f"compute.lanes={lanes}")
    assert numbers_only(load(tmp_path / "1")) == numbers_only(load(tmp_path / "3"))

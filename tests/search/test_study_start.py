"""A study that is there is gone on with: one of an older version, or one that came just now."""

import json
import sqlite3
from contextlib import closing

import pytest
from netclinic.search import StudyError
from netclinic.storage import TrialStore

from .conftest import load, run


def test_a_spec_stored_before_a_key_existed_is_the_same_spec(tmp_path) -> None:
    run(tmp_path, "study.trials=1")
    with closing(sqlite3.connect(tmp_path / "trials.db")) as database:
        (text,) = database.execute("SELECT spec_json FROM study_specs").fetchone()
        spec = json.loads(text)
        del spec["search"]["label_smoothing"], spec["training"]["decay_epochs"]
        database.execute("UPDATE study_specs SET spec_json = ?", (json.dumps(spec),))
        database.commit()
    run(tmp_path, "study.trials=2")
    assert len(load(tmp_path).trials) == 2


def test_a_study_that_another_process_has_just_made_is_joined(tmp_path, monkeypatch) -> None:
    """Of two runs that began at once, one ended with "exists already"."""
    run(tmp_path, "study.trials=1")
    monkeypatch.setattr(TrialStore, "studies", lambda _: ())  # looked at a moment before
    conclusion = run(tmp_path, "study.trials=1")[-1].conclusion
    assert conclusion is not None
    assert conclusion.completed == 1
    with pytest.raises(StudyError):
        run(tmp_path, "study.trials=1", "training.epochs=7")

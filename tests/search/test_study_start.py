"""A study of an older version is gone on with, whatever keys came after it was stored."""

import json
import sqlite3
from contextlib import closing

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

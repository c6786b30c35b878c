"""A study that is there is gone on with: one of an older version, or one that came just now."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from netclinic.models.own_code import load_builder
from netclinic.search import StudyError, load_spec
from netclinic.storage import TrialStore
from netclinic.storage.records.data import GROUP_EFFECT

from .conftest import UNSEEN, load, run


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
    monkeypatch.setattr(TrialStore, "find_study", lambda *_: None)  # looked for a moment before
    conclusion = run(tmp_path, "study.trials=1")[-1].conclusion
    assert conclusion is not None
    assert conclusion.completed == 1
    with pytest.raises(StudyError):
        run(tmp_path, "study.trials=1", "training.epochs=7")


NETWORK = """
from flax import nnx

class Small(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.all = nnx.Linear(inputs, outputs, rngs=rngs)

    def __call__(self, x):
        return self.all(x)

class Other(Small):
    pass
"""
STEP = """
def doubled(rows):
    return 2 * rows
"""


def test_a_study_goes_on_where_its_files_were_moved(tmp_path: Path) -> None:
    """Neither run nor resume went on once a project's folder lay on another disk."""
    before, now = tmp_path / "before", tmp_path / "now"
    before.mkdir()
    x, y = np.random.default_rng(0).normal(size=(90, 3)), np.arange(90) % 3
    groups = np.arange(90) // 5
    np.savez(before / "rows.npz", x=x, y=y, who=groups)
    (before / "code.py").write_text(NETWORK + STEP)
    np.save(before / "soft.npy", np.full((20, 3), 1 / 3))

    def run_in(folder: Path, trials: int, network: str = "Small") -> None:
        run(
            tmp_path,
            f"study.trials={trials}",
            f"data.source={folder}/rows.npz",
            f"data.features={folder}/code.py:doubled",
            f"network.kind={folder}/code.py:{network}",
            f"diagnosis.soft_labels={folder}/soft.npy",
            "data.split=grouped",
            "data.group=who",
            UNSEEN,
            text=TEXT,
        )

    run_in(before, 1)
    before.rename(now)
    load_builder.cache_clear()  # as in another process
    run_in(now, 2)
    assert len(load(tmp_path).trials) == 2
    told = {it.split for it in load(tmp_path).data_checks if it.kind == GROUP_EFFECT}
    assert told == {"training", "validation", "test"}  # by the network of the first run
    resolved = load_spec(tmp_path / "out" / "spec_resolved.toml").spec
    assert Path(resolved.data.source).parent == now
    with pytest.raises(StudyError, match=r"\[network\] kind: the study has .*code.py:Small"):
        run_in(now, 3, "Other")
    other = Path(shutil.copytree(now, tmp_path / "other"))
    np.savez(other / "rows.npz", x=x + 1, y=y, who=groups)
    with pytest.raises(StudyError, match=r"\[data\] source: the study has .*rows.npz"):
        run_in(other, 3)
    assert len(load(tmp_path).trials) == 2


TEXT = """
[study]
name = "small"

[data]
source = "iris"

[training]
epochs = 1
batch_size = 16

[diagnosis]
regions = false
"""

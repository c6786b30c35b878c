"""Finalists of a regression are trained again, and the winner's squared error taken apart."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from netclinic.diagnostics.statistics.decomposition import decompose_squared
from netclinic.search import Phase, parse_spec, resume_study, run_study
from netclinic.search.again import replicate_results
from netclinic.search.spec_file import spec_from_resolved
from netclinic.search.study_data import load_data
from netclinic.storage import TrialStore
from netclinic.storage.records.results import Outcome
from netclinic.storage.records.study import StudyRecord
from netclinic.storage.records.trials import LaunchedTrial

from .conftest import DIAGNOSED, SMALL, UNSEEN, load, run, url_in

AGAIN = SMALL.replace("seed = 5", "seed = 5\nreplicates = 4\nfinalists = 2")
REGRESSION = ("data.source=friedman1", "data.task=regression", "data.rows=300", UNSEEN)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    run(folder, *REGRESSION, *DIAGNOSED, text=AGAIN)
    return folder


def again(study: StudyRecord) -> list:
    """All of the replicates that must not depend on lanes, interruptions or the clock."""
    return [r._replace(trial_id=0, seconds=0.0, lanes=0) for r in study.replicates]


def answers(folder: Path) -> np.ndarray:
    winner = load(folder).winner()
    assert winner is not None
    with TrialStore(url_in(folder)) as store:
        return np.array(store.answers(winner.trial_id, "bootstrap"))


def same(one: Path, other: Path) -> None:
    first, second = load(one), load(other)
    assert again(first) == again(second)
    assert first.decomposition == second.decomposition
    np.testing.assert_array_equal(answers(one), answers(other))


def test_predictions_are_those_of_the_test_error(whole) -> None:
    study = load(whole)
    assert study.spec is not None
    dataset = load_data(spec_from_resolved(study.spec), whole)
    assert dataset.target is not None
    found, scale = answers(whole), dataset.target.scale
    np.testing.assert_array_equal(found, found.astype(np.float32))  # kept to the last bit
    errors = scale**2 * np.square(found - dataset.test.labels).mean(axis=1)
    drawn = [r.test_error for r in study.replicates if r.kind == "bootstrap"]
    np.testing.assert_allclose(errors, drawn, rtol=1e-6)


def test_loss_is_noise_and_squared_bias_and_variance(whole) -> None:
    study = load(whole)
    assert study.spec is not None
    dataset = load_data(spec_from_resolved(study.spec), whole)
    parts, target = study.decomposition, dataset.target
    assert parts is not None
    assert target is not None
    winner = study.winner()
    assert winner is not None
    assert (parts.trial_number, parts.method) == (winner.number, "squared")
    assert (parts.replicates, parts.n) == (4, len(dataset.test.labels))
    assert (parts.unbiased_variance, parts.biased_variance) == (None, None)
    assert parts.bias + parts.variance == pytest.approx(parts.loss, rel=1e-12)
    own = (v * target.scale + target.mean for v in (answers(whole), dataset.test.labels))
    rows = decompose_squared(*own)
    np.testing.assert_allclose(rows.noise + rows.bias + rows.variance, rows.loss, rtol=1e-9)
    for name in ("loss", "bias", "variance"):
        mean = getattr(parts, name)
        assert mean == pytest.approx(getattr(rows, name).mean(), rel=1e-6)
        assert parts.limits[f"{name}_low"] < mean < parts.limits[f"{name}_high"]
    drawn = [r.test_error for r in study.replicates if r.kind == "bootstrap"]
    assert parts.loss == pytest.approx(np.mean(drawn), rel=1e-6)


def test_the_reports_say_squared_bias_in_squared_units(whole) -> None:
    text = (whole / "out" / "report.md").read_text().replace("\\", "")
    section = text.split("## Trained again")[1].split("\n## ")[0]
    assert "- Squared bias, noise included: " in section
    assert "in squared units of the target" in section
    assert "points" not in section
    assert "Domingos" not in section
    page = (whole / "out" / "report.html").read_text()
    assert "Expected squared error" in page
    assert "net variance" not in page


@pytest.mark.parametrize(
    "other",
    [
        "compute.lanes=3",
        pytest.param("compute.lanes=1", marks=pytest.mark.slow),
        pytest.param("compute.data=stream", marks=pytest.mark.slow),
    ],
)
def test_neither_lanes_nor_streaming_change_anything(tmp_path, whole, other) -> None:
    run(tmp_path, *REGRESSION, other, text=AGAIN)
    same(tmp_path, whole)


def test_stopped_and_resumed_the_same_parts_come_out(tmp_path, whole) -> None:
    stop, seen = threading.Event(), 0
    loaded = parse_spec(AGAIN, file="study.toml", folder=tmp_path, overrides=REGRESSION)
    for progress in run_study(loaded, url_in(tmp_path), tmp_path / "out", stop):
        seen += progress.phase is Phase.REPLICATING
        if seen == 4:
            stop.set()
    kept = load(tmp_path)
    assert 0 < len(kept.replicates) < len(load(whole).replicates)
    assert kept.decomposition is None
    *_, last = resume_study("small", url_in(tmp_path), tmp_path / "out", threading.Event())
    assert last.conclusion is not None
    same(tmp_path, whole)


def test_predictions_that_are_not_finite_are_not_kept(whole) -> None:
    result = load(whole).trials[0].result
    assert result is not None
    assert result.outcome is Outcome.COMPLETED
    trial = LaunchedTrial(1, 0, {}, bootstrap=True)
    found = np.array([[1.0, np.inf], [1.0, 2.0]], np.float32)
    lanes = SimpleNamespace(answers=lambda state: found)
    look: Any = SimpleNamespace(
        ended=[0, 1], results=[result, result], trials=[trial, trial], lanes=lanes, state=None
    )
    assert [r.answers for r in replicate_results(look, "bootstrap")] == [None, (1.0, 2.0)]

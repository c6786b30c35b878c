"""Finalists of a study of several labels are trained again, and their labels' error taken apart."""

from pathlib import Path

import numpy as np
import pytest
from netclinic.search.spec_file import spec_from_resolved
from netclinic.search.study_data import load_data
from netclinic.storage import TrialStore

from .conftest import DIAGNOSED, SMALL, UNSEEN, load, run, url_in

ROWS = """
import numpy

def rows():
    rng = numpy.random.default_rng(0)
    x = rng.normal(size=(150, 6))
    return x, (x[:, :3] + 0.5 * rng.normal(size=(150, 3)) > 0).astype(int)
"""
AGAIN = SMALL.replace("seed = 5", "seed = 5\nreplicates = 3\nfinalists = 2")
LABELS = ("data.source=rows.py:rows", "data.task=multilabel", "study.trials=4", UNSEEN)


def studied(folder: Path, *overrides: str) -> tuple[np.ndarray, Path]:
    (folder / "rows.py").write_text(ROWS)
    run(folder, *LABELS, *overrides, text=AGAIN)
    winner = load(folder).winner()
    assert winner is not None
    with TrialStore(url_in(folder)) as store:
        return np.array(store.answers(winner.trial_id, "bootstrap")), folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[np.ndarray, Path]:
    return studied(tmp_path_factory.mktemp("whole"), *DIAGNOSED)


def test_the_answers_are_those_of_the_errors_and_the_parts_add_up(whole) -> None:
    answers, folder = whole
    study = load(folder)
    assert study.spec is not None
    labels = load_data(spec_from_resolved(study.spec), folder).test.labels
    wrong = (answers.reshape(3, *labels.shape) != labels).mean(axis=(1, 2))
    drawn = [r.test_error for r in study.replicates if r.kind == "bootstrap"]
    np.testing.assert_allclose(wrong, drawn, rtol=1e-6)
    parts = study.decomposition
    assert parts is not None
    assert (parts.method, parts.replicates, parts.n) == ("zero_one", 3, len(labels))
    assert parts.loss == pytest.approx(np.mean(drawn), rel=1e-6)
    assert parts.bias + parts.variance == pytest.approx(parts.loss, rel=1e-12)


def test_the_report_speaks_of_labels(whole) -> None:
    text = (whole[1] / "out" / "report.md").read_text().replace("\\", "")
    section = text.split("## Trained again")[1].split("\n## ")[0]
    assert "the seed alone changes a trial's validation error by" in section
    assert "- Variance on labels without bias: " in section
    assert "for every label of every row (Domingos 2000)" in section


def test_streamed_rows_give_the_same_answers(whole, tmp_path) -> None:
    answers, _ = studied(tmp_path, "compute.data=stream")
    np.testing.assert_array_equal(answers, whole[0])

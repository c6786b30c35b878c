"""What the user knows of the Bayes error, from the spec's text to the stored diagnosis."""

import threading
from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataError
from netclinic.search import parse_spec, run_study
from netclinic.search.conclusion import diagnose_again
from netclinic.search.study_data import load_data

from .conftest import ESTIMATED, SMALL, load, url_in


def loaded(folder: Path, *overrides: str):
    given = (f"diagnosis.{it}" for it in overrides)
    return parse_spec(SMALL, file="study.toml", folder=folder, overrides=[ESTIMATED, *given])


def test_soft_labels_beside_the_spec_become_the_floor_of_the_stored_study(tmp_path):
    shares = np.array([[0.9, 0.1, 0.0], [0.1, 0.1, 0.8]] * 50)
    np.save(tmp_path / "soft.npy", shares)
    spec = loaded(tmp_path, "soft_labels=soft.npy")
    assert spec.resolved["diagnosis"]["soft_labels"] == str(tmp_path / "soft.npy")
    *_, last = run_study(spec, url_in(tmp_path), tmp_path / "out", threading.Event())
    floor = load(tmp_path).bayes
    assert floor.value == pytest.approx(0.15)
    assert (floor.n, floor.given) == (100, True)
    assert "Ishida" in (tmp_path / "out" / "report.html").read_text()
    (tmp_path / "soft.npy").unlink()  # a stored floor needs its file no more
    again = diagnose_again(spec.spec.study.name, url_in(tmp_path)).diagnosis
    assert again.errors.bayes == last.conclusion.diagnosis.errors.bayes


def test_people_and_noise_are_told_in_the_method(tmp_path):
    spec = loaded(tmp_path, "human_error={error=0.05,n=400}", "label_noise={redrawn=0.03}")
    list(run_study(spec, url_in(tmp_path), tmp_path / "out", threading.Event()))
    floor = load(tmp_path).bayes
    assert floor.low >= 0.02
    assert "people (20 of 400 rows)" in floor.method
    assert "wrong by chance in 2.0 % of rows" in floor.method


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("soft_labels=gone.npy", r"no file .*gone\.npy of soft labels"),
        ("label_noise=0.7", "labels drawn blindly from the 3 classes of 'iris' are wrong in 0.667"),
        ("label_noise.flipped=0.9", "diagnosis.label_noise = 0.9"),
    ],
)
def test_what_does_not_fit_the_data_is_refused_before_the_first_trial(tmp_path, override, message):
    with pytest.raises(DataError, match=message):
        load_data(loaded(tmp_path, override).spec, tmp_path)

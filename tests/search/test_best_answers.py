"""The best trial's network, asked again for the rows of every split."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from netclinic.search.best_answers import best_answers
from netclinic.search.best_network import BEST
from netclinic.search.spec_file import spec_from_resolved
from netclinic.search.study_data import load_data

from tests.search.conftest import load, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("answers")
    run(found, "study.trials=4")
    return found


def asked(folder: Path, number: int | None = None, rows: dict | None = None):
    study = load(folder)
    assert study.spec is not None
    spec = spec_from_resolved(study.spec)
    best = study.best() if number is None else study.trials[number]
    assert best is not None
    data = load_data(spec, folder)
    return best, data, best_answers(folder / "out", spec, data, best, rows)


def test_its_answers_are_wrong_as_often_as_was_recorded(folder: Path) -> None:
    best, data, found = asked(folder)
    assert found is not None
    assert best.result is not None
    errors = {
        name: (found[name].outputs.argmax(axis=1) != getattr(data, name).labels).mean()
        for name in ("train", "validation", "test")
    }
    result = best.result
    recorded = result.training_error, result.validation_error, result.test_error
    np.testing.assert_allclose(list(errors.values()), recorded, atol=1e-6)
    assert found["train"].features is not None
    assert found["train"].features.shape == (len(data.train.labels), 8)


def test_only_the_rows_that_are_asked_for(folder: Path) -> None:
    _, _, every = asked(folder)
    _, _, some = asked(folder, rows={"train": np.array([5, 2])})
    assert every is not None
    assert some is not None
    np.testing.assert_allclose(some["train"].outputs, every["train"].outputs[[5, 2]], atol=1e-5)
    assert len(some["test"].outputs) == len(every["test"].outputs)


def test_another_trials_network_answers_nothing(folder: Path, tmp_path: Path) -> None:
    best, _, _ = asked(folder)
    assert asked(folder, number=(best.number + 1) % 4)[2] is None
    shutil.copytree(folder, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "out" / BEST)
    assert asked(tmp_path / "copy")[2] is None

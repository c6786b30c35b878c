"""A study whose best trial stands at a saddle point says so; one that crawls or learns does not."""

import dataclasses

import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.findings import FindingKind, RemedyKind
from netclinic.search import best_curvature
from netclinic.search.best_curvature import curvature_of_best
from netclinic.search.spec_file import spec_from_resolved
from netclinic.search.study_data import load_data

from .conftest import DIAGNOSED, SMALL, load, run

NETWORK = '''
"""One hidden layer of tanh units; with weights of 0, no gradient reaches any of them."""

import jax.numpy as jnp
from flax import nnx


class Network(nnx.Module):
    def __init__(self, inputs, outputs, *, scale=0.0, rngs):
        drawn = nnx.initializers.variance_scaling(scale, "fan_in", "normal")
        draw = drawn if scale else nnx.initializers.zeros
        self.hidden = nnx.Linear(inputs, 8, kernel_init=draw, rngs=rngs)
        self.output = nnx.Linear(8, outputs, kernel_init=draw, rngs=rngs)

    def __call__(self, inputs):
        return self.output(jnp.tanh(self.hidden(inputs)))
'''
TEXT = SMALL.replace("hidden = [8]", 'kind = "network.py:Network"')
OWN = ("study.trials=2", "training.epochs=20")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(best_curvature, "curvature_of_best", curvature_of_best)
    (tmp_path / "network.py").write_text(NETWORK, encoding="utf-8")
    return tmp_path


def diagnosed(folder, *overrides):
    run(folder, *OWN, *DIAGNOSED, *overrides, text=TEXT)
    study = load(folder)
    best = study.best()
    assert best is not None
    return best.result, diagnose(study)


def kinds(diagnosis) -> set[FindingKind]:
    return {finding.kind for finding in diagnosis.findings}


def test_weights_of_0_are_found_to_be_a_saddle_point(folder) -> None:
    result, diagnosis = diagnosed(folder, "search.learning_rate=0.05")
    assert result.training_loss == pytest.approx(result.signs[0].constant_loss, rel=0.05)
    assert result.curvature.lowest < -0.5 * result.curvature.highest
    assert result.curvature.rows == result.signs[0].rows
    assert FindingKind.SADDLE in kinds(diagnosis)
    assert FindingKind.PLATEAU not in kinds(diagnosis)
    advised = [remedy.kind for remedy in diagnosis.remedies]
    assert advised.index(RemedyKind.OTHER_INITIALIZER) < advised.index(RemedyKind.OTHER_OPTIMIZER)
    assert not any("Saddle points" in sentence for sentence in diagnosis.not_checked)


def test_small_steps_are_no_saddle_point(folder) -> None:
    result, diagnosis = diagnosed(
        folder, "network.arguments={scale = 1.0}", "search.learning_rate=1e-6"
    )
    assert result.curvature.skipped is None
    assert FindingKind.SADDLE not in kinds(diagnosis)
    assert FindingKind.PLATEAU in kinds(diagnosis)


def test_a_network_that_learns_is_not_looked_at(folder) -> None:
    result, diagnosis = diagnosed(
        folder, "network.arguments={scale = 1.0}", "search.learning_rate=0.05"
    )
    assert result.curvature is None
    assert not kinds(diagnosis) & {FindingKind.SADDLE, FindingKind.PLATEAU}
    assert not any("Saddle points" in sentence for sentence in diagnosis.not_checked)


def test_why_the_curvature_is_not_known_is_told(folder) -> None:
    run(folder, *OWN, "search.learning_rate=0.05", text=TEXT)
    study = load(folder)
    spec = spec_from_resolved(study.spec)
    dataset = load_data(spec, folder)
    found = curvature_of_best(folder / "nowhere", study, dataset)
    assert found is not None
    assert "does not hold the network of trial" in (found.skipped or "")
    untrained = dataclasses.replace(study, trials=())
    assert curvature_of_best(folder, untrained, dataset) is None

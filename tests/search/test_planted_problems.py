"""Studies whose trouble is known: the whole walk must name it."""

import threading
from pathlib import Path

import pytest
from netclinic.diagnostics.findings import RemedyKind, Verdict
from netclinic.search import parse_spec, run_study

from .conftest import url_in


def diagnose(folder: Path, text: str):
    loaded = parse_spec(text, file="study.toml", folder=folder)
    *_, last = run_study(loaded, url_in(folder), folder / "out", threading.Event())
    return last.conclusion.diagnosis


def test_a_network_of_one_unit_has_high_bias(tmp_path) -> None:
    found = diagnose(
        tmp_path,
        """
        study = {name = "one-unit", trials = 8}
        data = {source = "digits"}
        network = {hidden = [1]}
        training = {epochs = 10, batch_size = 64}
        search = {learning_rate = {log = [1e-2, 1e-1]}}
        """,
    )
    assert found.verdict == (Verdict.HIGH_BIAS,)
    assert found.gaps.avoidable_bias.low > 0.3
    bias = [r.kind for r in found.remedies if r.addresses == "high_bias"]
    assert {RemedyKind.BIGGER_NETWORK, RemedyKind.MORE_EPOCHS} <= set(bias)


def test_60_training_rows_give_high_variance(tmp_path) -> None:
    found = diagnose(
        tmp_path,
        """
        study = {name = "few-rows", trials = 8}
        data = {source = "digits", train_rows = 60}
        network = {hidden = [64]}
        training = {epochs = 60, batch_size = 20}
        search = {learning_rate = {log = [1e-2, 1e-1]}}
        """,
    )
    assert found.verdict == (Verdict.HIGH_VARIANCE,)
    assert found.gaps.variance.low > 0.05
    variance = [r.kind for r in found.remedies if r.addresses == "high_variance"]
    assert variance[0] is RemedyKind.MORE_DATA


# Twonorm's Bayes error is Φ(−2) = 0.0228 (Breiman 1996). The estimate's interval is about three
# points wide, so with it a tolerance of two points stays open.
@pytest.mark.parametrize(
    "diagnosis", ["{bayes_error = 0.0228}", '{bayes_error = "estimate", tolerance = 0.04}']
)
def test_twonorm_trained_well_is_healthy(tmp_path, diagnosis: str) -> None:
    found = diagnose(
        tmp_path,
        f"diagnosis = {diagnosis}"
        """
        study = {name = "twonorm", trials = 8}
        data = {source = "twonorm", rows = 6000, validation = 0.3, test = 0.3}
        network = {hidden = [16]}
        training = {epochs = 10, batch_size = 64}
        search = {learning_rate = {log = [3e-3, 1e-1]}}
        """,
    )
    assert found.verdict == (Verdict.HEALTHY,)

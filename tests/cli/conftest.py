"""Commands called in this process or in one of their own, against studies made once."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import optuna
import pytest
from netclinic.cli import main
from netclinic.diagnostics.bayes import data_reading
from netclinic.diagnostics.report import report_html
from netclinic.models import lanes
from netclinic.search import aside
from netclinic.storage import (
    BayesRecord,
    Curves,
    NewStudy,
    Outcome,
    Parameter,
    Proposal,
    Provenance,
    SplitSizes,
    TrialResult,
    TrialStore,
    upgrade_schema,
)
from optuna.distributions import FloatDistribution, IntDistribution, distribution_to_json

from tests.read_once import read_once
from tests.shared_programs import shared_programs

IRIS = """\
[study]
name = "tiny"  # the smallest study
trials = 4

[data]
source = "iris"

[network]
hidden = [8]

[training]
epochs = 2
batch_size = 16
"""
DISTRIBUTIONS = {
    "learning_rate": FloatDistribution(1e-5, 1e-1, log=True),
    "units": IntDistribution(4, 64),
}


class Called(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module", autouse=True)
def _once_a_process() -> Iterator[None]:
    """Commands in this process read a data set once, and trace no program again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data_reading, "read_data", read_once)
        patch.setattr(lanes, "LanePrograms", shared_programs)
        yield


@pytest.fixture(scope="module")
def undrawn() -> Iterator[None]:
    """Commands in this process draw no pictures, a second a report."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report_html, "draw", lambda *_: '<svg role="img"></svg>')
        yield


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every test begins in an empty folder, without a database of the user's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPTUNA_STORAGE", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(autouse=True)
def _nothing_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in this process, which has imported it all, start none beside it."""
    monkeypatch.setattr(aside, "_start", lambda: None)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """Run one command in this process."""

    def called(*arguments: str) -> Called:
        code = main([str(a) for a in arguments])
        captured = capsys.readouterr()
        return Called(code, captured.out, captured.err)

    return called


def run_here(*arguments: str, folder: Path) -> Called:
    """Run one command in this process, for a fixture that lasts longer than a test."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        for name in ("OPTUNA_STORAGE", "COLUMNS"):
            patch.delenv(name, raising=False)
        patch.setattr(aside, "_start", lambda: None)
        code = main(list(arguments))
    return Called(code, out.getvalue(), err.getvalue())


def spawn(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "netclinic.cli", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment_of(**environment),
        check=False,
    )


def environment_of(**changes: str) -> dict[str, str]:
    """The environment of a user who has set nothing but ``changes``."""
    ours = {"OPTUNA_STORAGE", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "PYTHONDONTWRITEBYTECODE"}
    kept = {k: v for k, v in os.environ.items() if k not in ours}
    return {**kept, "JAX_PLATFORMS": "cpu", **changes}


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the study "hand": trials that ended, run and wait.

    By number: completed, completed, completed, diverged, running, waiting, pruned.
    """
    file = tmp_path_factory.mktemp("stored") / "trials.db"
    url = f"sqlite:///{file}"
    optuna.storages.RDBStorage(url).engine.dispose()
    upgrade_schema(url)
    with TrialStore(url) as store:
        study = store.create_study(_new_study())
        worker = store.register_worker(study)
        launched = store.launch(study, worker, 0, [_proposal(n) for n in range(7)])
        ended = zip(launched, (0.5, 0.05, 0.1, None), strict=False)
        store.finish([_result(trial.trial_id, value) for trial, value in ended])
        store.finish([_pruned(launched[6].trial_id)])
        store.release([launched[5].trial_id])
        bayes = BayesRecord(0.01, 0.0, 0.02, 100, "told by the test", True)
        store.save_bayes(study, bayes)
    return url


def run_tiny(folder: Path) -> None:
    (folder / "tiny.toml").write_text(IRIS)
    done = spawn("run", "tiny.toml", folder=folder)
    assert done.returncode == 0, done.stderr
    (folder / "stdout").write_text(done.stdout)
    (folder / "stderr").write_text(done.stderr)


@pytest.fixture(scope="session")
def finished(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """The folder in which ``netclinic run`` has run the tiny study."""
    return made_once("finished", run_tiny)


def _new_study() -> NewStudy:
    provenance = Provenance(
        netclinic_version="0.1.0",
        versions={},
        python="3.11",
        platform="Linux",
        device="2 × cpu",
        git_revision=None,
        data_fingerprint="f" * 64,
        rows=SplitSizes(1000, 100, 100),
        features=4,
        classes=3,
    )
    spec = {"search": {"sampler": "random"}, "diagnosis": {"tolerance": 0.02}}
    laws = tuple((n, distribution_to_json(d)) for n, d in DISTRIBUTIONS.items())
    return NewStudy("hand", "[study]\nname = 'hand'\n", spec, laws, provenance)


def _proposal(number: int) -> Proposal:
    values = {"learning_rate": 10.0 ** -(1 + number), "units": 4.0 + number}
    return Proposal(
        number,
        tuple(Parameter(n, v, distribution_to_json(DISTRIBUTIONS[n])) for n, v in values.items()),
    )


def _pruned(trial_id: int) -> TrialResult:
    """Stopped after two of three epochs, with an error that only the best trial beats."""
    whole = _result(trial_id, 0.08)
    return whole._replace(
        outcome=Outcome.PRUNED,
        epochs=2,
        best_epoch=2,
        test_loss=None,
        test_error=None,
        curves=Curves(*(values[:2] for values in whole.curves)),
    )


def _result(trial_id: int, value: float | None) -> TrialResult:
    diverged = value is None
    fall = (0.9, 0.4, float("nan") if diverged else 0.05)
    return TrialResult(
        trial_id=trial_id,
        outcome=Outcome.DIVERGED if diverged else Outcome.COMPLETED,
        value=value,
        learning_rate=0.01,
        weight_decay=0.0,
        momentum=0.9,
        epochs=3,
        best_epoch=None if diverged else 3,
        diverged_epoch=3 if diverged else None,
        training_loss=None if diverged else 0.05,
        training_error=None if diverged else 0.004,
        validation_loss=None if diverged else 0.3,
        validation_error=value,
        test_loss=None if diverged else 0.31,
        test_error=None if diverged else 0.06,
        parameters=12_345,
        seconds=0.7,
        lanes=8,
        strategy="map",
        curves=Curves(*(fall,) * 5),
    )

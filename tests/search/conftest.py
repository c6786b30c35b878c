"""Small studies that end in seconds."""

import functools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from netclinic.diagnostics.bayes import data_reading
from netclinic.diagnostics.report import report_html
from netclinic.models import lanes
from netclinic.search import (
    Progress,
    best_curvature,
    optuna_database,
    parse_spec,
    run_study,
)
from netclinic.search.optuna_database import prepare_database
from netclinic.storage import TrialStore
from netclinic.storage.records.study import StudyRecord

from tests.read_once import read_once
from tests.shared_programs import shared_programs

SMALL = """
[study]
name = "small"
trials = 12
seed = 5

[data]
source = "iris"

[network]
hidden = [8]

[training]
epochs = 6
batch_size = 16

[compute]
segment = 2
lanes = 4

[diagnosis]
bayes_error = 0.01
regions = false
"""
# The small study's floor is given and no regions are sought, which may take longer than training:
# where a diagnosis is looked at, it is made as users have it. Several tasks have no one floor.
ESTIMATED = "diagnosis.bayes_error=estimate"
DIAGNOSED = (ESTIMATED, "diagnosis.regions=true")
# Where neither numbers of several studies are compared nor layers looked at: what looks at them is
# a program for every shape of a network, a quarter of the time of a study that is compiled anew.
UNSEEN = "diagnosis.vital_signs=false"
# Of an example, as in the small study.
GIVEN = ("diagnosis.bayes_error=0.01", "diagnosis.regions=false")


@functools.cache
def empty_database() -> bytes:
    """The file of a database without a study: hundreds of statements, executed once."""
    with TemporaryDirectory() as folder:
        prepare_database(url_in(Path(folder)))
        return Path(folder, "trials.db").read_bytes()


def copy_database(url: str) -> None:
    """``prepare_database``, which finds its work done where there was no database yet."""
    file = Path(url.removeprefix("sqlite:///"))
    if not file.exists():
        file.write_bytes(empty_database())
    prepare_database(url)


@pytest.fixture(scope="module", autouse=True)
def _tested_elsewhere() -> Iterator[None]:
    """Draws no pictures, a second a report; makes no database anew, and no program again.

    What small models make of a data set is found out once a process, too, and how the loss
    curves where little was learnt is not looked at, save by test_best_curvature.py.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report_html, "draw", lambda *_: '<svg role="img"></svg>')
        patch.setattr(optuna_database, "prepare_database", copy_database)
        patch.setattr(lanes, "LanePrograms", shared_programs)
        patch.setattr(data_reading, "read_data", read_once)
        patch.setattr(best_curvature, "curvature_of_best", lambda *_: None)
        yield


def run(
    folder: Path, *overrides: str, text: str = SMALL, stop: threading.Event | None = None
) -> list[Progress]:
    """Run the study in ``folder`` to its end (or until ``stop``); everything it yielded."""
    loaded = parse_spec(text, file="study.toml", folder=folder, overrides=overrides)
    return list(run_study(loaded, url_in(folder), folder / "out", stop or threading.Event()))


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'trials.db'}"


def load(folder: Path, name: str = "small") -> StudyRecord:
    with TrialStore(url_in(folder)) as store:
        return store.load_study(name)


def numbers_only(study: StudyRecord) -> list:
    """All that must not depend on lanes, interruptions or the clock.

    Curvature and labels are looked at of the trial that is the best when a run ends: where a study
    stopped early, that may have been another one than in the end.
    """
    same = {"trial_id": 0, "seconds": 0.0, "lanes": 0, "curvature": None, "labels": ()}
    return [
        (
            t.number,
            t.state,
            dict(t.parameters),
            t.value,
            t.result._replace(**same) if t.result else None,
        )
        for t in study.trials
    ]


@pytest.fixture(scope="session")
def undisturbed(made_once: Callable[[str, Callable[[Path], object]], Path]) -> StudyRecord:
    """The small study, run once from start to end."""
    return load(made_once("undisturbed", run))


@pytest.fixture
def stop_at() -> Callable[..., list[Progress]]:
    """Runs the small study and stops it at the n-th progress, as Ctrl-C does."""

    def stopped(when: int, folder: Path, *overrides: str) -> list[Progress]:
        stop, seen = threading.Event(), []
        loaded = parse_spec(SMALL, file="study.toml", folder=folder, overrides=overrides)
        for progress in run_study(loaded, url_in(folder), folder / "out", stop):
            seen.append(progress)
            if len(seen) == when:
                stop.set()
        return seen

    return stopped

"""Small studies that end in seconds."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from netclinic.search import Progress, parse_spec, run_study
from netclinic.storage import TrialStore
from netclinic.storage.records import StudyRecord

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
"""


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
    """All that must not depend on lanes, interruptions or the clock."""
    return [
        (
            t.number,
            t.state,
            dict(t.parameters),
            t.value,
            t.result._replace(trial_id=0, seconds=0.0, lanes=0) if t.result else None,
        )
        for t in study.trials
    ]


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory) -> StudyRecord:
    """The small study, run once from start to end."""
    folder = tmp_path_factory.mktemp("undisturbed")
    run(folder)
    return load(folder)


@pytest.fixture
def stop_at() -> Callable[[int, Path], list[Progress]]:
    """Runs the small study and stops it at the n-th progress, as Ctrl-C does."""

    def stopped(when: int, folder: Path) -> list[Progress]:
        stop, seen = threading.Event(), []
        loaded = parse_spec(SMALL, file="study.toml", folder=folder)
        for progress in run_study(loaded, url_in(folder), folder / "out", stop):
            seen.append(progress)
            if len(seen) == when:
                stop.set()
        return seen

    return stopped

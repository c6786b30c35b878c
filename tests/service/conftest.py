"""The service asked in this process, over databases that were made without training."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from netclinic.search import parse_spec
from netclinic.service import Settings, checked_settings, make_app
from netclinic.service.runs import Runs
from netclinic.storage import BayesRecord, TrialStore, upgrade_schema

from tests.cli.conftest import IRIS, call
from tests.storage.conftest import (
    launch,
    new_study,
    optuna_tables,
    prepared,
    proposals,
    pruned,
    result,
    url,
)

__all__ = ["call", "launch", "prepared", "url"]  # fixtures of others, and what tests need
TOKEN = "a-token-of-the-tests"
BASE = "http://127.0.0.1:8000"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every test begins in an empty folder, without a database or a token of the user's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPTUNA_STORAGE", raising=False)
    monkeypatch.delenv("NETCLINIC_TOKEN", raising=False)


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the study "hand", which can be diagnosed.

    By number its trials are: completed, completed, completed, diverged, running, waiting, pruned.
    """
    url = f"sqlite:///{tmp_path_factory.mktemp('stored')}/trials.db"
    optuna_tables(url)
    upgrade_schema(url)
    spec = parse_spec(IRIS, file="spec", folder=Path.cwd()).resolved
    with TrialStore(url) as store:
        study = store.create_study(new_study("hand")._replace(spec_text=IRIS, spec_resolved=spec))
        worker = store.register_worker(study)
        launched = store.launch(study, worker, 0, proposals(0, 7))
        ended = zip(launched, (0.5, 0.05, 0.1, None), strict=False)
        store.finish([result(trial.trial_id, value) for trial, value in ended])
        store.finish([pruned(launched[6].trial_id)])
        store.release([launched[5].trial_id])
        store.save_bayes(study, BayesRecord(0.01, 0.0, 0.02, 100, "told by the test", True))
    return url


@pytest.fixture
def own(stored: str, tmp_path: Path) -> str:
    """A copy of the database with the study "hand"."""
    shutil.copy(stored.removeprefix("sqlite:///"), tmp_path / "trials.db")
    return f"sqlite:///{tmp_path}/trials.db"


class Client:
    """Asks a service, each time in an event loop of its own, so from any thread."""

    def __init__(self, settings: Settings, runs: Runs) -> None:
        self.runs = runs
        self.app = make_app(settings, runs)

    def ask(self, method: str, path: str, **options: object) -> httpx.Response:
        return asyncio.run(self._ask(method, path, options))

    async def _ask(self, method: str, path: str, options: dict) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, timeout=60) as client:
            return await client.request(method, path, **options)

    def get(self, path: str, **options: object) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: object) -> httpx.Response:
        return self.ask("POST", path, **options)


@pytest.fixture
def ask() -> Iterator[Callable[..., Client]]:
    """Makes a client of a service over a database."""
    made: list[Runs] = []

    def client(storage: str, **options: object) -> Client:
        settings = checked_settings(storage, **options)  # pyright: ignore[reportArgumentType]
        made.append(Runs(settings.storage, settings.folder))
        return Client(settings, made[-1])

    yield client
    for runs in made:
        runs.forget()

"""Databases to test against: SQLite files, and PostgreSQL and MariaDB where a server answers."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import optuna
import pytest
import sqlalchemy as sa
from netclinic.storage import (
    Curves,
    DataNote,
    NewStudy,
    Outcome,
    Parameter,
    Proposal,
    Provenance,
    SplitSizes,
    TrialResult,
    TrialStore,
    normalize_url,
    upgrade_schema,
)
from netclinic.storage.records.replicates import ReplicateResult
from netclinic.storage.records.signs import LayerSigns, MomentSigns
from netclinic.storage.tables.metadata import metadata
from optuna.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    distribution_to_json,
)
from optuna.storages._rdb.models import BaseModel

# Servers of the test machine; others by these variables.
SERVERS = {
    "postgresql": os.environ.get(
        "NETCLINIC_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test"
    ),
    # Each connection would read all of this machine's certificates first.
    "mariadb": os.environ.get(
        "NETCLINIC_TEST_MARIADB", "mysql://root@127.0.0.1:3306/test?ssl_disabled=true"
    ),
}
DISTRIBUTIONS = {
    "learning_rate": FloatDistribution(1e-5, 1e-1, log=True),
    "weight_decay": FloatDistribution(1e-7, 1e-1, log=True),
    "momentum": FloatDistribution(0.9, 0.999),
    "layers": IntDistribution(1, 4),
    "activation": CategoricalDistribution(("relu", "it's 100% \\ tanh")),
}
_OPTUNAS: sa.MetaData = BaseModel.metadata
SPEC = {"search": {"sampler": "random", "momentum": {"one_minus_log": [0.001, 0.1]}}}


@pytest.fixture(autouse=True)
def _quiet_optuna() -> Iterator[None]:
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    yield
    optuna.logging.set_verbosity(before)


KINDS = ["sqlite", "postgresql", "mariadb"]


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/trials.db"
        return
    with ServerDatabase(request.param) as url:
        yield url


@pytest.fixture(scope="session", params=KINDS)
def prepared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a database with all tables, shared by the tests of this run."""
    if request.param == "sqlite":
        yield _with_tables(f"sqlite:///{tmp_path_factory.mktemp('prepared')}/trials.db")
        return
    with ServerDatabase(request.param) as url:
        yield _with_tables(url)


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("prepared") / "trials.db"
    _with_tables(f"sqlite:///{file}")
    return file


@pytest.fixture
def url(prepared: str) -> Iterator[str]:
    """The address of a database with Optuna's tables and ours, all empty."""
    yield prepared
    engine = sa.create_engine(normalize_url(prepared), poolclass=sa.NullPool)
    with engine.begin() as connection:
        for table in (*reversed(metadata.sorted_tables), *reversed(_OPTUNAS.sorted_tables)):
            if table.name not in ("version_info", "schema_history", "studies", "trials"):
                connection.execute(table.delete())
        connection.execute(_OPTUNAS.tables["trials"].delete())
        connection.execute(_OPTUNAS.tables["studies"].delete())
        for view in sa.inspect(connection).get_view_names():
            if view.startswith("study_"):
                quoted = engine.dialect.identifier_preparer.quote(view)
                connection.exec_driver_sql(f"DROP VIEW {quoted}")


@pytest.fixture
def sqlite_url(prepared_file: Path, tmp_path: Path) -> str:
    """The address of a file with Optuna's tables and ours, of the test's own."""
    shutil.copy(prepared_file, tmp_path / "trials.db")
    return f"sqlite:///{tmp_path}/trials.db"


class ServerDatabase:
    """A database of its own name on a server, dropped at the end; skips without a server."""

    def __init__(self, kind: str, options: str = "") -> None:
        """Take what kind of server, and how to create the database."""
        self.kind, self.options = kind, options
        self.name = f"netclinic_{uuid.uuid4().hex[:12]}"
        self.server = sa.make_url(normalize_url(SERVERS[kind]))

    def __enter__(self) -> str:
        self.admin = sa.create_engine(
            self.server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        try:
            self._run(f"CREATE DATABASE {self.name} {self.options}")
        except sa.exc.OperationalError:
            pytest.skip(f"no {self.kind} server answers at {self.server.host}:{self.server.port}")
        return self.server.set(database=self.name).render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        # The kills of a test may have left connections behind.
        force = " WITH (FORCE)" if self.kind == "postgresql" else ""
        self._run(f"DROP DATABASE {self.name}{force}")

    def _run(self, sql: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(sql)


def optuna_tables(url: str) -> None:
    """Let Optuna make its tables, as the search does before it opens a store."""
    optuna.storages.RDBStorage(url).engine.dispose()


def _with_tables(url: str) -> str:
    optuna_tables(url)
    upgrade_schema(url)
    return url


@pytest.fixture
def store(url: str) -> Iterator[TrialStore]:
    with TrialStore(url) as opened:
        yield opened


@pytest.fixture
def stock_storage(url: str) -> Iterator[Callable[..., optuna.storages.RDBStorage]]:
    """Makes stock Optuna storages on the same database, and closes them."""
    made: list[optuna.storages.RDBStorage] = []

    def make(**options: object) -> optuna.storages.RDBStorage:
        made.append(optuna.storages.RDBStorage(url, **options))
        return made[-1]

    yield make
    for storage in made:
        storage.scoped_session.remove()
        storage.engine.dispose()


def execute(url: str, sql: str, **values: object) -> None:
    """Change something behind the store's back."""
    engine = sa.create_engine(normalize_url(url), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(sql), values)


def launch(store: TrialStore, count: int, name: str = "digits"):
    """A new study with that many RUNNING trials, held by this process."""
    study = store.create_study(new_study(name))
    worker = store.register_worker(study)
    return study, worker, store.launch(study, worker, 0, proposals(0, count))


def new_study(name: str = "digits") -> NewStudy:
    return NewStudy(
        name=name,
        spec_text="[study]\nname = 'digits'  # Größe\n",
        spec_resolved=SPEC,
        parameters=tuple((n, distribution_to_json(d)) for n, d in DISTRIBUTIONS.items()),
        provenance=provenance(),
    )


def provenance(device: str = "2 × cpu") -> Provenance:
    return Provenance(
        netclinic_version="0.1.0",
        versions={"jax": "0.10.2"},
        python="3.11.2",
        platform="Linux",
        device=device,
        git_revision=None,
        data_fingerprint="f" * 64,
        rows=SplitSizes(1000, 300, 297),
        features=64,
        classes=10,
        data_notes=(DataNote("conflicting_labels", 3, "3 rows are equal but differ in label."),),
    )


def proposals(first: int, count: int) -> list[Proposal]:
    """Different parameters for each number, one of each kind of distribution."""
    return [Proposal(n, parameters_of(n)) for n in range(first, first + count)]


def parameters_of(number: int) -> tuple[Parameter, ...]:
    values = {
        "learning_rate": 10 ** -(1 + 4 * (number + 0.5) / 1000),
        "weight_decay": 1 / 3e4,
        "momentum": 0.9 + 0.09 * ((number * 7) % 10) / 10,
        "layers": 1 + number % 4,
        "activation": number % 2,
    }
    return tuple(
        Parameter(n, float(v), distribution_to_json(DISTRIBUTIONS[n])) for n, v in values.items()
    )


def result(trial_id: int, value: float | None = 0.25, epochs: int = 3, **other: object):
    """A completed trial, or a diverged one when ``value`` is ``None``."""
    diverged = value is None
    falling = (1.0 / (e + 1) for e in range(epochs - 1))
    curve = (*falling, float("nan") if diverged else 0.1)
    made = TrialResult(
        trial_id=trial_id,
        outcome=Outcome.DIVERGED if diverged else Outcome.COMPLETED,
        value=value,
        learning_rate=0.01,
        weight_decay=1e-4,
        momentum=0.9,
        epochs=epochs,
        best_epoch=None if diverged else epochs,
        diverged_epoch=epochs if diverged else None,
        training_loss=float("nan") if diverged else 0.2,
        training_error=0.125,
        validation_loss=float("inf") if diverged else 0.3,
        validation_error=value,
        test_loss=0.31,
        test_error=0.26,
        parameters=2_410,
        seconds=0.7,
        lanes=8,
        strategy="map",
        curves=Curves(*(curve,) * 5),
    )
    return made._replace(**other)


def signs() -> tuple[MomentSigns, ...]:
    """Vital signs of a network of one layer; all numbers are different."""
    numbers = iter(range(1, 100))

    def layer(name: str) -> LayerSigns:
        return LayerSigns(name, next(numbers), *(next(numbers) / 8 for _ in range(11)))

    inputs = LayerSigns("inputs", 4, 0.5, 1.0, 0.9, 2.0, *[None] * 7)
    return tuple(
        MomentSigns(moment, 512, *(next(numbers) / 8 for _ in range(4)), (inputs, layer("output")))
        for moment in ("start", "end")
    )


def replicate(trial_id: int, number: int, error: float | None = 0.25, **other: object):
    """A completed replicate with another seed, or a diverged one when ``error`` is ``None``."""
    made = ReplicateResult(
        trial_id=trial_id,
        kind="seed",
        replicate=number,
        outcome=Outcome.DIVERGED if error is None else Outcome.COMPLETED,
        epochs=3,
        training_loss=0.2,
        training_error=0.125,
        validation_loss=0.3,
        validation_error=error,
        test_loss=0.31,
        test_error=0.26,
        seconds=0.7,
        lanes=8,
        strategy="map",
    )
    return made._replace(**other)


def pruned(trial_id: int, value: float | None = 0.5, epochs: int = 2, **other: object):
    """A trial that was stopped early, after ``epochs``."""
    return result(
        trial_id,
        value,
        epochs,
        **{"outcome": Outcome.PRUNED, "diverged_epoch": None, "test_loss": None, "test_error": None}
        | other,
    )

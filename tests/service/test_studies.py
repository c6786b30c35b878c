"""Over HTTP comes what the commands print; nothing is written."""

import csv
import io
import json
import threading
from hashlib import sha256
from pathlib import Path

import optuna
import pytest
from netclinic.search.export import csv_text, curve_rows
from netclinic.service import studies
from netclinic.storage import TrialStore, upgrade_schema

from .conftest import launch, proposals, result

JSON = [
    ("/studies", ["studies"]),
    ("/studies/hand/trials", ["trials", "hand"]),
    ("/studies/hand/trials/1", ["show", "hand", "1"]),
    ("/studies/hand/trials/4", ["show", "hand", "4"]),
    ("/studies/hand/best", ["best", "hand"]),
]


@pytest.mark.parametrize(("path", "command"), JSON)
def test_json_is_that_of_the_commands(ask, call, stored, path: str, command: list[str]) -> None:
    answer = ask(stored).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.text == call(*command, "--storage", stored, "-f", "json").out


@pytest.mark.parametrize("path", ["/", "/studies", "/studies/hand/report", "/studies/none"])
def test_head_is_answered_as_get(ask, stored, path: str) -> None:
    head, get = (ask(stored).ask(method, path) for method in ("HEAD", "GET"))
    assert head.status_code == get.status_code
    assert head.headers == get.headers
    assert ask(stored).ask("HEAD", "/sql").status_code == 405
    assert ask(stored).ask("DELETE", path).headers["allow"] == "GET, HEAD"


def test_the_schema_is_that_of_the_command(ask, call, stored) -> None:
    assert ask(stored).get("/spec-schema").text == call("schema").out


def test_csv_is_that_of_the_commands(ask, call, stored) -> None:
    client = ask(stored)
    answer = client.get("/studies/hand/trials.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text == call("trials", "hand", "--storage", stored, "-f", "csv").out
    with TrialStore(stored) as store:
        exported = csv_text(*curve_rows(store.load_study("hand")))
    curves = client.get("/studies/hand/curves.csv").text
    assert curves == exported
    assert len(list(csv.DictReader(io.StringIO(curves)))) == 14


def test_a_slash_in_a_name_is_no_path(ask, own) -> None:
    """It led to the study "hand", whose trials, best trial or report were answered."""
    client = ask(own)
    for end in ("trials", "best", "report.json"):
        answer = client.get(f"/studies/hand%2F{end}")
        assert (answer.status_code, f"There is no study 'hand/{end}'" in answer.text) == (404, True)
    assert client.get("/studies/hand/no/best").status_code == 404
    assert client.get("/studies/%68and").json()["name"] == "hand"


def test_reports_are_those_of_the_command(ask, call, stored, own) -> None:
    """The command stores its diagnosis, so it works on a database of its own."""
    page, text = "page.html", "page.md"
    called = call(
        "diagnose", "hand", "--storage", own, "-f", "json", "--html", page, "--markdown", text
    )
    assert called.code == 0
    client = ask(stored)
    assert json.loads(client.get("/studies/hand/report.json").text) == json.loads(called.out)
    answer = client.get("/studies/hand/report")
    assert answer.text == Path(page).read_text()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert client.get("/studies/hand/report.md").text == Path(text).read_text()


def test_a_report_is_made_once_until_its_study_changes(ask, own, monkeypatch) -> None:
    from netclinic.service import reports

    made = []
    monkeypatch.setattr(reports, "diagnose", lambda study: made.append(study) or study)
    monkeypatch.setitem(reports.RENDERERS, "md", lambda study, _: f"{len(study.trials)} trials")
    client = ask(own)
    for _ in range(2):
        assert client.get("/studies/hand/report.md").text == "7 trials"
    assert len(made) == 1
    with TrialStore(own) as store:
        store.finish([result(store.load_study("hand").trials[4].trial_id)])
    client.get("/studies/hand/report.md")
    assert len(made) == 2


def test_nothing_is_written(ask, stored) -> None:
    file = Path(stored.removeprefix("sqlite:///"))
    before = sha256(file.read_bytes()).digest()
    client = ask(stored)
    for path in ("", "studies", "studies/hand", "studies/hand/report.md", "studies/hand/best"):
        assert client.get(f"/{path}").status_code == 200
    assert sha256(file.read_bytes()).digest() == before
    assert not list(Path.cwd().iterdir())


def test_a_study_says_how_far_it_is(ask, stored) -> None:
    found = ask(stored).get("/studies/hand").json()
    assert found["trials"] == 7
    assert found["completed"] == 3
    progress = {"state": "running", "ended": 5, "wanted": 7, "validation_rows": 300}
    assert {key: found[key] for key in progress} == progress  # its worker is this process


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/studies/hnd", 404, "There is no study 'hnd'; did you mean 'hand'?"),
        ("/studies/hnd/report", 404, "did you mean 'hand'?"),
        ("/studies/a%2Fb%20c/trials", 404, "There is no study 'a/b c'"),
        ("/studies/hand/trials/9", 404, "'hand' has no trial 9; its trials are 0 to 6."),
        (f"/studies/hand/trials/{'9' * 5000}", 404, "got GET /studies/hand/trials/9"),
        ("/trials", 404, "got GET /trials; there are /, /studies, /studies/NAME"),
        ("/sql", 405, "got GET /sql; allowed is POST"),
        ("/runs", 403, "This service starts no runs. Start it with netclinic serve --allow-runs."),
    ],
)
def test_errors_are_those_of_the_commands(ask, stored, path, status, words) -> None:
    answer = ask(stored).get(path)
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert answer.headers["content-type"] == "application/json"


def test_a_database_that_is_not_there_yet(ask) -> None:
    client = ask("trials.db")
    answer = client.get("/studies")
    assert answer.status_code == 503
    assert answer.json()["error"].startswith("trials.db: there is no such database. `netclinic run")
    page = client.get("/")
    assert page.status_code == 503
    assert "<code>netclinic run SPEC --storage trials.db</code> creates it" in page.text
    assert not Path("trials.db").exists()


def test_an_empty_database_says_what_to_type(ask) -> None:
    optuna.storages.RDBStorage("sqlite:///trials.db").engine.dispose()
    client = ask("trials.db")
    assert client.get("/studies").status_code == 409
    assert "netclinic db upgrade" in client.get("/studies").json()["error"]
    upgrade_schema("trials.db")
    assert client.get("/studies").json() == []
    assert "netclinic run study.toml --storage trials.db" in client.get("/").text


def test_a_study_without_trials_to_diagnose(ask, url) -> None:
    with TrialStore(url) as store:
        launch(store, 1, "new/study")
    answer = ask(url).get("/studies/new%2Fstudy/report")
    assert answer.status_code == 409
    assert "new/study" in answer.json()["error"]
    assert ask(url).get("/studies/new%2Fstudy/best").status_code == 404


def test_what_optuna_alone_made(ask, own) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.RDBStorage(own)
    study = optuna.create_study(storage=storage, study_name="plain")
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=3)
    storage.scoped_session.remove()
    storage.engine.dispose()
    client = ask(own)
    assert client.get("/studies/plain").json()["state"] == "optuna"
    assert client.get("/studies/plain/report.json").json()["study"] == "plain"
    refused = client.get("/studies/plain/report")
    assert refused.status_code == 409
    assert "report.json" in refused.json()["error"]
    assert "Optuna alone made" in client.get("/studies/plain/best").json()["error"]


def test_an_internal_error_is_one_line(ask, stored, monkeypatch, capsys) -> None:
    def fail(*_: object) -> None:
        raise KeyError("odd")

    monkeypatch.setattr(studies, "studies_list", fail)
    answer = ask(stored).get("/studies")
    assert answer.status_code == 500
    assert answer.json() == {"error": "internal error: KeyError: 'odd'"}
    said = capsys.readouterr().err
    assert said.startswith("internal error: KeyError: 'odd' (GET /studies, ")
    assert said.count("\n") == 1


def test_every_database_answers_while_it_is_written(ask, url) -> None:
    """Requests of several threads, beside a worker that launches and finishes trials."""
    client = ask(url)
    paths = ("/", "/studies", "/studies/digits", "/studies/digits/trials")
    wrong: list[str] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            for path in paths:
                answer = client.get(path)
                if answer.status_code != 200:
                    wrong.append(answer.text)

    with TrialStore(url) as store:
        study, worker, launched = launch(store, 2)
        readers = [threading.Thread(target=look) for _ in range(3)]
        for reader in readers:
            reader.start()
        for first in range(2, 12, 2):
            store.finish([result(trial.trial_id) for trial in launched])
            launched = store.launch(study, worker, first, proposals(first, 2))
        done.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert client.get("/studies/digits").json()["ended"] == 10
    assert "digits" in client.get("/").text


def test_sql(ask, url) -> None:
    with TrialStore(url) as store:
        launch(store, 3)
    client = ask(url)
    statement = "SELECT number AS n, number AS n FROM trials ORDER BY number"
    answer = client.post("/sql", json={"statement": statement})
    assert answer.json() == {
        "columns": ["n", "n"],
        "rows": [[0, 0], [1, 1], [2, 2]],
        "more": False,
    }
    cut = client.post("/sql", json={"statement": statement, "rows": 2}).json()
    assert (cut["rows"], cut["more"]) == ([[0, 0], [1, 1]], True)
    for wrong, words in (
        ("DELETE FROM trials", "may only read"),
        ("SELECT * FROM trails", "trails"),
    ):
        refused = client.post("/sql", json={"statement": wrong})
        assert refused.status_code == 400
        assert words in refused.json()["error"]


def test_a_query_that_takes_too_long_is_ended(ask, stored, monkeypatch) -> None:
    monkeypatch.setattr(studies, "PATIENCE", 0.1)
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT sum(n) FROM c"
    answer = ask(stored).post("/sql", json={"statement": endless})
    assert answer.status_code == 400
    assert "took longer than the 0.1 s" in answer.json()["error"]

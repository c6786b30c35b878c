"""Runs that requests order; most are a small program here in place of ``netclinic run``."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time

import pytest
from netclinic.service import checked_settings, server
from netclinic.service import runs as service_runs
from netclinic.service.answers import Refused
from netclinic.service.bodies import RunOrder
from netclinic.service.runs import TAIL, Runs

from tests.cli.conftest import IRIS
from tests.full_disk import fill_disk

from .conftest import BEARER, TOKEN

# Ends in good order at the first SIGINT, at once at the second, as a run does.
PRETENDED = """
import os, signal, sys, time
asked = []
def receive(*_):
    if asked:
        os._exit(130)
    asked.append(1)
    print("asked", flush=True)
signal.signal(signal.SIGINT, receive)
print(sys.stdin.read().partition("\\n")[0], sys.argv[1:], os.environ["OPTUNA_STORAGE"], flush=True)
print("NETCLINIC_TOKEN" in os.environ, os.getcwd(), flush=True)
while True:
    time.sleep(0.02)
"""


@pytest.fixture
def _pretended(monkeypatch, tmp_path) -> None:
    """The pretended program is what is started, and every spec is right."""
    monkeypatch.setenv("NETCLINIC_TOKEN", TOKEN)
    (tmp_path / "pretended.py").write_text(PRETENDED)
    monkeypatch.setattr(service_runs, "_PYTHON", (sys.executable, str(tmp_path / "pretended.py")))
    monkeypatch.setattr(service_runs.Runs, "_study_of", lambda self, order: "tiny")


@pytest.fixture
def client(ask, _pretended):
    """A service that starts the pretended program."""
    opened = ask("trials.db", token=TOKEN, runs=True)
    yield opened
    for run in opened.runs.live():
        run.kill()
        run.process.wait()


def wait(client, name: str, until) -> dict:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found = client.get(f"/runs/{name}", headers=BEARER).json()
        if until(found):
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def test_a_run_from_its_order_to_its_end(client, tmp_path) -> None:
    order = {"spec": IRIS, "overrides": ["study.seed=1", "study.name=a b"]}
    answer = client.post("/runs", headers=BEARER, json=order)
    assert answer.status_code == 202
    started = answer.json()
    assert started["state"] == "running"
    assert started["study"] == "tiny"
    assert started["exit_code"] is None
    assert answer.headers["location"] == f"/runs/{started['id']}"
    found = wait(client, started["id"], lambda it: it["output"].count("\n") == 2)
    words = ["netclinic.cli", "run", "-", "-S", "study.seed=1", "-S", "study.name=a b"]
    assert found["output"] == f"[study] {words} trials.db\nFalse {tmp_path}\n"
    assert [it["id"] for it in client.get("/runs", headers=BEARER).json()] == [started["id"]]
    first = client.ask("DELETE", f"/runs/{started['id']}", headers=BEARER)
    assert (first.status_code, first.json()["state"]) == (202, "stopping")
    wait(client, started["id"], lambda it: it["output"].endswith("asked\n"))
    client.ask("DELETE", f"/runs/{started['id']}", headers=BEARER)
    ended = wait(client, started["id"], lambda it: it["state"] == "ended")
    assert ended["exit_code"] == 130
    again = client.ask("DELETE", f"/runs/{started['id']}", headers=BEARER)
    assert (again.status_code, again.json()) == (200, ended)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "The body is no JSON object; it has the keys spec, overrides."),
        ({}, "spec: missing; the body has the keys spec, overrides"),
        ({"spec": 7}, "spec: got 7; allowed is text"),
        ({"spec": "", "sped": 1}, "unknown key 'sped'; allowed are spec, overrides"),
        ({"spec": "", "overrides": "a.b=1"}, "overrides: got 'a.b=1'; allowed is a list"),
        ({"spec": "", "overrides": [1]}, "overrides: got 1; allowed is text"),
        ({"spec": "", "overrides": ["a\0"]}, "none of them NUL"),
        ({"spec": "", "overrides": ["a" * 10_001]}, "one of 10,001 characters"),
        ({"spec": "\ud800"}, "spec: got half of a surrogate pair"),
    ],
)
def test_orders_that_are_none(client, body, words: str) -> None:
    headers = {**BEARER, "Content-Type": "application/json"}
    answer = client.post("/runs", headers=headers, content=json.dumps(body))
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert client.get("/runs", headers=BEARER).json() == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"statement": "SELECT 1", "rows": 0}, "rows: got 0; allowed is a whole number from 1 to"),
        ({"statement": "SELECT 1", "rows": True}, "rows: got True"),
        ({"sql": "SELECT 1"}, "unknown key 'sql'; allowed are statement, rows"),
    ],
)
def test_queries_that_are_none(ask, stored, body, words: str) -> None:
    answer = ask(stored).post("/sql", json=body)
    assert answer.status_code == 422
    assert words in answer.json()["error"]


def test_a_body_that_is_no_json(ask, stored) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"{", b"", b"\xff"):
        answer = ask(stored).post("/sql", headers=headers, content=body)
        assert answer.status_code == 400
        assert answer.json()["error"].startswith("The body is not valid JSON: ")
        assert body or answer.json()["error"].endswith(": it is empty.")


def test_what_is_not_there(client) -> None:
    for method in ("GET", "DELETE"):
        answer = client.ask(method, "/runs/nope", headers=BEARER)
        assert answer.status_code == 404
        assert "There is no run 'nope'; GET /runs lists" in answer.json()["error"]


def test_without_leave_nothing_is_started(ask, stored) -> None:
    answer = ask(stored).post("/runs", json={"spec": IRIS})
    assert answer.status_code == 403
    assert "--allow-runs" in answer.json()["error"]


def test_what_is_wrong_with_a_spec_comes_back(ask, call, tmp_path) -> None:
    """In the words of the command, once it has been checked in a process of its own."""
    client = ask("trials.db", token=TOKEN, runs=True)
    wrong = IRIS.replace("epochs = 2", "epochs = 0")
    order = {"spec": wrong, "overrides": ["study.seed=x"]}
    answer = client.post("/runs", headers=BEARER, json=order)
    assert answer.status_code == 422
    (tmp_path / "spec").write_text(wrong)
    said = call("run", "spec", "-S", "study.seed=x").err
    assert answer.json()["error"].split("\n") == [
        line.removeprefix("error: ").strip() for line in said.splitlines()
    ]
    assert client.get("/runs", headers=BEARER).json() == []


def test_a_full_disk_is_told(client, monkeypatch) -> None:
    fill_disk(monkeypatch)
    refused = client.post("/runs", json={"spec": IRIS}, headers=BEARER)
    assert refused.status_code == 503
    assert refused.json()["error"].startswith("The run cannot be started: No space left on device.")
    assert client.get("/runs", headers=BEARER).json() == []


def test_closing_ends_the_check_of_a_spec(monkeypatch, tmp_path) -> None:
    """It ran on for as long as the spec's modules took, and the service had gone."""
    (tmp_path / "slow.py").write_text("import time; print(open('begun', 'w')); time.sleep(60)")
    monkeypatch.setattr(service_runs, "_PYTHON", (sys.executable, str(tmp_path / "slow.py")))
    runs, refused = Runs("trials.db", tmp_path), []

    def order() -> None:
        with pytest.raises(Refused, match="The service is being stopped") as found:
            runs.start(RunOrder(IRIS, ()))
        refused.append(found.value.status)

    thread = threading.Thread(target=order)
    thread.start()
    end = time.monotonic() + 20
    while not (tmp_path / "begun").exists() and time.monotonic() < end:
        time.sleep(0.02)
    runs.close()
    thread.join(20)
    assert refused == [503]
    assert runs.all() == []
    runs.forget()


TWO_SIGNALS = """
import os, signal, threading, time
from netclinic.service import server
def send():
    time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
with server._signals() as asked:
    threading.Thread(target=send).start()
    print(server._next(asked), server._next(asked))
"""


def test_two_signals_at_once_are_two() -> None:
    """As from a service manager that sends SIGTERM and SIGHUP; the service heard of neither."""
    told = subprocess.run(
        [sys.executable, "-c", TWO_SIGNALS], capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.split() == [str(int(it)) for it in (signal.SIGINT, signal.SIGTERM)]


def test_the_end_of_a_long_output(client) -> None:
    started = client.post("/runs", headers=BEARER, json={"spec": "x" * TAIL}).json()
    found = wait(client, started["id"], lambda it: "False" in it["output"])
    assert found["output"].startswith("False "), "from the beginning of a line on"


@pytest.mark.usefixtures("_pretended")
@pytest.mark.parametrize("signals", [1, 2, 3])
def test_ctrl_c_ends_the_service_and_its_runs(monkeypatch, signals: int) -> None:
    """The first interrupts the runs, the second does it again, the third kills them.

    The last run has been interrupted before, which the first Ctrl-C must not take for its second.
    """
    made: queue.SimpleQueue[Runs] = queue.SimpleQueue()

    said: list[str] = []
    started: list = []

    class Kept(Runs):
        def __init__(self, *arguments) -> None:
            super().__init__(*arguments)
            made.put(self)

    def press(times: int) -> None:
        runs = made.get()
        started.extend(runs.start(RunOrder(IRIS, ())) for _ in range(2))
        for run in started:
            until(lambda run=run: run.tail().count("\n") == 2)
        started[1].interrupt()
        until(lambda: started[1].tail().endswith("asked\n"))
        for press in range(times):
            os.kill(os.getpid(), signal.SIGINT)
            until(lambda press=press: min(run.asked for run in started) > min(press, 1))
        if times == 1:
            until(lambda: started[0].tail().endswith("asked\n"))
            assert runs.live() == started, "both end in good order, after their segments"
            for run in started:
                run.kill()

    def until(look) -> None:
        end = time.monotonic() + 30
        while not look() and time.monotonic() < end:
            time.sleep(0.02)
        assert look()

    monkeypatch.setattr(server, "Runs", Kept)
    presser = threading.Thread(target=press, args=(signals,))
    presser.start()
    server.serve(checked_settings("trials.db", port=0, runs=True), said.append)
    presser.join()
    codes = [run.document()["exit_code"] for run in started]
    assert codes == ([137, 137] if signals == 1 else [130, 130])
    assert said[-1].startswith("Ctrl-C: stopping 2 runs after the segment in flight; what is fin")

"""The service in a process of its own: what it loads, what it starts, and how it ends."""

import contextlib
import io
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from netclinic.service import checked_settings
from netclinic.service.answers import STATUSES
from netclinic.service.server import _greeting

from tests.cli.conftest import environment_of

from .conftest import TOKEN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
# So that nothing is estimated from rows, nor layers looked at.
GIVEN = ["diagnosis.bayes_error=0.01", "diagnosis.regions=false", "diagnosis.vital_signs=false"]
SMALL = [*GIVEN, "network.hidden=[8]", "training.epochs=2"]


# As a terminal starts it: under nohup the tests, and what they start, hear of no SIGHUP.
SERVE = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from netclinic.cli import console
raise SystemExit(console())
"""


@contextlib.contextmanager
def serving(folder: Path, *options: str, token: str = TOKEN):
    """A service on a free port: its process and address."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve", "--port", "0", *options],
        cwd=folder,
        env=environment_of(NETCLINIC_TOKEN=token),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        first = process.stderr.readline()
        found = re.search(r"at (http://\S+)/ – Ctrl-C ends it", first)
        assert found, first
        yield process, found[1]
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_a_study_over_http_and_ctrl_c(tmp_path) -> None:
    """The page's own program starts a study and follows it."""
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    with serving(tmp_path, "--allow-runs") as (process, address):
        program = block.replace("http://127.0.0.1:8000", address).replace("sleep(1)", "sleep(0.1)")
        program = program.replace("trials = 8", "trials = 2")
        program = program.replace('"study.seed=1"', f'"study.seed=1", *{SMALL!r}')
        printed = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
            patch.setenv("NETCLINIC_TOKEN", TOKEN)
            exec(program, {})
        assert printed.getvalue().startswith("0 loading …\n")
        assert "2 of 2 trials: 2 completed" in printed.getvalue()
        assert (tmp_path / "netclinic-out" / "iris" / "report.html").exists()
        with httpx.Client(base_url=address, auth=("anybody", TOKEN)) as client:
            assert "Finished" in client.get("/").text
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        process.wait(60)
    assert process.returncode == 0
    assert said.startswith("Requests may start studies in ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_another_signal_than_ctrl_c_is_what_it_dies_of(tmp_path, number) -> None:
    with serving(tmp_path) as (process, _):
        process.send_signal(number)
        assert process.wait(60) == -number
        assert process.stderr.read() == ""


def test_a_port_that_is_taken_is_told(call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        called = call("serve", "--port", port)
    assert called.code == 2
    assert called.err.startswith(f"error: cannot listen at --host 127.0.0.1 --port {port}: ")
    assert "--port 0 takes any that is free" in called.err


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--host", "0.0.0.0"], 2, "error: other machines can reach --host 0.0.0.0"),
        (["--token", "short"], 2, "error: the token has 5 characters"),
        (["--port", "65536"], 2, "got '65536'; allowed is a number up to 65535"),
        (
            ["--host", "no such host", "--token", TOKEN],
            2,
            "error: cannot listen at --host no such host",
        ),
        (["--storage", "oracle://x"], 1, "error: oracle:// is not supported as storage"),
    ],
)
def test_what_cannot_be_started(call, options, code: int, words: str) -> None:
    called = call("serve", *options)
    assert called.code == code
    assert words in called.err


@pytest.mark.parametrize("package", ["fastapi", "uvicorn"])
def test_without_its_packages_it_says_what_to_install(call, monkeypatch, package: str) -> None:
    for name in [it for it in sys.modules if it.startswith("netclinic.service")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    called = call("serve")
    assert called.code == 2
    assert called.err == (
        f"error: {package} is not installed, which this command needs: "
        "pip install 'netclinic[service]'\n"
    )


LOADED = """
import asyncio, os, sys
import httpx
from netclinic.service import checked_settings, make_app
from netclinic.service.runs import Runs

settings = checked_settings(sys.argv[1])
app = make_app(settings, Runs(settings.storage, settings.folder))

async def ask():
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        paths = ("", "studies", "spec-schema", "studies/hand/report", "studies/hand/report.json")
        for path in (*paths, "studies/hand/best", "studies/hand/trials.csv"):
            assert (await client.get(f"/{path}")).status_code == 200, path

asyncio.run(ask())
print(sorted({"jax", "flax", "optuna", "orbax", "typer"} & set(sys.modules)))
"""


def test_answering_does_not_load_the_learning(stored: str, tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, stored],
        cwd=tmp_path,
        env=environment_of(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


def test_the_page_tells_every_path(ask, stored) -> None:
    told = set(re.findall(r"^\| `((?:GET|POST|DELETE) /\S*)` \|", PAGE, flags=re.MULTILINE))
    app = ask(stored).app
    names = {"{name:name}": "NAME", "{number:number}": "NUMBER", "{name}": "ID"}
    there = set()
    for route in app.routes:
        path = route.path
        for pattern, name in names.items():
            path = path.replace(pattern, name)
        there |= {f"{method} {path}" for method in route.methods - {"HEAD"}}  # as of each GET
    assert told == there


def test_the_page_tells_every_status() -> None:
    source = "".join(f.read_text() for f in (ROOT / "service").glob("*.py"))
    given = {int(it) for it in re.findall(r"Refus(?:al|ed)\(\s*(\d{3})", source)}
    given |= {400, 405, 500, *(status for _, status in STATUSES)}
    table = PAGE.partition("| status |")[2].partition("## Queries")[0]
    assert given == {int(it) for it in re.findall(r"\d{3}", table)}


@pytest.mark.parametrize(
    ("host", "shown"),
    [("::1", "[::1]"), ("localhost", "localhost"), ("0.0.0.0", None), ("::", None)],
)
def test_the_address_that_is_printed_can_be_opened(host: str, shown: str | None) -> None:
    settings = checked_settings("trials.db", host, token=TOKEN)
    (line,) = _greeting(settings, 8000)
    assert f" at http://{shown or socket.gethostname()}:8000/ " in line


def test_the_page_says_what_is_printed() -> None:
    made = list(_greeting(checked_settings("netclinic.db", runs=True), 8000))
    shown = PAGE.partition("$ netclinic serve --allow-runs\n")[2].partition("```")[0]
    for line in "\n".join(made).splitlines():
        start = re.split(r"studies in |start only: ", line)[0]
        assert start in shown, line

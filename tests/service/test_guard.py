"""Who may ask what: the token, the host, and what pages of other sites have a browser send."""

import base64

import pytest
from netclinic.service import ServiceError, checked_settings
from netclinic.service.guard import LARGEST, refusal

from .conftest import BEARER, TOKEN

OPEN = checked_settings("trials.db")
CLOSED = checked_settings("trials.db", "0.0.0.0", token=TOKEN, names=["Lab.example"])
HERE = {"host": "127.0.0.1:8000"}
JSON = {"content-type": "application/json; charset=utf-8", "content-length": "2"}


def basic(password: str, name: str = "me") -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


def status(method: str, settings=OPEN, **headers: str) -> int | None:
    found = refusal(method, {k.replace("_", "-"): v for k, v in headers.items()}, settings)
    return None if found is None else found.status


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("127.0.0.1:8000", None),
        ("localhost", None),
        ("LOCALHOST:80", None),
        ("[::1]:8000", None),
        ("192.168.1.7:8000", None),
        ("lab.example:8000", None),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example:8000", 421),
        ("[::1", 421),
        ("", 421),
    ],
)
def test_only_known_hosts_are_asked(host: str, found: int | None) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert status("GET", CLOSED, host=host, **headers) == found
    if host != "lab.example:8000":
        assert status("GET", OPEN, host=host) == found


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, 401),
        ({"authorization": TOKEN}, 401),
        ({"authorization": f"Bearer {TOKEN}"}, None),
        ({"authorization": f"bearer  {TOKEN}"}, None),
        ({"authorization": f"Bearer {TOKEN[:-1]}"}, 401),
        ({"authorization": f"Bearer {TOKEN}é"}, 401),
        ({"authorization": f"Digest {TOKEN}"}, 401),
        (basic(TOKEN), None),
        (basic(TOKEN, ""), None),
        (basic(f"{TOKEN}:"), 401),
        (basic("wrong"), 401),
        ({"authorization": "Basic ???"}, 401),
        ({"authorization": "Basic /w=="}, 401),
    ],
)
def test_the_token_is_shown_as_such_or_as_a_password(headers, found: int | None) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert status(method, CLOSED, **HERE, **headers) == found


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (JSON, None),
        ({**JSON, "origin": "http://127.0.0.1:8000"}, None),
        ({**JSON, "origin": "http://127.0.0.1:9000"}, 403),
        ({**JSON, "origin": "https://evil.example"}, 403),
        ({**JSON, "origin": "null"}, 403),
        ({**JSON, "origin": "http://["}, 403),
        ({**JSON, "content-type": "text/plain"}, 415),
        ({**JSON, "content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-length": "2"}, 415),
        ({**JSON, "content-length": str(LARGEST)}, None),
        ({**JSON, "content-length": str(LARGEST + 1)}, 413),
        ({**JSON, "content-length": "-1"}, 411),
        ({"content-type": "application/json", "transfer-encoding": "chunked"}, 411),
        ({**JSON, "transfer-encoding": "chunked"}, 411),
        ({}, None),
    ],
)
def test_what_changes_something_is_json_of_our_own_pages(headers, found: int | None) -> None:
    for method in ("POST", "DELETE"):
        assert status(method, OPEN, **HERE, **headers) == found


def test_a_refusal_is_json_and_nothing_is_done(ask, stored) -> None:
    client = ask(stored, token=TOKEN)
    for path in ("/", "/studies", "/nowhere", "/runs"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert "Authorization: Bearer TOKEN" in answer.json()["error"]
    found = client.get("/studies", headers=BEARER)
    assert found.status_code == 200
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["cache-control"] == "no-store"
    assert not any(name.startswith("access-control") for name in found.headers)
    wrong = client.post("/sql", headers={**BEARER, "Host": "evil.example"}, json={})
    assert wrong.status_code == 421
    assert "--allow-host NAME" in wrong.json()["error"]


@pytest.mark.parametrize(
    ("host", "token", "words"),
    [
        ("0.0.0.0", None, r"other machines can reach --host 0\.0\.0\.0, and there is no token"),
        ("lab.example", None, "Add --token TOKEN, of 16 characters or more"),
        ("::", None, "set NETCLINIC_TOKEN"),
        ("127.0.0.1", "short", "has 5 characters, which could be guessed; allowed are 16 or more"),
        ("127.0.0.1", "sixteen or more, with blanks", "characters that a request cannot carry"),
        ("127.0.0.1", "", "characters that a request cannot carry"),
    ],
)
def test_a_service_that_would_be_open_is_not_started(host, token, words: str) -> None:
    with pytest.raises(ServiceError, match=words):
        checked_settings("trials.db", host, token=token)


def test_runs_always_have_a_token() -> None:
    made, again = (checked_settings("trials.db", runs=True) for _ in range(2))
    assert made.token_made
    assert len(made.token or "") > 40
    assert made.token != again.token
    given = checked_settings("trials.db", runs=True, token=TOKEN)
    assert (given.token, given.token_made) == (TOKEN, False)
    for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost"):
        assert checked_settings("trials.db", host).token is None

"""Answers as JSON; what goes wrong in the words of the command line, never as a traceback."""

import sys
import traceback
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response

from ..diagnostics import DiagnosisError
from ..search.json_text import json_text
from ..storage import MadeByOptuna, NotStored, QueryRefused, StorageError

# The first that fits.
STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotStored, 404),
    (QueryRefused, 400),
    (MadeByOptuna, 409),
    (StorageError, 503),
    (DiagnosisError, 409),
)


class Refused(Exception):
    """A request cannot be answered; the message says why and what to send instead."""

    def __init__(self, status: int, text: str) -> None:
        """Take the HTTP status beside the message."""
        super().__init__(text)
        self.status = status


def answer(thing: Any, status: int = 200, **headers: str) -> Response:
    """Built-in types as JSON, as the command line prints them."""
    return Response(json_text(thing), status, headers, "application/json")


def add_error_answers(app: FastAPI) -> None:
    """Have an app answer errors as ``{"error": "…"}``."""
    for kind, status in STATUSES:
        app.add_exception_handler(kind, _with_status(status))
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(400, _unreadable)
    app.add_exception_handler(404, _no_such_path)
    app.add_exception_handler(405, _no_such_method)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _internal)


def _with_status(status: int) -> Any:
    def answered(_: Request, error: Exception) -> Response:
        return answer({"error": str(error)}, status)

    return answered


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer({"error": str(error)}, error.status)


def _no_such_path(request: Request, error: Exception) -> Response:
    there = "/, /studies, /studies/NAME, /sql, /runs and /spec-schema"
    text = f"got {request.method} {request.url.path}; there are {there}, see docs/service.md"
    return answer({"error": text}, 404)


def _no_such_method(request: Request, error: Exception) -> Response:
    told = (getattr(error, "headers", None) or {}).get("Allow", "GET")
    allowed = ", ".join(sorted(told.split(", ")))  # of a set, in any order
    text = f"got {request.method} {request.url.path}; allowed is {allowed}"
    return answer({"error": text}, 405, Allow=allowed)


def _unreadable(_: Request, error: Exception) -> Response:
    """The body is no JSON, or no text at all: the only thing that is left to fastapi's checks."""
    reason = getattr(error, "detail", "")
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        empty = first["type"] == "missing"
        reason = "it is empty" if empty else first.get("ctx", {}).get("error") or first["msg"]
    return answer({"error": f"The body is not valid JSON: {reason}."}, 400)


def _internal(request: Request, error: Exception) -> Response:
    place = traceback.extract_tb(error.__traceback__)[-1]
    text = f"internal error: {type(error).__name__}: {error}"
    where = f"{request.method} {request.url.path}, {place.filename}:{place.lineno}"
    print(f"{text} ({where})", file=sys.stderr)
    return answer({"error": text}, 500)

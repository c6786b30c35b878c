"""The paths of the service, and what each of them answers."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Body, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from fastapi.routing import APIRoute
from starlette.convertors import Convertor, register_url_convertor

from ..search import json_schema
from . import studies
from .answers import Refused, add_error_answers, answer
from .bodies import query_of, run_order_of
from .guard import HEADERS, refusal
from .reports import Reports
from .runs import Run, Runs
from .settings import Settings

_Body = Annotated[Any, Body()]


class _Name(Convertor[str]):
    """A study's name, with its slashes as %2F: ``a/best`` is no path to the best trial of ``a``."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return unquote(value)


class _Number(Convertor[int]):
    """A trial's number; Starlette's own lets more digits pass than Python makes a number of."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)


register_url_convertor("name", _Name())
register_url_convertor("number", _Number())


def make_app(settings: Settings, runs: Runs) -> FastAPI:
    """The service as an ASGI application.

    Args:
        settings: of the service.
        runs: that requests start, look at and end; whoever stops the service ends them.
    """
    app = FastAPI(
        title="netclinic", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    add_error_answers(app)
    _add_guard(app, settings)
    _add_studies(app, settings.storage)
    _add_reports(app, Reports(settings.storage))
    _add_runs(app, settings, runs)
    for route in app.routes:  # HEAD is what watches a service: the server leaves out the body
        if isinstance(route, APIRoute) and route.methods == {"GET"}:
            route.methods = {"GET", "HEAD"}
    return app


def _add_guard(app: FastAPI, settings: Settings) -> None:
    @app.middleware("http")
    async def guarded(
        request: Request, go_on: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        # As it was sent: read by the server already, it does not tell %2F from a slash.
        request.scope["path"] = request.scope["raw_path"].decode("ascii")
        refused = refusal(request.method, request.headers, settings)
        if refused is None:
            response = await go_on(request)
        else:
            response = answer({"error": refused.text}, refused.status, **refused.headers)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _add_studies(app: FastAPI, url: str) -> None:
    @app.get("/")
    def page() -> Response:
        text, status = studies.studies_page(url)
        return HTMLResponse(text, status)

    @app.get("/studies")
    def listed() -> Response:
        return answer(studies.studies_list(url))

    @app.get("/studies/{name:name}")
    def study(name: str) -> Response:
        return answer(studies.one_study(url, name))

    @app.get("/spec-schema")
    def schema() -> Response:
        return answer(json_schema())

    @app.post("/sql")
    def sql(body: _Body) -> Response:
        return answer(studies.query_result(url, query_of(body)))

    @app.get("/studies/{name:name}/trials/{number:number}")
    def trial(name: str, number: int) -> Response:
        return answer(studies.one_trial(url, name, number))

    @app.get("/studies/{name:name}/trials")
    def trials(name: str) -> Response:
        return answer(studies.all_trials(url, name))

    @app.get("/studies/{name:name}/trials.csv")
    def trials_csv(name: str) -> Response:
        return PlainTextResponse(studies.trials_csv(url, name), media_type="text/csv")

    @app.get("/studies/{name:name}/curves.csv")
    def curves_csv(name: str) -> Response:
        return PlainTextResponse(studies.curves_csv(url, name), media_type="text/csv")

    @app.get("/studies/{name:name}/best")
    def best(name: str) -> Response:
        return answer(studies.one_trial(url, name, None))


def _add_reports(app: FastAPI, reports: Reports) -> None:
    @app.get("/studies/{name:name}/report")
    def report(name: str) -> Response:
        return HTMLResponse(reports.report(name, "html"))

    @app.get("/studies/{name:name}/report.md")
    def markdown(name: str) -> Response:
        return PlainTextResponse(reports.report(name, "md"), media_type="text/markdown")

    @app.get("/studies/{name:name}/report.json")
    def document(name: str) -> Response:
        return Response(reports.report(name, "json"), media_type="application/json")


def _add_runs(app: FastAPI, settings: Settings, runs: Runs) -> None:
    def allowed() -> Runs:
        if not settings.runs:
            raise Refused(
                403, "This service starts no runs. Start it with netclinic serve --allow-runs."
            )
        return runs

    @app.post("/runs")
    def start(body: _Body) -> Response:
        started = allowed().start(run_order_of(body))
        return answer(started.document(), 202, Location=f"/runs/{started.id}")

    @app.get("/runs")
    def listed() -> Response:
        return answer([run.document() for run in allowed().all()])

    @app.get("/runs/{name}")
    def looked_at(name: str) -> Response:
        return answer(_with_tail(allowed().run(name)))

    @app.delete("/runs/{name}")
    def ended(name: str) -> Response:
        run = allowed().run(name)
        if run.process.poll() is not None:
            return answer(_with_tail(run))
        run.interrupt()
        return answer(_with_tail(run), 202)


def _with_tail(run: Run) -> dict[str, Any]:
    return {**run.document(), "output": run.tail()}

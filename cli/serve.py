"""``serve``: studies, reports, SQL and runs over HTTP."""

import os
import signal
from typing import Annotated

import typer

from .options import DEFAULT_STORAGE, Storage
from .output import note


def serve(
    storage: Storage = DEFAULT_STORAGE,
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help="The name or address to listen at.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="PORT", min=0, max=65_535, help="To listen at; 0 takes a free one."
        ),
    ] = 8000,
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            envvar="NETCLINIC_TOKEN",
            show_envvar=False,
            metavar="TOKEN",
            help="What every request has to show; better set NETCLINIC_TOKEN, which is not seen.",
        ),
    ] = None,
    allow_runs: Annotated[
        bool,
        typer.Option(
            "--allow-runs", help="Let requests start and end studies: whoever may runs code here."
        ),
    ] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            metavar="NAME",
            help="A name that requests may be for, as behind a proxy; repeatable.",
        ),
    ] = None,
) -> None:
    """Show studies, reports and trials in a browser, and answer scripts, until Ctrl-C.

    Needs `pip install 'netclinic[service]'`. Without a token only this machine is listened to, and
    nothing can be started. See docs/service.md.
    """
    from ..service import ServiceError, checked_settings

    settings = checked_settings(
        storage, host, port, token=token, runs=allow_runs, names=allow_host or ()
    )
    try:
        from ..service import serve as served
    except ModuleNotFoundError as error:
        if error.name not in ("fastapi", "uvicorn"):
            raise
        raise ServiceError(
            f"{error.name} is not installed, which this command needs: "
            "pip install 'netclinic[service]'"
        ) from None
    number = served(settings, note)
    if number != signal.SIGINT:  # Ctrl-C is how it is meant to end
        _die_of(number)


def _die_of(number: int) -> None:
    """End by the signal itself.

    A shell tells 128 and its number, as after a run, and systemd takes that for an orderly end,
    which it does of no other exit code than 0.
    """
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)

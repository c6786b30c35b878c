"""What a service is started with, checked before it listens."""

import ipaddress
import re
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ..storage import normalize_url

SHORTEST = 16  # characters of a token: fewer could be guessed over the network
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")  # what an Authorization header can carry


class ServiceError(Exception):
    """The service cannot be started so; the message says why and what to type instead."""


class Settings(NamedTuple):
    """What a service needs to know."""

    storage: str  # address of the database
    host: str  # to listen at
    port: int  # 0: any that is free
    token: str | None  # that every request has to show
    token_made: bool  # here, so that nobody knows it yet
    runs: bool  # whether requests may start studies
    folder: Path  # absolute: where studies run, and relative paths in specs start
    names: frozenset[str]  # of hosts that requests may be for, beside addresses; lower case


def checked_settings(
    storage: str,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    token: str | None = None,
    runs: bool = False,
    names: Iterable[str] = (),
) -> Settings:
    """Check what was asked for, and make a token where runs are allowed without one.

    Args:
        storage: file or address of the database; it may still have to be made.
        host: name or address to listen at.
        port: to listen at.
        token: secret of those who may come in.
        runs: whether requests may start studies, which is to run code.
        names: by which the service is reached beside ``host``, as behind a proxy.

    Raises:
        ServiceError: other machines could come in without a token, or the token is too weak.
        StorageError: ``storage`` is no address of a database.
    """
    normalize_url(storage)
    if token is not None:
        _check_token(token)
    elif not is_loopback(host):
        raise ServiceError(
            f"other machines can reach --host {host}, and there is no token. Add --token TOKEN, of "
            f"{SHORTEST} characters or more, or set NETCLINIC_TOKEN; without one allowed are "
            "127.0.0.1, ::1 and localhost."
        )
    made = token is None and runs
    known = {"localhost", host, socket.gethostname(), *names}
    return Settings(
        storage=storage,
        host=host,
        port=port,
        token=secrets.token_urlsafe(32) if made else token,
        token_made=made,
        runs=runs,
        folder=Path.cwd(),
        names=frozenset(name.lower() for name in known if address_of(name) is None),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens at a host."""
    address = address_of(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An IP address that is written as such; ``None`` for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _check_token(token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise ServiceError(
            "the token has characters that a request cannot carry; allowed are letters, digits and "
            "._~+/=-"
        )
    if len(token) < SHORTEST:
        raise ServiceError(
            f"the token has {len(token)} characters, which could be guessed; allowed are "
            f"{SHORTEST} or more. This makes one: "
            "python -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )

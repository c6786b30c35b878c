"""Who may ask what: a request is looked at before anything is done for it."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from .settings import Settings, address_of

LARGEST = 1 << 20  # bytes of a request's body
CHANGING = ("POST", "DELETE")
# That pages of other sites show nothing of ours, and ours nothing of theirs.
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    text: str  # what was got, what is allowed, what to do
    headers: Mapping[str, str] = {}


def refusal(method: str, headers: Mapping[str, str], settings: Settings) -> Refusal | None:
    """Why a request is refused; ``None`` if it may be answered.

    Args:
        method: in upper case.
        headers: of the request, found whatever their case.
        settings: of the service.
    """
    host = headers.get("host", "")
    if not _is_ours(host, settings):
        return Refusal(
            421,
            f"The request is for the host {host!r}, which this service does not know. Use "
            f"{' or '.join(sorted(settings.names))} or an IP address, or start the service with "
            "--allow-host NAME.",
        )
    if settings.token is not None and not _shows(headers.get("authorization", ""), settings.token):
        return Refusal(
            401,
            "The token is missing or wrong. Send the header Authorization: Bearer TOKEN, or in a "
            "browser type the token as the password, with any name.",
            {"WWW-Authenticate": 'Basic realm="netclinic", charset="UTF-8"'},
        )
    return _refused_change(headers, host) if method in CHANGING else None


def _is_ours(host: str, settings: Settings) -> bool:
    """Whether a request is for this service by a name that it knows, or for an address.

    A page that has its own name point here (DNS rebinding) has the browser send that name; no such
    trick leads to an address.
    """
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name is not None and (name in settings.names or address_of(name) is not None)


def _shows(authorization: str, token: str) -> bool:
    scheme, _, shown = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            shown = base64.b64decode(shown.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, ValueError):
            return False
    elif scheme.lower() != "bearer":
        return False
    # In a time that does not tell how many characters are right.
    return hmac.compare_digest(shown.strip().encode(), token.encode())


def _refused_change(headers: Mapping[str, str], host: str) -> Refusal | None:
    """Pages of other sites may have a browser send forms here, but neither JSON nor DELETE."""
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != host:
        return Refusal(
            403, f"The request comes from a page of {origin}; allowed are this service's own pages."
        )
    if "content-length" not in headers and "transfer-encoding" not in headers:
        return None  # nothing is sent; a POST that needs a body says so
    length = headers.get("content-length", "")
    # Of a body in chunks the length says nothing, though it be sent (RFC 9112, §6.3).
    if "transfer-encoding" in headers or not length.isdecimal():
        return Refusal(
            411,
            "The length of the body is not told. Send the header Content-Length, and no "
            "Transfer-Encoding.",
        )
    if int(length) > LARGEST:
        return Refusal(413, f"The body has {int(length):,} bytes; allowed are up to {LARGEST:,}.")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if int(length) and kind != "application/json":
        return Refusal(
            415,
            f"The body is {kind or 'of no type'}; allowed is JSON. Send the header "
            "Content-Type: application/json.",
        )
    return None

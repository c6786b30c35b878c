"""The same door over HTTP: studies, reports, SQL and runs for browsers and scripts."""

from typing import TYPE_CHECKING, Any

from .settings import ServiceError, Settings, checked_settings

if TYPE_CHECKING:
    from .app import make_app
    from .server import serve

__all__ = ["ServiceError", "Settings", "checked_settings", "make_app", "serve"]

_HOMES = {"make_app": "app", "serve": "server"}


def __getattr__(name: str) -> Any:
    """Import a public name that needs fastapi or uvicorn at its first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)

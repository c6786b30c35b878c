"""How the templates of pages are read: everything is escaped, and a name that is unknown fails."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

TEMPLATES = Path(__file__).with_name("templates")

WORD_JOINER = "\u2060"  # has no width; browsers break lines behind a dash, but not in front of it


def page_environment() -> Environment:
    """Where templates come from.

    The filter ``nowrap`` keeps a number with its percent sign and an interval on one line, ``code``
    shows what sentences have between backticks as code.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["nowrap"] = _unbroken
    environment.filters["code"] = _with_code
    return environment


def _unbroken(text: str) -> str:
    return re.sub("(?<=[0-9])–(?=[0-9])", f"–{WORD_JOINER}", text.replace(" %", "\u00a0%"))


def _with_code(text: str) -> Markup:
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))

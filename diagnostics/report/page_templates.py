"""How the templates of pages are read: everything is escaped, and a name that is unknown fails."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

TEMPLATES = Path(__file__).with_name("templates")


def page_environment() -> Environment:
    """Where templates come from.

    The filter ``nowrap`` keeps a number with its percent sign, ``code`` shows what sentences have
    between backticks as code.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["nowrap"] = lambda text: text.replace(" %", "\u00a0%")
    environment.filters["code"] = _with_code
    return environment


def _with_code(text: str) -> Markup:
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))

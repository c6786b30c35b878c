"""How the templates of pages are read: everything is escaped, and a name that is unknown fails."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).with_name("templates")


def page_environment() -> Environment:
    """Where templates come from; its filter ``nowrap`` keeps a number with its percent sign."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["nowrap"] = lambda text: text.replace(" %", "\u00a0%")
    return environment

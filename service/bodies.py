"""What requests send, checked: unknown keys are refused, as everywhere."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from .answers import Refused

MOST_ROWS = 100_000  # of a query's result
USUAL_ROWS = 10_000
_LONGEST = 10_000  # characters of an override: it becomes an argument of a process


class Query(NamedTuple):
    """The body of ``POST /sql``."""

    statement: str
    rows: int  # of the result at most


class RunOrder(NamedTuple):
    """The body of ``POST /runs``."""

    spec: str  # TOML
    overrides: tuple[str, ...]  # "table.key=value" each


def query_of(body: Any) -> Query:
    """The query that was sent; raises ``Refused``."""
    given = _fields(body, required=("statement",), optional=("rows",))
    rows = given.get("rows", USUAL_ROWS)
    if type(rows) is not int or not 1 <= rows <= MOST_ROWS:
        raise Refused(422, f"rows: got {rows!r}; allowed is a whole number from 1 to {MOST_ROWS:,}")
    return Query(_text("statement", given["statement"]), rows)


def run_order_of(body: Any) -> RunOrder:
    """The run that was ordered; raises ``Refused``."""
    given = _fields(body, required=("spec",), optional=("overrides",))
    overrides = given.get("overrides", [])
    if not isinstance(overrides, list):
        raise Refused(
            422,
            f'overrides: got {overrides!r}; allowed is a list, for example ["study.trials=128"]',
        )
    texts = [_text("overrides", it) for it in overrides]
    for text in texts:
        if len(text) > _LONGEST or "\0" in text:
            raise Refused(
                422,
                f"overrides: got one of {len(text):,} characters; allowed are up to {_LONGEST:,}, "
                "none of them NUL",
            )
    return RunOrder(_text("spec", given["spec"]), tuple(texts))


def _fields(body: Any, required: Sequence[str], optional: Sequence[str]) -> dict[str, Any]:
    allowed = ", ".join((*required, *optional))
    if not isinstance(body, dict):
        raise Refused(422, f"The body is no JSON object; it has the keys {allowed}.")
    for key in body:
        if key not in (*required, *optional):
            raise Refused(422, f"unknown key {key!r}; allowed are {allowed}")
    for key in required:
        if key not in body:
            raise Refused(422, f"{key}: missing; the body has the keys {allowed}")
    return body


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(422, f"{key}: got {value!r}; allowed is text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Refused(422, f"{key}: got half of a surrogate pair; allowed is Unicode") from None
    return value

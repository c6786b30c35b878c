"""What a study says that Optuna alone made, on a terminal."""

from typing import TYPE_CHECKING

from .log_view import WIDTH, listed, marked
from .output import print_picture, stdout

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..diagnostics.studies.plain_diagnosis import PlainDiagnosis


def plain_view(diagnosis: "PlainDiagnosis") -> "RenderableType":
    """The best trial, what could be searched next, what was found, and what cannot be said."""
    from rich.console import Group
    from rich.text import Text

    from ..diagnostics.number_text import plain_number

    states = ", ".join(f"{count:,} {state}" for state, count in sorted(diagnosis.states.items()))
    goal = {"minimize": "lowest", "maximize": "highest"}[diagnosis.direction]
    values = diagnosis.best.parameters.items()
    at = ", ".join(f"{name} {plain_number(value)}" for name, value in values)
    sections = (
        ("What to do", [("→", change) for change in diagnosis.changes]),
        ("What was found", marked(diagnosis.findings)),
        ("What the study does not say", [("·", text) for text in diagnosis.not_said]),
    )
    return Group(
        Text(f"{diagnosis.study} (made by Optuna; trials: {states})", style="bold"),
        Text(),
        Text(
            f"The {goal} value is {plain_number(diagnosis.value)}, of trial "
            f"{diagnosis.best.number}{f': {at}' if at else ''}."
        ),
        *listed(sections),
    )


def print_plain_diagnosis(diagnosis: "PlainDiagnosis") -> None:
    """Print it on stdout."""
    print_picture(plain_view(diagnosis), min(WIDTH, stdout().width))

"""A learning curve on a terminal: what more rows would bring, and each point with its interval."""

from typing import TYPE_CHECKING

from ..diagnostics.error_text import estimate_text
from ..diagnostics.findings import Diagnosis, Estimate
from ..diagnostics.units import Unit
from .diagnosis_view import WIDTH, interval_bar, listed, more_data_lines
from .fitted_rows import FittedRows
from .output import print_picture, prose, stdout

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..storage.records.learning_curves import LearningCurveRecord


def learning_curve_view(diagnosis: Diagnosis) -> "RenderableType":
    """The study's learning curve, which must have been measured."""
    from rich.console import Group
    from rich.text import Text

    from ..diagnostics.report.learning_curve_text import learning_curve_text

    curve, part = diagnosis.learning_curve, learning_curve_text(diagnosis)
    assert curve is not None
    assert part is not None
    first, *notes = more_data_lines(part)
    return Group(
        Text(f"{diagnosis.study}, trial {curve.trial}: error against training rows", style="bold"),
        Text(),
        listed([first], indent=0),
        Text(),
        _points(curve, diagnosis.unit),
        Text(),
        listed([*notes, (Text("·"), prose(part.how))]),
    )


def print_learning_curve(diagnosis: Diagnosis) -> None:
    """Print the study's learning curve, which must have been measured, on stdout."""
    print_picture(learning_curve_view(diagnosis), min(WIDTH, stdout().width))


def _points(curve: "LearningCurveRecord", unit: Unit) -> "RenderableType":
    """A line for each number of rows, with its interval between 0 and the highest one's end."""
    from rich.text import Text

    errors = {
        **{it.train_rows: (it.test_error, it.low, it.high) for it in curve.points},
        **{it.train_rows: (it.error, it.low, it.high) for it in curve.forecasts},
    }
    top = max(high for _, _, high in errors.values()) or 1.0
    measured = {it.train_rows for it in curve.points}
    width = max(len(f"{rows:,}") for rows in errors)
    lines = []
    for rows, error in errors.items():
        estimate = Estimate(*error, None, "")
        picture = Text(interval_bar(estimate, top).rstrip(), style="cyan")
        kind = "" if rows in measured else "forecast"
        name = Text(f"  {rows:>{width},} rows")
        lines.append((name, Text(estimate_text(estimate, unit)), Text(kind), picture))
    return FittedRows(lines)

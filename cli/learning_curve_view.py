"""A learning curve on a terminal: what more rows would bring, and each point with its interval."""

from typing import TYPE_CHECKING

from ..diagnostics.error_text import estimate_text
from ..diagnostics.findings import Diagnosis
from ..diagnostics.ladder import Estimate
from ..diagnostics.units import Unit
from .command_lines import WIDTH
from .diagnosis_view import interval_bar, listed, more_data_lines
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
    """A line for each number of rows, with its interval between 0 and the highest one's end.

    What is forecast stands below a line that says so.
    """
    from rich.text import Text

    measured = [(it.train_rows, (it.test_error, it.low, it.high)) for it in curve.points]
    forecast = [(it.train_rows, (it.error, it.low, it.high)) for it in curve.forecasts]
    errors = measured + forecast
    top = max(high for _, (_, _, high) in errors) or 1.0
    width = max(len(f"{rows:,}") for rows, _ in errors)
    lines = []
    for rows, error in errors:
        estimate = Estimate(*error, None, "")
        picture = Text(interval_bar(estimate, top).rstrip(), style="cyan")
        lines.append(
            (Text(f"  {rows:>{width},} rows"), Text(estimate_text(estimate, unit)), picture)
        )
    if forecast:  # a column of its own would be the first that narrow terminals leave out
        lines.insert(len(measured), (Text("  forecast", style="bold"), Text(), Text()))
    return FittedRows(lines)

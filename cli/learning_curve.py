"""``learning-curve``: how the error falls with the training rows, and what more would bring."""

from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from .options import (
    DEFAULT_STORAGE,
    NoProgress,
    Now,
    Output,
    Storage,
    StudyName,
    To,
    output_folder,
)
from .output import Format, note, print_csv, print_json
from .run import say_reports
from .walk import Walk, leave_interrupted, walk_to_the_end

# As of the table learning_curve_points.
COLUMNS = (
    "train_rows",
    "forecast",
    "trainings",
    "diverged",
    "training_error",
    "validation_error",
    "error",
    "low",
    "high",
    "lower_by",
    "fall_low",
    "fall_high",
)

if TYPE_CHECKING:
    from ..diagnostics.findings import Diagnosis
    from ..storage.records.learning_curves import LearningCurveRecord


def learning_curve(
    study: StudyName,
    repeats: Annotated[
        int,
        typer.Option(
            "--repeats",
            metavar="N",
            min=3,
            max=1_000,
            help="Trainings at each number of rows, each on rows of its own.",
        ),
    ] = 10,
    target: Annotated[
        float | None,
        typer.Option(
            "--target",
            metavar="ERROR",
            min=0.0,
            help="Also tell how many rows this test error takes; 0.02 is 2 %.",
            show_default=False,
        ),
    ] = None,
    change: Now = None,
    storage: Storage = DEFAULT_STORAGE,
    output: Output = None,
    to: To = Format.TABLE,
    no_progress: NoProgress = False,
) -> None:
    """Train the winner on fewer rows, and forecast the test error that more rows would give.

    On seven numbers of rows, up to all, and always in as many steps. What is there is not trained
    again: after Ctrl-C, the same command goes on.
    """
    from ..search import measure_learning_curve

    folder = output_folder(output, study)
    options = {"repeats": repeats, "target": target, "changes": change or ()}

    def steps(stop: Event) -> Walk:
        yield from measure_learning_curve(study, storage, folder, stop, **options)

    last, code, unwritten = walk_to_the_end(steps, quiet=no_progress)
    if last.curve is None or last.diagnosis is None:
        leave_interrupted(code)
    _print_curve(last.curve, last.diagnosis, to)
    if target is not None and last.curve.target is None:
        note(f"How many rows an error of {target:g} takes cannot be told: nothing is forecast.")
    if unwritten:
        raise unwritten
    if to is Format.TABLE:
        say_reports(study, folder)


def _print_curve(curve: "LearningCurveRecord", diagnosis: "Diagnosis", to: Format) -> None:
    """Print a curve in the form that is wanted."""
    if to is Format.TABLE:
        from .learning_curve_view import print_learning_curve

        print_learning_curve(diagnosis)
    elif to is Format.JSON:
        print_json(diagnosis.as_dict()["learning_curve"])
    else:
        print_csv(COLUMNS, [[row.get(name) for name in COLUMNS] for row in curve.rows()])

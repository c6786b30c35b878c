"""``compare``: say whether the winner of another study is better than that of this one."""

from threading import Event
from typing import Annotated

import typer

from .options import (
    DEFAULT_STORAGE,
    NoProgress,
    Now,
    Output,
    Seeds,
    Storage,
    StudyName,
    To,
    output_folder,
)
from .output import Format, prints_aside
from .run import say_reports
from .treatment_view import print_tried
from .walk import Walk, leave_interrupted, walk_to_the_end


def compare(
    study: StudyName,
    other: Annotated[
        str,
        typer.Argument(metavar="OTHER", help="The study whose winner may be a better one."),
    ],
    change: Now = None,
    seeds: Seeds = 8,
    storage: Storage = DEFAULT_STORAGE,
    output: Output = None,
    to: To = Format.TABLE,
    no_progress: NoProgress = False,
) -> None:
    """Compare the winner of another study with that of a study, whose report tells of it then.

    Both winners are trained with fresh seeds and judged on the same test rows. What is there is not
    trained again: after Ctrl-C, the same command goes on.
    """
    from ..search import compare_studies, plan_comparison

    with prints_aside():  # a package's network is imported
        tried = plan_comparison(study, other, storage, change or ())
    folder = output_folder(output, study)

    def steps(stop: Event) -> Walk:
        yield from compare_studies(
            (study, other), tried, storage, folder, stop, seeds, change or ()
        )

    last, code, unwritten = walk_to_the_end(steps, quiet=no_progress)
    if last.treated is None or last.diagnosis is None:
        leave_interrupted(code)
    print_tried(last.treated, last.diagnosis, to)
    if unwritten:
        raise unwritten
    if to is Format.TABLE:
        say_reports(study, folder)

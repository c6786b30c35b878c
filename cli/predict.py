"""``predict``: what a study's best network answers for new rows."""

from pathlib import Path
from typing import Annotated

import typer

from .options import To
from .output import Column, Format, note, print_rows, prints_aside, three_digits


def predict(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Where the network was saved, as netclinic-out/STUDY/best.",
            show_default=False,
        ),
    ],
    rows: Annotated[
        Path,
        typer.Argument(
            metavar="ROWS",
            help="A .csv or .parquet table with the columns that were learnt from; or a .npy file, "
            "or a .npz file with an array x; or a picture, or a folder of pictures.",
            show_default=False,
        ),
    ],
    network: Annotated[
        str | None,
        typer.Option(
            "--network",
            metavar="FILE.py:NAME",
            help="Where the code of a network of your own lies now, if it was moved.",
        ),
    ] = None,
    to: To = Format.TABLE,
) -> None:
    """Answer for new rows by a study's best network, and say how sure it is of each class.

    One row is printed for each row, in their order. Probabilities are the network's own word.
    """
    from ..search import predict_rows

    with prints_aside():  # a package's network is imported
        found = predict_rows(folder, rows, network)
    numbers = [isinstance(it, int | float) for it in found.rows[0]]
    columns = [
        Column(name, name, three_digits, right=right)
        for name, right in zip(found.columns, numbers, strict=True)
    ]
    print_rows(columns, found.rows, to)
    for it in found.notes:
        note(it)

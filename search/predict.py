"""What a study's best network answers for new rows."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..datasets.arrays import column_names
from ..datasets.dataset import DataError
from ..datasets.images import SUFFIXES, read_pictures
from ..datasets.new_rows import read_new_rows
from ..datasets.wording import counted, listed, quantity
from ..models.far_rows import FAR, far_rows
from ..models.table_inputs import Unseen, category_columns, encoded, unseen_categories

if TYPE_CHECKING:
    from ..models import LoadedNetwork

PREDICTION = "prediction"
PICTURE = "picture"  # its file


class Predicted(NamedTuple):
    """A table of answers, one row a row."""

    columns: tuple[str, ...]
    rows: list[list[Any]]
    notes: tuple[str, ...] = ()  # sentences on rows that are, or may be, unlike those of training


def predict_rows(folder: Path, rows: Path, place: str | None = None) -> Predicted:
    """Let the network that a run or an export saved answer for the rows of a file.

    Args:
        folder: that the network was saved in, ``netclinic-out/STUDY/best``.
        rows: see ``datasets.new_rows.read_new_rows``; or a picture, or a folder of pictures.
        place: where the code of a user's own network lies now; by default where it lay.

    Returns:
        The class and the probability of each; the quantity; of several labels whether a row has
        each, and its probability; of several tasks the answer of each.

    Raises:
        CheckpointError: the folder holds no network, or the code of a user's own is not there.
        DataError: the rows cannot be read, or are none that the network takes.
    """
    from ..models import load_network

    network = load_network(folder, place)
    if rows.is_dir() or (rows.is_file() and rows.suffix.lower() in SUFFIXES):
        return _of_pictures(network, rows)
    around = network.surroundings
    names = around.feature_names
    inputs = read_new_rows(rows, category_columns(names))
    try:
        numbers = encoded(inputs, names, around.fills, around.feature_step)
    except ValueError as error:
        raise DataError(f"{rows.name}: {error}.") from error
    told = _answers(network, numbers, rows.name)
    notes = _taken_as_made(rows.name, around.feature_step) + _far(rows.name, network, numbers)
    if not isinstance(inputs, np.ndarray):
        notes += tuple(_unseen(rows.name, it) for it in unseen_categories(inputs, names))
    return told._replace(notes=notes)


def _of_pictures(network: "LoadedNetwork", place: Path) -> Predicted:
    names = network.surroundings.feature_names
    numbers = names[-1].removeprefix("x").split("_")
    shape = tuple(int(it) + 1 for it in numbers if it.isdecimal())
    if len(shape) not in (2, 3) or shape[2:] not in ((), (3,)) or column_names(shape) != names:
        raise DataError(
            f"{place} holds pictures, but the network learnt from rows of another kind: "
            f"{', '.join(names[:3])}, …"
        )
    found = read_pictures(place, shape)
    name = place.name or str(place)  # that of "." is empty
    told = _answers(network, found.pixels, name)
    were = "was" if found.resized == 1 else "were"
    resized = (
        f"{name}: {found.resized:,} of {len(found.names):,} pictures {were} of another size, "
        f"and made {shape[0]} × {shape[1]} pixels (height × width)."
    )
    rows = [[file, *row] for file, row in zip(found.names, told.rows, strict=True)]
    return Predicted((PICTURE, *told.columns), rows, (resized,) if found.resized else ())


def _answers(network: "LoadedNetwork", inputs: Any, file: str) -> Predicted:
    around = network.surroundings
    names = around.class_names
    try:
        answers: list[Any] = network.predict(inputs)
        sure = network.probabilities(inputs) if around.task in _WITH_PROBABILITIES else None
    except ValueError as error:
        raise DataError(f"{file}: {error}.") from error
    if around.task == "multitask":
        tasks = tuple(str(task["name"]) for task in around.tasks)
        return Predicted(tasks, [[answer[name] for name in tasks] for answer in answers])
    if around.task == "multilabel":
        told, heads = [[int(name in answer) for name in names] for answer in answers], names
    else:
        told, heads = [[answer] for answer in answers], (PREDICTION,)
    if sure is None:
        return Predicted(heads, told)
    heads = (*heads, *(f"p({name})" for name in names))
    return Predicted(heads, [[*a, *b] for a, b in zip(told, _floats(sure), strict=True)])


def _taken_as_made(file: str, step: str | None) -> tuple[str, ...]:
    """What is said where a user's own step made the features, which may be as many as raw ones."""
    if step is None:
        return ()
    return (
        f"{file}: taken for what {step} makes of rows, which the network learnt from. If these are "
        "raw, the answers are wrong: apply it first.",
    )


def _far(file: str, network: "LoadedNetwork", numbers: np.ndarray) -> tuple[str, ...]:
    """What is said where rows hold numbers unlike any that the network met."""
    found = far_rows(network.surroundings, numbers)
    if found is None:
        return ()
    more = found.columns - 1
    others = f" and {counted(more, 'other column')}" if more else ""
    hold = "holds" if found.rows == 1 else "hold"
    return (
        f"{file}: {found.rows:,} of {counted(len(numbers), 'row')} {hold} a number more than "
        f"{FAR:g} standard deviations from the mean of the training rows, in column "
        f"{found.column!r}{others} ({quantity(found.value)} for one, the mean is "
        f"{quantity(found.mean)}): the network learnt from none like that, however sure it is of "
        "its answer. Check the unit, and codes for what is missing.",
    )


def _unseen(file: str, unseen: Unseen) -> str:
    stands = "stands" if len(unseen.categories) == 1 else "stand"
    return (
        f"{file}: column {unseen.column!r}: {listed(map(repr, unseen.categories))} {stands} in no "
        f"training row, but in {unseen.rows:,} of these: taken as none of the known categories."
    )


_WITH_PROBABILITIES = ("classification", "multilabel")


def _floats(sure: np.ndarray) -> list[list[float]]:
    """Probabilities with the digits that float32 has."""
    return [[float(f"{number:.7g}") for number in row] for row in sure.tolist()]

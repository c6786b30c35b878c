"""TensorBoard event files: a run's scalars, and Keras' pair of a training and a validation run."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from ..findings import DiagnosisError

MARK = "tfevents"  # in the name of every event file
LAYOUT = "TensorBoard"
_SIDES = {
    "train": re.compile(r"(^|[_./-])train(ing)?$", re.IGNORECASE),
    "val": re.compile(r"(^|[_./-])(val(id(ation)?)?|eval|dev)$", re.IGNORECASE),
}
_LINES = {**_SIDES, "test": re.compile(r"(^|[_./-])test$", re.IGNORECASE)}


def is_event_log(path: Path) -> bool:
    """Whether ``path`` is a folder, which only TensorBoard's logs are, or an event file."""
    return path.is_dir() or MARK in path.name


def read_events(path: Path) -> list[dict[str, Any]]:
    """Read what was logged at each step, in the order of the steps, by name.

    A folder with one run is read as it is. Of two or more, one is taken for training and one for
    validation by their names (``train`` and ``validation`` are Keras'), and their scalars' names
    get that in front; so do those of PyTorch's ``add_scalars``. Where a step was logged twice, as
    after a restart, the newer one holds.

    Raises:
        DiagnosisError: no event file, several runs that are no such pair, no scalar, or
            TensorBoard, an extra, is not installed.
    """
    runs = {path.stem: path} if path.is_file() else _runs(path)
    steps: dict[int, dict[str, Any]] = defaultdict(dict)
    for side, folder in _pictured(runs) or _sides(path, runs).items():
        for name, step, value in _scalars(folder):
            plain = name.removeprefix("epoch_")  # Keras' for means over an epoch
            steps[step][f"{side}_{plain}" if side else plain] = value
    if not steps:
        raise DiagnosisError(f"{path} holds no scalar, such as a loss; images and texts do not do.")
    return [{"step": step, **steps[step]} for step in sorted(steps)]


def _runs(folder: Path) -> dict[str, Path]:
    """Folders that hold event files, by their names within ``folder``."""
    files = sorted(folder.rglob(f"*{MARK}*"))
    if not files:
        raise DiagnosisError(
            f"{folder} is a folder without TensorBoard's event files (*{MARK}*). Name a file, or "
            "the folder of a run."
        )
    return {str(file.parent.relative_to(folder)): file.parent for file in files}


def _pictured(runs: dict[str, Path]) -> list[tuple[str, Path]]:
    """The runs of PyTorch's ``add_scalars``, each with its side; none if these are others.

    It writes one for each line of a picture: ``loss_train``, which holds ``loss``.
    """
    lines: list[tuple[str, Path]] = []
    for name, folder in runs.items():
        if name == ".":  # what the same writer logged alone
            continue
        ends = ((side, pattern.search(name)) for side, pattern in _LINES.items())
        side, end = next(((side, end) for side, end in ends if end), ("", None))
        curve = name[: end.start()] if end else ""
        if not curve or {tag.replace("/", "_") for tag, _, _ in _scalars(folder)} != {curve}:
            return []
        lines.append((side, folder))
    alone = [("", runs["."])] if "." in runs else []
    return alone + lines if len(lines) > 1 else []


def _sides(path: Path, runs: dict[str, Path]) -> dict[str, Path]:
    """The runs to read by what goes before their names: nothing, or "train" and "val"."""
    if len(runs) == 1:
        return {"": next(iter(runs.values()))}
    found = {
        side: [folder for name, folder in runs.items() if pattern.search(name)]
        for side, pattern in _SIDES.items()
    }
    if all(len(folders) == 1 for folders in found.values()):
        pair = {side: folders[0] for side, folders in found.items()}
        (parent, *others) = {folder.parent for folder in pair.values()}
        # Runs beside their parent are other trainings, of which these two may be one or none.
        if not others and all(folder.is_relative_to(parent) for folder in runs.values()):
            return pair
    names = ", ".join(sorted(runs)[:8])
    raise DiagnosisError(
        f"{path} holds {len(runs)} runs: {names}{' …' if len(runs) > 8 else ''}. Name the folder "
        "of one, or one that holds a run for training and one for validation."
    )


def _scalars(source: Path) -> list[tuple[str, int, float]]:
    """Name, step and value of all that a run logged, oldest first."""
    try:
        from tensorboard.backend.event_processing import event_accumulator as events
        from tensorboard.util import tensor_util
    except ImportError as error:
        raise DiagnosisError(
            "TensorBoard's event files need its package: pip install 'netclinic[tensorboard]'."
        ) from error
    everything = {events.SCALARS: 0, events.TENSORS: 0}  # 0: no sampling
    run = events.EventAccumulator(str(source), size_guidance=everything)
    run.Reload()
    tags = run.Tags()
    found = [(tag, it.step, it.value) for tag in tags[events.SCALARS] for it in run.Scalars(tag)]
    for tag in tags[events.TENSORS]:  # TensorFlow 2 writes scalars as tensors without axes
        for it in run.Tensors(tag):
            value = tensor_util.make_ndarray(it.tensor_proto)
            if value.ndim == 0 and value.dtype.kind in "fiu":
                found.append((tag, it.step, float(value)))
    return found

"""What ``[data] task`` asks of other keys."""

from typing import Any

from ..datasets.source_kinds import BUNDLED, QUANTITIES, SYNTHETIC, SourceKind, kind_of
from .spec_key import refused
from .spec_toml import shown

CLASSIFICATION = "classification"
# What a table's target is, and an example.
_COLUMNS = {
    CLASSIFICATION: ("the name of the column that holds the class", '"species"'),
    "regression": ("the name of the column that holds the quantity", '"price"'),
    "multilabel": ("a list of the columns that hold one label each", '["funny", "sad"]'),
}


def fitted_task(task: str, source: str) -> str:
    """``task``, where it is what the source is for.

    Raises:
        PydanticCustomError: a set that comes along has another kind of target.
    """
    if source not in BUNDLED + SYNTHETIC:
        return task
    wanted = "regression" if source in QUANTITIES else CLASSIFICATION
    if task != wanted:
        what = "is a quantity" if source in QUANTITIES else "is a class"
        raise refused(
            f"got {shown(task)}; the target of {shown(source)} {what}: write task = "
            f"{shown(wanted)}, or give another source",
            beside="data.source",
        )
    return task


def fitted_target(
    target: str | tuple[str, ...] | None, task: str, source: str
) -> str | tuple[str, ...] | None:
    """``target``, where the source has columns and the task takes so many.

    Raises:
        PydanticCustomError: it is missing, of no use, or not of the task's form.
    """
    columns, example = _COLUMNS[task]
    write = f"for example target = {example}"
    if kind_of(source) is not SourceKind.TABLE:
        if target is not None:
            raise refused(
                f"got {shown(target)}; only a .csv or .parquet source has a target column, "
                f"{shown(source)} has not: remove this key",
                beside="data.source",
            )
        return None
    if target is None:
        raise refused(
            f"required, since {shown(source)} is a table: write {columns}, {write}",
            beside="data.source",
        )
    if (task == "multilabel") == isinstance(target, str):
        raise refused(
            f"got {shown(target)}; task = {shown(task)} takes {columns}: write {write}",
            beside="data.task",
        )
    if not isinstance(target, str) and len(set(target)) < len(target):
        raise refused(f"got {shown(target)}; a column stands there twice: name each once")
    return target


def refuse_smoothing(label_smoothing: Any, task: str) -> None:
    """Refuse to smooth what is no class.

    Raises:
        PydanticCustomError: label smoothing outside of classification.
    """
    if task != CLASSIFICATION and label_smoothing != 0:
        raise refused(
            f"smooths classes, and [data] task = {shown(task)} has none: remove this key",
            key="label_smoothing",
            beside="data.task",
        )


def refuse_class_weights(class_weights: Any, task: str) -> None:
    """Refuse to weigh what is no class.

    Raises:
        PydanticCustomError: class weights outside of classification.
    """
    if task != CLASSIFICATION and class_weights != "none":
        raise refused(
            f"got {shown(class_weights)}; [data] task = {shown(task)} has no classes: remove this "
            "key",
            key="class_weights",
            beside="data.task",
        )


def refuse_replicates(replicates: int, task: str) -> None:
    """Refuse to take apart the error of several labels, which is neither 0–1 nor squared.

    Raises:
        PydanticCustomError: replicates in multilabel.
    """
    if task == "multilabel" and replicates > 1:
        raise refused(
            f"got {shown(task)} beside [study] replicates = {replicates}; only the errors of a "
            "classification or a regression are taken apart over replicates: write [study] "
            "replicates = 1",
            key="task",
            beside="study.replicates",
        )


def refuse_balanced(objective: str, task: str) -> None:
    """Refuse to balance what is no class.

    Raises:
        PydanticCustomError: the balanced error outside of classification.
    """
    if task != CLASSIFICATION and objective != "error":
        raise refused(
            f"got {shown(task)} beside [study] objective = {shown(objective)}; only classes can "
            'count alike: write [study] objective = "error", or task = "classification"',
            key="task",
            beside="study.objective",
        )


def refuse_large_floor(floor: Any, task: str, allowed: str) -> None:
    """Refuse a Bayes error of 1 or more where errors are fractions.

    Args:
        floor: ``[diagnosis] bayes_error``: "estimate", a number, or value, low and high.
        task: of the study.
        allowed: what a fraction may be.

    Raises:
        PydanticCustomError: outside of regression.
    """
    if floor == "estimate" or task == "regression":
        return
    highest = getattr(floor, "high", floor)
    if highest >= 1:
        got = floor if isinstance(floor, float) else floor.model_dump()
        raise refused(
            f'got {shown(got)}; allowed: {allowed}; write for example bayes_error = "estimate"',
            key="bayes_error",
            beside="data.task",
        )

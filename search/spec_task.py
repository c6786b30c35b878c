"""What ``[data] task`` asks of other keys."""

from collections.abc import Collection, Mapping
from typing import Any

from ..datasets.source_kinds import BUNDLED, QUANTITIES, SYNTHETIC, SourceKind, kind_of
from .spec_entries import nearest
from .spec_key import refused
from .spec_toml import shown

CLASSIFICATION = "classification"
# What a table's target is, and an example.
_COLUMNS = {
    CLASSIFICATION: ("the name of the column that holds the class", '"species"'),
    "regression": ("the name of the column that holds the quantity", '"price"'),
    "multilabel": ("a list of the columns that hold one label each", '["funny", "sad"]'),
}
MULTITASK = "multitask"
_TARGETS = 'targets = {species = "classification", mass = "regression"}'


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
    if task == MULTITASK:
        if target is not None:
            raise refused(
                f"got {shown(target)}; task = {shown(task)} names its columns, and what each holds,"
                f" under targets: remove this key, and write for example {_TARGETS}",
                beside="data.task",
            )
        return None
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
        at_once = '. Several columns are learnt at once by task = "multitask" with [data.targets]'
        more = "" if task == "multilabel" else at_once
        raise refused(
            f"got {shown(target)}; task = {shown(task)} takes {columns}: write {write}{more}",
            beside="data.task",
        )
    if not isinstance(target, str) and len(set(target)) < len(target):
        raise refused(f"got {shown(target)}; a column stands there twice: name each once")
    return target


def fitted_targets(targets: dict[str, str] | None, task: str) -> dict[str, str] | None:
    """``targets``, where the task has several.

    Raises:
        PydanticCustomError: they are missing, or of no use.
    """
    if task == MULTITASK and targets is None:
        raise refused(
            f"required, since task = {shown(task)}: write what is learnt, and of which kind, for "
            f"example {_TARGETS}",
            beside="data.task",
        )
    if task != MULTITASK and targets is not None:
        raise refused(
            f"got {shown(targets)}; task = {shown(task)} has one target: write task = "
            f"{shown(MULTITASK)}, or remove this key",
            beside="data.task",
        )
    return targets


def fitted_transform(transform: str | None, task: str) -> str | None:
    """``transform``, where there is a quantity to transform.

    Raises:
        PydanticCustomError: something else is learnt.
    """
    if transform is not None and task != "regression":
        raise refused(
            f"got {shown(transform)}; only the target of a regression has a logarithm, task = "
            f"{shown(task)} learns something else: remove this key",
            beside="data.task",
        )
    return transform


def refuse_objective(objective_task: str | None, targets: Collection[str] | None) -> None:
    """Refuse to compare trials by a task that there is not.

    Raises:
        PydanticCustomError: ``[study] objective_task`` is none of ``[data.targets]``.
    """
    if objective_task is None:
        return
    if targets is None:
        raise refused(
            f'got [study] objective_task = {shown(objective_task)}; only task = "multitask" has '
            "several tasks to choose from: remove that key",
            key="task",
            beside="study.objective_task",
        )
    if objective_task not in targets:
        raise refused(
            f"has no {shown(objective_task)}, which [study] objective_task names"
            f"{nearest(objective_task, tuple(targets)) or '.'} Its targets are "
            f"{', '.join(map(shown, targets))}",
            key="targets",
            beside="study.objective_task",
        )


def refuse_weights(weights: Mapping[str, Any] | None, targets: Collection[str] | None) -> None:
    """Refuse to weigh tasks that there are not, and all of them with nothing.

    Raises:
        PydanticCustomError: ``[search.task_weights]`` names another target, or each weight is 0.
    """
    if weights is None:
        return
    if targets is None:
        raise refused(
            'belongs to several tasks ([data] task = "multitask"): remove this key',
            key="task_weights",
            beside="data.task",
        )
    for name in weights:
        if name not in targets:
            raise refused(
                f"{shown(name)} is no target{nearest(name, tuple(targets)) or '.'} Those of "
                f"[data.targets] are {', '.join(map(shown, targets))}",
                key="task_weights",
                beside="data.targets",
            )
    if all(weights.get(name, 1.0) == 0 for name in targets):
        raise refused(
            "every weight is 0, so nothing is learnt: write a number above 0 for one",
            key="task_weights",
        )


def refuse_task_floors(
    floor: Any, floors: Mapping[str, Any] | None, targets: Mapping[str, str] | None
) -> None:
    """Refuse one Bayes error for several tasks, and those of tasks that there are not.

    Args:
        floor: ``[diagnosis] bayes_error``: "estimate", a number, or value, low and high.
        floors: ``[diagnosis.task_bayes_error]``: the same by the names of targets, without
            "estimate".
        targets: what is learnt, by its kind; ``None`` where there is one task.

    Raises:
        PydanticCustomError: there are.
    """
    if targets is None:
        if floors is not None:
            raise refused(
                'belongs to several tasks ([data] task = "multitask"): write bayes_error',
                key="task_bayes_error",
                beside="data.task",
            )
        return
    if floor != "estimate":
        got = floor if isinstance(floor, float) else floor.model_dump()
        raise refused(
            f"got {shown(got)}; each of several tasks has an error of its own: write "
            f"[diagnosis.task_bayes_error] {shown(next(iter(targets)))} = …, and so on",
            key="bayes_error",
            beside="data.task",
        )
    for name, it in (floors or {}).items():
        if name not in targets:
            raise refused(
                f"{shown(name)} is no target{nearest(name, tuple(targets)) or '.'} Those of "
                f"[data.targets] are {', '.join(map(shown, targets))}",
                key="task_bayes_error",
                beside="data.targets",
            )
        if targets[name] == CLASSIFICATION and getattr(it, "high", it) >= 1:
            got = it if isinstance(it, float) else it.model_dump()
            raise refused(
                f"got {shown({name: got})}; the error of classes is a fraction below 1",
                key="task_bayes_error",
                beside="data.targets",
            )


def refuse_smoothing(label_smoothing: Any, task: str, *, has_classes: bool) -> None:
    """Refuse to smooth what is no class.

    Raises:
        PydanticCustomError: label smoothing where no class is learnt.
    """
    if not has_classes and label_smoothing != 0:
        raise refused(
            f"smooths classes, and [data] task = {shown(task)} has none: remove this key",
            key="label_smoothing",
            beside="data.task",
        )


def refuse_class_weights(class_weights: Any, task: str, *, has_classes: bool) -> None:
    """Refuse to weigh what is no class, and to weigh by name where several tasks have classes.

    Raises:
        PydanticCustomError: class weights where no class is learnt, or a table in multitask.
    """
    if has_classes and task == MULTITASK and class_weights not in ("none", "balanced"):
        raise refused(
            f"got {shown(class_weights)}; which task's classes a table means is not known with "
            f'[data] task = {shown(task)}: write "balanced", which is for each of them, or "none"',
            key="class_weights",
            beside="data.task",
        )
    if not has_classes and class_weights != "none":
        raise refused(
            f"got {shown(class_weights)}; [data] task = {shown(task)} has no classes: remove this "
            "key",
            key="class_weights",
            beside="data.task",
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

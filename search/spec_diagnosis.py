"""The spec's table ``[diagnosis]``."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from .entries import FROZEN
from .spec_key import Count, Fraction, Key, key_of, refused
from .spec_task import refuse_large_floor, refuse_task_floors
from .spec_toml import shown

Floor = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
# What a user knows of classes that are counted by their rows, and of nothing else.
KNOWN = ("human_error", "label_noise", "soft_labels")


class BayesError(BaseModel):
    """A Bayes error of the user's, with its interval."""

    model_config = FROZEN
    value: Floor
    low: Floor
    high: Floor

    @field_validator("high")
    @classmethod
    def _around_the_value(cls, high: float, info: ValidationInfo) -> float:
        low, value = info.data.get("low", -math.inf), info.data.get("value", high)
        if not low <= value <= high:
            got = shown({"value": value, "low": low, "high": high})
            raise refused(f"got {got}; the value must lie within its interval: low ≤ value ≤ high")
        return high


class HumanError(BaseModel):
    """The share of rows that people answered wrongly."""

    model_config = FROZEN
    error: Annotated[float, Field(strict=True, ge=0, lt=1, allow_inf_nan=False)]
    n: Count  # rows that they answered


class LabelNoise(BaseModel):
    """Which share of labels is wrong, by chance and any other class alike."""

    model_config = FROZEN
    flipped: Fraction | None = None  # share of labels that are another class
    redrawn: Fraction | None = None  # share of labels drawn anew, the right class among the rest
    n: Count | None = None  # labels that were looked at, where flipped was counted on some

    @model_validator(mode="after")
    def _is_one_rate(self) -> Self:
        if (self.flipped is None) == (self.redrawn is None) or (self.redrawn and self.n):
            raise ValueError
        return self


class Diagnosis(BaseModel):
    """What the best trial is compared with."""

    model_config = FROZEN
    bayes_error: Annotated[
        Literal["estimate"] | Floor | BayesError,
        Key(
            "The lowest error that anything could reach: estimated from the data, or given, such "
            'as the error of a human expert. With [study] objective = "balanced_error" that one.',
            '"estimate", a fraction from 0 to below 1 (in regression a mean squared error from 0), '
            "or {value = …, low = …, high = …}",
            '"estimate"',
        ),
    ] = "estimate"
    task_bayes_error: Annotated[
        Annotated[dict[str, Floor | BayesError], Field(min_length=1)] | None,
        Key(
            "The same of several tasks, by the names of their targets, each in units of that "
            "task's error; a task that is not named has its own estimated.",
            "a table of fractions from 0 to below 1 (of a quantity mean squared errors from 0), or "
            "{value = …, low = …, high = …}, by the name of a target",
            "{species = 0.01}",
        ),
    ] = None
    human_error: Annotated[
        HumanError | None,
        Key(
            "The error of people on n rows like these. The estimate takes them for one more "
            "classifier: their error limits the Bayes error from above only "
            "(docs/data.md#the-bayes-error).",
            "{error = …, n = …}, a fraction from 0 to below 1 and a number of rows from 1",
            "{error = 0.012, n = 500}",
        ),
    ] = None
    label_noise: Annotated[
        Fraction | LabelNoise | None,
        Key(
            "The share of labels known to be wrong by chance, in all splits, any other class "
            "alike; or the share redrawn at random; with n, as counted on so many. It limits the "
            "Bayes error from below.",
            "a fraction between 0 and 1, {flipped = …}, {flipped = …, n = …} or {redrawn = …}",
            "{flipped = 0.05, n = 200}",
        ),
    ] = None
    soft_labels: Annotated[
        Annotated[str, Field(strict=True, max_length=4096, pattern=r"\.(npy|csv)$")] | None,
        Key(
            "A file of class probabilities, one row for each of some rows like these and one "
            "column for each class, as several annotators give them: the mean of 1 − the largest "
            "is taken for the Bayes error (docs/data.md#the-bayes-error).",
            "a path that ends in .npy or .csv",
            '"soft_labels.npy"',
        ),
    ] = None
    tolerance: Annotated[
        Fraction,
        Key(
            "Avoidable bias or variance up to this much error is no problem; in regression, a "
            "share of the target's variance.",
            "a fraction between 0 and 1",
            "0.02",
        ),
    ] = 0.02
    regions: Annotated[
        Annotated[bool, Field(strict=True)],
        Key(
            "Look for regions of the data in which bias, variance or noise are higher than "
            "elsewhere; under the balanced error, on as many rows of each class.",
            "true or false",
            "true",
        ),
    ] = True
    vital_signs: Annotated[
        Annotated[bool, Field(strict=True)],
        Key(
            "Look at the layers of each trial's network at the start and at the end of training, "
            "for dead units, vanishing gradients and the like. It takes less than a tenth of the "
            "time of a training that goes over 10,000 rows (1,000 rows for ten epochs, say), and "
            "of a single epoch over 1,000 rows half as long as that; of short trainings fewer rows "
            "are looked at, 128 at least.",
            "true or false",
            "true",
        ),
    ] = True
    groups: Annotated[
        str | None,
        Key(
            "A column whose values are regions to look at: a categorical one, or one of at most "
            "20 different values. It is one of the inputs, one that [data] ignore leaves out of "
            "them, or the group of a grouped split.",
            "a column's name",
            '"country"',
        ),
    ] = None

    @field_validator(*KNOWN)
    @classmethod
    def _says_it_once(cls, known: Any, info: ValidationInfo) -> Any:
        figure, key = info.data.get("bayes_error", "estimate"), info.field_name
        if known is not None and figure != "estimate":
            got = figure.model_dump() if isinstance(figure, BaseModel) else figure
            raise refused(
                f"bayes_error = {shown(got)} is given, too, which leaves nothing to be estimated: "
                f'remove this key, or write bayes_error = "estimate"',
                beside="diagnosis.bayes_error",
            )
        others = [k for k in KNOWN[:2] if key == "soft_labels" and info.data.get(k) is not None]
        if known is not None and others:
            raise refused(
                f"got {shown(known)} beside {' and '.join(others)}; soft labels tell the Bayes "
                "error by themselves: remove this key, or the other",
                beside=f"diagnosis.{others[0]}",
            )
        return known


def check_floor(
    diagnosis: Diagnosis, task: str, objective: str, targets: Mapping[str, str] | None
) -> None:
    """Refuse a floor of the user's that is none of the study's errors.

    Args:
        diagnosis: with the floor.
        task: ``[data] task``.
        objective: ``[study] objective``.
        targets: ``[data.targets]``; ``None`` where there is one task.

    Raises:
        PydanticCustomError: a figure of 1 or more where errors are fractions, one for several
            tasks or for one that there is not, or what is known of the share of wrong rows where
            that is no error of the study.
    """
    refuse_task_floors(diagnosis.bayes_error, diagnosis.task_bayes_error, targets)
    refuse_large_floor(diagnosis.bayes_error, task, key_of(Diagnosis, "bayes_error").allowed)
    for key in KNOWN:
        if getattr(diagnosis, key) is None:
            continue
        if task != "classification":
            raise refused(
                f"speaks of rows with one class, and [data] task = {shown(task)} has other "
                "errors: remove this key",
                key=key,
                beside="data.task",
            )
        if objective != "error":
            raise refused(
                f"speaks of the share of rows that are wrong, not of [study] objective = "
                f"{shown(objective)}: remove this key, or give a figure of that kind as "
                "bayes_error",
                key=key,
                beside="study.objective",
            )

"""The spec's table ``[diagnosis]``."""

import math
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from .entries import FROZEN
from .spec_key import Fraction, Key, refused
from .spec_toml import shown

Floor = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


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
    tolerance: Annotated[
        Fraction,
        Key(
            "Avoidable bias or variance up to this much error is no problem; in regression, a "
            "share of the target's variance.",
            "a fraction between 0 and 1",
            "0.02",
        ),
    ] = 0.02

"""The entries of ``[search]``: by which law a parameter is drawn, from where to where.

Each law is a frozen class of one field. It is made as TOML writes it and read by its subject:

    match entry:
        case Log(bounds=(low, high)): …     # made by Log(log=(1e-5, 1e-1))
        case Choice(values=values): …       # made by Choice(choice=("relu", "gelu"))
        case int() | float(): …             # a fixed number: the parameter is not searched

``low`` and ``high`` are the range in the parameter's own units, whatever the law.
"""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator

from .spec_key import refused
from .spec_toml import shown

FROZEN = ConfigDict(frozen=True, extra="forbid")


def _ordered(law: str) -> WrapValidator:
    """Limits of ``law`` in the right order; ``written`` is repeated as the user wrote it."""

    def check(written: Any, convert: ValidatorFunctionWrapHandler) -> tuple[Any, Any]:
        low, high = bounds = convert(written)
        got = f"got {shown({law: written})}; "
        if law == "log" and min(bounds) <= 0:
            raise refused(
                f"{got}both limits must be above 0, since 0 has no logarithm: write for example "
                "{log = [1e-5, 1e-1]}"
            )
        if law == "one_minus_log" and not (min(bounds) > 0 and max(bounds) < 1):
            raise refused(
                f"{got}the limits are those of 1 − value and lie between 0 and 1: "
                "{one_minus_log = [1e-3, 1e-1]} draws from 0.9 to 0.999"
            )
        if low == high:
            raise refused(f"{got}the two limits must differ, the lower one first")
        if low > high:
            right = shown({law: (written[1], written[0])})
            raise refused(f"{got}the lower limit must be below the upper one: write {right}")
        return bounds

    return WrapValidator(check)


class Log(BaseModel):
    """``10**U(log10 low, log10 high)``, 0 < low < high."""

    model_config = FROZEN
    law: ClassVar[str] = "log"
    bounds: Annotated[tuple[float, float], _ordered("log")] = Field(alias="log")

    @property
    def low(self) -> float:
        """Lowest value."""
        return self.bounds[0]

    @property
    def high(self) -> float:
        """Highest value."""
        return self.bounds[1]


class OneMinusLog(BaseModel):
    """``1 − 10**U(log10 a, log10 b)``, 0 < a < b < 1; ``bounds`` = (a, b) are of 1 − value."""

    model_config = FROZEN
    law: ClassVar[str] = "one_minus_log"
    bounds: Annotated[tuple[float, float], _ordered("one_minus_log")] = Field(alias="one_minus_log")

    @property
    def low(self) -> float:
        """Lowest value, 1 − b."""
        return 1 - self.bounds[1]

    @property
    def high(self) -> float:
        """Highest value, 1 − a."""
        return 1 - self.bounds[0]


class Uniform(BaseModel):
    """``U(low, high)``, low < high."""

    model_config = FROZEN
    law: ClassVar[str] = "uniform"
    bounds: Annotated[tuple[float, float], _ordered("uniform")] = Field(alias="uniform")

    @property
    def low(self) -> float:
        """Lowest value."""
        return self.bounds[0]

    @property
    def high(self) -> float:
        """Highest value."""
        return self.bounds[1]


class Int(BaseModel):
    """Whole numbers from low to high, both included, all equally likely; low < high."""

    model_config = FROZEN
    law: ClassVar[str] = "int"
    bounds: Annotated[tuple[int, int], _ordered("int")] = Field(alias="int")

    @property
    def low(self) -> int:
        """Lowest value."""
        return self.bounds[0]

    @property
    def high(self) -> int:
        """Highest value."""
        return self.bounds[1]


class Choice(BaseModel):
    """One of some distinct values, all equally likely."""

    model_config = FROZEN
    law: ClassVar[str] = "choice"
    values: tuple[int | float | str, ...] = Field(alias="choice", min_length=1)


Entry = Log | OneMinusLog | Uniform | Int | Choice
LAWS: dict[str, type[Entry]] = {law.law: law for law in (Log, OneMinusLog, Uniform, Int, Choice)}

"""How the error falls with the training rows, and what more of them are forecast to bring."""

from typing import Any, NamedTuple

from .results import Outcome

FIRST_SUBSET = 20_001  # the first seed of trainings on a subset of the rows; others are below


class SubsetTraining(NamedTuple):
    """One training of a trial on a subset of the training rows, drawn by its seed.

    With fewer rows the same seed draws some of the same.
    """

    trial_id: int
    train_rows: int
    replicate: int  # its seed
    outcome: Outcome  # completed | diverged; a diverged one has none of the errors below
    epochs: int  # trained
    seconds: float
    # Of what the study minimises, on the rows trained on; None where it was not measured on them
    training_error: float | None = None
    validation_error: float | None = None
    test_error: float | None = None
    kind: str | None = None  # as of RowErrors: "bits" | "float32"
    test_rows: int | None = None
    errors: bytes | None = None  # as of RowErrors, of every test row, in the order of the split


class CurvePoint(NamedTuple):
    """Trainings on so many rows, on average."""

    train_rows: int
    trainings: int  # that did not diverge
    diverged: int
    training_error: float | None  # None where the study does not measure it so
    validation_error: float | None
    test_error: float
    low: float  # 95 %, of test_error, over draws of rows, seeds and test rows
    high: float


class Forecast(NamedTuple):
    """What a training on more rows is forecast to reach."""

    train_rows: int
    error: float
    low: float  # 95 %
    high: float
    lower_by: float  # than with all rows there are now
    fall_low: float  # 95 %
    fall_high: float


class Target(NamedTuple):
    """How many rows an error needs."""

    error: float
    reached: float  # share of the bootstrap's curves that reach it at all, 0–1
    # Rows: the 10 %, 50 % and 90 % quantile of the curves that reach it; None where too few do
    low: int | None
    rows: int | None
    high: int | None


class Backtest(NamedTuple):
    """The error with all rows, foretold from the sizes of at most half of them."""

    train_rows: int  # the most that it was foretold from
    error: float
    low: float  # 95 %, of the forecast and of what was measured together
    high: float
    measured: float


class LearningCurveRecord(NamedTuple):
    """The curve of a study's winner. Errors are of what the study minimises, on the test rows."""

    trial: int  # number of the winner
    measure: str  # "error" | "balanced_error"
    test_rows: int
    test_groups: int | None  # where rows come in groups
    repeats: int  # trainings at each number of rows, each on rows of its own
    points: tuple[CurvePoint, ...]  # by rising numbers of rows, the last has all
    floor: float  # lower limit of the Bayes error: no curve is taken to end below it
    families: tuple[str, ...]  # of curves that fit: "pow3", "pow4", ...
    asymptote: float | None  # None where no curve was fitted
    asymptote_low: float | None
    asymptote_high: float | None
    # None where sizes of at most half of the rows are too few for it, or no curve fits those
    backtest: Backtest | None
    refused: str | None  # why nothing is forecast: "missed" | "no_better" | "rising" | "unfit"
    forecasts: tuple[Forecast, ...]  # of 2, 4 and 8 times the rows; empty where refused
    target: Target | None  # where asked for, and not refused

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One a point and one a forecast, as of the table ``learning_curve_points``."""
        points = [{"forecast": False, "error": it.test_error, **it._asdict()} for it in self.points]
        forecasts = [{"forecast": True, **it._asdict()} for it in self.forecasts]
        return (*points, *forecasts)

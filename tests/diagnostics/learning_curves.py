"""Learning curves as a user may have measured them, of the study of ``conftest``."""

from netclinic.storage.records.learning_curves import (
    Backtest,
    CurvePoint,
    Forecast,
    LearningCurveRecord,
    Target,
)

SIZES = (67, 117, 203, 353, 615, 1077)


def _error(rows: int) -> float:
    return 0.02 + 1.2 * rows**-0.55


def _point(rows: int) -> CurvePoint:
    error = _error(rows)
    return CurvePoint(
        train_rows=rows,
        trainings=12,
        diverged=0,
        training_error=0.3 * rows**-0.9,
        validation_error=error + 0.003,
        test_error=error,
        low=0.82 * error,
        high=1.2 * error,
    )


def _forecast(times: int) -> Forecast:
    error, now = _error(times * SIZES[-1]), _error(SIZES[-1])
    fall = now - error
    return Forecast(
        train_rows=times * SIZES[-1],
        error=error,
        low=0.8 * error,
        high=1.25 * error,
        lower_by=fall,
        fall_low=0.4 * fall,
        fall_high=1.5 * fall,
    )


FORECAST = LearningCurveRecord(
    trial=38,
    measure="error",
    test_rows=360,
    test_groups=None,
    repeats=12,
    points=tuple(_point(rows) for rows in SIZES),
    floor=0.004,
    families=("pow3", "pow4"),
    asymptote=0.02,
    asymptote_low=0.006,
    asymptote_high=0.031,
    backtest=Backtest(train_rows=353, error=0.049, low=0.037, high=0.062, measured=_error(1077)),
    refused=None,
    forecasts=tuple(_forecast(times) for times in (2, 4, 8)),
    target=Target(error=0.03, reached=0.9, low=2600, rows=4300, high=11_000),
)

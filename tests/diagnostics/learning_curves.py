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
    return 0.01 + 3.0 * rows**-0.6


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
    trial=50,
    measure="error",
    test_rows=360,
    test_groups=None,
    repeats=12,
    points=tuple(_point(rows) for rows in SIZES),
    floor=0.004,
    families=("pow3", "pow4"),
    asymptote=0.01,
    asymptote_low=0.004,
    asymptote_high=0.02,
    backtest=Backtest(train_rows=353, error=0.058, low=0.045, high=0.075, measured=_error(1077)),
    refused=None,
    forecasts=tuple(_forecast(times) for times in (2, 4, 8)),
    target=Target(error=0.03, reached=0.9, low=2612, rows=4231, high=11_000),
)
_TWICE, *_FURTHER = FORECAST.forecasts
# Twice the rows gain less than two points.
FLAT = FORECAST._replace(
    forecasts=(_TWICE._replace(lower_by=0.003, fall_low=0.001, fall_high=0.005), *_FURTHER)
)
# Whether they gain anything is left open.
UNSURE = FORECAST._replace(forecasts=(_TWICE._replace(fall_low=-0.004), *_FURTHER))
_ONE_UP = FORECAST.points[3]._replace(test_error=0.17, low=0.16, high=0.18)
RISING = FORECAST._replace(
    points=(*FORECAST.points[:3], _ONE_UP, *FORECAST.points[4:]),
    refused="rising",
    forecasts=(),
    target=None,
)

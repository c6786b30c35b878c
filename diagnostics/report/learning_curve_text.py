"""A learning curve in words and a table, for every form of the report."""

from typing import NamedTuple

from ...storage.records.learning_curves import CurvePoint, Forecast, LearningCurveRecord, Target
from ..error_text import error_range, error_text, gap_limit, size, size_in_full
from ..findings import Diagnosis
from ..number_text import MISSING, two_digits_up
from ..units import Unit
from .report_labels import Badge
from .report_tables import Table

_HELPS = Badge("More rows help", "✓", "good")
_LITTLE = Badge("More rows gain little", "=", "quiet")
_OPEN = Badge("Left open", "?", "open")
_REFUSED = Badge("Nothing is forecast", "?", "open")
_COUNTS = 0.001  # of a fall's lower limit: fitted curves never rise, so it lies above 0 anyhow
_MOST = 0.5  # of the fitted curves
_SURE = 8  # times the rows: what lies beyond is speculation


class CurveText(NamedTuple):
    """A report's section on what more data would bring."""

    badge: Badge
    headline: str  # what twice the rows bring, or why that is not known
    notes: tuple[str, ...]  # the target's rows, the asymptote, the backtest, whose curve it is
    how: str  # it was measured and carried on
    told: str  # for those who cannot see the chart
    training: bool  # whether the chart has training errors
    forecast: bool  # whether it has a forecast
    table: Table


def learning_curve_text(diagnosis: Diagnosis) -> CurveText | None:
    """The section's content; ``None`` where no curve was measured."""
    curve, unit = diagnosis.learning_curve, diagnosis.unit
    if curve is None:
        return None
    notes = (
        _whose(curve, diagnosis.trial),
        _target(curve, unit),
        _asymptote(curve, unit),
        _backtest(curve, unit),
    )
    return CurveText(
        _badge(curve, diagnosis),
        _headline(curve, diagnosis),
        tuple(note for note in notes if note),
        _how(curve, unit),
        _told(curve, unit),
        any(it.training_error is not None for it in curve.points),
        bool(curve.forecasts),
        _table(curve, unit),
    )


def _badge(curve: LearningCurveRecord, diagnosis: Diagnosis) -> Badge:
    if not curve.forecasts:
        return _REFUSED
    twice = curve.forecasts[0]
    if twice.fall_high <= diagnosis.tolerance:
        return _LITTLE
    return _HELPS if twice.fall_low >= _COUNTS * diagnosis.unit.whole else _OPEN


def _headline(curve: LearningCurveRecord, diagnosis: Diagnosis) -> str:
    unit, badge = diagnosis.unit, _badge(curve, diagnosis)
    if not curve.forecasts:
        return f"What more rows would bring cannot be told: {_why_not(curve, unit)}"
    twice, now = curve.forecasts[0], error_text(curve.points[-1].test_error, unit)
    then = f"{error_text(twice.error, unit)} ({error_range(twice.low, twice.high, unit)})"
    told = (
        f"With twice the rows ({twice.train_rows:,}) the {_error(curve)} is forecast to be {then}; "
        f"{now} was measured with all there are. Between the two the fitted curve "
        f"falls by {_fall(twice, unit)}."
    )
    if badge == _LITTLE:
        told += f" That is at most the tolerated {size_in_full(diagnosis.tolerance, unit)}."
    if badge == _OPEN:
        told += " That leaves open whether more rows help."
    return told


def _error(curve: LearningCurveRecord) -> str:
    return "balanced test error" if curve.measure == "balanced_error" else "test error"


def _fall(it: Forecast, unit: Unit) -> str:
    """``0.8 points (0.3 to 1.2)``."""
    low, high = (gap_limit(limit, unit) for limit in (it.fall_low, it.fall_high))
    return f"{size(it.lower_by, unit)} ({low} to {high})"


def _why_not(curve: LearningCurveRecord, unit: Unit) -> str:
    if curve.refused == "rising":
        fewer, more = max(
            ((a, b) for n, b in enumerate(curve.points) for a in curve.points[:n]),
            key=lambda pair: pair[1].test_error - pair[0].test_error,
        )
        return (
            f"the {_error(curve)} is clearly higher with more rows than with fewer, "
            f"{error_text(more.test_error, unit)} with {more.train_rows:,} and "
            f"{error_text(fewer.test_error, unit)} with {fewer.train_rows:,}. Curves that fall "
            "do not tell how such a one goes on."
        )
    last = curve.points[-1].test_error
    if curve.refused == "unfit" and last < curve.floor:
        return (
            f"no curve is taken to end below the lower limit of the Bayes error, "
            f"{error_text(curve.floor, unit)}, and {error_text(last, unit)} was measured already. "
            "One of the two is off."
        )
    return {
        "missed": (
            "put to the test, the curve missed. Fitted to half of the rows at most, it did not "
            "foretell what was measured with all of them."
        ),
        "no_better": (
            "put to the test, the curve was of no use. Fitted to half of the rows at most, it "
            "foretold what was measured with all of them worse than plainer guesses do: that the "
            "error stays as it was, or falls by a power law down to 0."
        ),
    }.get(
        curve.refused or "",
        "no curve of the kinds that errors follow fits what was measured, within its noise.",
    )


def _whose(curve: LearningCurveRecord, diagnosed: int) -> str:
    if curve.trial == diagnosed:
        return ""
    return (
        f"The curve is trial {curve.trial}'s, which was the winner when it was measured; trial "
        f"{diagnosed} is diagnosed now."
    )


def _target(curve: LearningCurveRecord, unit: Unit) -> str:
    it = curve.target
    if it is None:
        return ""
    wanted = error_text(it.error, unit)
    if already := _already(curve, it.error):
        return (
            f"An error of {wanted} is reached already: "
            f"{error_text(already.test_error, unit)} was measured with {already.train_rows:,} rows."
        )
    share = f"{100 * it.reached:.0f} %"
    if it.rows is None or it.low is None or it.high is None:
        reached = f"only {share} of the fitted curves get" if it.reached else "no fitted curve gets"
        return f"No number of rows is likely to bring an error of {wanted}: {reached} there."
    now = curve.points[-1]
    if it.rows <= now.train_rows:
        return (
            f"An error of {wanted} is within the noise of the "
            f"{error_text(now.test_error, unit)} that was measured with all rows: {share} of the "
            "fitted curves get there, most of these without more rows. How many rows it takes "
            "cannot be told."
        )
    rows, low, high = (f"{two_digits_up(count):,}" for count in (it.rows, it.low, it.high))
    doubtful = _doubtful(it, now.train_rows)
    if it.reached < _MOST:
        return (
            f"Most fitted curves never get to an error of {wanted}; the {share} that do take about "
            f"{rows} rows ({low} to {high}, the middle 80 % of these).{doubtful}"
        )
    return (
        f"An error of {wanted} takes about {rows} rows ({low} to {high}, the middle 80 % of the "
        f"fitted curves that get there; {share} do).{doubtful}"
    )


def _already(curve: LearningCurveRecord, wanted: float) -> CurvePoint | None:
    """The fewest rows from which on no more error than that was measured."""
    found = None
    for it in reversed(curve.points):
        if it.test_error > wanted:
            break
        found = it
    return found


def _doubtful(it: Target, now: int) -> str:
    if it.high is not None and it.high > _SURE * now:
        return f" Beyond {_SURE} times the rows there are, {_SURE * now:,}, that is speculation."
    return ""


def _asymptote(curve: LearningCurveRecord, unit: Unit) -> str:
    value, low, high = curve.asymptote, curve.asymptote_low, curve.asymptote_high
    if not curve.forecasts or value is None or low is None or high is None:
        return ""
    return (
        f"With ever more rows the error approaches {error_text(value, unit)} "
        f"({error_range(low, high, unit)}); what is left then is no matter of rows."
    )


def _backtest(curve: LearningCurveRecord, unit: Unit) -> str:
    it = curve.backtest
    if it is None:
        if curve.refused is not None:
            return ""
        return (
            "The curve could not be put to the test: too few of its points have half of the rows "
            "or fewer, or no curve fits those."
        )
    return (
        f"Put to the test: fitted to at most {it.train_rows:,} rows, the curve foretold "
        f"{error_text(it.error, unit)} ({error_range(it.low, it.high, unit)}) with all of them; "
        f"{error_text(it.measured, unit)} was measured."
    )


def _how(curve: LearningCurveRecord, unit: Unit) -> str:
    groups = "" if curve.test_groups is None else f" of {curve.test_groups:,} groups"
    diverged = sum(it.diverged for it in curve.points)
    left_out = f" {diverged:,} that diverged are left out." if diverged else ""
    told = (
        f"The hyperparameters of trial {curve.trial} were trained on {len(curve.points)} numbers "
        f"of rows up to all {curve.points[-1].train_rows:,}, {curve.repeats} times each, every "
        "time with rows and a seed of its own, always in as many optimiser steps, and judged on "
        f"the same {curve.test_rows:,} test rows{groups}, which chose nothing.{left_out} Intervals "
        "are of 95 %, over training rows, seeds and test rows."
    )
    if not curve.forecasts:
        return told
    floor = error_text(curve.floor, unit)
    return (
        f"{told} Carried on by the families of curves that fit ({', '.join(curve.families)}), none "
        f"of which ends below {floor}, the lower limit of the Bayes error; falls are those of the "
        f"fitted curve. Beyond {_SURE} times the rows it would be speculation. More rows may want "
        "other hyperparameters, and then gain more."
    )


def _told(curve: LearningCurveRecord, unit: Unit) -> str:
    first, last = curve.points[0], curve.points[-1]
    told = (
        f"{_error(curve).capitalize()} against the training rows: "
        f"{error_text(first.test_error, unit)} with {first.train_rows:,}, "
        f"{error_text(last.test_error, unit)} with all {last.train_rows:,}"
    )
    ahead = (f"{error_text(it.error, unit)} with {it.train_rows:,}" for it in curve.forecasts)
    return told + (f"; forecast: {', '.join(ahead)}." if curve.forecasts else ".")


def _table(curve: LearningCurveRecord, unit: Unit) -> Table:
    """What matters most stands first: a phone shows three columns."""
    rows = []
    for it in curve.points:
        of_rows = (error_text(it.training_error, unit), error_text(it.validation_error, unit))
        error = f"{error_text(it.test_error, unit)} ({error_range(it.low, it.high, unit)})"
        rows.append((f"{it.train_rows:,}", error, MISSING, *of_rows, f"{it.trainings:,}"))
    for it in curve.forecasts:
        error = f"{error_text(it.error, unit)} ({error_range(it.low, it.high, unit)})"
        rows.append((f"{it.train_rows:,}", error, _fall(it, unit), MISSING, MISSING, "forecast"))
    header = ("training rows", _error(curve), "would fall by")
    table = Table((*header, "training error", "validation error", "trainings"), tuple(rows))
    return table if curve.forecasts else _without(table, 2)


def _without(table: Table, place: int) -> Table:
    """The table less a column."""
    header, *rows = (row[:place] + row[place + 1 :] for row in (table.header, *table.rows))
    return Table(header, tuple(rows))

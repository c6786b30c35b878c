"""What more training rows would bring: curves fitted to draws of a measured one, and carried on.

Before anything is foretold the curve is put to the test: from the sizes of at most half of the rows
it must foretell the error with all of them (Mohr et al. 2022 and Viering and Loog 2023, TPAMI
45:7799, on how often curves are ill-behaved).
"""

from typing import NamedTuple

import numpy as np

from .curve_draws import CONFIDENCE, DRAWS, CurveDraws, CurveErrors, Numbers, draw_curves
from .curve_families import FAMILIES, POW2, Curves, Family, fit_curves
from .intervals import Interval

TIMES = (2, 4, 8)  # the rows there are
SIZES_AT_LEAST = 4  # that a curve is fitted to; of at most half of the rows for the backtest
_RISING = 0.025  # the share of curves that do not rise which are called rising
_NO_FIT = 0.05  # a family is left out if noise made its misfit with less probability than that
_FURTHEST = 1_000  # times the rows there are: what lies beyond is not looked at
_FEW_REACH = 0.1  # share of curves


class Forecast(NamedTuple):
    """What is foretold of a training on more rows. Limits are of 95 %."""

    train_rows: int
    error: Interval
    fall: Interval  # how much lower than with all rows there are


class Backtest(NamedTuple):
    """The error with all rows, foretold from sizes of at most half of them."""

    train_rows: int  # the most that it was foretold from
    foretold: Interval  # 95 %, of the forecast and of what was measured together
    measured: float
    no_better: bool  # than both to carry on the last error, and a power law without asymptote


class Needed(NamedTuple):
    """The rows that an error needs."""

    error: float
    reached: float  # share of the draws that reach it with up to 1,000 times the rows, 0-1
    rows: tuple[int, int, int] | None  # 10, 50 and 90 % quantile of these; None where they are few


class LearningCurve(NamedTuple):
    """What a measured curve tells."""

    families: tuple[str, ...]  # that fit
    asymptote: Interval | None  # None where none fits
    # None where there are too few sizes for it, or no curve fits those
    backtest: Backtest | None
    refused: str | None  # why nothing is foretold: "rising" | "unfit" | "missed" | "no_better"
    forecasts: tuple[Forecast, ...]  # empty where refused
    needed: Needed | None  # None where refused, or not asked for


class _Fitted(NamedTuple):
    """Draws of a curve, each fitted with one of the families that fit the mean."""

    families: tuple[str, ...]
    parts: tuple[Curves, ...]  # of each family: every so-manieth draw

    def at(self, sizes: Numbers) -> Numbers:
        """(draws, sizes), the fitted errors."""
        return _interleaved([it.at(sizes) for it in self.parts])


def foretell(
    measured: CurveErrors,
    floor: float,
    target: float | None = None,
    *,
    shares: bool,
    draws: int = DRAWS,
) -> LearningCurve:
    """What more rows would bring, if the curve can be trusted to tell.

    Args:
        measured: errors of at least two subsets at each of at least four sizes.
        floor: lower limit of the Bayes error: no curve is taken to end below it. It may end far
            above, as the network has a bias of its own.
        target: an error, whose rows are asked for.
        shares: whether a row's error is a share, 0 to 1.
        draws: of the curve.

    Raises:
        ValueError: as of ``curve_draws.draw_curves``, and fewer than four sizes.
    """
    if len(measured.sizes) < SIZES_AT_LEAST:
        raise ValueError(f"got {len(measured.sizes)} sizes; curves need {SIZES_AT_LEAST}")
    drawn = draw_curves(measured, shares=shares, draws=draws)
    fitted, backtest = _fitted(drawn, floor), _backtest(drawn, floor)
    refused = _refused(drawn, fitted, backtest)
    asymptote = None
    if fitted is not None:
        asymptote = _interval(_interleaved([it.asymptote for it in fitted.parts]))
    families = () if fitted is None else fitted.families
    if refused or fitted is None:
        return LearningCurve(families, asymptote, backtest, refused, (), None)
    rows = float(drawn.sizes[-1])
    needed = None if target is None else _needed(fitted, drawn.sizes, target)
    forecasts = tuple(_forecast(fitted, rows, times) for times in TIMES)
    return LearningCurve(families, asymptote, backtest, None, forecasts, needed)


def _refused(drawn: CurveDraws, fitted: _Fitted | None, backtest: Backtest | None) -> str | None:
    if _is_rising(drawn):
        return "rising"
    if fitted is None:
        return "unfit"
    if backtest is None:
        return None
    if not backtest.foretold.low <= backtest.measured <= backtest.foretold.high:
        return "missed"
    return "no_better" if backtest.no_better else None


def _is_rising(drawn: CurveDraws) -> bool:
    """Whether the error with more rows is clearly higher than with fewer, at any two sizes.

    The greatest of all such rises, in standard errors, against the greatest of the noise alone.
    """
    first, second = np.triu_indices(len(drawn.sizes), 1)
    noise = drawn.noise[:, second] - drawn.noise[:, first]
    error = np.maximum(noise.std(axis=0), 1e-12 * _level(drawn))
    rise = ((drawn.means[second] - drawn.means[first]) / error).max()
    return bool(rise > np.quantile((noise / error).max(axis=1), 1 - _RISING))


def _weights(drawn: CurveDraws) -> Numbers:
    """(K,), of sizes: by the noise of each that is not common to all, which rises evenly."""
    own = (drawn.noise - drawn.noise.mean(axis=1, keepdims=True)).var(axis=0)
    least = 1e-4 * float(np.ptp(drawn.means)) ** 2 + 1e-16 * _level(drawn) ** 2
    line = np.polynomial.Polynomial.fit(np.log(drawn.sizes), np.log(own + least), 1)
    return np.exp(-line(np.log(drawn.sizes)))


def _level(drawn: CurveDraws) -> float:
    """How large errors are, above 0: what is as good as nothing depends on their unit."""
    return float(drawn.means.max()) or 1.0


def _fitted(drawn: CurveDraws, floor: float) -> _Fitted | None:
    """None where no family fits.

    Draws take turns: each is fitted with one of the families that fit, and from one of the sizes
    on. A curve that is none of these families is so over a few sizes at least, and how it goes on
    shows in the last ones.
    """
    weights, curves = _weights(drawn), drawn.curves
    names = tuple(name for name, it in FAMILIES.items() if _fits(it, drawn, weights, floor))
    if not names:
        return None
    starts = range(len(drawn.sizes) - SIZES_AT_LEAST + 1)
    ways = [(name, first) for first in starts for name in names]
    parts = tuple(
        fit_curves(
            FAMILIES[name],
            drawn.sizes[first:],
            curves[place :: len(ways), first:],
            weights[first:],
            floor,
        )
        for place, (name, first) in enumerate(ways)
    )
    return _Fitted(names, parts)


def _fits(family: Family, drawn: CurveDraws, weights: Numbers, floor: float) -> bool:
    """Whether noise alone may well have made the misfit: a parametric bootstrap."""
    fit = fit_curves(family, drawn.sizes, drawn.means[None], weights, floor)
    again = fit.at(drawn.sizes) + drawn.noise[::2]
    by_noise = fit_curves(family, drawn.sizes, again, weights, floor).misfit
    return bool(np.mean(by_noise >= fit.misfit) >= _NO_FIT)


def _backtest(drawn: CurveDraws, floor: float) -> Backtest | None:
    """None where there are too few sizes, or no family fits those."""
    rows = drawn.sizes[-1]
    half = drawn.up_to(rows / 2)
    if len(half.sizes) < SIZES_AT_LEAST:
        return None
    fitted = _fitted(half, floor)
    if fitted is None:
        return None
    measured, now = float(drawn.means[-1]), drawn.curves[:, -1]
    off = fitted.at(np.array([rows]))[:, 0] - now
    plain = fit_curves(POW2, half.sizes, half.curves, _weights(half), 0.0).at(np.array([rows]))
    others = np.maximum(np.abs(half.curves[:, -1] - now), np.abs(plain[:, 0] - now))
    it = _interval(off)
    return Backtest(
        train_rows=int(half.sizes[-1]),
        foretold=Interval(*(measured + limit for limit in it)),
        measured=measured,
        no_better=bool(np.mean(np.abs(off) > others) >= CONFIDENCE),
    )


def _forecast(fitted: _Fitted, rows: float, times: int) -> Forecast:
    errors = fitted.at(np.array([rows, times * rows]))
    return Forecast(
        int(times * rows), _interval(errors[:, 1]), _interval(errors[:, 0] - errors[:, 1])
    )


def _needed(fitted: _Fitted, sizes: Numbers, target: float) -> Needed:
    tried = np.geomspace(sizes[-SIZES_AT_LEAST], _FURTHEST * sizes[-1], 400)
    reaches = fitted.at(tried) <= target
    found = tried[np.argmax(reaches, axis=1)[reaches.any(axis=1)]]
    reached = len(found) / len(reaches)
    if reached < _FEW_REACH:
        return Needed(target, reached, None)
    low, middle, high = (round(it) for it in np.quantile(found, (0.1, 0.5, 0.9)))
    return Needed(target, reached, (low, middle, high))


def _interval(draws: Numbers) -> Interval:
    tail = (1 - CONFIDENCE) / 2
    low, middle, high = np.quantile(draws, (tail, 0.5, 1 - tail)).tolist()
    return Interval(middle, low, high)


def _interleaved(parts: list[Numbers]) -> Numbers:
    """Of each part every so-manieth, in the order of the draws."""
    found = np.empty((sum(len(it) for it in parts), *parts[0].shape[1:]))
    for place, it in enumerate(parts):
        found[place :: len(parts)] = it
    return found

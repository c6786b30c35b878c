"""Curves carried on to twice their epochs: what is foretold comes, over many curves and seeds."""

import numpy as np
import pytest
from netclinic.diagnostics.remedies.epochs_forecast import LEAST, forecast
from scipy.stats import binom

KINDS = ["power", "two", "flat"]


def curve(kind: str, seed: int, epochs: int) -> np.ndarray:
    """An error by epoch, of 400 rows, with a noise whose epochs hang together; twice ``epochs``."""
    random = np.random.default_rng(seed)
    epoch = np.arange(1, 2 * epochs + 1)
    floor, height = random.uniform(0, 0.1), random.uniform(0.1, 0.8)
    shape = {
        "power": epoch ** -random.uniform(0.3, 2),
        "two": 0.6 * np.exp(-epoch / random.uniform(2, 6)) + 0.4 * epoch ** -random.uniform(0.2, 1),
        "flat": np.full(2 * epochs, 0.2),
    }[kind]
    noise = random.normal(size=2 * epochs) * random.uniform(0.0005, 0.006)
    slow = np.zeros(2 * epochs)
    for place in range(1, 2 * epochs):
        slow[place] = 0.8 * slow[place - 1] + 0.002 * random.normal()
    return np.round(np.clip(floor + height * shape + noise + slow, 0, 1) * 400) / 400


def fall(errors: np.ndarray) -> float:
    """What came: of the mean of the last eighth of the epochs, from half of them to the end."""
    half = len(errors) // 2
    width = max(3, half // 8), max(3, 2 * half // 8)
    return float(errors[half - width[0] : half].mean() - errors[-width[1] :].mean())


@pytest.mark.parametrize("epochs", [20, 40])
@pytest.mark.parametrize("kind", KINDS)
def test_the_interval_holds_what_comes(kind, epochs) -> None:
    """In 95 % of the forecasts given for 200 curves, within a binomial bound."""
    found = [(forecast(c[:epochs].tolist()), fall(c)) for c in _curves(kind, epochs)]
    given = [(it, came) for it, came in found if it is not None]
    held = sum(it.low <= came <= it.high for it, came in given)
    assert len(given) >= 40
    assert held >= binom.ppf(0.01, len(given), 0.95)


def _curves(kind: str, epochs: int) -> list[np.ndarray]:
    return [curve(kind, seed, epochs) for seed in range(200)]


def test_a_gain_is_foretold_where_one_comes_and_none_where_none_does() -> None:
    falling = [forecast(c[:40].tolist()) for c in _curves("power", 40)]
    came = [fall(c) for c in _curves("power", 40)]
    pairs = [(it.gain, truth) for it, truth in zip(falling, came, strict=True) if it]
    gains, truths = np.array(pairs).T
    assert np.corrcoef(gains, truths)[0, 1] > 0.9
    assert np.abs(gains - truths).mean() < 0.01
    flat = [it.gain for c in _curves("flat", 40) if (it := forecast(c[:40].tolist()))]
    assert np.abs(flat).max() < 0.02


def test_curves_that_would_not_have_foretold_themselves_are_refused() -> None:
    assert forecast([0.5] * (LEAST - 1)) is None
    assert forecast([0.5] * 30 + [None]) is None
    steps = np.where(np.arange(40) < 24, 0.5, 0.1)  # a sudden fall that no beginning tells of
    assert forecast(steps.tolist()) is None
    turned = 0.3 + 0.0005 * (np.arange(40) - 20) ** 2
    assert forecast(turned.tolist()) is None


def test_no_error_falls_below_nothing() -> None:
    errors = 0.3 / np.arange(1, 41)
    it = forecast(errors.tolist())
    assert it is not None
    assert it.high <= errors[-5:].mean()
    assert it.low <= it.gain <= it.high

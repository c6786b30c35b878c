"""Curves: trends and turns are found, noise alone is not."""

import math
import re

import numpy as np
import pytest
from netclinic.diagnostics.findings import Severity
from netclinic.diagnostics.studies.curve_findings import overfitted_after, still_improving
from netclinic.diagnostics.studies.curve_shapes import chance_of_fall, rise_after_minimum
from netclinic.diagnostics.studies.trial_noise import least_change
from netclinic.storage.records.results import Curves
from scipy.stats import binom

from tests.diagnostics import planted

EPOCHS = 24


def curves_with(training_loss=None, validation_loss=None, validation_error=None):
    def or_flat(curve, level):
        return tuple(float(v) for v in curve) if curve is not None else (level,) * EPOCHS

    return Curves(
        or_flat(training_loss, 0.2),
        (0.01,) * EPOCHS,
        or_flat(validation_loss, 0.3),
        or_flat(validation_error, 0.05),
        (1.0,) * EPOCHS,
    )


def test_a_falling_loss_is_found_with_its_numbers():
    losses = [2.0 * 0.9**e for e in range(EPOCHS)]
    it = still_improving(curves_with(training_loss=losses), bias_is_high=True)
    assert it.severity is Severity.WARNING
    assert it.evidence["epochs"] == EPOCHS
    assert it.evidence["epochs_compared"] == 6
    assert it.evidence["relative_fall"] == pytest.approx(1 - 0.9**5)
    assert "last 6 of 24 epochs" in it.text


def test_an_error_of_unknown_rows_is_held_against_itself():
    falling = [1.0 * 0.9**e for e in range(EPOCHS)]
    rising = curves_with(falling, validation_error=turning(0.05, 0.10))
    rising = rising._replace(training_error=tuple(falling))
    it = overfitted_after(rising, None, epoch_name="step {}00".format)
    assert re.match(r"After about step \d+00 the validation error rose from 5.\d % to", it.text)
    assert it.text.endswith("while the training error fell.")
    little = rising._replace(validation_error=tuple(turning(0.05, 0.0515)))
    assert overfitted_after(little, None) is None
    assert overfitted_after(little, 10_000) is not None


def test_an_error_of_unknown_rows_stands_beside_the_training_loss_where_no_training_error_is():
    """As in the logs of Hugging Face and Lightning."""
    rising = tuple(0.1 + 0.02 * abs(epoch - 6) for epoch in range(20))
    losses = tuple(1.0 / epoch for epoch in range(1, 21))
    made = Curves(losses, (None,) * 20, (None,) * 20, rising, (None,) * 20)
    it = overfitted_after(made, None)
    assert it is not None
    assert it.severity is Severity.WARNING
    assert it.evidence["shown_by"] == "error"
    assert it.text.endswith(" while the training loss fell.")
    assert overfitted_after(made._replace(training_loss=losses[::-1]), None) is None


def test_a_falling_loss_is_only_an_observation_where_bias_is_not_high():
    losses = [2.0 * 0.9**e for e in range(EPOCHS)]
    assert still_improving(curves_with(training_loss=losses), False).severity is Severity.INFO


@pytest.mark.parametrize(
    "losses",
    [
        [0.2] * EPOCHS,
        [0.0] * EPOCHS,
        [0.2 + 0.01 * e for e in range(EPOCHS)],  # rising
        [0.2 - 1e-5 * e for e in range(EPOCHS)],  # falling without end, by nothing that matters
        [0.3 - 0.01 * min(e, 12) for e in range(EPOCHS)],  # at rest for the second half
    ],
)
def test_a_loss_at_rest_is_not_improving(losses):
    assert still_improving(curves_with(training_loss=losses), False) is None


def test_noise_is_rarely_taken_for_a_fall():
    rng, draws = np.random.default_rng(0), 1000
    curves = 0.2 + 0.02 * rng.standard_normal((draws, EPOCHS))
    alarms = sum(still_improving(curves_with(training_loss=c), False) is not None for c in curves)
    assert alarms <= binom.ppf(0.999, draws, 0.01)


def test_a_falling_validation_error_is_a_warning_whatever_the_bias():
    falling = [0.3 - 0.008 * e for e in range(EPOCHS)]
    losses = [2.0 * 0.9**e for e in range(EPOCHS)]
    both = still_improving(curves_with(losses, validation_error=falling), False, least_fall=0.03)
    assert both.severity is Severity.WARNING
    assert both.evidence["validation_fall"] == pytest.approx(0.04)
    assert both.text.endswith("The validation error fell with it, to 11.6 %.")
    alone = still_improving(curves_with(validation_error=falling), False, least_fall=0.03)
    assert alone.severity is Severity.WARNING
    assert alone.evidence["relative_fall"] is None
    assert "though the training loss was not" in alone.text
    assert still_improving(curves_with(validation_error=falling), False, least_fall=0.05) is None
    assert still_improving(curves_with(validation_error=falling), False) is None


@pytest.mark.parametrize(("memory", "line", "allowed"), [(0.6, 0.07, 0.03), (0.8, 0.14, 0.06)])
def test_a_loss_that_wavers_slowly_is_seldom_taken_for_falling(memory, line, allowed):
    """By the line through the last quarter alone it would be in 10 and 18 % of such curves."""
    rng, draws, epochs = np.random.default_rng(1), 1000, 60
    by_line = alarms = 0
    for _ in range(draws):
        waver = [rng.standard_normal()]
        for step in rng.standard_normal(epochs - 1):
            waver.append(memory * waver[-1] + math.sqrt(1 - memory**2) * step)
        alarms += chance_of_fall(waver) < 0.01
        by_line += chance_of_fall([*[1e3] * epochs, *waver[-epochs // 4 :]][-epochs:]) < 0.01
    assert alarms <= binom.ppf(0.999, draws, allowed)
    assert by_line >= binom.ppf(0.001, draws, line)


@pytest.mark.parametrize("fall", [lambda t: np.exp(-3 * t), lambda t: 0.1 * (t + 1 / 60) ** -0.5])
def test_a_loss_that_falls_to_its_end_is_found_as_by_its_line_alone(fall):
    rng, draws, epochs = np.random.default_rng(2), 300, 60
    falling = fall(np.arange(epochs) / epochs)
    falling /= falling[-15] - falling[-1]
    found = 0
    for _ in range(draws):
        found += chance_of_fall(falling + 0.2 * rng.standard_normal(epochs)) < 0.01
    assert found >= binom.ppf(0.001, draws, 0.99)


@pytest.mark.parametrize("rows", [200, 400, 2000])
@pytest.mark.parametrize("memory", [0.0, 0.6, 0.8])
def test_a_wavering_error_is_rarely_taken_for_a_fall_or_a_turn(rows, memory):
    """Its deviation is half the standard error over rows, which epochs of one trial share.

    By its own noise alone a turn would be seen in up to half of such curves of 2,000 rows.
    """
    rng, draws, epochs = np.random.default_rng([rows, int(10 * memory)]), 500, 60
    result = planted.trial(validation=0.05).result
    provenance = planted.study(rows=(6000, rows, rows)).provenance
    deviation = math.sqrt(0.05 * 0.95 / rows) / 2
    least = least_change(result, provenance)
    falls = turns = by_its_noise = 0
    for _ in range(draws):
        waver = [rng.standard_normal()]
        for step in rng.standard_normal(epochs - 1):
            waver.append(memory * waver[-1] + math.sqrt(1 - memory**2) * step)
        curves = planted.flat_curves(0.01, 0.05, epochs)._replace(
            validation_error=tuple(float(0.05 + deviation * w) for w in waver)
        )
        falls += still_improving(curves, False, least_fall=least) is not None
        turns += overfitted_after(curves, rows, least_rise=least) is not None
        by_its_noise += overfitted_after(curves, rows) is not None
    most = binom.ppf(0.999, draws, 0.05)
    assert falls <= most
    assert turns <= most
    assert by_its_noise > 0.4 * draws or rows < 2000 or memory == 0


@pytest.mark.parametrize("losses", [(0.5, 0.4, 0.3), (0.5,) * 23 + (None,)])
def test_short_or_broken_curves_say_nothing(losses):
    curves = planted.flat_curves(0.1, 0.1)._replace(training_loss=losses)
    assert still_improving(curves, False) is None
    assert rise_after_minimum(None) is None
    assert rise_after_minimum([0.3, 0.1, 0.5]) is None


def turning(low, end, epochs=EPOCHS, turn=10):
    falling = np.linspace(3 * low, low, turn)
    return np.concatenate([falling, np.linspace(low, end, epochs - turn)])


def test_a_validation_error_that_turns_is_found_where_it_turns():
    it = overfitted_after(curves_with(validation_error=turning(0.05, 0.10)), 400)
    assert it.severity is Severity.WARNING
    assert it.evidence["shown_by"] == "error"
    assert abs(it.evidence["epoch"] - 10) <= 2
    assert "of 400 rows" in it.text
    assert "standard errors" in it.evidence["criterion"]


def test_a_rise_of_few_rows_is_not_told_from_chance():
    rising = curves_with(validation_error=turning(0.05, 0.06))
    assert overfitted_after(rising, 400) is None  # 4 rows
    assert overfitted_after(rising, 4000, least_rise=0.005) is not None
    assert overfitted_after(rising, 4000, least_rise=0.01) is None
    assert overfitted_after(rising, 4000) is not None


def test_a_validation_loss_that_turns_counts_when_the_training_loss_falls():
    falling = [2.0 * 0.9**e for e in range(EPOCHS)]
    it = overfitted_after(
        curves_with(training_loss=falling, validation_loss=turning(0.3, 0.6)), 400
    )
    assert (it.evidence["shown_by"], it.severity) == ("loss", Severity.INFO)
    rising = [0.1 + 0.05 * e for e in range(EPOCHS)]
    assert (
        overfitted_after(curves_with(training_loss=rising, validation_loss=turning(0.3, 0.6)), 400)
        is None
    )


def test_both_curves_together_are_told_together():
    falling = [2.0 * 0.9**e for e in range(EPOCHS)]
    curves = curves_with(falling, turning(0.3, 0.6), turning(0.05, 0.10))
    it = overfitted_after(curves, 400)
    assert it.evidence["shown_by"] == "both"
    assert "error rose" in it.text
    assert "loss rose" in it.text


def test_a_curve_that_falls_to_the_end_has_not_turned():
    assert rise_after_minimum([math.exp(-0.1 * e) for e in range(EPOCHS)]) is None
    assert rise_after_minimum([0.3] * EPOCHS) is None


@pytest.mark.parametrize("unit", [2.0**-60, 2.0**60], ids=["small", "large"])
def test_a_curve_falls_and_turns_alike_in_every_unit(unit):
    """Squared errors of nanometres are 1e-18 where the target is in metres."""
    noise = np.random.default_rng(0).standard_normal(EPOCHS)
    slow, turned = 1 - 0.04 * np.arange(EPOCHS) + 0.1 * noise, np.array(turning(0.3, 0.6))
    turned = turned + 1e-3 * noise
    assert 0.01 < chance_of_fall(slow) < 0.95
    assert chance_of_fall(unit * slow) == pytest.approx(chance_of_fall(slow))
    rise, there = rise_after_minimum(turned), rise_after_minimum(unit * turned)
    assert rise is not None
    expected = (rise.epoch, unit * rise.lowest, unit * rise.last)
    assert there == pytest.approx(expected, rel=1e-9, abs=0)


@pytest.mark.parametrize("epochs", [20, 100])
def test_noise_is_rarely_taken_for_a_turn(epochs):
    rng, draws = np.random.default_rng(1), 1000
    curves = 0.1 + 0.01 * rng.standard_normal((draws, epochs))
    alarms = sum(rise_after_minimum(list(c)) is not None for c in curves)
    # The lowest of many windows is compared with the last: more than one comparison's 0.1 %.
    assert alarms <= binom.ppf(0.999, draws, 0.05)

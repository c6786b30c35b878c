"""Simulated healthy studies: what is wrong with none of them may be found in few of them."""

import numpy as np
from netclinic.storage.records.results import Curves
from netclinic.storage.records.study import SearchRange

from tests.diagnostics import planted

RATE, DECAY, MOMENTUM = planted.RANGES
ROWS = (6000, 2000, 2000)
EPOCHS = 40


def healthy_study(seed, trials=64, epochs=EPOCHS, rows=ROWS, ranges=planted.RANGES, floor=0.03):
    """A study whose best learning rates lie well within the range, and whose trials converge.

    The error is a parabola of the learning rate's logarithm (whose lowest point moves with the
    seed), weight decay matters little, momentum not at all; the highest learning rates diverge. The
    trials share the luck of the validation rows, and have some of their own; their curves waver by
    some rows from epoch to epoch (an autoregression), as those of real networks do.
    """
    random = np.random.default_rng([seed, 7])
    best_rate = random.uniform(-3.4, -2.6)
    luck = random.normal(0, 0.6)  # shared by all trials, in standard errors
    made = [
        _trial(n, random, best_rate, luck, epochs, rows, floor, {r.name for r in ranges})
        for n in range(trials)
    ]
    return planted.study(made, rows=rows, ranges=ranges)


def _trial(number, random, best_rate, luck, epochs, rows, floor, names):
    rate = random.uniform(-5, -1)
    parameters = {
        "learning_rate": 10**rate,
        "weight_decay": 10 ** random.uniform(-7, -1),
        "momentum": 1 - 10 ** random.uniform(-3, -1),
        **{name: random.uniform(0.1, 0.5) for name in names - set(planted.MIDDLE)},
    }
    if rate > -1.4:
        return planted.trial(number, diverged=True, parameters=parameters)
    decay = np.log10(parameters["weight_decay"])
    error = floor + 0.02 * (rate - best_rate) ** 2 + 0.001 * (decay + 4) ** 2 / 9
    spread = np.sqrt(error * (1 - error) / rows[1])
    validation = error + spread * (luck + 0.8 * random.normal())
    curves = _curves(random, max(0.004, error - 0.008), max(0.002, validation), epochs, rows)
    errors = curves.validation_error
    return planted.trial(
        number,
        training=curves.training_error[-1],
        validation=errors[-1],
        test=error,
        parameters=parameters,
        curves=curves,
        best_epoch=1 + errors.index(min(errors)),
    )


def _curves(random, training, validation, epochs, rows):
    """Exponential learning that has settled by the end, and wavers as an autoregression."""
    pace = random.uniform(10, 30) / epochs
    fall = np.exp(-pace * np.arange(1, epochs + 1))
    waver = np.zeros(epochs)
    for epoch in range(1, epochs):
        waver[epoch] = 0.6 * waver[epoch - 1] + random.normal()
    loss = 4 * training + 2.2 * fall

    def errors(level, of, rowwise):
        curve = level + (0.9 - level) * fall + rowwise * waver / of
        return tuple(float(max(0, round(e * of)) / of) for e in curve)

    return Curves(
        tuple(float(x) for x in loss * np.exp(0.01 * random.normal(size=epochs))),
        errors(training, rows[0], 2),
        tuple(float(x) for x in (4 * validation + 2.2 * fall) * (1 + 0.005 * waver)),
        errors(validation, rows[1], 2),
        (1.0,) * epochs,
    )


def more_ranges(count):
    """The usual three ranges and so many that do not matter."""
    names = (f"argument_{i}" for i in range(count))
    return (*planted.RANGES, *(SearchRange(name, "uniform", 0.1, 0.5) for name in names))

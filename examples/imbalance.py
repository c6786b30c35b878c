"""Two classes that overlap, one of which is rare."""

import numpy


def rows():
    """Inputs (4000, 10), and labels (4000,): one row in twenty is "rare"."""
    rng = numpy.random.default_rng(0)
    rare = rng.random(4000) < 0.05
    inputs = rng.normal(size=(4000, 10)) + 0.6 * rare[:, None]
    return inputs, numpy.where(rare, "rare", "common")

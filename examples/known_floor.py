"""Rows with wrong labels, of which somebody counted how many; and rows that annotators doubt."""

import numpy

ROWS = 3000


def flipped():
    """Inputs (3000, 6), and labels (3000,): a ball inside and outside, one label in ten wrong."""
    rng = numpy.random.default_rng(0)
    inputs = rng.normal(size=(ROWS, 6))
    inside = (inputs[:, :3] ** 2).sum(axis=1) < 2.4
    return inputs, numpy.where(inside ^ (rng.random(ROWS) < 0.1), "inside", "outside")


def doubtful():
    """Inputs (3000, 6), and labels (3000,), drawn with the chances of ``_chances``."""
    rng = numpy.random.default_rng(1)
    inputs = rng.normal(size=(ROWS, 6))
    return inputs, numpy.where(rng.random(ROWS) < _chances(inputs), "yes", "no")


def _chances(inputs):
    """How likely a row is a "yes", (n,)."""
    return 1 / (1 + numpy.exp(-3 * inputs[:, 0] - 3 * inputs[:, 1]))


def write_annotations(path="annotators.csv", rows=400, annotators=10):
    """Write how many of ten annotators said "no" and "yes" of each of some more rows, as shares."""
    rng = numpy.random.default_rng(2)
    yes = rng.binomial(annotators, _chances(rng.normal(size=(rows, 6)))) / annotators
    numpy.savetxt(
        path, numpy.stack([1 - yes, yes], axis=1), "%g", ",", header="no,yes", comments=""
    )


if __name__ == "__main__":
    write_annotations()

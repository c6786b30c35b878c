"""Four kinds of rows, told apart by three columns: rare, hard, noisy and plain ones."""

import numpy

ROWS = 6000
RARE_COLUMNS = 100


def rows():
    """Inputs (6000, 106), and labels (6000,).

    x0 is positive for rare rows, x1 for hard ones, x2 for noisy ones. What decides the class of one
    kind stands in columns that are 0 for the others, as where only some customers have contracts.
    """
    rng = numpy.random.default_rng(0)
    kind = rng.choice(["rare", "hard", "noisy", "plain"], ROWS, p=[0.06, 0.34, 0.25, 0.35])
    tells = numpy.stack([kind == "rare", kind == "hard", kind == "noisy"], axis=1)
    tells = numpy.where(tells, 1.0, -1.0) + rng.normal(scale=0.15, size=(ROWS, 3))
    simple = rng.normal(size=ROWS) * numpy.isin(kind, ["noisy", "plain"])
    place = rng.uniform(-2, 2, size=(ROWS, 2)) * (kind == "hard")[:, None]
    many = rng.normal(size=(ROWS, RARE_COLUMNS)) * (kind == "rare")[:, None]
    label = simple > 0
    # A chequered board of sixteen fields: easily learnt, but not by four units.
    label = numpy.where(kind == "hard", numpy.floor(place).sum(axis=1) % 2 == 0, label)
    # A hundred columns count, and there are as few as 180 training rows: easily learnt by heart.
    label = numpy.where(kind == "rare", many.sum(axis=1) > 0, label)
    # One label in five is wrong.
    label = label ^ ((kind == "noisy") & (rng.random(ROWS) < 0.2))
    inputs = numpy.concatenate([tells, simple[:, None], place, many], axis=1)
    return inputs, numpy.where(label, "yes", "no")

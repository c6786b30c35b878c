"""How many training rows the points of a learning curve have."""

import numpy as np

POINTS = 7  # six at least tell a curve's shape (Viering and Loog 2023, TPAMI 45:7799)
SPAN = 16  # times the fewest rows are all of them, where a minibatch is not more than that
SPAN_AT_LEAST = 4  # else too few points have at most half of the rows, from which all are foretold


class CurveError(Exception):
    """No learning curve can be measured; the message says why and what to type next."""


def curve_sizes(rows: int, batch_size: int, *, searched: bool = False) -> tuple[int, ...]:
    """Numbers of training rows, evenly spaced on a log scale, by rising numbers up to all.

    Args:
        rows: of the training split.
        batch_size: rows of a minibatch, which the fewest rows must fill.
        searched: whether the study searches that number.

    Raises:
        CurveError: the rows are less than four minibatches, or than 28.

    >>> curve_sizes(1600, 32)
    (100, 159, 252, 400, 635, 1008, 1600)
    """
    fewest = max(rows // SPAN, batch_size, POINTS)
    if rows < SPAN_AT_LEAST * fewest:
        most = rows // SPAN_AT_LEAST
        change = f"training.batch_size={most}"
        if searched:
            change = f"'search.batch_size={{choice=[{most}]}}'"
        smaller = (
            "Smaller minibatches, in a study of another name, would do: "
            f"netclinic run SPEC -S {change} -S study.name=NAME"
            if most >= POINTS and batch_size > most
            else "It takes more rows"
        )
        minibatches = f" with minibatches of {batch_size:,}" if fewest == batch_size else ""
        raise CurveError(
            f"the {rows:,} training rows are less than {SPAN_AT_LEAST} times {fewest:,}, the "
            f"fewest to train on{minibatches}, so they tell no learning curve. {smaller}"
        )
    spaced = np.geomspace(fewest, rows, POINTS).round().astype(int)
    return tuple(spaced.tolist())

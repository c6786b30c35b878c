"""The value of a parameter that parts trials that failed from the others best."""

import numpy as np


def misplaced(values: np.ndarray, failed: np.ndarray) -> np.ndarray:
    """Trials on the wrong side: (thresholds, 2), failures above the threshold or below it.

    Args:
        values: (trials,) of a parameter; the thresholds lie before, between and after them in
            ascending order. One between equal values parts nothing, nor do the first and the last:
            all trials count as misplaced there.
        failed: (trials,) booleans.
    """
    order = np.argsort(values, kind="stable")
    trials = len(values)
    failed_below = np.concatenate([[0], np.cumsum(failed[order])])
    others_above = trials - np.arange(trials + 1) - (failed_below[-1] - failed_below)
    wrong = failed_below + others_above
    parts = np.concatenate([[False], np.diff(values[order]) > 0, [False]])
    return np.where(parts[:, None], np.stack([wrong, trials - wrong], axis=1), trials)


def cut_value(values: np.ndarray, cut: int, law: str) -> float:
    """The middle of the two values between which a threshold of ``misplaced`` lies.

    Args:
        values: (trials,), > 0 where they are searched on a logarithmic scale.
        cut: place of the threshold, neither the first nor the last.
        law: how the parameter is searched; under "log" the middle is the geometric one.
    """
    pair = np.sort(values)[cut - 1 : cut + 1]
    return float(np.sqrt(pair.prod()) if law == "log" else pair.mean())

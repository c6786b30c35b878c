"""Numbers as the tables hold them."""

import math


def finite(number: float | None) -> float | None:
    """The number, or ``None`` if it is NaN or infinite: the tables hold finite numbers only."""
    if number is None or not math.isfinite(number):
        return None
    return float(number)

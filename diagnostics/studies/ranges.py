"""Where a value lies in a searched range, and how the range is made wider: on the range's scale."""

import math

from ...storage.records.study import SearchRange

# Where widening a range ends, in the parameter's own units. Weight decay below 1e-7, times a
# learning rate up to 0.1, is lost in the rounding of a float32 weight.
_LIMITS = {
    "learning_rate": (1e-8, math.inf),
    "head_learning_rate": (1e-8, math.inf),
    "weight_decay": (1e-7, 1.0),
    "momentum": (0.0, 0.9999),
    "beta2": (0.0, 0.99999),
    "decay_rate": (1e-8, 1.0),
    "clip_norm": (1e-8, math.inf),
    "warmup": (0.0, 0.9),
    "label_smoothing": (0.0, 0.9),
    "dropout": (0.0, 0.95),
    "augment_flip": (0.0, 1.0),
    "augment_rotation": (0.0, 180.0),
    "augment_shift": (0.0, 0.9),
    "augment_brightness": (0.0, math.inf),
    "augment_contrast": (0.0, 1.0),
    "augment_color": (0.0, 1.0),
    "augment_noise": (0.0, math.inf),
    "augment_cutout": (0.0, 0.9),
    "layers": (1, 64),
    "units": (1, 65_536),
    "batch_size": (1, math.inf),
}
# 1 − momentum up to 0.9: the law needs an upper limit below 1.
_LEAST_MOMENTUM = 0.1


def position(searched: SearchRange, value: float) -> float:
    """Where a value lies: 0 at the lower end, 1 at the upper end, on the law's own scale.

    Raises:
        ValueError: the range is a choice, which has no scale.
    """
    if searched.low is None or searched.high is None:
        raise ValueError(f"got the choice {searched.name!r}; allowed are ranges with two ends")
    law = "log" if searched.log else searched.law
    low, high, at = (_scaled(law, v) for v in (searched.low, searched.high, value))
    return 0.5 if low == high else (at - low) / (high - low)


def share_at_end(searched: SearchRange, upper: bool, outer: float) -> float:
    """How often a random draw lies in the outermost part of a range, on the law's own scale.

    That is ``outer`` itself of numbers that may have any value. Of whole numbers and of steps the
    end is always within, so that it is a third of three values.

    Args:
        searched: a range with two ends.
        upper: which of them.
        outer: how much of the range is looked at, 0–1.

    Raises:
        ValueError: the range is a choice, which has no ends.
    """
    if searched.low is None or searched.high is None:
        raise ValueError(f"got the choice {searched.name!r}; allowed are ranges with two ends")
    low, high, step = searched.low, searched.high, searched.step
    if searched.law == "int":
        step = step or 1
    if step is None or searched.law in ("log", "one_minus_log"):
        return outer
    rounding = 1e-9
    if searched.log:  # Optuna draws between the halves beyond the ends, and rounds
        reach = (high / low) ** (outer + rounding)
        first, last = math.ceil(high / reach), math.floor(low * reach)
        part = (high + 0.5) / (first - 0.5) if upper else (last + 0.5) / (low - 0.5)
        return math.log(part) / math.log((high + 0.5) / (low - 0.5))
    steps = round((high - low) / step)
    return (math.floor(outer * steps + rounding) + 1) / (steps + 1)


def widened(searched: SearchRange, upper: bool) -> tuple[float, float] | None:
    """Widen a range on one side; its new ends in the parameter's units, ``None`` if it cannot be.

    By a decade for the logarithmic laws, half the width for a uniform one, twofold for integers.
    """
    if searched.low is None or searched.high is None:
        return None
    low, high = searched.low, searched.high
    if searched.law == "log":
        new = high * 10 if upper else low / 10
    elif searched.law == "one_minus_log":
        new = 1 - (1 - high) / 10 if upper else max(1 - (1 - low) * 10, _LEAST_MOMENTUM)
    elif searched.law == "int":
        new = high * 2 if upper else low // 2
    else:
        new = high + (high - low) / 2 if upper else low - (high - low) / 2
    # An argument of a user's network, where a count stays one, or the weight of a task.
    counts, weighs = searched.law == "int" and low >= 1, searched.name.startswith("task_weights.")
    unknown = (1 if counts else 0.0 if weighs else -math.inf, math.inf)
    least, most = _LIMITS.get(searched.name, unknown)
    new = float(f"{min(max(new, least), most):.6g}")
    if upper:
        return (low, new) if new > high * (1 + 1e-9) else None
    return (new, high) if new < low else None


def override(name: str, law: str, low: float, high: float) -> str:
    """The ``-S`` option that sets a range; limits in the parameter's units."""
    if law == "one_minus_log":
        low, high = 1 - high, 1 - low
    ends = f"{int(low)},{int(high)}" if law == "int" else f"{_short(low)},{_short(high)}"
    return f"-S search.{name}={{{law}=[{ends}]}}"


def _short(limit: float) -> str:
    """A limit in four digits, or as many as tell it from 1, which few ranges reach."""
    text = f"{limit:.4g}"
    return text if (float(text) < 1) == (limit < 1) else f"{limit:.6g}"


def _scaled(law: str, value: float) -> float:
    if law == "log":
        return math.log(value)
    # Turned round, so that the upper end of momentum is the upper end of the scale.
    return -math.log1p(-value) if law == "one_minus_log" else value

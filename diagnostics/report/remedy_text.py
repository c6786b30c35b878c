"""A remedy's predicted gain and its cost, in words."""

from ..error_text import gap_limit, size, size_in_points
from ..findings import Cost, Gain, Objection
from ..number_text import duration, percent
from ..units import Task, Unit
from .report_labels import REMEDIES


def gain_text(gain: Gain | None, unit: Unit) -> str:
    """E.g. ``test error lower by at most 8.3 points (97.5 %): at most the variance``."""
    if gain is None:
        return "nothing, for want of evidence"
    told = [f"{percent(gain.confidence).replace('.0 %', ' %')}"]
    # What only bounds a gain does not say that there is one.
    most = gain.high if gain.value is None else gain.value
    if unit.task is Task.REGRESSION:
        told.insert(0, size_in_points(most, unit))
    if gain.value is not None:
        told.insert(0, f"{gap_limit(gain.low, unit)} to {gap_limit(gain.high, unit)}")
    by = f"{'at most ' if gain.value is None else ''}{size(most, unit)}"
    return f"{gain.error} error lower by {by} ({'; '.join(told)}): {gain.method}"


def cost_text(cost: Cost | None) -> str:
    """E.g. ``64 trials × 40 epochs, about 52 s at this study's speed``."""
    if cost is None:
        return "nothing to train"
    trials = f"{cost.trials:,} trial{'' if cost.trials == 1 else 's'}"
    size_of = f"{trials} × {cost.epochs:,} epoch{'' if cost.epochs == 1 else 's'}"
    if cost.seconds is None:
        return size_of
    about = "more than" if cost.at_least else "about"
    return f"{size_of}, {about} {duration(cost.seconds)} at this study's speed"


def grouped(objections: tuple[Objection, ...]) -> tuple[tuple[str, str], ...]:
    """Titles and reason of what the evidence speaks against, those of one reason together."""
    titles: dict[str, list[str]] = {}
    for it in objections:
        titles.setdefault(it.reason, []).append(REMEDIES[it.kind])
    return tuple(("; ".join(names), reason) for reason, names in titles.items())

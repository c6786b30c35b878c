"""A remedy's predicted gain and its cost, in words."""

from ..error_text import gap_limit, points
from ..findings import Cost, Gain, Objection
from ..number_text import duration, percent
from ..units import Task, Unit
from .report_labels import REMEDIES


def gain_text(gain: Gain | None, unit: Unit) -> str:
    """E.g. ``test error lower by at most 8.3 points (97.5 %): at most the variance``."""
    if gain is None:
        return "no prediction: the evidence gives none"
    named = "" if unit.task is Task.REGRESSION else " points"
    limits = f"{gap_limit(gain.low, unit)} to {gap_limit(gain.high, unit)}"
    held = f"{percent(gain.confidence).replace('.0 %', ' %')}"
    if gain.value is None:
        most = gap_limit(gain.high, unit)  # the evidence bounds it, and does not say that it helps
        return f"{gain.error} error lower by at most {most}{named} ({held}): {gain.method}"
    expected = points(gain.value, unit).lstrip("+")
    return f"{gain.error} error lower by {expected} ({limits}; {held}): {gain.method}"


def cost_text(cost: Cost | None) -> str:
    """E.g. ``64 trials × 40 epochs, about 52 s at this study's speed``."""
    if cost is None:
        return "nothing to train"
    size_of = f"{cost.trials:,} trial{'' if cost.trials == 1 else 's'} × {cost.epochs:,} epochs"
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

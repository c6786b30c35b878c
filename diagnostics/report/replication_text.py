"""The finalists' replicates in words and a table, for every form of the report."""

from typing import NamedTuple

from ...storage.records.replicates import DecompositionRecord
from ..error_text import error_range, error_text, gap_limit, points, size
from ..findings import Diagnosis
from ..number_text import MISSING
from ..statistics.grouped import Grouping
from ..statistics.intervals import Interval
from ..studies.replication import ALPHA, FinalistErrors, Replication
from ..units import Task, Unit
from .report_tables import Table


class AgainPart(NamedTuple):
    """A report's section on the finalists that were trained again."""

    sentences: tuple[str, ...]  # the first ones are enough for a terminal
    finalists: Table
    parts: tuple[tuple[str, str], ...]  # of the winner's expected error: name, value
    caveat: str  # how to read the parts; empty without them


def again_part(diagnosis: Diagnosis) -> AgainPart | None:
    """The section's content; ``None`` where nothing was trained again."""
    found = diagnosis.replication
    if found is None:
        return None
    whole, unit = found.decomposition, diagnosis.unit
    bayes = None if unit.balanced else error_text(diagnosis.errors.bayes.value, unit)
    grouped = diagnosis.errors.test.grouped
    return AgainPart(
        sentences=(
            _noise(found, unit),
            _winner(found, unit),
            _alike(found),
            *_judged(found, unit),
        ),
        finalists=Table(
            (
                "trial",
                "validation error in the search",
                "new seeds",
                "mean validation error",
                "mean test error",
                "differs from the winner",
            ),
            tuple(_row(it, found.winner, unit) for it in found.finalists),
        ),
        parts=_parts(whole, unit) if whole else (),
        caveat=_caveat(whole, bayes, unit, grouped, drew_groups=found.drew_groups) if whole else "",
    )


def _noise(found: Replication, unit: Unit) -> str:
    count, noise = len(found.finalists), found.validation_noise
    again = (
        f"The {count} best trials were trained again with new seeds"
        if count > 1
        else "The best trial was trained again with new seeds"
    )
    if noise is None:
        return (
            f"{again}, but none with two: how much the seed alone changes an error is not known. "
            "Take [study] replicates = 5 in a study of another name."
        )
    low, high = gap_limit(noise.low, unit), size(noise.high, unit)
    return (
        f"{again}: the seed alone changes a trial's validation error by "
        f"{size(noise.deviation, unit)} (standard deviation, pooled over them with "
        f"{noise.degrees} degrees of freedom; 95 % interval {low} to {high}). Trials that differ "
        "by less may differ by luck."
    )


def _winner(found: Replication, unit: Unit) -> str:
    it = next(f for f in found.finalists if f.trial == found.winner)
    mean = f", {_interval(it.validation, unit)}" if it.validation else ""
    return (
        f"Trial {it.trial} is the winner: it has the lowest mean validation error over its new "
        f"seeds{mean}. In the search it had {error_text(it.search_error, unit)}, which does not "
        "count: by such errors the finalists were chosen, so they flatter. The kept network is "
        "that of the search."
    )


def _alike(found: Replication) -> str:
    if len(found.finalists) == 1 or found.validation_noise is None:
        return "It was compared with no other trial."
    own = "Welch's t tests, as the finalists scatter unlike"
    tests = own if found.unlike else "t tests with the pooled deviation"
    test = f"{tests}, corrected by Holm over all pairs, {ALPHA:.0%}"
    test = test.replace("%", " %")
    if not found.alike:
        return f"Retraining noise does not explain its lead over any other finalist ({test})."
    trials = ", ".join(map(str, found.alike))
    one = len(found.alike) == 1
    return (
        f"Within retraining noise, trial{'' if one else 's'} {trials} cannot be told from it "
        f"({test}): take whichever is smaller or faster."
    )


def _judged(found: Replication, unit: Unit) -> tuple[str, ...]:
    it = next(f for f in found.finalists if f.trial == found.winner)
    if it.test is None:
        return ()
    return (
        f"On the test rows, which chose nothing, its new seeds have an error of "
        f"{_interval(it.test, unit)} on average. These intervals are about further seeds on the "
        "same rows; other rows add what the ladder's intervals say.",
    )


def _row(it: FinalistErrors, winner: int, unit: Unit) -> tuple[str, ...]:
    seeds = str(it.seeds)
    if it.diverged:
        seeds += f", {it.diverged} diverged"
    if it.left_out:
        seeds += f", {it.left_out} left out"
    differs = MISSING
    if it.trial == winner:
        differs = "the winner"
    elif it.p_value is not None:
        differs = f"{'yes' if it.p_value < ALPHA else 'no'} (p = {it.p_value:.2g})"
    return (
        str(it.trial),
        error_text(it.search_error, unit),
        seeds,
        _interval(it.validation, unit),
        _interval(it.test, unit),
        differs,
    )


def _parts(whole: DecompositionRecord, unit: Unit) -> tuple[tuple[str, str], ...]:
    def with_limits(name: str, error: float) -> str:
        low, high = whole.limits[f"{name}_low"], whole.limits[f"{name}_high"]
        return f"{error_text(error, unit)} ({error_range(low, high, unit)})"

    if whole.method == "squared":
        return (
            ("Expected squared error", with_limits("loss", whole.loss)),
            ("Squared bias, noise included", with_limits("bias", whole.bias)),
            ("Variance", with_limits("variance", whole.variance)),
        )
    low, high = (gap_limit(whole.limits[f"variance_{end}"], unit) for end in ("low", "high"))
    what = "labels" if unit.task is Task.MULTILABEL else "rows"
    return (
        ("Expected error", with_limits("loss", whole.loss)),
        ("Bias, noise included", with_limits("bias", whole.bias)),
        ("Net variance", f"{points(whole.variance, unit)} ({low} to {high})"),
        (f"Variance on {what} without bias", error_text(whole.unbiased_variance, unit)),
        (f"Variance on {what} with bias, which helps", error_text(whole.biased_variance, unit)),
    )


def _caveat(
    whole: DecompositionRecord,
    bayes: str | None,
    unit: Unit,
    grouped: Grouping | None,
    *,
    drew_groups: bool,
) -> str:
    """How to read the parts; without ``bayes`` the study's errors are balanced, and these not."""
    rows = f"{whole.n:,} test rows"
    if grouped:
        rows += f" of {grouped.number:,} groups, by which the intervals count rows"
    judged = (
        f"The winner was trained on {whole.replicates} bootstrap samples of its rows and judged on "
        f"{rows}."
    )
    drawn = "groups" if drew_groups else "rows"
    if drew_groups:
        judged += " The samples draw whole groups of training rows."
    elif grouped:
        judged += (
            " The samples draw rows, so all have much the same groups: trained on other groups, it "
            "would vary more."
        )
    squared = whole.method == "squared"
    told = _squared_caveat(bayes, unit, drawn) if squared else _zero_one_caveat(bayes, unit, drawn)
    return f"{judged} {told}"


def _squared_caveat(bayes: str | None, unit: Unit, drawn: str) -> str:
    return (
        "Squared error = squared bias + variance for every row (Geman et al. 1992), "
        f"in {unit.squares}: bias is how far the mean of the trainings is from "
        "the target, variance how the trainings scatter about their mean. Noise of the target "
        f"counts as squared bias; the Bayes error of {bayes} says how much that may be. The "
        "scatter of the mean of few trainings is taken off the squared bias, which may thus "
        f"come out below 0 where it is small. A bootstrap sample holds 63 % of the {drawn}, so "
        "the expected error lies above the network's own."
    )


def _zero_one_caveat(bayes: str | None, unit: Unit, drawn: str) -> str:
    alike = (
        "; these parts are of the share of all rows that is wrong, not of the balanced error"
        if bayes is None
        else f"; the Bayes error of {bayes} says how much that may be"
    )
    every, answer, what = ("row", "class", "rows")
    if unit.task is Task.MULTILABEL:
        every, answer, what = "label of every row", "answer", "labels"
    return (
        f"Error = bias + net variance for every {every} (Domingos 2000): bias "
        f"where most of the trainings agree on a wrong {answer}, variance where a training leaves "
        f"that {answer}, which costs on {what} without bias and helps on {what} with it. Noise of "
        f"the labels counts as bias{alike}. A "
        f"bootstrap sample holds 63 % of the {drawn}, so the expected error lies above the "
        "network's own, and few trainings understate the variance."
    )


def _interval(mean: Interval | None, unit: Unit) -> str:
    if mean is None:
        return MISSING
    return f"{error_text(mean.value, unit)} ({error_range(mean.low, mean.high, unit)})"

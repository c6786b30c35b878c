"""Remedies tried and studies compared, in words and a table, for every form of the report."""

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from ...storage.records.treatments import TreatmentRecord
from ..error_text import error_text, gap_limit, size, size_in_full
from ..findings import Diagnosis, RemedyKind
from ..number_text import MISSING
from ..remedies.treated_study import as_options, changes_of, treated_name
from ..remedies.tried import Effect, TriedRemedy, moved
from ..statistics.intervals import Interval
from ..units import Unit
from .report_labels import REMEDIES, Badge
from .report_tables import Table

_BADGES = {
    Effect.HELPS: Badge("Helps", "✓", "good"),
    Effect.HARMS: Badge("Does harm", "▲", "bad"),
    Effect.IN_VAIN: Badge("Does not help", "=", "quiet"),
    Effect.OPEN: Badge("Not shown", "?", "open"),
    Effect.MEASURED: Badge("Measured anew", "≈", "quiet"),
}
AS_LONG = 1.1  # searches need no word on their length up to so many times that of the other
TOGETHER = "together"  # ends the name of a study that tries what helps at once
_OWN = "An idea of your own"
_AGAIN = "The same search once more"
_BY_CHANCE = "The same search with another seed"


class TriedText(NamedTuple):
    """One remedy that was tried, or one study that was compared."""

    badge: Badge
    title: str
    study: str  # with the remedy
    changes: str  # -S …, and the keys that it goes without
    told: str  # what came out, with its interval
    doubt: str  # what that is uncertain by
    beside: str  # the other errors, and what had been predicted


class Onward(NamedTuple):
    """How to go on from what was tried."""

    text: str
    command: str


class TriedPart(NamedTuple):
    """A report's section on remedies that were tried."""

    each: tuple[TriedText, ...]  # what helps first
    how: str  # they were compared
    onward: tuple[Onward, ...]  # how to go on, if something helped
    table: Table


def tried_part(diagnosis: Diagnosis) -> TriedPart | None:
    """The section's content; ``None`` where nothing was tried."""
    if not diagnosis.tried:
        return None
    unit = diagnosis.unit
    tried = sorted(diagnosis.tried, key=_worth)
    return TriedPart(
        tuple(tried_text(it, diagnosis) for it in tried),
        _how(diagnosis),
        _onward(diagnosis.study, [it.record for it in tried if it.effect is Effect.HELPS]),
        Table(
            (
                "study",
                "remedy",
                "test error without",
                "with",
                "lower by",
                "in pairs lower by",
                "shown",
            ),
            tuple(_row(it, unit) for it in tried),
        ),
    )


_ORDER = (Effect.HELPS, Effect.MEASURED, Effect.OPEN, Effect.IN_VAIN, Effect.HARMS)


def _worth(it: TriedRemedy) -> tuple[int, float]:
    """What helps first, and of that what the error fell by the most."""
    return _ORDER.index(it.effect), -it.record.lower_by


def _onward(study: str, helped: Sequence[TreatmentRecord]) -> tuple[Onward, ...]:
    """To go on from the study whose remedy helped most, and to try those that help together."""
    if not helped:
        return ()
    best = helped[0].treated_study
    told = [
        Onward(
            f"Go on from study {best}: its own report says what ails it still, and what to do.",
            f"netclinic diagnose {shlex.quote(best)}",
        )
    ]
    changes = [it for record in helped for it in changes_of(record.spec_change)]
    keys = [it.partition("=")[0].strip().removeprefix("~") for it in changes]
    combine = len(helped) > 1 and len(set(keys)) == len(keys)
    if combine and not any(it.startswith("study.") for it in keys) and all(map(_typed, changes)):
        options = as_options([f"study.name={treated_name(study, TOGETHER)}", *changes])
        told.append(
            Onward(
                f"{len(helped)} remedies help alone. Whether they do together is tried by:",
                f"netclinic treat {shlex.quote(study)} {options}",
            )
        )
    return tuple(told)


def _typed(change: str) -> bool:
    """Whether a change can be typed: of a key taken away earlier versions kept ``key=``."""
    return change.find("=") < len(change) - 1


def tried_text(it: TriedRemedy, diagnosis: Diagnosis) -> TriedText:
    """One remedy that was tried, in words."""
    unit = diagnosis.unit
    return TriedText(
        _BADGES[it.effect],
        tried_title(it.record),
        it.record.treated_study,
        _changes(it.record),
        _told(it, diagnosis),
        _doubt(it.record, unit),
        _beside(it.record, unit),
    )


def tried_title(record: TreatmentRecord) -> str:
    """What is called that was tried: a remedy, an idea, or nothing but chance."""
    changes = changes_of(record.spec_change)
    by_chance = all(it.startswith("study.seed=") for it in changes)
    own = (_BY_CHANCE if changes else _AGAIN) if by_chance else _OWN
    return {kind.value: title for kind, title in REMEDIES.items()}.get(record.remedy, own)


def _changes(record: TreatmentRecord) -> str:
    """What to type for the changes; keys that are taken away are named."""
    changes = changes_of(record.spec_change)
    gone = [it for it in changes if not _typed(it)]
    typed = as_options([it for it in changes if it not in gone])
    without = f"without {', '.join(it.removesuffix('=') for it in gone)}" if gone else ""
    return ", ".join(filter(None, (typed, without))) or "no key changed"


def _told(it: TriedRemedy, diagnosis: Diagnosis) -> str:
    record, unit = it.record, diagnosis.unit
    error = "Balanced test error" if record.measure == "balanced_error" else "Test error"
    told = (
        f"{error} {error_text(record.treated_error, unit)} in place of "
        f"{error_text(record.error, unit)}"
    )
    if it.fall is None:
        told += "; rows of a single group do not say how sure that is."
    else:
        told += f": it {moved(it.fall, unit)}."
    same = record.remedy == RemedyKind.REPLICATES.value and record.trial == record.treated_trial
    if same:
        told += (
            f" Trial {record.trial} has the lowest mean error over other seeds, too, so the same "
            "network is kept: what they tell of its lead stands in that study's report."
        )
    if it.pairs is not None:
        told += (
            f" In the {record.pairs} pairs of trials of the same number that were best in both "
            f"searches, it {moved(it.pairs, unit)} on average."
        )
    if it.effect is Effect.IN_VAIN:
        most = size_in_full(diagnosis.tolerance, unit)
        told += f" If it helps, then by less than the tolerated {most}."
    if it.effect is Effect.OPEN and not same:
        told += " That leaves open whether it helps."
    if it.effect is Effect.MEASURED:
        told += " Equal rows had flattered the first, as far as it rose: believe the second."
    return told


def _doubt(record: TreatmentRecord, unit: Unit) -> str:
    """By what the difference is uncertain, the largest first, and what lessens that."""
    parts = [
        (record.seed_error, "the seeds of the trainings", "more --seeds"),
        (record.search_error, "which trial either search picks", "more trials in both studies"),
    ]
    if record.row_error is not None:
        parts.append((record.row_error, "the test rows", "more test rows"))
    parts.sort(reverse=True)
    listed = ", ".join(f"{what} ±{size(error, unit)}" for error, what, _ in parts)
    return f"Standard errors: {listed}. What lessens the largest: {parts[0][2]}."


def _beside(record: TreatmentRecord, unit: Unit) -> str:
    told = []
    for split in ("training", "validation"):
        with_it = getattr(record, f"treated_{split}_error")
        without = getattr(record, f"{split}_error")
        if with_it is not None and without is not None:
            told.append(
                f"{split} error {error_text(with_it, unit)} in place of {error_text(without, unit)}"
            )
    text = f"On the same seeds: {', '.join(told)}." if told else ""
    if record.gain_of is not None and record.gain_low is not None and record.gain_high is not None:
        most = size(record.gain_high, unit)
        by = (
            f"{gap_limit(record.gain_low, unit)} to {most}"
            if record.gain_low
            else f"at most {most}"
        )
        text += f" Predicted was: {record.gain_of} error lower by {by}."
    few, many = sorted((record.trials, record.treated_trials))
    if many > few * AS_LONG:
        text += (
            f" The winner with it was chosen among {record.treated_trials:,} completed trials, the "
            f"one without it among {record.trials:,}."
        )
    if record.diverged or record.treated_diverged:
        text += (
            f" Of the fresh seeds {record.treated_diverged} with it and {record.diverged} without "
            "it diverged, and are left out."
        )
    return text.strip()


def _how(diagnosis: Diagnosis) -> str:
    records = [it.record for it in diagnosis.tried]
    seeds = sorted({n for it in records for n in (it.seeds, it.treated_seeds)})
    many = f"{seeds[0]}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    comparisons = sum((it.fall is not None) + (it.pairs is not None) for it in diagnosis.tried)
    every = "both" if comparisons == 2 else f"all {comparisons}"
    joint = "" if comparisons == 1 else f", and {every} hold together (Bonferroni)"
    return (
        "Random searches of one seed draw the same numbers for what both search. The winner of "
        f"each was trained with {many} fresh seeds, which had no part in choosing it, and judged "
        f"on the same {records[0].test_rows:,} test rows, compared in pairs. Intervals are "
        f"Student's with 95 %, about other seeds, rows and searches{joint}. Whoever takes the best "
        "of several has chosen by the test rows, and finds it flattered."
    )


def _row(it: TriedRemedy, unit: Unit) -> tuple[str, ...]:
    record = it.record
    return (
        record.treated_study,
        tried_title(record),
        error_text(record.error, unit),
        error_text(record.treated_error, unit),
        _fall(it.fall, unit),
        _fall(it.pairs, unit),
        _BADGES[it.effect].word.lower(),
    )


def _fall(fall: Interval | None, unit: Unit) -> str:
    if fall is None:
        return MISSING
    low, high = (gap_limit(limit, unit) for limit in (fall.low, fall.high))
    return f"{size(fall.value, unit)} ({low} to {high})"

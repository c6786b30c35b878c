"""What the ranking shows: whether the winner is sure, the rows suffice, more trials would help.

All three hold the differences between trials against the noise in the best one's error.
"""

from collections.abc import Sequence
from math import comb

from ..storage.records import StudyRecord
from .error_text import error_text, gap_limit, size, tolerated
from .findings import Finding, FindingKind, Severity
from .trial_noise import Noise, noise_of_best
from .units import CLASSIFICATION, Task, Unit

_TOP = 5
_TRIALS_AT_LEAST = 16  # of fewer, one half says little of the other
_PLACE = 12  # in the ranking, whose distance from the best bounds what a doubling gains
_ALONE_AT_MOST = 2  # trials that cannot be told from the best, itself included
_MATERIAL_GAIN = 0.05  # of the best error
# Paired on the same rows, the most favourable case is k rows newly wrong and none newly right;
# six are the fewest that a fair coin gives in under 2 % (0.5⁶).
_ROWS_AT_LEAST = 6


def winner_in_doubt(study: StudyRecord, unit: Unit = CLASSIFICATION) -> Finding | None:
    """Find whether chance in the validation rows may have made the best trial the best.

    It is, unless the next trial lies so far above it that a comparison with all others, as if the
    errors were independent, tells them apart (95 %, Bonferroni). Silent once the best trials have
    been trained again with other seeds: then ``replication`` says who is the winner.
    """
    ranked = study.ranked()
    noise = noise_of_best(study, unit)
    if len(ranked) < 2 or noise is None or study.winner() is not None:
        return None
    values = _values(study)
    least = noise.of_the_best(len(values) - 1)
    alike = sum(value - values[0] < least for value in values[1:])
    if not alike:
        return None
    best, second = ranked[:2]
    lead = values[1] - values[0]
    rows = _rows_apart(study, lead, unit)
    leads = (
        f"is as good as trial {second.number}"
        if lead == 0
        else f"leads trial {second.number} by {size(lead, unit)}{_in_rows(rows)}"
    )
    others = "no other trial" if alike == 1 else f"{alike - 1} more"
    text = (
        f"Trial {best.number} {leads}. That one and {others} lie within {size(least, unit)} of it, "
        "which chance in the validation rows can make; how much another seed would change is not "
        "known. So it may be the best by luck."
    ).replace("That one and no other trial lie", "That one lies")
    evidence = {
        "lead": lead,
        "lead_rows": rows,
        "least_difference": least,
        "alike": alike,
        "trials": len(values),
    }
    return Finding(FindingKind.WINNER_IN_DOUBT, Severity.INFO, evidence, text)


def validation_too_small(
    study: StudyRecord, tolerance: float, unit: Unit = CLASSIFICATION
) -> Finding | None:
    """Find whether the validation rows are too few to tell trials apart that differ by what counts.

    Two trials must differ by 1.96·√2 standard errors, as if they were independent. That is too much
    where it exceeds the tolerance, and the best five trials lie closer together than it.

    Args:
        study: whose trials are looked at.
        tolerance: the smallest difference that matters, in the errors' unit.
        unit: of the errors.
    """
    noise, values = noise_of_best(study, unit), _values(study)
    if noise is None or study.provenance is None or len(values) < _TOP:
        return None
    resolved = Noise(noise.sampling, None).of_a_pair()
    spread = values[_TOP - 1] - values[0]
    if resolved <= tolerance or spread >= resolved:
        return None
    rows = study.provenance.rows.validation
    needed = _two_digits(rows * (resolved / tolerance) ** 2)
    seen = _two_digits(rows * (resolved / spread) ** 2) if spread > 0 else None
    text = (
        f"With {rows:,} validation rows, two trials must differ by {size(resolved, unit)} to be "
        f"told apart (95 %, as if their errors were independent), but {tolerated(tolerance, unit)} "
        f"are what matters here, and the best {_TOP} trials lie within {size(spread, unit)}. About "
        f"{needed:,} rows would tell what matters"
    )
    text += f", about {seen:,} the differences seen." if seen else "."
    evidence = {
        "validation_rows": rows,
        "difference_told": resolved,
        "spread_of_top_trials": spread,
        "tolerance": tolerance,
        "rows_needed": needed,
        "rows_for_spread": seen,
    }
    return Finding(FindingKind.VALIDATION_TOO_SMALL, Severity.WARNING, evidence, text)


def search_still_improving(study: StudyRecord, unit: Unit = CLASSIFICATION) -> Finding | None:
    """Find whether as many trials again can be expected to lower the best error further.

    Of random trials every half is a sample like the other. The best of one half lies above the best
    of all by x₍ₖ₎ − x₍₁₎ with the probability that the first k − 1 of the ranked trials are all in
    the other half. The mean of this is what the last doubling was worth; as each doubling is worth
    no more than the one before it where errors have a floor, the next is expected to gain no more.
    It gains no more than x₍₁₂₎ − x₍₁₎ in over 95 % of studies in which at most eight parameters
    matter, each like a parabola about its best value: the share of trials within e of the floor
    then grows like e⁴ or slower (simulated in ``tests/diagnostics/test_ranking_findings.py``).

    It is told where the gain is 5 % of the best error or more and at most one other trial cannot be
    told from the best by the validation rows (and seeds): then chance in those does not explain it.
    A search by a model improves by design, and its trials are no sample: nothing is said of it.
    """
    sampler = (study.spec or {}).get("search", {}).get("sampler", "random")
    noise, values = noise_of_best(study, unit), _values(study)
    count = sum(t.result is not None for t in study.trials)
    if sampler != "random" or noise is None or count < _TRIALS_AT_LEAST or len(values) < _PLACE:
        return None
    alike = sum(value - values[0] < noise.of_a_pair() for value in values)
    gain, most = doubling_gain(values, count), values[_PLACE - 1] - values[0]
    if alike > _ALONE_AT_MOST or values[0] <= 0 or gain < _MATERIAL_GAIN * values[0]:
        return None
    text = (
        f"Only {alike} of {count} trials cannot be told from the best one by the validation rows, "
        f"and doubling their number last lowered the best error by {size(gain, unit)} on average. "
        f"{count} more trials can be expected to lower its {error_text(values[0], unit)} by up to "
        f"that, and will lower it by 0 to {gap_limit(most, unit)} (95 %)."
    )
    evidence = {
        "trials": count,
        "alike": alike,
        "expected_gain": gain,
        "low": 0.0,
        "high": most,
        "best": values[0],
    }
    return Finding(FindingKind.SEARCH_STILL_IMPROVING, Severity.INFO, evidence, text)


def doubling_gain(ranked: Sequence[float], trials: int) -> float:
    """By how much the best of all trials lies below the best of a random half, on average.

    Args:
        ranked: the known errors, ascending.
        trials: all of them, those without an error included, which were worse.

    >>> round(doubling_gain([0.1, 0.2, 0.4], 4), 3)
    0.083
    """
    half = trials // 2
    total = comb(trials, half)
    return sum(
        comb(trials - place - 1, half - 1) / total * (value - ranked[0])
        for place, value in enumerate(ranked)
    )


def _values(study: StudyRecord) -> list[float]:
    """The errors of the finished trials, ascending."""
    return [float(t.value) for t in study.ranked() if t.value is not None]


def _rows_apart(study: StudyRecord, lead: float, unit: Unit) -> int | None:
    if unit.task is not Task.CLASSIFICATION or unit.balanced or study.provenance is None:
        return None
    return round(lead * study.provenance.rows.validation)


def _in_rows(rows: int | None) -> str:
    if rows is None:
        return ""
    few = ", fewer than a paired test needs" if rows < _ROWS_AT_LEAST else ""
    return f" ({rows} validation row{'' if rows == 1 else 's'}{few})"


def _two_digits(rows: float) -> int:
    """Round up to two significant digits: rates that are estimates deserve no more."""
    unit = 10 ** max(0, len(str(int(rows))) - 2)
    return -(-int(rows + 1) // unit) * unit

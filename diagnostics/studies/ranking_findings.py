"""What the ranking shows: whether the winner is sure, the rows suffice, more trials would help.

All three hold the trials against the best one, as ``alike_trials`` compares them.
"""

from collections.abc import Sequence

from ...storage.records.study import StudyRecord
from ..error_text import error_text, gap_limit, size_in_full
from ..findings import Finding, FindingKind, Severity
from ..number_text import two_digits_up
from ..units import CLASSIFICATION, Task, Unit
from .alike_trials import Comparison

_TOP = 5
_TOO_MUCH = 1.25  # times the tolerance
_TRIALS_AT_LEAST = 16  # of fewer, one half says little of the other
_PLACE = 12  # in the ranking, whose distance from the best bounds what a doubling gains
_ALONE_AT_MOST = 2  # trials that cannot be told from the best, itself included
_MATERIAL_GAIN = 0.05  # of the best error
# Paired on the same rows, the most favourable case is k rows newly wrong and none newly right;
# six are the fewest that a fair coin gives in under 2 % (0.5⁶).
_ROWS_AT_LEAST = 6


def winner_in_doubt(
    study: StudyRecord, compared: Comparison | None, unit: Unit = CLASSIFICATION
) -> Finding | None:
    """Find whether chance in the validation rows may have made the best trial the best.

    It is, unless the comparisons with all others tell them apart. Silent once the best trials have
    been trained again with other seeds: then ``replication`` says who is the winner.

    Args:
        study: whose trials are looked at.
        compared: what ``compare_with_best`` says of it.
        unit: of the errors.
    """
    ranked = study.ranked()
    if compared is None or len(ranked) < 2 or study.winner() is not None or not compared.alike:
        return None
    best, second = ranked[:2]
    lead = compared.values[1] - compared.values[0]
    rows = _rows_apart(study, lead, unit)
    # Of many rows the lead of a few is less than what is shown.
    by = "less than 0.1 points" if gap_limit(lead, unit) == "0.0" else size_in_full(lead, unit)
    leads = (
        f"is as good as trial {second.number}"
        if lead == 0
        else f"leads trial {second.number} by {by}{_in_rows(rows)}"
    )
    text = (
        f"Trial {best.number} {leads}. The validation rows cannot tell it from "
        f"{_alike(compared.alike, len(ranked) - 1)} (all comparisons together 95 %, "
        f"{compared.how}), and how much another seed would change is not known: it may be the best "
        "by luck."
    )
    evidence = {
        "lead": lead,
        "lead_rows": rows,
        "alike": compared.alike,
        "trials": len(ranked),
        "chance_of_the_next": compared.chances[0],
        "paired": int(compared.paired),
    }
    return Finding(FindingKind.WINNER_IN_DOUBT, Severity.INFO, evidence, text)


def _alike(alike: int, others: int) -> str:
    """How many of the others cannot be told from the best, in words."""
    if alike == others:
        return "the other trial" if others == 1 else f"any of the {others:,} others"
    return f"{'one' if alike == 1 else f'{alike:,}'} of the {others:,} others"


def validation_too_small(
    study: StudyRecord,
    compared: Comparison | None,
    tolerance: float,
    unit: Unit = CLASSIFICATION,
) -> Finding | None:
    """Find whether the validation rows are too few to tell trials apart that differ by what counts.

    Two trials must differ by 1.96 standard errors of their difference (the median of the best one's
    from the next four, row by row, or as if they were independent). That is too much where it
    exceeds the tolerance by a quarter, for which half as many rows again would be needed, and the
    best five trials lie closer together than it.

    Args:
        study: whose trials are looked at.
        compared: what ``compare_with_best`` says of it.
        tolerance: the smallest difference that matters, in the errors' unit.
        unit: of the errors.
    """
    if compared is None or study.provenance is None or len(compared.values) < _TOP:
        return None
    resolved, spread = compared.told, compared.values[_TOP - 1] - compared.values[0]
    if resolved < _TOO_MUCH * tolerance or spread >= resolved:
        return None
    rows = study.provenance.rows.validation
    needed = two_digits_up(int(rows * (resolved / tolerance) ** 2) + 1)
    seen = two_digits_up(int(rows * (resolved / spread) ** 2) + 1) if spread > 0 else None
    of_groups = f" of {compared.groups:,} groups" if compared.groups else ""
    more = ", of as many times more groups," if compared.groups else ""
    text = (
        f"With {rows:,} validation rows{of_groups}, two trials must differ by "
        f"{size_in_full(resolved, unit)} to be told apart (95 %, {compared.how}), but "
        f"{size_in_full(tolerance, unit)} are what matters here, and the best {_TOP} trials lie "
        f"within {size_in_full(spread, unit)}. About {needed:,} rows{more} would tell what matters"
    )
    text += f", about {seen:,} the differences seen." if seen and seen > needed else "."
    evidence = {
        "validation_rows": rows,
        "difference_told": resolved,
        "spread_of_top_trials": spread,
        "tolerance": tolerance,
        "rows_needed": needed,
        "rows_for_spread": seen,
        "paired": int(compared.paired),
    }
    return Finding(FindingKind.VALIDATION_TOO_SMALL, Severity.WARNING, evidence, text)


def search_still_improving(
    study: StudyRecord, compared: Comparison | None, unit: Unit = CLASSIFICATION
) -> Finding | None:
    """Find whether as many trials again can be expected to lower the best error further.

    Of random trials every half is a sample like the other. The best of one half lies above the best
    of all by x₍ₖ₎ − x₍₁₎ with the probability that the first k − 1 of the ranked trials are all in
    the other half. The mean of this is what the last doubling was worth; as each doubling is worth
    no more than the one before it where errors have a floor, the next is expected to gain no more.
    It gains no more than x₍₁₂₎ − x₍₁₎ in over 95 % of studies in which at most eight parameters
    matter, each like a parabola about its best value: the share of trials within e of the floor
    then grows like e⁴ or slower (simulated in ``tests/diagnostics/studies/``).

    It is told where the gain is 5 % of the best error or more and at most one other trial cannot be
    told from the best by the validation rows (and seeds): then chance in those does not explain it.
    A search by a model improves by design, and its trials are no sample: nothing is said of it.

    Args:
        study: whose trials are looked at.
        compared: what ``compare_with_best`` says of it.
        unit: of the errors.
    """
    sampler = (study.spec or {}).get("search", {}).get("sampler", "random")
    count = sum(t.result is not None for t in study.trials)
    if sampler != "random" or compared is None or count < _TRIALS_AT_LEAST:
        return None
    values, alike = compared.values, compared.alike_by_itself()
    if len(values) < _PLACE:
        return None
    gain = doubling_gain(values, count)
    most = min(values[_PLACE - 1] - values[0], values[0])  # as no error falls below 0
    if alike > _ALONE_AT_MOST or values[0] <= 0 or gain < _MATERIAL_GAIN * values[0]:
        return None
    told = (
        f"Of the {count - 1:,} other trials, each compared by itself, only one cannot be told"
        if alike > 1
        else f"Each of the {count - 1:,} other trials, compared by itself, can be told"
    )
    text = (
        f"{told} from the best one by the validation rows, "
        f"and doubling their number last lowered the best error by {size_in_full(gain, unit)} on "
        f"average. {count} more trials can be expected to lower its {error_text(values[0], unit)} "
        f"by up to {'that' if gain <= values[0] else 'all of it'}, and will lower it by 0 to "
        f"{gap_limit(most, unit)} (95 %)."
    )
    evidence = {
        "trials": count,
        "alike": alike,
        "expected_gain": min(gain, values[0]),
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
    chance, mean = half / trials, 0.0  # of the best trial to be the best of the half
    for place, value in enumerate(ranked):
        mean += chance * (value - ranked[0])
        left = trials - place - 1
        if not left:
            break
        chance *= (left - half + 1) / left
    return mean


def _rows_apart(study: StudyRecord, lead: float, unit: Unit) -> int | None:
    if unit.task is not Task.CLASSIFICATION or unit.balanced or study.provenance is None:
        return None
    return round(lead * study.provenance.rows.validation)


def _in_rows(rows: int | None) -> str:
    if rows is None:
        return ""
    few = ", fewer than a paired test needs" if rows < _ROWS_AT_LEAST else ""
    return f" ({rows} validation row{'' if rows == 1 else 's'}{few})"

"""The page benchmarks/treatment.md: what trying remedies has shown, and how often it was right."""

import datetime
import os
import platform
from collections.abc import Sequence
from typing import Any

from treatment_cases import AT_MOST, PLANTED, PREDICTED, SEEDS, TRIALS, Planted


def measured_fall(record: Any) -> float:
    """By how much the error fell that was predicted to."""
    if record.gain_of == "test":
        return record.lower_by
    return getattr(record, f"{record.gain_of}_error") - getattr(
        record, f"treated_{record.gain_of}_error"
    )


def predicted_row(kind: str, records: Sequence[Any]) -> str:
    """A kind of remedy's line of the table."""
    falls = [measured_fall(it) for it in records]
    within = sum(it.gain_low <= f <= it.gain_high for it, f in zip(records, falls, strict=True))
    above = sum(f > it.gain_high for it, f in zip(records, falls, strict=True))
    below = len(records) - within - above
    helped = sum(it.low > 0 for it in records)
    harmed = sum(it.high < 0 for it in records)
    cells = [f"`{kind}`", *map(str, (len(records), within, below, above, helped, harmed))]
    return f"| {' | '.join(cells)} |"


def effect_of(record: Any, tolerance: float) -> Any:
    """What trying one remedy alone has shown."""
    from netclinic.diagnostics.remedies.tried import tried_remedies
    from netclinic.diagnostics.units import Task

    # Limits of shares end at 1, and no effect depends on that: one task serves all sets.
    return tried_remedies([record], tolerance, Task.CLASSIFICATION)[0].effect


def told_apart(records: Sequence[Any]) -> tuple[int, int, int]:
    """How many winners, pairs, and of both together, were told apart."""
    from netclinic.diagnostics.remedies.tried import Effect

    winners = sum(not it.low <= 0 <= it.high for it in records)
    pairs = sum(it.pairs is not None and not it.pair_low <= 0 <= it.pair_high for it in records)
    effects = [effect_of(it, 0.0) for it in records]
    return winners, pairs, sum(it in (Effect.HELPS, Effect.HARMS) for it in effects)


def null_row(name: str, records: Sequence[Any]) -> str:
    """A data set's line of the table."""
    import numpy as np
    from scipy.stats import beta

    winners, pairs, both = told_apart(records)
    n = len(records)
    high = float(beta.ppf(0.975, both + 1, n - both)) if both < n else 1.0
    scale, digits = (1.0, 0) if name == "diabetes" else (100.0, 1)
    medians = [
        scale * float(np.median([getattr(it, field) for it in records]))
        for field in ("seed_error", "row_error", "search_error", "pair_error")
    ]
    spread = scale * float(np.std([it.lower_by for it in records]))
    cells = [name, f"{n}", f"{winners}", f"{pairs}", f"{both} (to {100 * high:.0f} %)"]
    cells += [f"{it:.{digits}f}" for it in (*medians, spread)]
    return f"| {' | '.join(cells)} |"


def planted_row(planted: Planted, records: Sequence[Any]) -> str:
    """A disease's line of the table."""
    import numpy as np

    effects = [effect_of(it, 0.02).value for it in records]
    counts = ", ".join(f"{it} {effects.count(it)}" for it in sorted(set(effects)))
    changes = records[0].spec_change
    before, after = (
        100 * float(np.mean([getattr(it, field) for it in records]))
        for field in ("error", "treated_error")
    )
    cells = [planted.name, f"`{changes}`", f"{before:.1f}", f"{after:.1f}", planted.shown, counts]
    return f"| {' | '.join(cells)} |"


def page(
    nulls: dict[str, list[Any]],
    planted: dict[str, list[Any]],
    gains: Sequence[Any],
    load: Sequence[float],
) -> str:
    """benchmarks/treatment.md."""
    import jax

    rows = "\n".join(null_row(name, records) for name, records in nulls.items())
    every = [it for records in nulls.values() for it in records]
    winners, pairs, both = told_apart(every)
    diseases = "\n".join(planted_row(it, planted[it.name]) for it in PLANTED)
    seeds = len(next(iter(planted.values())))
    kinds = sorted({it.remedy for it in gains})
    parts = [(kind, [it for it in gains if it.remedy == kind]) for kind in kinds]
    predictions = "\n".join(predicted_row(*part) for part in (*parts, ("all", gains)))
    loads = (", ".join(f"{value:.2f}" for value in it) for it in (load, os.getloadavg()))
    return f"""# Remedies that were tried

Written by `make bench-treatment`; the next run overwrites it.

{datetime.date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, jax
{jax.__version__}. Load averages (1, 5, 15 minutes) before: {next(loads)}; after: {next(loads)}.

## Remedies that do nothing

Searches of {TRIALS} random trials that differ by chance alone, two by two: no draw is shared, which
is more chance than a remedy leaves, whose study draws the same numbers. Each winner was trained
with {SEEDS} fresh seeds. *Winners* and *pairs*: how many of the 95 % intervals are without 0, 5 %
at most; *said*: of how many `netclinic treat` says, of each alone, that it helps or does harm, with
the upper end of its 95 % interval. Then medians of the standard errors, in points (diabetes:
squared units), and how far the differences of the winners in truth scatter on these rows.

| data | compared | winners | pairs | said | seeds | rows | search | pairs | scatter |
|---|---|---|---|---|---|---|---|---|---|
{rows}

Together {winners} and {pairs} of {len(every)} intervals, and {both} of {len(every)} remedies.

## Diseases with a known remedy, and harm

{seeds} seeds, each with other rows, draws and weights; {TRIALS} trials a search. Test errors in %,
means of the winners' fresh seeds; *shown* is what `netclinic treat` said of how many.

| disease | tried | error | with it | ought to be | shown |
|---|---|---|---|---|---|
{diseases}

## What was predicted

The first {AT_MOST} remedies that a change of the spec tries and of which the diagnosis predicts a
gain, of {len(PREDICTED)} kinds of studies with {seeds} seeds each:
{"; ".join(PREDICTED)}.
*Within*, *below* and *above*: where the fall of the error that was predicted to fall (means over
fresh seeds) lies beside the predicted interval, which is a bound: it begins at 0 where nothing
better is known. *Helped* and *harmed*: the winners' 95 % interval of the test error's fall, of each
remedy alone, lies above or below 0.

| remedy | tried | within | below | above | helped | harmed |
|---|---|---|---|---|---|---|
{predictions}
"""

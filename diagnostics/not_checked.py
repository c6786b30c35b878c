"""What a diagnosis did not check, or takes for granted: every report ends with it."""

import shlex
from collections.abc import Sequence

from ..storage.records.results import Outcome, TrialResult
from ..storage.records.study import StudyRecord
from .data.label_findings import label_check
from .findings import Finding, FindingKind
from .gaps import groupings
from .ladder import Errors
from .regions.region_findings import regions_of
from .report.selection_text import selection_caveats
from .studies.selection import Selection
from .units import Task, Unit
from .vital_signs.vital_findings import layers_not_checked, saddle_not_checked

_RETRAINING_NOISE = (
    "Retraining noise: the best trial was not trained again with other seeds, so part of its lead "
    "over the next trials may be luck; [study] replicates = 5 would tell."
)
_ELSEWHERE = (
    "The training: whether it had ended, diverged or overfitted, and the inside of the network; "
    "predictions do not tell. `netclinic diagnose --curves LOG` reads a training log.",
    "Selection: whether validation rows chose the network, or its epoch, among others; then their "
    "error is optimistic, and the test error is the judge.",
)
_INDEPENDENCE = (
    "Independence: the intervals assume that rows were drawn independently of one another; rows "
    "of one person, place or day in several splits would break that."
)
_OF_GROUPS = (
    "Independence: rows count as much as their groups tell, and groups are assumed to be "
    "independent of one another."
)
_GROUPS_UNKNOWN = (
    "Independence: whole groups of rows were dealt to the splits, but how alike the rows of a "
    "group are answered was not measured, so rows count as independent and intervals are too "
    "narrow; `netclinic resume {name}` measures it."
)
_LABELS_UNCOUNTED = (
    "Single labels: the errors are means over labels, of which one may suffer and others not; "
    "`netclinic resume {name}` counts the rows of each that are missed."
)
_LABELS_OF_GROUPS = (
    "Single labels: of each it is counted how many rows are missed, but not how sure that is, as "
    "rows come in groups."
)
_NEVER_CHECKED = (
    "Data to come: whether it resembles the validation and test rows.",
    "The training error's interval treats the training rows as a fresh sample, although the "
    "network was fitted to them.",
)
_LABELS = "Labels: whether they are right, apart from equal inputs with different labels."
_LABELS_CHECKED = (
    "Labels near the borders between classes: a wrong one cannot be told from overlap there; how "
    "many are wrong was read from rows far from them."
)
_OF_THE_TASK = {
    Task.CLASSIFICATION: (_LABELS,),
    Task.MULTILABEL: (_LABELS,),
    Task.REGRESSION: (
        "Targets: whether they are right.",
        "Heavy tails: where rare errors are huge, rows that hold none of them make every upper "
        "limit too low.",
        "R²: its intervals take the target's variance as known.",
    ),
    Task.MULTITASK: (
        "Targets: whether they are right, apart from equal inputs with different classes.",
        "Constant answers: the intervals take their errors, which errors are relative to, as "
        "known.",
        "Heavy tails: where rare errors are huge, rows that hold none of them make every upper "
        "limit too low.",
    ),
}
_SMOOTH = {
    Task.CLASSIFICATION: "that with more rows errors fall no further than so far, three times over",
    Task.MULTILABEL: "that with more rows errors fall no further than so far, three times over",
    Task.REGRESSION: "a target that changes smoothly with the inputs",
    Task.MULTITASK: "that with more rows errors fall no further than so far, three times over, and "
    "quantities that change smoothly with the inputs",
}
_SEVERAL_TARGETS = (
    "Single targets: the errors are means over targets in squared units, in which the one with the "
    "largest values counts most."
)
_VARIANCE_OF_REGIONS = (
    "Variance by region: the test rows, which judge it, are of another kind than the training rows."
)


def not_checked(
    study: StudyRecord,
    errors: Errors,
    unit: Unit,
    found: Sequence[Finding],
    selection: Selection | None,
) -> tuple[str, ...]:
    """What the diagnosis of a study does not tell, or takes for granted, in sentences.

    Args:
        study: with a best trial that was judged, and a Bayes error.
        errors: of that trial.
        unit: of the errors.
        found: what the diagnosis found.
        selection: how lucky the choice of the trial was, if that is known.
    """
    best, bayes = study.best(), study.bayes
    assert best is not None
    assert best.result is not None
    assert bayes is not None
    pruned = sum(t.result is not None and t.result.outcome is Outcome.PRUNED for t in study.trials)
    sentences = [*selection_caveats(study, selection)]
    if pruned:
        sentences.append(
            f"Pruned trials: {pruned:,} more were stopped early by their validation error; one "
            "that learns slowly might have become the best."
        )
    sentences.extend(_mismatch_not_checked(errors, bridge=not study.only_predictions))
    if unit.balanced:
        sentences.append(_balanced_caveat(study))
    named = [name for name, it in bayes.tasks.items() if it.given]
    if named and not bayes.given:
        sentences.append(
            f"The Bayes error of {' and '.join(named)} was given and is taken at its word."
        )
    sentences.append(
        "The Bayes error was given and is taken at its word."
        if bayes.given
        else "The Bayes error is an estimate from these inputs: a lower limit above 0 assumes "
        f"{_SMOOTH[unit.task]}, and no estimate tells what other inputs could add."
    )
    several = unit.task is Task.REGRESSION and unit.columns > 1
    of_the_task = (*_OF_THE_TASK[unit.task], *((_SEVERAL_TARGETS,) if several else ()))
    if label_check(study):
        of_the_task = tuple(_LABELS_CHECKED if it == _LABELS else it for it in of_the_task)
    of_the_task += _single_labels(study, best.result, unit)
    told = study.winner() or any(f.kind is FindingKind.WINNER_IN_DOUBT for f in found)
    noise = () if told or study.only_predictions else (_RETRAINING_NOISE,)
    inside = (layers_not_checked(best.result, study.spec or {}), *saddle_not_checked(best.result))
    if study.only_predictions:
        inside = _ELSEWHERE
    independence = _OF_GROUPS if groupings(study) else _INDEPENDENCE
    if study.counts_groups and not groupings(study):
        independence = _GROUPS_UNKNOWN.format(name=shlex.quote(study.name))
    rest = (*_NEVER_CHECKED[:1], independence, *_NEVER_CHECKED[1:], *inside, *of_the_task)
    return (*sentences, *_regions(study, errors), *noise, *rest)


def _single_labels(study: StudyRecord, result: TrialResult, unit: Unit) -> tuple[str, ...]:
    """Why it is not known which of several labels are missed; nothing where it is."""
    if unit.task is not Task.MULTILABEL or (result.labels and not study.counts_groups):
        return ()
    if result.labels:
        return (_LABELS_OF_GROUPS,)
    return (_LABELS_UNCOUNTED.format(name=shlex.quote(study.name)),)


def _mismatch_not_checked(errors: Errors, *, bridge: bool) -> tuple[str, ...]:
    """Which rows may be of another kind than the training rows; nothing where a bridge tells."""
    if errors.bridge is not None:
        return ()
    rows = "validation rows come" if errors.corrected else "validation and test rows come"
    whether = f"Data mismatch: whether {rows} from the same source as the training rows"
    if not bridge:
        return (f"{whether}.",)
    return (
        f"{whether}; where they do not, a bridge split (data.bridge) tells mismatch from variance.",
    )


def _regions(study: StudyRecord, errors: Errors) -> tuple[str, ...]:
    """Why it is not known whether bias, variance or noise are higher in some region."""
    found = regions_of(study)
    if found is not None and found.skipped is None:
        return (_VARIANCE_OF_REGIONS,) if errors.corrected else ()
    why = found.skipped if found else "none were sought for this trial's network"
    advice = "" if found else f"; `netclinic resume {shlex.quote(study.name)}` does"
    return (
        "Regions of the data: bias may be high in one and variance in another; not looked at, as "
        f"{why}{advice}.",
    )


def _balanced_caveat(study: StudyRecord) -> str:
    """What a reader of balanced errors must know, with the splits that lack classes."""
    rows = study.provenance and study.provenance.class_rows
    counted = rows._asdict() if rows else {}
    lacking = [
        f"{counts.count(0):,} in the {split} rows"
        for split, counts in counted.items()
        if split != "names" and counts and 0 in counts
    ]
    missing = (
        f" Classes without rows ({', '.join(lacking)}) are left out of that split's mean, so the "
        "gaps compare means over other classes."
        if lacking
        else ""
    )
    return (
        "Shares of the classes: every class counts alike in errors, gaps and verdict, however many "
        f"rows it has; the share of all rows that is wrong may be another one.{missing}"
    )

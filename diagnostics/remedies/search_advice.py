"""A remedy's reason and change where the search, not the network, is what could be better."""

import shlex
from collections.abc import Callable, Mapping, Sequence

from ..findings import Finding, FindingKind, RemedyKind
from ..number_text import percent
from ..studies.ranges import override
from .advice import has_layers, texts_of
from .case import Advice, Case

_REPLICATES = 5
_MOST_VALIDATION = 0.4  # of all rows


def _evidence(asking: Sequence[Finding], kind: FindingKind, name: str) -> float | None:
    value = next((f.evidence.get(name) for f in asking if f.kind is kind), None)
    return None if value is None else float(value)


def _decay(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} A learning rate that falls to 0 along half a cosine lets the weights "
        "settle.",
        "-S training.schedule=cosine",
    )


def _fewer_epochs(asking: Sequence[Finding], case: Case) -> Advice:
    latest = _evidence(asking, FindingKind.TRAINED_TOO_LONG, "latest_of_them") or 1
    epochs = max(5, 3 * int(latest))
    saved = 1 - epochs / int(case.spec["training"]["epochs"])
    return (
        f"{texts_of(asking)} With {epochs} epochs a trial takes {percent(saved)} less time, in "
        "which more trials can be tried.",
        f"-S training.epochs={epochs}",
    )


def _regularisation(asking: Sequence[Finding], case: Case) -> Advice:
    changes = []
    rate = _evidence(asking, FindingKind.LOW_RATE_REGULARISES, "learning_rate")
    highest = _evidence(asking, FindingKind.LOW_RATE_REGULARISES, "highest")
    if rate is not None and highest is not None:
        changes.append(override("learning_rate", "log", rate, highest))
    droppable = has_layers(case)
    changes.append(
        override("dropout", "uniform", 0, 0.5)
        if droppable
        else override("weight_decay", "log", 1e-4, 1)
    )
    means = "dropout" if droppable else "a stronger weight decay"
    return (
        f"{texts_of(asking)} Search {means} along with it, and let the validation error decide.",
        " ".join(changes),
    )


def _more_trials(asking: Sequence[Finding], case: Case) -> Advice:
    trials = 2 * len(case.study.trials)
    return (
        f"{texts_of(asking)} `netclinic resume {shlex.quote(case.study.name)} --trials {trials}` "
        "adds them to this study instead of starting another.",
        f"-S study.trials={trials}",
    )


def _more_validation(asking: Sequence[Finding], case: Case) -> Advice:
    if case.provenance.dealt == "ready_made":
        return (
            f"{texts_of(asking)} The source brings its own validation rows, which "
            "`data.validation` does not change: move some of its training rows there.",
            None,
        )
    needed = _evidence(asking, FindingKind.VALIDATION_TOO_SMALL, "rows_needed") or 0
    return (
        f"{texts_of(asking)} They are taken from the training rows, which raises the variance a "
        "little.",
        f"-S data.validation={int(needed)}",
    )


def enough_for_validation(case: Case) -> bool:
    """Whether so many rows as would tell trials apart are not too many of all."""
    needed = _evidence(case.findings, FindingKind.VALIDATION_TOO_SMALL, "rows_needed")
    return needed is not None and needed <= _MOST_VALIDATION * sum(case.provenance.rows)


def _replicates(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} Training the best trials again with {_REPLICATES - 1} new seeds each "
        "tells how much of a lead is luck, and chooses by the mean.",
        f"-S study.replicates={_REPLICATES}",
    )


SEARCH_ADVICE: Mapping[RemedyKind, Callable[[Sequence[Finding], Case], Advice]] = {
    RemedyKind.DECAY: _decay,
    RemedyKind.FEWER_EPOCHS: _fewer_epochs,
    RemedyKind.REGULARISATION: _regularisation,
    RemedyKind.MORE_TRIALS: _more_trials,
    RemedyKind.MORE_VALIDATION: _more_validation,
    RemedyKind.REPLICATES: _replicates,
}

"""Reasons of remedies for a network that was trained elsewhere: no spec tells how it was made."""

from collections.abc import Callable, Mapping, Sequence

from ..findings import Finding, RemedyKind
from .augmentation_advice import kept_by
from .case import Case, gap_of, says

_LOG = "`netclinic diagnose --curves LOG` reads it from a training log"


def _bigger_network(asking: Sequence[Finding], case: Case) -> str:
    return (
        f"The {gap_of(asking, case)} {says(asking)} that the network is too small to learn what "
        "can be learnt, or was not trained long enough."
    )


def _more_epochs(asking: Sequence[Finding], case: Case) -> str:
    may = f"lower the {gap}" if (gap := gap_of(asking, case)) else "find more of their rows"
    told = "" if gap else f"{asking[0].text} "
    return (
        f"{told}Longer training may {may}. Whether the training loss was "
        f"still falling, predictions do not tell; {_LOG}."
    )


def _more_data(asking: Sequence[Finding], case: Case) -> str:
    rows = case.provenance.rows.train
    return f"More rows are the surest cure of the {gap_of(asking, case)}; {rows:,} were trained on."


def _l2(asking: Sequence[Finding], case: Case) -> str:
    return (
        "A penalty on large weights, or a stronger one, holds them back, against the "
        f"{gap_of(asking, case)}."
    )


def _augmentation(asking: Sequence[Finding], case: Case) -> str:
    return (
        f"Where rows can be changed without changing their {kept_by(case)} (images: shifted, "
        "rotated, mirrored; numbers: with a little noise), such rows are more data, against the "
        f"{gap_of(asking, case)}."
    )


def _early_stopping(asking: Sequence[Finding], case: Case) -> str:
    return (
        f"Stopping earlier lowers the {gap_of(asking, case)} where the validation error rose "
        f"towards the end; {_LOG}."
    )


def _class_weights(asking: Sequence[Finding], _: Case) -> str:
    return (
        f"{asking[0].text} Weights that let each class count alike in the training loss make "
        f"{asking[0].evidence['rarest']!r} worth learning; some more mistakes on common classes "
        "are their price."
    )


_REASONS: Mapping[RemedyKind, Callable[[Sequence[Finding], Case], str]] = {
    RemedyKind.BIGGER_NETWORK: _bigger_network,
    RemedyKind.MORE_EPOCHS: _more_epochs,
    RemedyKind.MORE_DATA: _more_data,
    RemedyKind.L2: _l2,
    RemedyKind.AUGMENTATION: _augmentation,
    RemedyKind.EARLY_STOPPING: _early_stopping,
    RemedyKind.CLASS_WEIGHTS: _class_weights,
}
# Of a search, of which there was none; and of splits, which the file brings.
NOT_HERE = (RemedyKind.BALANCED_OBJECTIVE, RemedyKind.ADD_BRIDGE, RemedyKind.REPLICATES)


def reason_elsewhere(kind: RemedyKind, asking: Sequence[Finding], case: Case) -> str | None:
    """Why a remedy is advised; ``None`` where what is said of a network of ours holds."""
    made = _REASONS.get(kind)
    return made and made(asking, case)

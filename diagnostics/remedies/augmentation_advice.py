"""Augmentation as a remedy: which change of the training rows fits what they are."""

from collections.abc import Mapping, Sequence

from ..findings import Finding
from ..number_text import plain_number
from ..studies.ranges import override
from ..units import Task
from .case import Advice, Case, gap_of

_LONGEST = 4  # times an image's shorter side: what is longer is rather a signal of some channels
# What is searched of each, in its own unit, and up to what it is searched more strongly
_UP_TO = {"augment_shift": (0.2, 0.4), "augment_noise": (0.5, 2.0)}


def augmentation(asking: Sequence[Finding], case: Case) -> Advice:
    """To shift images, or to add noise to other rows, with what is searched."""
    name = fitting(case)
    assert name is not None  # else nothing is advised: see ``in_use``
    if name == "augment_shift":
        reason = (
            f"Where images keep their {kept_by(case)} when they are shifted a little, such "
            f"images are more data, against the {gap_of(asking, case)}. So are mirrored or turned "
            "ones (augment_flip, augment_rotation), where they keep it then, too."
        )
    else:
        reason = (
            "Noise that is added to the numbers of a row, anew each time it is trained on, keeps "
            f"the network from learning single rows by heart, against the {gap_of(asking, case)}."
        )
    used, (step, most) = _fixed(name, case), _UP_TO[name]
    more = f" So far {name} is {plain_number(used)}." if used else ""
    return reason + more, override(name, "uniform", used, min(used + step, most))


def kept_by(case: Case) -> str:
    """What a row keeps when it is changed, in words."""
    return {
        Task.CLASSIFICATION: "class",
        Task.MULTILABEL: "labels",
        Task.REGRESSION: "target",
        Task.MULTITASK: "targets",
    }[case.unit.task]


def fitting(case: Case) -> str | None:
    """The key of ``[search]`` that changes rows as theirs can be; ``None`` where none does.

    Noise is measured in standard deviations, so it takes standardised columns.
    """
    search = case.spec["search"]
    if any(isinstance(it, Mapping) for key, it in search.items() if key.startswith("augment_")):
        return None
    scaled = case.spec["data"].get("standardize", True)
    names = (*(["augment_shift"] if _are_images(case) else []), *(["augment_noise"] * scaled))
    return next((it for it in names if _fixed(it, case) < _UP_TO[it][1]), None)


def _fixed(name: str, case: Case) -> float:
    return float(case.spec["search"].get(name, 0.0))


def _are_images(case: Case) -> bool:
    """Whether rows are images by what the spec says or, where it is silent, the source."""
    shape = case.spec["network"].get("shape") or case.provenance.row_shape or ()
    sides = [size for size in shape[:2] if size > 1]
    return len(sides) == 2 and max(sides) <= _LONGEST * min(sides)

"""How the best network's errors hang together in groups, for the upper limit that they give."""

from ...datasets.dataset import Dataset
from ...storage.records.study import StudyRecord
from ..gaps import groupings
from ..statistics.grouped import Grouping, grouping_like


def network_grouping(
    study: StudyRecord, dataset: Dataset, mixture: Grouping | None = None
) -> Grouping | None:
    """How its errors on the test rows do: as measured, or else as the mixture's errors do.

    Where neither is known, those of a group are taken for one. ``None`` where rows are independent.

    Args:
        study: with what was measured, if anything was.
        dataset: the study's.
        mixture: how the mixture's errors hang together.
    """
    if not dataset.groups:
        return None
    return groupings(study).get("test") or grouping_like(mixture, dataset.groups[2])

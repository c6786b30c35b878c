"""What small models make of the data alone, which no network need be trained for."""

import copy
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .balanced_floor import BalancedReading, read_balanced
from .bayes_mixture import can_judge, judge_with_probabilities
from .class_floor import put_to_test
from .data_question import DataQuestion
from .floors import QuantityReading, ask_labels, read_quantities
from .label_mixture import LabelReading
from .looked_at import LookedAt, SeenByMixture
from .noise_test import NoiseTest


class DataReading(NamedTuple):
    """What small models make of the data; ``None`` where rows are too few, or it was not asked."""

    tasks: Mapping[str, "DataReading"]  # of several tasks, by their names
    seen: SeenByMixture | None = None  # of rows with one class each
    noise: NoiseTest | None = None  # of the same
    balanced: BalancedReading | None = None  # where classes count alike
    labels: LabelReading | None = None  # of several labels a row
    quantities: QuantityReading | None = None


def read_data(asked: DataQuestion) -> DataReading:
    """Answer a question; the same question has the same answer, to the last bit."""
    tasks = {name: read_data(question) for name, question in asked.tasks.items()}
    found, rows = DataReading(tasks), asked.rows
    if rows is None:
        return found
    if asked.task == "classification":
        found = found._replace(seen=see_by_mixture(rows, asked.classes, _rng(asked)))
    if not asked.floor:
        return found
    if asked.balanced:
        return found._replace(balanced=read_balanced(rows, asked.classes, _rng(asked)))
    if asked.task == "multilabel":
        return found._replace(labels=ask_labels(rows, _rng(asked)))
    if asked.task == "regression":
        return found._replace(quantities=read_quantities(rows, asked.scale, _rng(asked)))
    return found._replace(noise=found.seen and put_to_test(found.seen, asked.classes))


def see_by_mixture(rows: LookedAt, classes: int, rng: np.random.Generator) -> SeenByMixture | None:
    """Rows with one class each as the mixture sees them; ``None`` where they are too few."""
    if not can_judge(len(rows.labels), rows.groups):
        return None
    judged, found = judge_with_probabilities(rows.inputs, rows.labels, classes, rng, rows.groups)
    return SeenByMixture(rows, judged, found)


def _rng(asked: DataQuestion) -> np.random.Generator:
    """The question's, which stays as it is."""
    return copy.deepcopy(asked.rng)


def warm_up() -> None:
    """Import at once what reading, and looking for regions, import where they need it."""
    import sklearn.cluster
    import sklearn.linear_model
    import sklearn.neighbors
    import sklearn.tree  # noqa: F401

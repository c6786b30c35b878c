"""The small sets that scikit-learn brings along."""

from .rows import Rows
from .source_kinds import QUANTITIES


def read_bundled(source: str) -> Rows:
    """Return one of ``source_kinds.BUNDLED``; classes have scikit-learn's target names."""
    # Here, since it takes over a second and no other source needs it.
    from sklearn import datasets

    load = {
        "digits": datasets.load_digits,
        "breast_cancer": datasets.load_breast_cancer,
        "wine": datasets.load_wine,
        "iris": datasets.load_iris,
        "diabetes": datasets.load_diabetes,
    }[source]
    bunch = load()
    columns = tuple(str(name) for name in bunch.feature_names)
    labels = bunch.target if source in QUANTITIES else bunch.target_names[bunch.target]
    shape = (8, 8) if source == "digits" else None
    return Rows(
        bunch.data, columns, (None,) * len(columns), labels, f"{source}: labels", shape=shape
    )

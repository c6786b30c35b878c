"""How many rows a minibatch has where the spec does not say: by the number of training rows."""

from .spec import StudySpec
from .spec_file import LoadedSpec, resolved_of

MOST, FEWEST = 128, 2  # rows; the normalisation of a batch needs two
STEPS = 8  # an epoch: with one, as 100 rows in one batch give, 20 epochs teach next to nothing


def batch_size(spec: StudySpec, rows: int) -> int:
    """Rows of a minibatch: those of the spec or, without, an eighth of the rows, from 2 to 128.

    Args:
        spec: of the study; what its [search] has of batch sizes is not looked at.
        rows: of the training split.
    """
    return spec.training.batch_size or min(MOST, max(FEWEST, rows // STEPS))


def with_batch_size(loaded: LoadedSpec, rows: int) -> LoadedSpec:
    """The spec with its batch size filled in, so that the database has a number.

    Args:
        loaded: the spec.
        rows: of the training split.
    """
    filled = {"batch_size": batch_size(loaded.spec, rows)}
    training = loaded.spec.training.model_copy(update=filled)
    spec = loaded.spec.model_copy(update={"training": training})
    return loaded._replace(spec=spec, resolved=resolved_of(spec))

"""What decides the shape of a training program."""

from typing import Any, NamedTuple

from .hyperparameters import Hyperparameters
from .network import NetworkSpec
from .tasks import TaskSpec
from .transfer_source import Transfer


class Subset(NamedTuple):
    """Rows that a trial draws from the training split, to be trained on in place of all."""

    rows: int  # of them, fewer than the split has
    # The training on all rows, whose schedule this one follows step by step:
    epochs: int
    steps: int  # minibatches of one of its epochs


class Signature(NamedTuple):
    """What decides the shape of a training program: equal signatures share one compile."""

    network: NetworkSpec
    optimizer: str
    schedule: str
    epochs: int  # of the whole training
    batch_size: int  # ≤ rows of the training split
    task: TaskSpec = TaskSpec()
    # train on rows, or whole groups of them, drawn with replacement from the training split
    bootstrap: bool = False
    decay_epochs: int = 1  # from one fall of the learning rate to the next; of "step" only
    uses: tuple[str, ...] = ()  # those of OPTIONAL that are in the program
    patience: int | None = None  # see early_stopping; None trains all epochs and keeps the last
    augmented: tuple[int, ...] | None = None  # (*axes, channels) of a row, where rows are changed
    transfer: Transfer | None = None  # whose weights it begins with; None: drawn ones
    # how much a row of each class counts in the loss that is trained on; None: all alike. Of
    # several tasks, for each of them its classes' or None
    class_weights: tuple[float, ...] | tuple[tuple[float, ...] | None, ...] | None = None
    subset: Subset | None = None  # None: trained on all rows of the split, or on a bootstrap sample

    def trained_rows(self, rows: int) -> int:
        """How many rows an epoch has, of a training split of ``rows``."""
        return rows if self.subset is None else self.subset.rows

    @property
    def draws_rows(self) -> bool:
        """Whether a trial draws the rows that it is trained on."""
        return self.bootstrap or self.subset is not None


def used(signature: Signature, hyper: Hyperparameters, name: str) -> Any:
    """The hyperparameter ``name`` of ``OPTIONAL``, or ``None`` where the signature is without."""
    return getattr(hyper, name) if name in signature.uses else None

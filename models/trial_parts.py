"""What trains in a trial, as its signature says: the network and the optimiser."""

from collections.abc import Collection

import optax

from .hyperparameters import Hyperparameters
from .network import Network, make_network
from .optimizers import make_optimizer
from .schedules import Length, make_schedule
from .signature import Signature, used
from .transfer import make_transferred, transfer_optimizer


def network_of(signature: Signature, form: str) -> Network:
    """What is trained, begun from drawn weights or from another network's.

    Raises:
        TransferError: the other network's weights do not fit.
    """
    if signature.transfer is None:
        return make_network(signature.network, form)
    return make_transferred(signature.network, form, signature.transfer)


def optimizer_of(
    signature: Signature, body: Collection[str], steps: int, hyper: Hyperparameters
) -> optax.GradientTransformation:
    """The optimiser of a trial.

    Args:
        signature: of the trial.
        body: names of the parameters that it took over.
        steps: minibatches an epoch.
        hyper: of the trial.
    """
    subset = signature.subset
    rate = make_schedule(
        signature.schedule,
        Length(signature.epochs, steps) if subset is None else Length(subset.epochs, subset.steps),
        signature.decay_epochs,
        hyper.learning_rate,
        hyper.decay_rate,
        used(signature, hyper, "warmup"),
    )
    optimizer = make_optimizer(
        signature.optimizer,
        rate,
        hyper.weight_decay,
        hyper.momentum,
        hyper.beta2,
        hyper.epsilon,
        used(signature, hyper, "clip_norm"),
    )
    if signature.transfer is None:
        return optimizer
    head = used(signature, hyper, "head_learning_rate")
    share = None if head is None else head / hyper.learning_rate
    frozen = signature.transfer.frozen
    return transfer_optimizer(optimizer, body, frozen=frozen, head_share=share)

"""Which numbers of ``[search]`` the optimiser and the schedule of ``[training]`` use."""

from typing import NamedTuple

from .entries import Entry
from .spec_key import refused
from .spec_search import Search
from .spec_toml import shown, toml_value
from .spec_training import Training


class Use(NamedTuple):
    """A number that not every training uses."""

    key: str  # of [search]
    choice: str  # the key of [training] that decides
    users: tuple[str, ...]  # its values under which the number is used
    unused: float  # what it is elsewhere, where it does nothing


USES = (
    Use("momentum", "optimizer", ("sgd", "nesterov", "rmsprop", "adam", "adamw"), 0.0),
    Use("beta2", "optimizer", ("rmsprop", "adam", "adamw"), 0.999),
    Use("epsilon", "optimizer", ("adagrad", "rmsprop", "adam", "adamw"), 1e-8),
    Use("decay_rate", "schedule", ("exponential", "step"), 1.0),
)
RMSPROP_BETA2 = 0.9  # Tieleman & Hinton 2012, lecture 6.5: without Adam's correction of the start


def fitted_search(search: Search, training: Training) -> Search:
    """``search`` without what would be searched in vain, and with the optimiser's own defaults.

    Raises:
        PydanticCustomError: a number that the spec names is of no use, or one that is needed is
            missing.
    """
    changes: dict[str, float] = {}
    for use in USES:
        chosen, value = getattr(training, use.choice), getattr(search, use.key)
        if chosen in use.users or value == use.unused:
            continue
        if use.key in search.model_fields_set:
            raise _useless(use, chosen, value)
        changes[use.key] = use.unused
    if training.optimizer == "rmsprop" and "beta2" not in search.model_fields_set:
        changes["beta2"] = RMSPROP_BETA2
    if training.schedule in ("exponential", "step") and search.decay_rate == 1:
        raise refused(
            f"1 leaves [training] schedule = {toml_value(training.schedule)} constant: write for "
            "example decay_rate = {one_minus_log = [1e-2, 1e-1]}, which draws from 0.9 to 0.99",
            key="decay_rate",
            beside="training.schedule",
        )
    return search.model_copy(update=changes)


def _useless(use: Use, chosen: str, value: Entry | float) -> Exception:
    users = ", ".join(map(toml_value, use.users))
    got = value if isinstance(value, float | int) else value.model_dump(by_alias=True)
    return refused(
        f"got {shown(got)}; [training] {use.choice} = {toml_value(chosen)} does not use it: "
        f"remove this key, write {use.key} = {toml_value(use.unused)}, or choose one of {users}",
        key=use.key,
        beside=f"training.{use.choice}",
    )

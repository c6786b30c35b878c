"""What of a spec goes with ``[network] init_from``, and what does not."""

from .spec_key import refused
from .spec_network import Network
from .spec_search import Search
from .spec_toml import shown

# What decides the shape or the meaning of what is taken over.
SHAPES = ("layers", "units", "activation", "initializer", "arguments")


def check_transfer(network: Network, search: Search) -> Search:
    """``search``, if it leaves alone what a network takes over.

    Raises:
        PydanticCustomError: a key is of no use, or would change what is taken over.
    """
    rate = search.head_learning_rate
    got = rate if isinstance(rate, float | int | None) else rate.model_dump(by_alias=True)
    if network.init_from is None:
        if rate is not None:
            raise refused(
                f"got {shown(got)}; belongs to a network that takes over weights: write [network] "
                'init_from = "path/to/best", or remove this key',
                key="head_learning_rate",
                beside="network.init_from",
            )
        return search
    if rate is not None and network.transfer == "frozen":
        raise refused(
            f'got {shown(got)}; with [network] transfer = "frozen" the head is all that is '
            "trained, at learning_rate: remove this key",
            key="head_learning_rate",
            beside="network.transfer",
        )
    for key in SHAPES:
        if getattr(search, key) is not None:
            raise refused(
                "cannot be searched with [network] init_from, which gives one network: remove this "
                "key, and write under [network] what the network there has",
                key=key,
                beside="network.init_from",
            )
    return search

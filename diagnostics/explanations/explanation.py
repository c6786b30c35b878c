"""What a reader is told about one kind of finding."""

from typing import NamedTuple


class Explanation(NamedTuple):
    """Plain sentences on a kind of finding; its title is in ``report_labels.FINDINGS``."""

    means: str  # what it says about the network, the search or the data
    found: str  # the method and its threshold
    wrong: str  # what would make it wrong
    do: str  # what to do about it

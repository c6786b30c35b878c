"""The study that tries a remedy: its name, and what it changes of the spec."""

import shlex
from collections.abc import Sequence

NAME_LENGTH = 100  # of a study
_DEAL = ("data.rows=", "data.split=", "data.validation=")  # of a remedy's changes


def treated_name(study: str, remedy: str) -> str:
    """The name of the study that tries a remedy on another one.

    >>> treated_name("digits", "more_epochs")
    'digits-more-epochs'
    """
    ending = "-" + remedy.replace("_", "-")
    return study[: NAME_LENGTH - len(ending)] + ending


def changes_of(change: str) -> tuple[str, ...]:
    """The overrides that a remedy's change is made of, without their ``-S``.

    >>> changes_of("-S training.patience=5 -S training.epochs=40")
    ('training.patience=5', 'training.epochs=40')
    """
    return tuple(part.strip() for part in f" {change}".split(" -S ") if part.strip())


def makes_other_test_rows(change: str, dealt: str | None) -> bool:
    """Whether errors with a change are of other test rows, so that nothing can be compared.

    Args:
        change: of a remedy.
        dealt: how rows came to splits (``Dataset.dealt``): those of a source stay as they are.

    >>> makes_other_test_rows("-S data.split=distinct", "random")
    True
    """
    ready_made = (dealt or "").startswith("ready_made")
    return not ready_made and any(it.startswith(_DEAL) for it in changes_of(change))


def as_options(changes: Sequence[str]) -> str:
    """Overrides as they are typed in a shell.

    >>> as_options(["search.dropout={uniform=[0,0.5]}", "training.epochs=40"])
    "-S 'search.dropout={uniform=[0,0.5]}' -S training.epochs=40"
    """
    return " ".join(f"-S {shlex.quote(change)}" for change in changes)

"""The study that tries a remedy: its name, and what it changes of the spec."""

import shlex
from collections.abc import Sequence

NAME_LENGTH = 100  # of a study


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


def as_options(changes: Sequence[str]) -> str:
    """Overrides as they are typed in a shell.

    >>> as_options(["search.dropout={uniform=[0,0.5]}", "training.epochs=40"])
    "-S 'search.dropout={uniform=[0,0.5]}' -S training.epochs=40"
    """
    return " ".join(f"-S {shlex.quote(change)}" for change in changes)

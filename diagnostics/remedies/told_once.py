"""Reasons of remedies that one finding asks for, without telling it again with each."""

from collections.abc import Sequence

from ..findings import Finding, Remedy

_AGAIN = "The same finding asks for this, too."


def told_once(remedies: Sequence[Remedy], findings: Sequence[Finding]) -> tuple[Remedy, ...]:
    """The remedies, of whose reasons only the first tells a finding in full.

    A later one says that it is asked for by the same finding, unless it tells of another one.

    Args:
        remedies: in their order.
        findings: that they may tell.
    """
    told: set[str] = set()
    shorter = []
    for remedy in remedies:
        texts = {it.text for it in findings if it.text and it.text in remedy.reason}
        reason = remedy.reason
        for place, text in enumerate(sorted(texts & told)):
            reason = reason.replace(text, "" if place or texts - told else _AGAIN, 1)
        told |= texts
        shorter.append(remedy._replace(reason=" ".join(reason.split())))
    return tuple(shorter)

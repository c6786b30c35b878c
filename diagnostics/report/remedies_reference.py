"""The kinds of remedies told one by one: the text of docs/remedies.md."""

from collections.abc import Mapping

from ..explanations.explanations import anchor
from ..findings import FindingKind, RemedyKind
from ..remedies.table import TABLE
from .report_labels import FINDINGS, REMEDIES

_HEAD = """\
# What to do, and what not

<!-- Made by docs/generate.py; a test compares. -->

A diagnosis ends in remedies, in the order in which to try them. Each has a reason with the numbers
of the evidence, the change of the spec that tries it where a key does (`-S …`), what it is
predicted to gain where the evidence tells, and what it costs. This page is made from the code:
every kind of remedy, the findings that ask for it, the rule of its prediction, and what speaks
against it.

**The order.** What makes the numbers themselves doubtful comes first (a wrong split, wrong labels),
then the remedies of bias before those of variance, each in the textbook's order, then those of gaps
that are open and only likely high; what might only improve the search comes last. Evidence moves
them: a data mismatch that is surely larger than bias and variance together comes before both, what
the spec alone gave all trials much of (weight decay, dropout, augmentation, rows of a minibatch)
before a bigger network, a loss that still falls puts more epochs before a bigger network, an error
that rose an earlier stop behind more data; labels that look wrong come behind the remedies of bias
where the network learnt next to nothing, which others did; and what ails layers comes first where
the network did not learn, but behind the remedies of variance where it learnt all the same, or all
that can be learnt, and its bias is not high, ahead of a bigger network where it likely is.

**Predicted gain.** By how much an error is expected to fall, as an interval; which error is said.
Where the evidence only bounds it, that is the upper limit of the gap that the remedy is against: it
cannot gain more, and may gain nothing or do harm. Where nothing is known, nothing is predicted.

**Cost.** Trials × epochs of the study that tries it, as large as this one but for what the change
says, and seconds at what a trial and epoch of this study took. "More than" where a trial and epoch
will take longer.

**Spoken against.** Remedies that would not help are listed with why, and are not advised, unless
another finding than the gap's own asks for them. A rule that the rows leave open is silent.

**Tried.** `netclinic treat STUDY KIND` runs a study with the remedy and compares its winner with
that of the study without it ([treatment.md](treatment.md)). What did harm, or too little to count,
is then spoken against, whatever asks for it.
"""
_GAINS: Mapping[RemedyKind, str] = {
    RemedyKind.BIGGER_NETWORK: "The training error by at most the avoidable bias's upper limit.",
    RemedyKind.SCALE_INPUTS: "As for a bigger network, where bias asks for it.",
    RemedyKind.LESS_L2: "As for a bigger network, where bias asks for it.",
    RemedyKind.LESS_DROPOUT: "As for a bigger network.",
    RemedyKind.LESS_AUGMENTATION: "As for a bigger network.",
    RemedyKind.SMALLER_BATCHES: "As for a bigger network.",
    RemedyKind.MORE_EPOCHS: (
        "The validation error by what a power law foretells that is fitted to the best trial's "
        "curve (20 epochs or more, one learning rate, no patience), if six beginnings of the curve "
        "would have foretold what came: give or take twice their worst miss plus the noise. "
        "Of 221 such forecasts on real curves 214 held; a rise that begins later is not "
        "foretold. Otherwise as for a bigger network."
    ),
    RemedyKind.OTHER_ARCHITECTURE: (
        "The test error by at most the upper limits of the gaps that it is against, added."
    ),
    RemedyKind.MORE_DATA: (
        "The test error by what the trial's [learning curve](learning_curve.md) forecasts of twice "
        "the rows, where one was measured; otherwise by at most the variance's upper limit."
    ),
    RemedyKind.L2: "The test error by at most the variance's upper limit.",
    RemedyKind.DROPOUT: "As for L2.",
    RemedyKind.AUGMENTATION: "As for L2.",
    RemedyKind.EARLY_STOPPING: (
        "Where the validation error rose: by the mean error of the last epochs less that of the "
        "lowest, with the interval of two errors on different rows, which is wider than a paired "
        "one."
    ),
    RemedyKind.MORE_TRIALS: (
        "The validation error by what the last doubling of the trials gained on average, at most "
        "by what the twelfth best lies above the best."
    ),
    RemedyKind.COMPARE_SOURCES: "The test error by at most the mismatch's upper limit.",
    RemedyKind.MATCHING_DATA: "As for the comparison of sources.",
}
_AGAINST: Mapping[RemedyKind, str] = {
    RemedyKind.BIGGER_NETWORK: (
        "The avoidable bias's upper limit is within the tolerance; or training lies on a plateau "
        "and unfit inputs, units that are alike, steps that are too large or too small, or too "
        "strong a weight decay keep the network from learning."
    ),
    RemedyKind.OTHER_ARCHITECTURE: "The same things keep the network from learning.",
    RemedyKind.MORE_EPOCHS: (
        "Under a constant learning rate the training loss was flat for the last third of the "
        "epochs (its trend is a fall of less than 2 % of itself, 95 %); or the validation error "
        "rose and the bias is not high."
    ),
    RemedyKind.MORE_DATA: (
        "The upper limit of what the trial's [learning curve](learning_curve.md) forecasts of "
        "twice the rows is within the tolerance; or the variance's upper limit is."
    ),
    RemedyKind.L2: "The bias is high and the variance low: the network underfits already.",
    RemedyKind.DROPOUT: "As for L2.",
    RemedyKind.AUGMENTATION: "As for L2.",
    RemedyKind.EARLY_STOPPING: "The last epoch has the lowest validation error.",
    RemedyKind.MORE_TRIALS: (
        "The twelfth best of the random trials lies above the best by no more than the tolerance."
    ),
}


def reference() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(_section(kind) for kind in RemedyKind)])


def _section(kind: RemedyKind) -> str:
    asking = [finding for finding, asked in TABLE.items() if kind in asked]
    lines = [
        f"## {REMEDIES[kind]}",
        f"`{kind.value}`, for {_linked(asking)}.",
        f"- Predicted gain: {_GAINS.get(kind, 'nothing is predicted.')}",
    ]
    if kind in _AGAINST:
        lines.append(f"- Spoken against: {_AGAINST[kind]}")
    return "\n\n".join([*lines[:2], "\n".join(lines[2:])]) + "\n"


def _linked(findings: list[FindingKind]) -> str:
    return ", ".join(f"[{_within(FINDINGS[it])}](findings.md#{anchor(it)})" for it in findings)


def _within(heading: str) -> str:
    """A heading within a sentence: names, as that of Bayes, keep their capitals."""
    return heading[0].lower() + heading[1:]

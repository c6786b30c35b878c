"""The ladder: errors from the floor to the test rows and the gaps between them, with intervals."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .statistics.grouped import Grouping
    from .statistics.rates import ClassCounts  # scipy takes a second


class Likely(NamedTuple):
    """Limits of a number, each of which holds with 80 %: what lies between them is likely."""

    low: float
    high: float


class Estimate(NamedTuple):
    """An error with its interval."""

    value: float  # fraction of wrong answers; in regression squared units of the target
    low: float
    high: float
    n: int | None  # rows it was measured on; None when given by the user
    method: str  # how the interval was made, with its confidence
    deviation: float | None = None  # of the rows' errors, where the error does not tell it
    classes: "ClassCounts | None" = None  # of a balanced error
    grouped: "Grouping | None" = None  # how its rows hang together; None: taken for independent
    likely: Likely | None = None  # where the other limits are bounds rather than chance's


class Gap(NamedTuple):
    """A difference of two errors with its interval."""

    value: float
    low: float
    high: float
    confidence: float  # of the interval, 0–1
    method: str
    likely: Likely | None = None  # None: as a normal distribution with these limits has it


class Errors(NamedTuple):
    """The ladder from the floor to the test error."""

    bayes: Estimate
    training: Estimate
    validation: Estimate
    test: Estimate
    bridge: Estimate | None = None  # on rows like the training rows, not trained on
    # The validation error corrected for the choice of the trial, where test rows are of another
    # kind, so that it tells the variance
    corrected: Estimate | None = None

    def judge(self) -> tuple[str, Estimate]:
        """The split whose error tells the variance, and that error."""
        if self.bridge is not None:
            return "bridge", self.bridge
        if self.corrected is not None:
            return "validation", self.corrected
        return "test", self.test

    def rungs(self) -> tuple[tuple[str, Estimate], ...]:
        """Name and error of each rung, from the floor up."""
        order = ("bayes", "training", "bridge", "validation", "test")
        every = self._asdict()
        return tuple((name, every[name]) for name in order if every[name] is not None)


class Gaps(NamedTuple):
    """Differences between the ladder's rungs; with a bridge the variance ends at it."""

    avoidable_bias: Gap  # training − Bayes
    # validation − training, the former corrected for the choice of the trial where test rows are of
    # another kind; with a bridge: bridge − training
    variance: Gap
    selection_optimism: Gap  # test − validation
    # test − training: the variance on rows that did not choose the trial; the verdict leans on it.
    # With a bridge there is none, as bridge rows did not choose it, either; nor where test rows are
    # of another kind.
    test_variance: Gap | None
    data_mismatch: Gap | None = None  # validation − bridge
    # test − bridge, or test − validation, corrected: the mismatch on rows that did not choose the
    # trial; the verdict leans on it
    test_mismatch: Gap | None = None

    @property
    def judged_variance(self) -> Gap:
        """The variance by which the verdict is given."""
        return self.test_variance or self.variance

    def steps(self) -> tuple[tuple[str, Gap], ...]:
        """Name and gap: those between neighbouring rungs, from the floor up, then the others."""
        order = (
            "avoidable_bias",
            "variance",
            "data_mismatch",
            "selection_optimism",
            "test_variance",
            "test_mismatch",
        )
        every = self._asdict()
        return tuple((name, every[name]) for name in order if every[name] is not None)

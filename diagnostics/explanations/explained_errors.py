"""What the findings about errors and the gaps between them mean."""

from collections.abc import Mapping

from ..findings import FindingKind
from .explanation import Explanation

ERRORS: Mapping[FindingKind, Explanation] = {
    FindingKind.HIGH_BIAS: Explanation(
        means="The network has not even learnt its training rows as well as they can be learnt: "
        "the training error lies above the Bayes error, the lowest error that anything could "
        "reach on this data.",
        found="The avoidable bias is the training error minus the Bayes error. It is high when "
        "the lower limit of its interval lies above the tolerance (2 points unless the spec says "
        "otherwise). The interval joins that of the training error and that of the Bayes error; "
        "bias and variance hold together with 95 % (Bonferroni).",
        wrong="A Bayes error that is too low, such as a figure given as 0 for data with wrong or "
        "ambiguous labels, makes any network look biased.",
        do="In this order: a bigger network, more epochs (first where the training loss still "
        "falls, or fell in the last of fewer than eight), another architecture; before all, scaled "
        "inputs where they are not and one varies by more than five times as much as a typical "
        "one, and less weight decay, dropout or augmentation where every trial had much of it. "
        "More data does not lower bias.",
    ),
    FindingKind.HIGH_VARIANCE: Explanation(
        means="The network does much worse on rows that it was not trained on: it has learnt "
        "quirks of its training rows that do not hold elsewhere.",
        found="The variance is the test error minus the training error (where there is a bridge: "
        "bridge minus training; where test rows are of another kind, validation minus "
        "training, see data mismatch). It is high when the lower limit of its interval lies "
        "above the tolerance. Test rows judge, because validation rows chose the trial, or may "
        "have chosen the network, and flatter it. In classification the interval is Newcombe's "
        "hybrid score interval, and it holds together with that of the bias with 95 % "
        "(Bonferroni).",
        wrong="Validation and test rows that come from another source than the training rows: "
        "then the gap is data mismatch, and only a bridge split tells the two apart. Rows that "
        "are not independent "
        "(one person in several rows) make the interval too narrow.",
        do="In this order: more training data, stronger L2, dropout, augmentation, early stopping, "
        "another architecture.",
    ),
    FindingKind.DATA_MISMATCH: Explanation(
        means="The network does well on new rows like its training rows, but validation and test "
        "rows, or test rows alone, are of another kind.",
        found="The test error minus the bridge error, where bridge rows are like the training rows "
        "but were not trained on. Without a bridge, where rows were not dealt to the splits at "
        "random: the test error minus the validation error corrected for the choice of the best "
        "trial, if the whole 95 % interval of that, and of test minus validation error as "
        "measured, lies above 0. High when the lower limit of its interval lies above the "
        "tolerance; bias, variance and mismatch hold together with 95 % (Bonferroni).",
        wrong="Bridge rows, or validation rows in their place, that are not like the training "
        "rows, or that share duplicates with them.",
        do="Compare wrongly answered validation or test rows with training rows, then add training "
        "rows that are like them. More rows of the old kind, regularisation or a bigger "
        "network do not cure it.",
    ),
    FindingKind.BIAS_UNDETERMINED: Explanation(
        means="The rows do not settle whether the bias is more than what is tolerated.",
        found="The tolerance lies within the interval of training error − Bayes error. The rows "
        "needed are those at which the interval no longer holds the tolerance in four fresh draws "
        "of five, where the true errors are those measured; beyond a hundredfold, none are named. "
        "Likely it is high where the lower limit that holds with 80 % lies above the tolerance, "
        "and likely low where the upper one does not: they are the training error's limits at 80 % "
        "less the Bayes error's likely ones, which were measured on sets whose Bayes error is "
        "known (benchmarks/diagnosis.md).",
        wrong="The errors themselves would change with more rows; the number is a rough one. What "
        "is likely is wrong once in five times or less, each gap by itself: of several, one is so "
        "more often. Where there is something to learn of which no classifier found a trace, a "
        "bias that is likely low is not.",
        do="Where the bias is likely high, try the remedies against it: netclinic treat measures "
        "what they bring. To settle it, use more training rows, give a better figure for the Bayes "
        "error (diagnosis.bayes_error), or say that a larger gap is tolerated.",
    ),
    FindingKind.VARIANCE_UNDETERMINED: Explanation(
        means="The rows do not settle whether the variance is more than what is tolerated.",
        found="The tolerance lies within the interval of test error − training error. The rows "
        "needed are those at which the interval no longer holds the tolerance in four fresh draws "
        "of five, where the true errors are those measured; beyond a hundredfold, none are named. "
        "What is likely is told as for the bias, by limits of the difference at 80 %.",
        wrong="The errors themselves would change with more rows; the number is a rough one. What "
        "is likely is wrong once in five times or less.",
        do="Where the variance is likely high, try the remedies against it: netclinic treat "
        "measures what they bring. To settle it, judge on more test rows, or say that a larger gap "
        "is tolerated.",
    ),
    FindingKind.MISMATCH_UNDETERMINED: Explanation(
        means="The rows do not settle whether the data mismatch is more than what is tolerated.",
        found="The tolerance lies within the interval of test error − bridge error, or, where test "
        "rows are harder without a bridge, of test error − corrected validation error. What is "
        "likely is told as for the variance.",
        wrong="The errors themselves would change with more rows; the number is a rough one. What "
        "is likely is wrong once in five times or less.",
        do="Where the mismatch is likely high, find out how the held-out rows differ. To settle "
        "it, judge on more test and bridge rows, or say that a larger gap is tolerated.",
    ),
    FindingKind.SELECTION_OPTIMISM: Explanation(
        means="The best of many trials was partly chosen for its luck on the validation rows, so "
        "its validation error promises too much.",
        found="The whole 95 % interval of test error − validation error lies above 0.",
        wrong="Test rows that are a little harder than validation rows for another reason, such as "
        "another time or place.",
        do="Expect the test error. Compare trials by more validation rows, and take fewer "
        "decisions by the same rows.",
    ),
    FindingKind.TEST_ROWS_HARDER: Explanation(
        means="The network does worse on test rows than on validation rows, and the luck of having "
        "been chosen by these does not explain it: the two splits are not alike.",
        found="The whole 95 % interval of test error − validation error lies above 0, and so does "
        "that of test error − validation error corrected for the choice of the best trial.",
        wrong="Of splits that are alike, one in forty differs so by chance. What was chosen by "
        "validation rows besides the trial, an epoch or the spec itself, is not corrected.",
        do="Find out how the test rows differ: later, from elsewhere, of other groups. Expect the "
        "test error where they are like the rows to come, and choose by rows like those.",
    ),
    FindingKind.FLOOR_ABOVE_HELD_OUT: Explanation(
        means="The network does better than the Bayes error says anything could. One of the two "
        "numbers is wrong.",
        found="The lower limit of the Bayes error lies above the upper limit of the test error.",
        wrong="Two limits may miss each other by chance, rarely.",
        do="Correct the figure for the Bayes error, or find out whether test rows leak into the "
        "training rows.",
    ),
    FindingKind.FLOOR_FAILED_TEST: Explanation(
        means="When noise was added to the labels whose effect on the Bayes error is known, its "
        "estimate did not follow. So the point may be wrong on these data, too.",
        found="Labels of up to 1,000 rows are drawn anew in shares ρ of 0.1, 0.2 and 0.4. That "
        "adds ρ(1 − 1/C − R) to a Bayes error R with C classes; the slope found differs from that "
        "with p < 0.01. The lower limit is taken down by the misfit at the largest share; the "
        "upper one holds whatever the estimate is worth.",
        wrong="One study in a hundred fails by chance. A border that small classifiers find "
        "neither with nor without noise escapes the test, so passing proves little.",
        do="Give what you know (diagnosis.bayes_error, human_error, soft_labels), or more rows.",
    ),
}

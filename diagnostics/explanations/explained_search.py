"""What the findings about all trials of a search mean."""

from collections.abc import Mapping

from ..findings import FindingKind
from .explanation import Explanation

SEARCH: Mapping[FindingKind, Explanation] = {
    FindingKind.BEST_AT_EDGE: Explanation(
        means="The best trials lie at one end of a searched range; still better ones may lie "
        "beyond it.",
        found="At least three of the best five trials (four, where more than five ends of ranges "
        "are looked at) lie in the outermost tenth of a range, on the range's own scale: a "
        "warning, which chance gives in at most 5 % of studies (binomial, Bonferroni over the "
        "ends). The best one alone there is a note: chance does that to 20 % of parameters that "
        "do not matter (10 %, where one end alone can be moved). Whole numbers and steps of few "
        "values lie at an end more often: it takes four or five of the best five, of two values "
        "even five may be chance, and the note is left out where more than half of all draws lie "
        "at the ends.",
        wrong="A search by a model crowds its trials where it has found good ones. Ends that "
        "cannot sensibly be moved (dropout 0) are left out.",
        do="Widen the range on that side and search again.",
    ),
    FindingKind.DIVERGED_TRIALS: Explanation(
        means="In some trainings the loss, the gradient or a weight stopped being finite. (Of a "
        "training log: from some point on, the loss is not finite.)",
        found="Counted; a warning from a quarter of the trials on. A learning rate is named as the "
        "threshold where at most a tenth of the diverged trials would lie on the wrong side of "
        "the one that parts them best from the stable ones.",
        wrong="The threshold is the best of all possible ones, so with two or three diverged "
        "trials it says little. Other causes (depth, initialisation, missing scaling) hide behind "
        "'no single learning rate'.",
        do="A few diverged trials at the upper end are the sign of a range that is wide enough. "
        "Where many diverge, lower the upper limit of the learning rate, warm it up, or clip the "
        "gradient.",
    ),
    FindingKind.BEST_NEAR_DIVERGENCE: Explanation(
        means="The best trials have learning rates just below the one above which trials diverge: "
        "instability may be what keeps a higher learning rate from being better.",
        found="One learning rate parts at least 3 diverged trials from the others, and three of "
        "the best five trials lie in the outermost tenth of the searched range below it. Chance "
        "does that in under 2 % of studies in which the learning rate does not matter.",
        wrong="The best learning rate may lie there by itself; only a run with warm-up or "
        "clipping tells.",
        do="Search again with warm-up or gradient clipping, and with higher learning rates.",
    ),
    FindingKind.FAILED_TRIALS: Explanation(
        means="Trials of a study that Optuna alone made raised an error or were given up; Optuna "
        "does not keep why.",
        found="Counted; a warning from a quarter of the trials on. A parameter's threshold is "
        "named where it parts the failed trials from the complete ones better than it would if it "
        "were luck which trials failed: p < 0.05 in 1,000 shuffles, over all thresholds of all "
        "numeric parameters at once.",
        wrong="Trials that were stopped by hand count as failed. A parameter that goes together "
        "with the true cause may stand for it, and a cause in two parameters at once is not seen.",
        do="Look into one of the failed trials; if its values make no sense, leave them out of the "
        "range.",
    ),
}

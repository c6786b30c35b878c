"""What the findings about training curves mean, of a study's trials or of another's log."""

from collections.abc import Mapping

from ..findings import FindingKind
from .explanation import Explanation

CURVES: Mapping[FindingKind, Explanation] = {
    FindingKind.STILL_IMPROVING: Explanation(
        means="Training ended before it had settled: more epochs would lower the training loss, "
        "or the validation error, further.",
        found="A straight line through the last quarter of the curve falls with p < 0.01 against "
        "the epochs' scatter about it, and its mean lies below that of any earlier stretch as "
        "long: the training loss by at least 2 % of itself, or the "
        "validation error by more than 1.64·√2 of its standard errors over rows (of rows in groups "
        "those that count groups, and Student's t in place of 1.64).",
        wrong="A learning-rate schedule that was to end here: its fall ends with it. A lower "
        "training loss alone helps only where bias is high; where it is neither that, nor open and "
        "above the tolerance as measured, this is a mere note. Epochs "
        "resemble one another: of training losses that waver slowly, and of the reports of "
        "another's study, up to a tenth are taken for falling.",
        do="Where bias is high, or may well be, or the validation error fell, train for more "
        "epochs.",
    ),
    FindingKind.OVERFITTED_AFTER: Explanation(
        means="From some epoch on, training made the network worse on validation rows.",
        found="The mean over the last epochs exceeds that over the lowest window of the curve by "
        "more than 3 standard errors of the curve's own epoch-to-epoch noise, and by at least 6 "
        "rows and 1.64·√2 of its standard errors over rows (error; of rows in groups those that "
        "count groups, and Student's t in place of 1.64) or 5 % while the training loss fell "
        "(loss). Errors that only waver, however slowly, by up to three quarters of a standard "
        "error over rows are so taken for worse in at most 5 % of trials.",
        wrong="Of another's log without the number of validation rows, an error that wavers slowly "
        "exceeds its own epoch-to-epoch noise, and 5 % of itself, by chance. A loss that rises "
        "alone means overconfidence: its answers are no more often wrong. Few validation rows make "
        "the error's curve coarse.",
        do="Stop training earlier (training.patience), or regularise.",
    ),
    FindingKind.NOTHING_LEARNT: Explanation(
        means="The training loss at the end is what it was at the start.",
        found="Over at least 8 points the training loss never fell by 2 % of its first value.",
        wrong="A log that begins when the network had already been trained.",
        do="Try other learning rates over several decades, look for vanishing gradients, and make "
        "sure that inputs and labels belong together.",
    ),
    FindingKind.BEST_EPOCH: Explanation(
        means="The logged training was at its best before its end.",
        found="The lowest validation error (else loss) of the log and where it was; nothing is "
        "tested.",
        wrong="The lowest of many noisy values is flattered: the same weights would do worse on "
        "other rows.",
        do="Keep the weights of that epoch, and judge them on rows that did not choose it.",
    ),
}

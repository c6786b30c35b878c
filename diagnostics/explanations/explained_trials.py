"""What the findings about the curves and the ranking of a study's trials mean."""

from collections.abc import Mapping

from ..findings import FindingKind
from .explanation import Explanation

TRIALS: Mapping[FindingKind, Explanation] = {
    FindingKind.OVERFITTED_TRIALS: Explanation(
        means="Some trials learnt their training rows by heart: validation got worse while "
        "training went on. Where the best trial is not one of them, it may be the best only "
        "because it overfits less.",
        found="In a trial's curve the validation error rose after its minimum and ends far above "
        "the training error, which did not rise. The rise and the distance must each exceed what "
        "another set of validation rows (where they come in groups, of other groups) would make "
        "of two independent errors, with Bonferroni over all trials: in at most 5 % of healthy "
        "studies any trial is named.",
        wrong="It takes a large rise to be named where validation rows are few, so that milder "
        "overfitting goes unnoticed. A rise of the loss alone does not count.",
        do="Search regularisation (dropout, L2, augmentation) along with the other parameters: "
        "trials that fit better and now overfit may then become the best.",
    ),
    FindingKind.TRAINING_LOSS_RISING: Explanation(
        means="The network unlearnt: the loss on its own training rows ended above its minimum.",
        found="The mean of the last epochs exceeds that of the lowest window by 3 standard errors "
        "of the curve's own noise, by a tenth of itself, and by a twentieth of what the loss had "
        "gained since the first epoch. The training loss is measured on all training rows without "
        "dropout, so rows are no source of noise. Told of the best trial, or of at least three "
        "others: a warning of the best, and of a quarter of the trials.",
        wrong="Strong L2, label smoothing or class weights make training minimise something else "
        "than this loss, which may then rise with reason. In trials at the upper end of a wide "
        "range of learning rates it is to be expected.",
        do="For the best trial: a lower or decaying learning rate, or gradient clipping. If that "
        "changes nothing, look for an error in the data or in the network's code.",
    ),
    FindingKind.UNSTEADY_END: Explanation(
        means="At the end of training the errors still swing from epoch to epoch, so that it is "
        "chance which epoch was the last.",
        found="Over the last quarter of the epochs, at least 8, a parabola is taken off. The rest "
        "of the logarithm of the training loss has a standard deviation above 0.1 (its lower "
        "limit, χ², 97.5 %), and twice that of the validation error exceeds the tolerance. Told of "
        "the best trial or of three of the best five.",
        wrong="A sudden drop, as of a stepwise schedule, within those epochs looks like a swing.",
        do="Let the learning rate decay to 0 by the end; larger minibatches help, too.",
    ),
    FindingKind.TRAINED_TOO_LONG: Explanation(
        means="The best trials were at their best early; most of the time went into epochs that "
        "bought nothing.",
        found="At least three of the best five trials had their lowest validation error within "
        "the first tenth of at least 20 epochs. If every epoch were equally likely to be the best, "
        "that would happen in under 1 % of studies.",
        wrong="Few validation rows make equal errors frequent, and the first of equals counts. "
        "Training on may still improve what is not measured here, such as calibration.",
        do="Train for fewer epochs, and more trials instead; or stop early (training.patience).",
    ),
    FindingKind.LOW_RATE_REGULARISES: Explanation(
        means="Above the best trial's learning rate, trials fit the training rows better and the "
        "validation rows worse. A low learning rate limits how closely a network fits, so it may "
        "have won for want of other regularisation.",
        found="Among at least ten finished trials with a higher learning rate, below the lowest "
        "at which one diverged, Spearman's rank correlation with the learning rate is negative "
        "for the training loss and positive for the validation error, each with p ≤ 0.025 "
        "one-sided (both must be: Bonferroni of 5 %), and at least half of them have a lower "
        "training loss than the best trial, which is in neither test. After Godbole et al., Deep "
        "Learning Tuning Playbook.",
        wrong="Only a search with more regularisation tells whether a higher learning rate would "
        "then be better. Rank correlations miss relations that turn round within the range. "
        "Nothing is said of searches by a model or with pruning, whose trials are no random "
        "sample.",
        do="Search dropout or a stronger weight decay over the higher learning rates.",
    ),
    FindingKind.SEARCH_STILL_IMPROVING: Explanation(
        means="The good region was hit once or twice only: doubling the number of trials would "
        "probably lower the best validation error further.",
        found="The best of a random half of the trials lies above the best of all by an amount "
        "whose distribution is exactly known from the ranking. Its mean is what the last doubling "
        "was worth; the next is worth no more where errors have a floor. The interval reaches "
        "from 0 to the distance of the 12th best trial from the best, which holds the gain in "
        "over 95 % of simulated studies in which up to eight parameters matter. Told where the "
        "mean is at least 5 % of the best error and at most one other trial cannot be told from "
        "the best by the validation rows (and, where known, seeds).",
        wrong="The lowest of many validation errors is partly luck, so part of the gain would be, "
        "too. It counts on random trials over the same ranges; nothing is said of a search by a "
        "model.",
        do="Run more trials, or narrow the ranges around the best ones and run as many.",
    ),
    FindingKind.WINNER_IN_DOUBT: Explanation(
        means="Which trial is the best is not certain: luck in the validation rows may have put "
        "this one first.",
        found="Every other trial is compared with the best one on the same validation rows, row by "
        "row (McNemar's exact test; of other errors than wrong answers Student's t of the mean "
        "difference), one-sided, with Bonferroni over all comparisons: with 95 % the "
        "truly best trial is among those that cannot be told from it. Studies of earlier versions "
        "kept no single rows; there, errors are compared as if they were independent, which tells "
        "fewer apart. Of rows in groups whole groups are compared: the same test with the signs of "
        "their differences drawn, or Student's t of so many groups. A lead of fewer than six "
        "rows could not be told from luck even if every changed answer spoke for the same trial "
        "(0.5⁶ < 2 %).",
        wrong="Another seed would change the errors, too; nothing is known of that until trials "
        "are trained again, so that even a lead that rows cannot explain may be luck.",
        do="Train the best trials again with other seeds (study.replicates), or take whichever of "
        "them is smaller or faster.",
    ),
    FindingKind.VALIDATION_TOO_SMALL: Explanation(
        means="The validation rows cannot tell apart trials that differ by as much as matters; "
        "choosing among the best is partly a lottery.",
        found="Two trials must differ by 1.96 standard errors of their difference to be told apart "
        "(95 %): the median of the best trial's from the next four, compared row by row, or where "
        "single rows were not kept, as if errors were independent; of rows in groups group by "
        "group, with Student's t in place of 1.96. That is at least 1.25 times the tolerance, and "
        "the best five trials lie closer together than that. Rows needed, and with them groups, "
        "grow with the square of the ratio.",
        wrong="The tolerance may be stricter than what matters to you. The number of rows is a "
        "rough one: it supposes that further rows are like these.",
        do="Set more validation rows aside, where that leaves 60 % of all rows; else get more "
        "data, or choose by the mean of several seeds.",
    ),
}

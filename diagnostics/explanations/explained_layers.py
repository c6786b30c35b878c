"""What the findings about a network's layers mean."""

from collections.abc import Mapping

from ..findings import FindingKind
from .explanation import Explanation

_ROWS = "They are measured on at most 512 training rows, with the initial weights and at the end."

LAYERS: Mapping[FindingKind, Explanation] = {
    FindingKind.INPUTS_UNFIT: Explanation(
        means="The inputs do not vary, or vary so much, so little or so unequally that initial "
        "weights and learning rates, which are made for a mean of 0 and a variance of 1, miss "
        "them.",
        found="No input varies; or their mean square is 100 times their variance, the largest "
        "variance 10,000 times a typical one (the geometric mean), or the typical one outside of "
        f"1/100 to 100. {_ROWS}",
        wrong="A network that normalises its inputs itself, or decision by one large input that "
        "really matters.",
        do="Scale the inputs (data.standardize), and look at how they are read. Categories are not "
        "scaled: of hundreds with few rows each merge the rare ones, or write columns of 0.0 and "
        "1.0 into the data.",
    ),
    FindingKind.LOUD_START: Explanation(
        means="Before training, the network was confident and wrong: its outputs are far too "
        "large.",
        found="The initial loss is over 8 times that of outputs that are all 0 (ln C in a "
        "classification of C classes).",
        wrong="Weights that were taken over from another network.",
        do="Another initialiser, normalisation, or smaller inputs.",
    ),
    FindingKind.OUTPUTS_SCALED: Explanation(
        means="The network's code makes its outputs far smaller or larger than its weights would: "
        "gradients are as much too small, or the network is confident before it has learnt.",
        found="Before training, the variance of the outputs over rows is below 1/1,000 of what the "
        "last layer's weights make of the variance that reaches them (‖W‖² by output; 0.5 to 1.7 "
        "in sound networks), and less than half of the constant answer's loss was learnt away; or "
        "it is over 1,000 times that, and the initial loss over 8 times that of outputs of 0. "
        "Weights that begin with 0, or near it, are no such thing: it is they that make outputs "
        f"quiet, and they grow. {_ROWS}",
        wrong="A temperature that is meant, with a learning rate that is not made for it; much "
        "between the last two layers, such as means over many positions.",
        do="Look at the code behind the last layer: leave out the factor, or make it a weight. "
        "Where it is to stay, Adam or far higher learning rates make up for a small one.",
    ),
    FindingKind.UNITS_ALIKE: Explanation(
        means="The units of a layer began with the same weights, so they compute the same and "
        "learn the same: the layer is worth one unit.",
        found="Before training, the largest variance of a unit over rows exceeds the mean one by "
        f"less than 1/10,000. {_ROWS}",
        wrong="Units that normalisation alone makes equally strong, all rows being alike in shape.",
        do="Draw the initial weights at random, each on its own.",
    ),
    FindingKind.DEAD_UNITS: Explanation(
        means="Half of a layer's units or more do nothing: whatever the row, their activation is "
        "flat, so no gradient reaches their weights.",
        found="A unit is dead only if the slope of its activation was below a thousandth of the "
        f"steepest on all rows looked at. {_ROWS}",
        wrong="Rare rows that were not among those looked at: the finding says how rare they are.",
        do="A lower learning rate, another initialiser, or an activation that is never flat.",
    ),
    FindingKind.SATURATED_UNITS: Explanation(
        means="A layer's tanh or sigmoid units sit at the ends of their range, where gradients "
        "hardly pass.",
        found="Over half of a layer's numbers before training, or over 80 % after it, lie where "
        f"the activation has less than a tenth of its steepest slope. {_ROWS}",
        wrong="A network that is sure of its answers may saturate in its last layers.",
        do="Another initialiser, normalisation, or smaller inputs.",
    ),
    FindingKind.GRADIENT_VANISHES: Explanation(
        means="Some layers are hardly reached by gradients, or do not tell rows apart any more.",
        found="Before training, a layer's gradient by the size of its weights is below 1/10,000 of "
        "that of the best-reached layer; or what the last hidden layer gives varies over rows by "
        "less than 1/10,000 of the strongest variance before it.",
        wrong="A layer that is frozen on purpose by code of one's own.",
        do="Normalisation, another initialiser, or fewer layers.",
    ),
    FindingKind.UNREACHED: Explanation(
        means="A layer cannot learn: the loss does not depend on its weights, as far as gradients "
        "tell.",
        found="The gradient by its weights is exactly 0, before training and after it, and that of "
        "another layer is not. It is not looked for where all units of a layer are dead: "
        f"that stops gradients, too. {_ROWS}",
        wrong="A layer that is held as it was drawn on purpose.",
        do="Look at the network's code: a layer whose answer is not used, jax.lax.stop_gradient, "
        "a comparison, rounding or an argmax on the way to the outputs.",
    ),
    FindingKind.STEPS_TOO_LARGE: Explanation(
        means="The optimiser threw the weights about instead of improving them.",
        found="The training loss stood at over twice the initial one after an epoch, or jumped by "
        "half of the constant answer's loss from one epoch to the next; or the first step changed "
        "a hidden layer by over 30 % of its weights; or it moved over 5 times as far as its "
        "initial weights reach; or training diverged.",
        wrong="Initial weights that were far too small: to move away from them is right.",
        do="A lower learning rate, warm-up, or gradient clipping.",
    ),
    FindingKind.STEPS_TOO_SMALL: Explanation(
        means="The weights have hardly left their initial values.",
        found="No layer moved by over 5 % of its initial weights, and less than half of the "
        "constant answer's loss was learnt away.",
        wrong="A network whose gradient vanishes moves as little, whatever the learning rate.",
        do="A higher learning rate, more epochs, or a looser clip_norm.",
    ),
    FindingKind.DECAY_TOO_STRONG: Explanation(
        means="Weight decay pulls the weights to 0 faster than the data can hold them.",
        found="Every layer's weights ended at half of their initial size or less, and under 90 % "
        "of the constant answer's loss was learnt away.",
        wrong="Initial weights that were far too large to begin with.",
        do="Search weaker weight decay (search.weight_decay).",
    ),
    FindingKind.LABELS_UNRELATED: Explanation(
        means="What the network learns of training rows holds for none of the validation rows.",
        found="The training loss ended 3 % or more below that of the best constant answer, and "
        "the validation loss after every epoch at 98 % of it or above. Not told where the test "
        "error is surely below that of one answer to all (of fewer than 100 test rows by one "
        "standard error): the network is just too sure there.",
        wrong="Very few validation rows, or noise so strong that the first epochs learn it. "
        "Of a grouped split: few groups, which a network learns by heart, and which tell little "
        "of others.",
        do="Make sure that labels belong to the rows they stand beside. Of a grouped split: get "
        "rows of more groups first.",
    ),
    FindingKind.SADDLE: Explanation(
        means="The network stands where the loss has next to no slope, yet bends down in some "
        "direction: not at a minimum, but at a saddle point. Weights of 0, or alike, lie at one.",
        found="Training took away less than half of the constant answer's loss; at its end the "
        "best step along the gradient (‖g‖²/2λ) would take away 1 % of the loss at most; and the "
        "smallest eigenvalue of the Hessian is negative, a quarter or more of the largest in size. "
        "The eigenvalues are Ritz values of 12 steps of Lanczos' method, at most 512 training "
        "rows, of the best trial only.",
        wrong="Steps that are noisy may yet leave the saddle after more epochs.",
        do="Other initial weights (at random, not 0, not alike), Adam, or a higher learning rate; "
        "momentum helps to leave.",
    ),
    FindingKind.PLATEAU: Explanation(
        means="The network learnt next to nothing: a constant answer does as well.",
        found="The training loss ended at 90 % or more of that of the best constant answer, and, "
        "of the best trial, not at a saddle point. Not told where less than half of the constant "
        "answer's error surely is left of training rows: a few large losses are no plateau.",
        wrong="Data in which there is nothing that could be learnt: where the mixture of "
        "classifiers behind the Bayes error is not 10 % better than the commonest class (than any "
        "one class, where classes count alike) either, nor the mixture of regressions than the "
        "mean, it is a warning, not a problem.",
        do="See the other findings about layers; try learning rates over several decades.",
    ),
}

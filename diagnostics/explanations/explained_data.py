"""What the findings about the data mean."""

from collections.abc import Mapping

from ..findings import FindingKind
from .explanation import Explanation

DATA: Mapping[FindingKind, Explanation] = {
    FindingKind.DUPLICATES_ACROSS_SPLITS: Explanation(
        means="Rows by which the network is judged also stand among those that it learnt from, so "
        "errors on them look better than they are.",
        found="Rows with exactly equal inputs in several splits are counted. A problem where they "
        "are a larger share of the smaller held-out split than the tolerance, a note without "
        "advice where they are at most a tenth of it.",
        wrong="Where inputs have few possible values, equal rows are no leak but the population; "
        "see rows are equal by chance, which is found in most such data, but not in a single "
        "column. Rows that are nearly equal are not counted.",
        do='Keep equal rows in one split, by split = "distinct" under [data], then judge anew. Of '
        "splits that the source brings along, and of grouped and ordered ones, copies = "
        '"leave_out" leaves out of the training rows what stands in others, too.',
    ),
    FindingKind.CONFLICTING_LABELS: Explanation(
        means="Rows with equal inputs have different labels: no network can get all of them right.",
        found="Rows whose inputs occur with more than one label are counted, over all splits. A "
        "problem where they are a larger share of all rows than the tolerance, a note without "
        "advice where they are at most a tenth of it.",
        wrong="Where inputs have few possible values, this is the Bayes error and no mistake; see "
        "rows are equal by chance.",
        do="Look at these rows first: correct the labels, or add the inputs that tell them apart.",
    ),
    FindingKind.EQUAL_BY_CHANCE: Explanation(
        means="Columns have so few values that rows are equal by chance. New rows will be, too: so "
        "errors on held-out rows that also stand among the training rows are right, and equal rows "
        "with different labels are the Bayes error.",
        found="In place of the same rows in several splits and of equal rows with different "
        "labels, where at least as many pairs of rows differ in one column alone as in none, and "
        "of the pairs that are alike in a column nine tenths at most are equal altogether. Rows "
        "that were copied have no such near copies.",
        wrong="A few copies among many rows that are equal by chance are not told from these. A "
        "single column tells nothing.",
        do="Nothing, unless you know that rows were copied. More columns would tell rows apart, "
        "and lower the Bayes error where labels differ.",
    ),
    FindingKind.TARGET_OUTLIERS: Explanation(
        means="A few rows have targets so far from the others that mean squared errors, and with "
        "them the verdict, tell mostly of these rows.",
        found="Rows whose target lies more than 10 robust deviations from the median (1.4826 times "
        "the median of absolute deviations, Rousseeuw and Croux 1993), over all splits. Told where "
        "they are at most 1 % of the rows, and make up a fifth or more of the squared deviations "
        "from the median. Always a problem, as they move errors by more than the tolerance.",
        wrong="Targets that range over orders of magnitude, such as prices, have such rows by "
        "their nature; more than 1 % of the rows are taken for that, and may be told as a target "
        "that ranges so.",
        do="Look at these rows: correct units and slips, or learn the target's logarithm: "
        'data.target_transform = "log". That is of targets above 0; of counts that may be 0 write '
        "the logarithm of one more into the data.",
    ),
    FindingKind.SKEWED_TARGET: Explanation(
        means="A twentieth of the rows, those with the largest targets, make up most of what there "
        "is to learn by squared errors. A network that is right about the others is hardly better "
        "by this measure than one that is wrong about them.",
        found="A target above 0 in a regression of at least 100 rows, of which the largest "
        "twentieth makes up 60 % or more of the squared deviations from the mean (of a normal one "
        "22 %, of an exponential one 50 %), and neither end of its logarithm within 25 points of "
        "that. Not told where single targets are far out, nor where the logarithm is learnt "
        "already.",
        wrong="What the errors cost is in squares of the target's unit: then the largest are what "
        "matters.",
        do='Learn the logarithm: under [data] target_transform = "log". Errors are then about '
        "shares of the target, and netclinic predict answers in the target's own unit.",
    ),
    FindingKind.ROW_NUMBERS: Explanation(
        means="A feature is the row's place in the file. It says nothing about new rows, but where "
        "the file is sorted it tells the answer, and errors look better than they are.",
        found="Columns of a table or array whose values are one more from each row of the source "
        "to the next; a sole column is not looked at.",
        wrong="A time in steps of one looks the same: then rows should be split in its order "
        '(data.split = "ordered"), as neighbours in time are alike.',
        do='Leave the column out: data.ignore = ["column"] of tables, or without it in the array.',
    ),
    FindingKind.HIDDEN_GROUPS: Explanation(
        means="Several rows are of one thing, as a patient, a machine or a place, and were dealt "
        "to the splits one by one. So the network is judged on rows of things that it learnt by "
        "heart, and its errors say nothing of new ones; intervals that count each row by itself "
        "are too narrow besides.",
        found="Columns, those that data.ignore leaves out among them, of at least 10 values that "
        "several rows have, none of them more than a tenth of the rows, all of them together four "
        "fifths. Rows of one value must be alike in half of the other columns or more: the mean "
        "difference of their ranks (of categories the share that differs) is at most half of that "
        "of rows of two neighbouring values, and that at least a quarter of that of any two, by "
        "2,000 pairs. So a quantity that others follow from is told from a name. At least half of "
        "the held-out rows have a value that training rows have. Looked at in tables and arrays of "
        "at least 100 rows and three columns that are split at random, and of such columns at the "
        "first 500. In 84 of 862 tables of R's packages one was named; read by hand, 81 name "
        "persons, places, firms, terms or mixtures (benchmarks/LOG.md). Always a problem.",
        wrong="The network is to answer for these very things, whose rows it knows: then the split "
        "is right. Or the other columns are made from this one, as a column for each month.",
        do='Split by it: under [data] split = "grouped" and group = "column", which is no feature '
        "then; intervals count groups from then on. Errors will mostly be higher, and are what new "
        "things will meet.",
    ),
    FindingKind.TELLING_COLUMN: Explanation(
        means="A single feature gives a class, label or quantity away. It may be made from the "
        "target, or known only after it (target leakage): a network that leans on it fails where "
        "it is not there.",
        found="Rows are sorted by the feature and compared with the row before; where nine tenths "
        "of them follow one of the same value, as categories do, those only. Of classes at most "
        "1 % differ (mean over classes of 10 rows at least; but for such values, the first of each "
        "aside). In a quantity they are, in ranks, at most 5 % as far apart as two rows at random "
        "(1 − ξ of Chatterjee 2021, the climb aside), and rise or fall with a number (Gini's "
        "correlation 0.9 at least). Equal rows count once, and so do those of a group that have "
        "one value. Noise of 5 % of the target's deviation reaches it, so do 20 steps and 5 % of "
        "values filled in. Looked at in tables and arrays of at least 100 rows and two columns. "
        "Of splits by time, or that the source brings along, the training rows are looked at by "
        "themselves, too: a column that tells these is named where test rows differ by five times "
        "as much as is allowed.",
        wrong="A feature that does decide and is known in time: a law of one quantity, a rule, the "
        "value just before of what changes slowly, the place of a person. Then there is little to "
        "learn from the others.",
        do="Find out how the column is made, and whether it is known when the network is to be "
        'used. Where it leaks, leave it out: data.ignore = ["column"] of tables, or without it in '
        "the array.",
    ),
    FindingKind.MISSING_VALUES: Explanation(
        means="Rows lacked values of some features, which were filled in: numbers by the median of "
        "the training rows, text by a category of its own. That a value is missing is a feature, "
        "too, so that the network can learn what it means. Rows of a table without a target are "
        "left out.",
        found='Asked for by data.missing = "fill". Rows of all splits that lack a value are '
        "counted, and columns by how many rows lack theirs. Always a note.",
        wrong="Whether values are missing can depend on the answer, or on what happens after it: "
        "a feature that says so and tells the answer on its own is named by telling_column. Where "
        "it is otherwise missing once the network is used, errors there are others.",
        do="Look whether errors are higher where a value is missing (regions are cut by these "
        "features, too), and whether the columns named first are worth having.",
    ),
    FindingKind.MISSING_CODES: Explanation(
        means="In some rows a column has one and the same number, such as −999, far from all that "
        "it has in others. It may be a code for a missing value. A network takes it for a number, "
        "and scaling squeezes all other values of the column together.",
        found="Numeric columns of a table or array of at least 50 rows whose least or greatest "
        "value is that of five rows and 0.4 % of all at least, 90 % at most, and lies beyond the "
        "others, 20 different ones at least, by more than twice their range. 0 is taken for what "
        "it is.",
        wrong="A value that is right: a price above which nothing was counted, or what a quantity "
        "has where it does not apply. A code among the other values, such as −1 of temperatures, "
        "one near them, and a second one beside it, are not seen.",
        do='Leave these fields empty and write data.missing = "fill", which also tells the network '
        "where a value is missing. Where the value is right, leave it.",
    ),
    FindingKind.MIXED_UNITS: Explanation(
        means="A part of a column, or of a quantity that is learnt, is like the rest, but lies "
        "apart by what one unit is of another: metres among kilometres, cents among euros. A "
        "network takes the numbers as they are, and scaling squeezes all others together.",
        found="Numbers above 0 of a table or array, 100 at least, are parted by their largest "
        "ratio, twice the next largest logarithm at least, with 20 and 1 % on either side. They "
        "must agree once one side is multiplied by a power of ten: means of the logarithms within "
        "2.5 standard errors, of 0.1 at most, and shapes by Kolmogorov and Smirnov's test (5 %). "
        "Of inches, feet, miles, pounds, ounces, hours, days, months, glucose in mg/dl, degrees "
        "Fahrenheit and kelvins it is asked besides that the gap is as wide as either side.",
        wrong="Two kinds of things that differ by just that: of drawn columns of two populations "
        "that lie clearly apart 1 to 13 % were named. Units are not seen where numbers range "
        "wider than they differ, as of incomes in two currencies, nor three of them.",
        do="Find out where these rows come from, and bring them into the unit of the others. Where "
        "they are another kind of thing, a column that says which helps the network.",
    ),
    FindingKind.CONSTANT_COLUMNS: Explanation(
        means="Some columns have the same value in all training rows. They tell no row from "
        "another, so nothing is learnt from them.",
        found="Columns of tables and arrays are compared with their first training row, not those "
        "of images; marks of what lacks are passed over. Held-out rows with another value there "
        "are counted. Always a note.",
        wrong="A column may vary in rows to come: a product that was not sold yet, say. The "
        "network then meets a value that it never learnt anything of.",
        do="Leave them out (data.ignore of tables), or get training rows in which they vary. Where "
        "you expect them to vary, look at how the table was made.",
    ),
    FindingKind.NUMBERS_AS_TEXT: Explanation(
        means='A column of text holds numbers, such as 5 %, 36 months or "12". So each of its '
        "values became a category, a feature of its own: that 10 % is more than 5 % is not told.",
        found="Text columns of three values or more, each of which is a number alone, or all with "
        "the same unit. With more than 20 values such columns are refused where there are units. "
        "Always a note.",
        wrong="Codes look so, too: months, districts or kinds that have numbers for names are "
        "categories, and right as they are.",
        do="Write quantities as numbers alone, without the unit and with a decimal point. Leave "
        "codes as they are.",
    ),
    FindingKind.COPIES_LEFT_OUT: Explanation(
        means="Training rows that equal held-out ones, and validation rows that equal test rows, "
        "were left out, so no network is judged on rows that it learnt from.",
        found='As copies = "leave_out" under [data] asks for: rows with exactly equal inputs, '
        "whatever their labels. Always a note.",
        wrong="Rows that are nearly equal stay. Where inputs have few possible values, equal rows "
        "are the population, and what is left is harder than new rows will be.",
        do="Nothing. Where most training rows are gone, the splits are of the same rows: get "
        "others to test on.",
    ),
    FindingKind.ORDERED_COLUMNS: Explanation(
        means="Rows are signals or pictures: the nearer two columns are, the more alike they are. "
        "A convolution takes a pattern for the same wherever it lies; dense layers must learn it "
        "at each place anew. Where bias or variance of an mlp is high, or likely is, and it leaves "
        "a third or more of what one answer to all gets wrong, a cnn is advised ahead of more of "
        "the same.",
        found="In arrays and tables of 16 or more columns of numbers, and none of categories, by "
        "50 or more training rows: of three columns in a row the outer two are the least "
        "correlated in four fifths of cases (in any order: in a third), and neighbours more "
        "than any two by 0.1 on average. Rows that have a shape, as of images, are asked along "
        "its sides, by order alone; else a square one is tried. Always a note.",
        wrong="Columns of years or weeks are a signal by this, too, though where in it a pattern "
        "lies may matter. Where neighbours differ in sign, or noise covers all, nothing is seen; "
        "nor are flattened pictures in colour, or of sides of unlike length.",
        do='Where bias or variance is high and most rows are missed: kind = "cnn" under [network]. '
        "Of pictures in colour or of unlike sides write their shape there, too. Where patterns "
        "keep their place, as in centred digits, expect little of it.",
    ),
    FindingKind.DRIFT: Explanation(
        means="Rows of one split can be told from training rows, so they come from elsewhere, or "
        "from another time.",
        found="Random trees learn on half of the rows of both splits which is which, and are "
        "judged on the other half, both ways round (Lopez-Paz and Oquab 2017): p < 0.01 by ranks, "
        "corrected by Holm. A warning where the area under the ROC curve is 0.6 or more. Features "
        "of a table are named by Kolmogorov–Smirnov tests, corrected by Holm. Splits that were "
        "dealt at random, by row or by group, are not tested.",
        wrong="A difference in inputs need not matter: the errors on both may be alike. Of a split "
        "by time it is to be expected.",
        do="Hold out a bridge (data.bridge), which tells data mismatch from variance, and look at "
        "the features that are named.",
    ),
    FindingKind.SHIFT: Explanation(
        means="Models that learnt from training rows do worse on test rows than on other training "
        "rows. Test rows are of another kind, or the same inputs mean another thing there (concept "
        "drift), or a column holds the answer in training rows alone. What the test error lies "
        "above the training error is then not all variance.",
        found="Of splits by time, or that the source brings along, without a bridge. Random trees "
        "and a linear model, averaged, learn from four fifths of the training rows, five times, "
        "and are judged on the last fifth and on the test rows (2,000 of each at most, 50 at "
        "least). Told where the mean error of test rows is higher by more than the tolerance, "
        "with p < 0.01 (Welch). Not of several labels or tasks, nor of the balanced error.",
        wrong="Rows that follow closely on one another in time are alike: a training row has such "
        "neighbours in the other fifths, and a test row has none. A bridge would say the same.",
        do="Hold out a bridge (data.bridge): the verdict then tells data mismatch from variance. "
        "Find out what changed, and learn from rows that are like those to come.",
    ),
    FindingKind.LIKELY_LABEL_ERRORS: Explanation(
        means="Labels are other than what all rows like them have, more often than overlapping "
        "classes explain.",
        found="A cross-fitted mixture of classifiers says how sure it is of each row. In the "
        "surest third of rows a share e₁ of labels contradicts it, in the middle third e₂. Overlap "
        "of classes is taken to be at most half as frequent in the first; 2·e₁ − e₂ is more than 0 "
        "with 97.5 %. The rows are those of confident learning (Northcutt et al. 2021). Classes of "
        "which the mixture finds fewer than half are left out, and nothing is said where it makes "
        "half as many mistakes as a blind guess. Nor is it of grades, as bad, fair and good: where "
        "an order of three classes or more explains the mistakes of the surest third, surely less "
        "than half as many between others than neighbours as labels wrong in any way have, and "
        "each pair of neighbours is mixed up. Labels of one class alone: of the rows that the "
        "mixture takes for it, more than 5 % in the surer two thirds are contradicted (97.5 % for "
        "all classes) and at most two fifths, seven tenths of them by the same other label, in the "
        "surest third at least two thirds as often as in the middle one and ten times as often as "
        "in the surest thirds of other classes.",
        wrong="Rows that the inputs cannot tell apart look the same as wrong labels: a hidden "
        "cause that strikes some rows of a class, wherever they lie. Labels that are wrong by one "
        "grade are not told. Of single classes, two in a hundred real tables have one: dummies of "
        "a year or town whose other values are no column.",
        do="Look at the rows that are listed, the surest first, and correct what is wrong.",
    ),
    FindingKind.CLASS_IMBALANCE: Explanation(
        means="Some classes have so few rows that the share of wrong rows hardly feels them: a "
        "network that never finds them may look healthy.",
        found="A class has a tenth of the commonest one's training rows, or fewer; or a third, and "
        "the best trial is surely wrong in more than half of its validation rows (Clopper–Pearson "
        "limits, 95 % for all such classes; not of grouped rows), or the interval of its test "
        "error reaches up to that of always answering the commonest class. A class's error counts "
        "as unknown where its test rows are so few that without a single mistake the 95 % "
        "Clopper–Pearson limit is above 25 %, which is so below 13 rows. Where the best trial is "
        "wrong in more than half of the rare classes' validation rows, as measured, class "
        "weights are advised ahead of what might improve the search.",
        wrong="Where classes matter as much as they are frequent, nothing is wrong.",
        do="Let classes count alike in the search (study.objective) and in the training loss "
        "(training.class_weights), and get more rows of the rare ones.",
    ),
    FindingKind.MISSED_LABELS: Explanation(
        means="Of some of several labels a row the network misses most of the rows that have them "
        "(of a label that most rows have: claims it for most that have it not). Errors, gaps and "
        "verdict are means over all labels, which hardly feel that.",
        found="The best trial's network answers all rows again. Of each label the rarer answer's "
        "validation and test rows are counted, and how many are wrong: Clopper–Pearson limits that "
        "hold together with 95 % (Bonferroni over the labels). Told where a lower limit is above "
        "one half. The validation rows chose the trial, which can only flatter it. Not of rows in "
        "groups, whose labels are counted all the same. What is measured stands in the table "
        "trial_labels.",
        wrong="Where a label matters as much as it is frequent, nothing is wrong. And where the "
        "inputs tell no row surely to have it, to claim it never is the least share of wrong "
        "labels: that too many are missed is a matter of what a miss costs.",
        do="Where most training rows are missed, too, train for longer. Claim the label from a "
        "lower probability on, where that finds more; get more rows that have it.",
    ),
}

"""What the findings about regions mean."""

from collections.abc import Mapping

from ..findings import FindingKind
from .explanation import Explanation

_FOUND = (
    " Regions (classes, groups, slices of columns, clusters) are formed on the validation rows and "
    "half of the training rows; what stands out there is judged on the test rows and the other "
    "half, with a chance of at most 5 % that anything is named wrongly (Holm). It must be more "
    "than is tolerated and more than in the rest."
)

REGIONS: Mapping[FindingKind, Explanation] = {
    FindingKind.REGION_HIGH_BIAS: Explanation(
        means="In one region of the data the network has not learnt what can be learnt, whatever "
        "it does elsewhere.",
        found="The training error in the region is compared with that of a mixture of simple "
        "models on the same rows, from which these did not learn." + _FOUND,
        wrong="A class is a region by its label: a network may answer it wrongly for the sake of "
        "other classes and still be the best over all rows.",
        do="A bigger network, more epochs, or inputs that tell more about the region. More rows "
        "alone do not lower bias.",
    ),
    FindingKind.REGION_HIGH_VARIANCE: Explanation(
        means="In one region the network has learnt its training rows by heart and does much worse "
        "on others.",
        found="Held-out error less training error in the region (Newcombe's interval; where errors "
        "have any size, from the limits of both)." + _FOUND,
        wrong="Regions that hold whole persons or days differ between training and test rows for "
        "another reason: rows are taken to be independent unless the split is by groups.",
        do="Get more training rows from that region first; then stronger regularisation.",
    ),
    FindingKind.REGION_NOISE: Explanation(
        means="In one region nothing does well: its classes overlap, or its labels are noisy. "
        "There is little to gain by another network.",
        found="The lower limit of the Bayes error in the region, from a mixture of simple models "
        "(of a quantity from the Gamma test, too), and what both the network, which learnt from "
        "the training rows, and the mixture, which did not, get wrong alike; the smaller counts."
        + _FOUND,
        wrong="A border that neither the network nor the simple models can learn looks the "
        "same. Regions near a border between overlapping classes are noisy by nature.",
        do="Look at the labels there, or add inputs that tell the classes apart; otherwise accept "
        "the error.",
    ),
}

"""All checks on a study together: silent on healthy ones, and each found where it is planted."""

from collections import Counter

import pytest
from netclinic.diagnostics.findings import FindingKind, Severity
from netclinic.diagnostics.studies.study_checks import check_study
from scipy.stats import binom

from tests.diagnostics.healthy import healthy_study, more_ranges

STUDIES = 200
TOLERANCE = 0.02
# True of these studies, and no alarm: trials diverge at the upper end of the learning rate, nothing
# was trained again, and a parameter that does not matter has its best value at an end by chance.
TRUE = {FindingKind.DIVERGED_TRIALS, FindingKind.WINNER_IN_DOUBT}


@pytest.fixture(scope="module")
def found():
    return [check_study(healthy_study(seed), TOLERANCE) for seed in range(STUDIES)]


def test_healthy_studies_are_rarely_warned(found):
    warned = sum(any(it.severity is not Severity.INFO for it in of_one) for of_one in found)
    assert warned <= binom.ppf(0.999, STUDIES, 0.05)


def test_no_check_alarms_in_more_than_five_percent_of_healthy_studies(found):
    kinds = Counter(
        kind
        for of_one in found
        for kind in {
            it.kind
            for it in of_one
            if not (it.kind is FindingKind.BEST_AT_EDGE and it.severity is Severity.INFO)
        }
    )
    most = binom.ppf(0.999, STUDIES, 0.05)
    assert {kind: n for kind, n in kinds.items() if kind not in TRUE and n > most} == {}
    assert kinds[FindingKind.DIVERGED_TRIALS] == STUDIES


@pytest.mark.parametrize(
    "options",
    [
        {"trials": 16},
        {"epochs": 12},
        {"rows": (600, 1000, 1000)},
        {"floor": 0.3, "rows": (60_000, 20_000, 20_000)},
        {"ranges": more_ranges(5)},
    ],
)
def test_other_healthy_studies_are_rarely_warned_either(options):
    studies = 60
    warned = [
        {
            it.kind.value
            for it in check_study(healthy_study(seed, **options), TOLERANCE)
            if it.severity is not Severity.INFO
        }
        for seed in range(1000, 1000 + studies)
    ]
    assert sum(map(bool, warned)) <= binom.ppf(0.999, studies, 0.05), warned

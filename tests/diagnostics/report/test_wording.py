"""The verdict's sentence, word by word."""

import pytest
from netclinic.diagnostics import diagnose, verdict_sentence

from tests.diagnostics import planted


@pytest.mark.parametrize(
    ("errors", "sentence"),
    [
        (
            (0.1, 0.11, 0.105),
            "High bias: training error 10.0 % is 7.2–10.9 points above Bayes error, "
            "more than the tolerated 2.0.",
        ),
        (
            (0.0, 0.12, 0.15),
            "High variance: test error 15.0 % is 13.3–16.9 points above training error, "
            "more than the tolerated 2.0.",
        ),
        (
            (0.1, 0.2, 0.2),
            "High bias and high variance: training error 10.0 % is 7.2–10.9 points above Bayes "
            "error, and test error 20.0 % is 7.9–12.2 points above training error, each "
            "more than the tolerated 2.0.",
        ),
        (
            (0.01, 0.02, 0.02),
            "Healthy: training error 1.0 % is at most 1.3 points above Bayes error, and "
            "test error 2.0 % at most 1.9 points above training error, where 2.0 are "
            "tolerated.",
        ),
        (
            (0.01, 0.02, 0.025),
            "Undetermined, likely healthy: test error 2.5 % is 1.5 points above training error "
            "(0.8 to 2.4), where 2.0 are tolerated.",
        ),
        (
            (0.03, 0.05, 0.045),
            "Undetermined: training error 3.0 % is 2.0 points above Bayes error (0.5 to 3.5), and "
            "test error 4.5 % is 1.5 points above training error (0.4 to 2.7), where 2.0 are "
            "tolerated.",
        ),
    ],
)
def test_sentence(errors, sentence):
    assert verdict_sentence(diagnose(planted.study([planted.trial(0, *errors)]))) == sentence


def test_a_gap_below_zero_reads_as_none():
    study = planted.study(
        [planted.trial(0, 0.05, 0.02, 0.02)], floor=planted.bayes(0.2, 0.2, 0.2, given=True)
    )
    assert "is at most 0.0 points above Bayes error" in verdict_sentence(diagnose(study))
    assert "at most 0.0 points above training error" in verdict_sentence(diagnose(study))

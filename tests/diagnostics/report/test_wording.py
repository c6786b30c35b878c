"""The verdict's sentence, word by word."""

from dataclasses import replace

import pytest
from netclinic.diagnostics import diagnose, verdict_sentence
from netclinic.diagnostics.findings import Finding, FindingKind, Severity

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


def found(kind, severity=Severity.PROBLEM, **evidence):
    return Finding(kind, severity, evidence, "The finding's text.")


COPIES = found(FindingKind.DUPLICATES_ACROSS_SPLITS)
GROUPS = found(FindingKind.HIDDEN_GROUPS)
OWLS = found(
    *(FindingKind.CLASS_IMBALANCE, Severity.WARNING),
    **{"rarest": "owl", "rare_classes": 1, "wrong": 27, "validation_rows": 30, "mostly_missed": 1},
)
CATS = found(
    *(FindingKind.MISSED_LABELS, Severity.WARNING),
    **{"worst": "cat", "missed_labels": 1, "wrong": 27, "held_out_rows": 30},
)
LOGARITHM = found(FindingKind.TELLING_COLUMN, Severity.WARNING)._replace(
    text="Column 'lprice' tells target 'price' on its own: of 506 rows sorted by it, …"
)
HEALTHY, BIASED = (0.01, 0.02, 0.02), (0.1, 0.11, 0.105)


@pytest.mark.parametrize(
    ("errors", "findings", "behind"),
    [
        (HEALTHY, (), "are tolerated."),
        (HEALTHY, (COPIES._replace(severity=Severity.INFO),), "are tolerated."),
        (
            HEALTHY,
            (COPIES,),
            "are tolerated. But the errors are in doubt: the same rows stand in several splits.",
        ),
        (
            BIASED,
            (COPIES, GROUPS),
            "the tolerated 2.0. But the errors are in doubt: rows that belong together stand in "
            "several splits and the same rows stand in several splits.",
        ),
        (
            HEALTHY,
            (CATS,),
            "are tolerated. But 27 of 30 held-out rows of the rarer answer to label 'cat' are "
            "wrong.",
        ),
        (
            HEALTHY,
            (OWLS,),
            "are tolerated. But 27 of 30 validation rows of class 'owl' are answered wrongly.",
        ),
        (
            HEALTHY,
            (OWLS._replace(evidence={**OWLS.evidence, "rare_classes": 3}),),
            "But 27 of 30 validation rows of the 3 rare classes are answered wrongly.",
        ),
        (HEALTHY, (OWLS._replace(evidence={**OWLS.evidence, "mostly_missed": 0}),), "tolerated."),
        (BIASED, (OWLS,), "the tolerated 2.0."),
        (
            HEALTHY,
            (LOGARITHM,),
            "But column 'lprice' tells target 'price' on its own: that may be right, or all is too "
            "good.",
        ),
        (BIASED, (LOGARITHM,), "the tolerated 2.0."),
    ],
)
def test_what_takes_from_the_worth_of_a_verdict_stands_behind_it(errors, findings, behind):
    """Who reads "healthy" reads no further."""
    diagnosis = diagnose(planted.study([planted.trial(0, *errors)]))
    sentence = verdict_sentence(replace(diagnosis, findings=findings))
    assert sentence.endswith(behind)
    assert (" But " in sentence) == ("But " in behind)

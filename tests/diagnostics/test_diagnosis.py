"""The whole diagnosis: planted problems, the JSON that comes out, and what is refused."""

import dataclasses
import json

import pytest
from netclinic.diagnostics import Diagnosis, DiagnosisError, diagnose
from netclinic.diagnostics.findings import FindingKind, Verdict

from tests.diagnostics import planted


def diagnosis_of(training, validation, test=None, **options):
    best = planted.trial(0, training, validation, validation if test is None else test)
    return diagnose(planted.study([best], **options))


@pytest.mark.parametrize(
    ("errors", "options", "verdict"),
    [
        ((0.6, 0.62), {"rows": (1077, 360, 360)}, [Verdict.HIGH_BIAS]),
        ((0.0, 0.15), {"rows": (60, 360, 360)}, [Verdict.HIGH_VARIANCE]),
        ((0.2, 0.5), {"rows": (1077, 360, 360)}, [Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE]),
        (
            (0.022, 0.023),
            {"rows": (12_000, 6_000, 2_000), "floor": planted.bayes(0.0228, 0.0228, 0.0228)},
            [Verdict.HEALTHY],
        ),
        ((0.02, 0.03), {"rows": (200, 50, 50)}, [Verdict.UNDETERMINED]),
    ],
)
def test_planted_problems_get_their_verdict(errors, options, verdict):
    it = diagnosis_of(*errors, **options)
    assert list(it.verdict) == verdict
    assert bool(it.remedies) == (verdict[0] in (Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE))


def test_the_same_numbers_are_judged_by_the_tolerance_of_the_spec():
    strict = planted.spec(diagnosis={"tolerance": 0.001})
    assert diagnosis_of(0.01, 0.02).verdict == (Verdict.HEALTHY,)
    it = diagnosis_of(0.01, 0.02, resolved=strict)
    assert it.verdict == (Verdict.HIGH_VARIANCE,)
    assert it.tolerance == 0.001


def test_an_undetermined_network_gets_findings_and_no_cure():
    it = diagnosis_of(0.02, 0.03, rows=(200, 50, 50))
    assert it.remedies == ()
    assert {f.kind for f in it.findings} == {
        FindingKind.BIAS_UNDETERMINED,
        FindingKind.VARIANCE_UNDETERMINED,
    }


def test_the_best_trial_is_the_one_with_the_lowest_validation_error():
    trials = [planted.trial(0, validation=0.05), planted.trial(1, validation=0.03)]
    assert diagnose(planted.study([*trials, planted.trial(2, diverged=True)])).trial == 1


def test_a_pruned_trial_is_not_diagnosed_and_its_number_is_told():
    trials = [planted.trial(0, validation=0.05), planted.trial(1, validation=0.06)]
    early = [planted.trial(n, validation=0.01, pruned=True) for n in range(2, 5)]
    it = diagnose(planted.study([*trials, *early]))
    assert it.trial == 0
    assert "best of 2 trials" in it.not_checked[0]
    assert it.not_checked[1].startswith("Pruned trials: 3 more were stopped early")
    assert not any("Pruned" in text for text in diagnose(planted.study(trials)).not_checked)
    assert "(trials: 3 pruned)" in refusal(trials=tuple(early))


def test_json_has_the_documented_keys_and_built_in_types():
    note = ("duplicates_across_splits", 100, "100 rows stand in several splits.")
    content = diagnosis_of(0.1, 0.2, notes=[note]).as_dict()
    assert list(content) == [
        "study",
        "trial",
        "task",
        "verdict",
        "leaning",
        "errors",
        "gaps",
        "tolerance",
        "r2",
        "findings",
        "remedies",
        "spoken_against",
        "not_checked",
    ]
    assert content["verdict"] == ["high_bias", "high_variance"]
    assert list(content["errors"]) == ["bayes", "training", "validation", "test"]
    for error in content["errors"].values():
        fields = ["value", "low", "high", "n", "method", "deviation", "classes", "grouped"]
        fields.append("likely")
        assert list(error) == fields
    assert list(content["gaps"]) == [
        "avoidable_bias",
        "variance",
        "selection_optimism",
        "test_variance",
    ]
    for gap in content["gaps"].values():
        assert {"value", "low", "high"} <= set(gap)
    for finding in content["findings"]:
        assert list(finding) == ["kind", "severity", "evidence", "text"]
    for remedy in content["remedies"]:
        assert {"kind", "addresses", "rank", "reason"} <= set(remedy)
    assert content["remedies"][0]["kind"] == "fix_split"
    assert all(isinstance(text, str) for text in content["not_checked"])
    assert json.loads(json.dumps(content, allow_nan=False)) == content


def test_a_diagnosis_is_a_function_of_the_record():
    study = planted.study([planted.trial(0, 0.1, 0.2, 0.25)])
    assert diagnose(study) == diagnose(study)
    assert isinstance(diagnose(study), Diagnosis)


def test_what_was_not_checked_is_said():
    several = diagnose(planted.study([planted.trial(n) for n in range(3)]))
    assert "best of 3 trials was chosen by its validation error" in several.not_checked[0]
    alone = diagnose(planted.study([planted.trial()]))
    assert not any("chosen by its validation error" in text for text in alone.not_checked)
    words = " ".join(alone.not_checked)
    for subject in ("Regions", "other seeds", "mismatch", "Labels", "independently", "saturated"):
        assert subject in words
    given = diagnose(planted.study([planted.trial()], floor=planted.bayes(given=True)))
    assert "The Bayes error was given and is taken at its word." in given.not_checked


def refusal(**changes):
    with pytest.raises(DiagnosisError) as caught:
        diagnose(dataclasses.replace(planted.study([planted.trial()]), **changes))
    return str(caught.value)


@pytest.mark.parametrize("field", ["spec", "provenance"])
def test_a_study_made_elsewhere_is_refused(field):
    assert refusal(**{field: None}) == (
        "study 'planted' was not made by netclinic: it has no spec, so neither its network nor "
        "its data are known. Write a spec and start it with `netclinic run SPEC`."
    )


def test_a_study_without_a_completed_trial_is_refused():
    running = dataclasses.replace(planted.trial(1), state="RUNNING", result=None, value=None)
    diverged = [planted.trial(0, diverged=True), planted.trial(2, diverged=True)]
    assert refusal(trials=(*diverged, running)) == (
        "study 'planted' has no completed trial (trials: 2 diverged, 1 running). Running are also "
        "those whose process was killed, until another takes them over: if none trains them now, "
        "resume does. Train some with `netclinic resume planted`; if all diverged, lower the upper "
        "limit of search.learning_rate."
    )
    assert "killed" not in refusal(trials=tuple(diverged))
    assert "(trials: none)" in refusal(trials=())


def test_a_command_quotes_the_name_of_a_study_for_the_shell():
    said = refusal(bayes=None, name="Käufer, it's 2")
    assert """`netclinic resume 'Käufer, it'"'"'s 2'`""" in said


def test_a_study_without_a_bayes_error_is_refused():
    assert refusal(bayes=None) == (
        "study 'planted' has no Bayes error yet. It is estimated when the study ends: finish it "
        "with `netclinic resume planted`."
    )


def test_a_trial_with_missing_errors_is_refused():
    assert refusal(trials=(planted.trial(test=None),)) == (
        "trial 0 of study 'planted' has no complete set of errors, one for each split. "
        "Run the study again under another name."
    )

"""Studies of regression: verdicts in squared units, false alarms, and what the reports say."""

import dataclasses
import io
import json
import re

import numpy as np
import pytest
from netclinic.cli.diagnosis_view import diagnosis_view
from netclinic.diagnostics import (
    DiagnosisError,
    diagnose,
    render_html,
    render_json,
    render_markdown,
    verdict_sentence,
)
from netclinic.diagnostics.charts.ladder_chart import ladder_chart
from netclinic.diagnostics.findings import FindingKind, RemedyKind, Severity, Verdict
from netclinic.diagnostics.gaps import measure_errors, measure_gaps
from netclinic.diagnostics.report.ladder_text import ladder_text
from netclinic.diagnostics.report.report_content import report_content
from netclinic.diagnostics.units import unit_of
from netclinic.diagnostics.verdict import judge
from netclinic.storage.records.data import TargetVariance
from rich.console import Console
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.page_text import as_read


@pytest.mark.parametrize(
    ("errors", "verdict"),
    [
        ((6.0, 6.1, 6.2), [Verdict.HIGH_BIAS]),
        ((0.1, 4.0, 4.1), [Verdict.HIGH_VARIANCE]),
        ((6.0, 14.0, 14.0), [Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE]),
        ((1.1, 1.2, 1.2), [Verdict.HEALTHY]),
        ((1.4, 1.9, 1.9), [Verdict.UNDETERMINED]),
    ],
)
def test_planted_problems_get_their_verdict(errors, verdict):
    """The tolerance is 2 % of the target's variance of 24: 0.48."""
    it = diagnose(planted.regression(errors))
    assert list(it.verdict) == verdict
    assert it.tolerance == pytest.approx(0.48)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_unit_of_the_target_changes_no_verdict(scale):
    errors, floor = (1.4, 1.9, 2.4), planted.bayes(scale, scale, scale, given=True)
    scaled = planted.regression(
        tuple(scale * e for e in errors), floor=floor, variance=24.0 * scale
    )
    one, other = diagnose(planted.regression(errors)), diagnose(scaled)
    assert one.verdict == other.verdict
    assert [f.kind for f in one.findings] == [f.kind for f in other.findings]
    for (_, a), (_, b) in zip(one.gaps.steps(), other.gaps.steps(), strict=True):
        assert np.multiply(a[:3], scale) == pytest.approx(b[:3])


def drawn(rng, error, rows):
    squares = error * rng.standard_normal(rows) ** 2
    return float(squares.mean()), float(squares.std())


def judged(errors, deviations, rows):
    """The verdict without findings and remedies, which take time."""
    study = planted.regression(errors, deviations, rows)
    unit = unit_of(study.spec, study.provenance)
    measured = measure_errors(study.trials[0].result, study.provenance.rows, study.bayes, unit)
    return judge(measure_gaps(measured, unit), 0.48)


@pytest.mark.parametrize("rows", [(1000, 400, 400), (300, 100, 100)])
@pytest.mark.parametrize("gap", [0.0, 0.48])
def test_null_studies_raise_few_false_alarms(rows, gap):
    """No bias and no variance, and the hardest null: each exactly as large as is tolerated."""
    rng, draws, biased, varied = np.random.default_rng(0), 400, 0, 0
    truth = (1.0 + gap, 1.0 + 2 * gap, 1.0 + 2 * gap)
    for _ in range(draws):
        its = [drawn(rng, e, n) for e, n in zip(truth, rows, strict=True)]
        errors, deviations = zip(*its, strict=True)
        verdict = judged(errors, deviations, rows)
        biased += Verdict.HIGH_BIAS in verdict
        varied += Verdict.HIGH_VARIANCE in verdict
    assert biased <= binom.ppf(0.999, draws, 0.025)
    assert varied <= binom.ppf(0.999, draws, 0.025)


def test_large_gaps_are_found_and_small_ones_cleared():
    rng, draws, found, cleared = np.random.default_rng(1), 100, 0, 0
    for _ in range(draws):
        for truth, rows in (((3.0, 6.0, 6.0), (1000, 400, 400)), ((1.0, 1.0, 1.0), (8000,) * 3)):
            its = [drawn(rng, e, n) for e, n in zip(truth, rows, strict=True)]
            verdict = judged(*zip(*its, strict=True), rows)
            found += verdict == (Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE)
            cleared += verdict == (Verdict.HEALTHY,)
    assert found >= 0.95 * draws
    assert cleared >= 0.95 * draws


def test_an_open_variance_tells_the_rows_that_settle_it():
    study = planted.regression((1.4, 1.7, 1.7), rows=(6000, 300, 300))
    it = diagnose(study)
    (finding,) = (f for f in it.findings if f.kind is FindingKind.VARIANCE_UNDETERMINED)
    needed = finding.evidence["test_rows_needed"]
    assert f"About {needed:,} test rows (now 300)" in finding.text
    settled = diagnose(planted.regression((1.4, 1.7, 1.7), rows=(6000, 300, needed)))
    assert settled.gaps.test_variance.high <= settled.tolerance


def test_the_sentence_gives_gaps_in_points_of_r_squared():
    """The squares of a price told nobody whether a gap is large: 1.49e7 of a variance of 6.7e8."""
    assert verdict_sentence(diagnose(planted.regression((6.0, 6.1, 6.2)))) == (
        "High bias: training error 6.00 is 19.8–21.9 points of R² above Bayes error, more than the "
        "tolerated 2.0."
    )
    assert verdict_sentence(diagnose(planted.regression((1.1, 1.2, 1.2)))) == (
        "Healthy: training error 1.10 is at most 0.6 points of R² above Bayes error, and test "
        "error 1.20 at most 0.8 points of R² above training error, where 2.0 are tolerated."
    )
    opened = diagnose(planted.regression((1.4, 1.7, 1.7), rows=(6000, 300, 300)))
    assert verdict_sentence(opened) == (
        "Undetermined, likely healthy: test error 1.70 is 1.3 points of R² above training error "
        "(0.1 to 2.8), where 2.0 are tolerated."
    )


def test_the_ladder_gives_the_gaps_that_the_sentence_gives():
    study = planted.regression((1.4, 1.7, 1.7), rows=(6000, 300, 300))
    diagnosis = diagnose(study)
    content = report_content(study, diagnosis)
    told = "+1.3 points of R² (0.1 to 2.8)"
    judged = content.gaps[-1]
    assert (judged.value, judged.share) == (told, "+0.300")
    assert "points of R² (80 % on each side)" in content.gaps[0].basis + judged.basis
    drawn = ladder_chart(diagnosis)["layer"][0]["data"]["values"]
    assert [row["text"] for row in drawn] == [gap.value for gap in content.gaps]
    lines = ladder_text(content.rungs, content.gaps, diagnosis).splitlines()
    assert any(line.endswith(content.gaps[0].value) for line in lines)
    assert max(map(len, lines)) < 80


def test_a_ladder_of_errors_far_beyond_the_variance_is_drawn():
    """A held-out row with a code of 1e11 for an input: the report was an internal error."""
    study = planted.regression((1.4, 1.7, 1e30), rows=(6000, 300, 300))
    diagnosis = diagnose(study)
    content = report_content(study, diagnosis)
    lines = ladder_text(content.rungs, content.gaps, diagnosis).splitlines()
    assert all(any(gap.value in line for line in lines) for gap in content.gaps[:3])


def rising(lowest, last):
    """Validation errors that fall, then rise; training errors that fall."""
    validation = [*np.linspace(8.0, lowest, 20), *np.linspace(lowest, last, 40)]
    training = np.linspace(8.0, 0.5, 60)
    curves = planted.flat_curves(0.5, last, 60)
    return curves._replace(
        training_error=tuple(training),
        training_loss=tuple(training / 24),
        validation_error=tuple(validation),
        validation_loss=tuple(np.divide(validation, 24)),
    )


@pytest.mark.parametrize(("last", "found"), [(3.0, True), (2.05, False)])
def test_a_rise_counts_by_its_share_of_the_error(last, found):
    study = planted.regression((0.5, last, last))
    best = study.trials[0]
    result = best.result._replace(curves=rising(2.0, last))
    study = dataclasses.replace(study, trials=(dataclasses.replace(best, result=result),))
    its = [f for f in diagnose(study).findings if f.kind is FindingKind.OVERFITTED_AFTER]
    assert bool(its) is found
    for it in its:
        assert it.severity is Severity.WARNING
        assert re.search(r"rose from 2\.0\d to \d\.\d\d while the training error fell\.", it.text)


STUDIES = [(6.0, 6.1, 7.2), (0.1, 4.0, 4.1), (1.1, 1.2, 1.2), (1.4, 1.9, 1.9)]


def percentages(text):
    """What stands before each percent sign, the confidence of intervals left out."""
    return set(re.findall(r"([\d.,]+)[ \u00a0]?%", text)) - {"80", "95", "97.5"}


@pytest.mark.parametrize("errors", STUDIES)
def test_no_report_writes_a_mean_square_as_a_percentage(errors):
    study = planted.regression(errors)
    it = diagnose(study)
    console = Console(width=200, file=None, record=True, force_terminal=False)
    with console.capture():
        console.print(diagnosis_view(report_content(study, it), it))
    page = render_html(study, it)
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    page = re.sub(r"<svg.*?</svg>", lambda m: re.sub(r"<[^>]*>", " ", m[0]), page, flags=re.DOTALL)
    for text in (page, render_markdown(study, it), render_json(it), console.export_text()):
        assert percentages(text) <= {"5", "0.3", "2", "80"}  # of a curve; confidence
        assert "classified wrongly" not in text
        assert "nats" not in text


def test_reports_tell_the_unit_and_r_squared():
    study = planted.regression((6.0, 6.1, 7.2))
    it = diagnose(study)
    for text in (as_read(render_html(study, it)), render_markdown(study, it)):
        assert "7.20 (6.77–7.67), R² 0.700 (0.680–0.718)" in text
        assert "Errors are mean squared errors in squared units of the target" in text
        assert "the noise in the target, which no function of these inputs can beat" in text
        assert "20.8 points of R²" in text
        assert "10 targets" in text
    content = json.loads(render_json(it))
    assert content["task"] == "regression"
    assert content["tolerance"] == pytest.approx(0.48)
    assert content["errors"]["test"]["deviation"] == pytest.approx(7.2 * 2**0.5)
    r2 = content["r2"]
    assert r2["test"]["value"] == pytest.approx(1 - 7.2 / 24)
    assert r2["test"]["low"] == pytest.approx(1 - content["errors"]["test"]["high"] / 24)
    assert list(r2) == ["bayes", "training", "validation", "test"]


def test_remedies_tell_what_they_are_against_in_points_of_r_squared_too():
    """Of a price the squares tell nobody whether a gap is large."""
    high_bias = diagnose(planted.regression((6e8, 6.1e8, 6.2e8), variance=24e8))
    assert "avoidable bias of 6e8 (25.0 points of R²)" in high_bias.remedies[0].reason
    (found,) = (it.text for it in high_bias.findings if it.kind is FindingKind.HIGH_BIAS)
    assert " points of R²) above the Bayes error of" in found
    high_variance = diagnose(planted.regression((1.0, 4.0, 4.1)))
    reasons = {it.kind: it.reason for it in high_variance.remedies}
    assert "variance of 3.10 (12.9 points of R²)" in reasons[RemedyKind.L2]
    decays = ({**planted.MIDDLE, "weight_decay": decay} for decay in (1e-5, 1e-2))
    trials = tuple(
        planted.trial(k, *errors, parameters, deviations=errors)
        for k, (errors, parameters) in enumerate(
            zip([(1, 4, 4.1), (1, 5.2, 5.3)], decays, strict=True)
        )
    )
    study = dataclasses.replace(planted.regression((1.0, 4.0, 4.1)), trials=trials)
    (l2,) = (it.reason for it in diagnose(study).remedies if it.kind is RemedyKind.L2)
    assert l2.endswith("is 1.20 (5.0 points of R²) above the best trial's.")
    against = {it.kind: it.reason for it in high_variance.spoken_against}
    assert "lies at most" in against[RemedyKind.BIGGER_NETWORK]
    assert " points of R²) above the Bayes error" in against[RemedyKind.BIGGER_NETWORK]


def test_of_a_single_target_the_roots_of_errors_are_told_in_its_units():
    study = planted.regression((6.25e8, 6.4e8, 7.29e8), variance=24e8)
    assert study.provenance is not None
    study = dataclasses.replace(study, provenance=study.provenance._replace(classes=1))
    it = diagnose(study)
    for text in (render_html(study, it), render_markdown(study, it)):
        assert "), root 27,000, R² 0.696 (" in text
    console = Console(width=100, file=io.StringIO(), force_terminal=False)
    console.print(diagnosis_view(report_content(study, it), it))
    printed = console.file.getvalue()
    assert "  roots: Bayes 1.00, training 25,000, validation 25,298, test 27,000\n" in printed


def test_each_split_has_its_own_variance_and_the_training_rows_the_tolerance():
    study = planted.regression((6.0, 6.0, 6.0))
    assert study.provenance is not None
    variance = study.provenance._replace(target_variance=TargetVariance(10.0, 20.0, 0.0))
    it = diagnose(dataclasses.replace(study, provenance=variance))
    r2 = it.as_dict()["r2"]
    assert it.tolerance == pytest.approx(0.2)
    assert r2["training"]["value"] == pytest.approx(0.4)
    assert r2["validation"]["value"] == pytest.approx(0.7)
    assert r2["bayes"]["value"] == pytest.approx(0.9)
    assert r2["test"]["value"] is None


def test_what_was_not_checked_fits_the_task():
    one = diagnose(planted.regression((1.1, 1.2, 1.2)))
    words = " ".join(one.not_checked)
    assert "Heavy tails" in words
    assert "take the target's variance as known" in words
    assert "different labels" not in words
    assert "Single targets" in words  # ten of them
    several = " ".join(diagnose(planted.multilabel((0.1,) * 3, (0.1,) * 3)).not_checked)
    assert "which one may suffer and others not; `netclinic resume planted` counts" in several
    assert "Heavy tails" not in several


def test_a_study_without_what_intervals_need_is_refused():
    study = planted.regression((1.1, 1.2, 1.2), deviations=(1.0, 1.0, None))
    with pytest.raises(DiagnosisError, match="trial 0 of study 'planted' lacks the deviation"):
        diagnose(study)
    study = planted.regression((1.1, 1.2, 1.2))
    assert study.provenance is not None
    bare = dataclasses.replace(study, provenance=study.provenance._replace(target_variance=None))
    with pytest.raises(DiagnosisError, match="without the variance of its target"):
        diagnose(bare)


def test_labels_of_a_row_that_are_wrong_together_make_intervals_wider():
    apart = diagnose(planted.multilabel((0.05, 0.1, 0.1), (0.05, 0.08, 0.08)))
    together = diagnose(planted.multilabel((0.05, 0.1, 0.1), (0.2, 0.3, 0.3)))
    pairs = zip(apart.gaps.steps(), together.gaps.steps(), strict=True)
    for (_, narrow), (_, wide) in pairs:
        assert narrow.value == wide.value
        assert narrow.high - narrow.low < wide.high - wide.low
    study = planted.multilabel((0.05, 0.1, 0.1), (0.05, 0.08, 0.08))
    page = render_markdown(study, apart)
    assert "percentages of labels that are wrong" in page
    assert "10.0 % (" in page
    assert "10 labels" in page

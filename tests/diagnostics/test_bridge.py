"""A bridge split tells data mismatch from variance, in the verdict and in every report."""

import json

import pytest
from netclinic.cli.diagnose import csv_rows
from netclinic.diagnostics import diagnose, render_html, render_json, render_markdown
from netclinic.diagnostics.charts.chart_svg import draw
from netclinic.diagnostics.charts.ladder_chart import ladder_chart
from netclinic.diagnostics.findings import FindingKind, RemedyKind, Verdict
from netclinic.diagnostics.gaps import BRIDGED_CONFIDENCE, measure_errors, measure_gaps
from netclinic.diagnostics.report.report_content import report_content
from netclinic.diagnostics.statistics.intervals import newcombe_difference
from netclinic.diagnostics.verdict import judge
from netclinic.storage.records.data import SplitSizes

from tests.diagnostics import planted

ROWS = (50_000, 20_000, 20_000, 20_000)


def study(training, bridge, validation, test=None, rows=ROWS):
    best = planted.trial(
        training=training,
        bridge=bridge,
        validation=validation,
        test=validation if test is None else test,
    )
    return planted.study([best], rows=rows, floor=planted.bayes(0.0, 0.0, 0.0))


# Errors in percent as in Ng 2018, Machine Learning Yearning, chapter 41; optimal error about 0.
@pytest.mark.parametrize(
    ("training", "bridge", "validation", "verdict"),
    [
        (1, 5, 5, (Verdict.HIGH_VARIANCE,)),
        (10, 11, 12, (Verdict.HIGH_BIAS,)),
        (10, 11, 20, (Verdict.HIGH_BIAS, Verdict.DATA_MISMATCH)),
        (1, 1.5, 10, (Verdict.DATA_MISMATCH,)),
        (1, 1, 1, (Verdict.HEALTHY,)),
    ],
)
def test_the_cases_of_machine_learning_yearning(training, bridge, validation, verdict):
    found = diagnose(study(training / 100, bridge / 100, validation / 100))
    assert found.verdict == verdict
    kinds = [finding.kind for finding in found.findings]
    assert kinds == [FindingKind(v.value) for v in verdict if v is not Verdict.HEALTHY]
    mismatch = Verdict.DATA_MISMATCH in verdict
    remedies = {r.kind for r in found.remedies}
    assert ({RemedyKind.COMPARE_SOURCES, RemedyKind.MATCHING_DATA} <= remedies) == mismatch
    assert (RemedyKind.MORE_DATA in remedies) == (Verdict.HIGH_VARIANCE in verdict)


def test_without_a_bridge_the_same_errors_are_called_variance():
    best = planted.trial(training=0.01, validation=0.1, test=0.1)
    found = diagnose(planted.study([best], rows=ROWS[:3], floor=planted.bayes(0.0, 0.0, 0.0)))
    assert found.verdict == (Verdict.HIGH_VARIANCE,)
    assert found.errors.bridge is None
    assert any(text.startswith("Data mismatch: ") for text in found.not_checked)


def test_gaps_are_measured_between_the_rungs_of_the_bridge():
    rows = SplitSizes(1000, 400, 500, 300)
    best = planted.trial(training=0.034, bridge=0.06, validation=0.1, test=0.13)
    errors = measure_errors(best.result, rows, planted.bayes(0.01, 0.01, 0.01))
    assert [name for name, _ in errors.rungs()] == [
        "bayes",
        "training",
        "bridge",
        "validation",
        "test",
    ]
    gaps = measure_gaps(errors)
    assert gaps.variance[:3] == newcombe_difference(18, 300, 34, 1000, BRIDGED_CONFIDENCE)
    assert gaps.judged_variance is gaps.variance
    assert gaps.test_variance is None
    assert gaps.data_mismatch is not None
    assert gaps.data_mismatch[:3] == newcombe_difference(40, 400, 18, 300, 0.95)
    assert gaps.test_mismatch is not None
    assert gaps.test_mismatch[:3] == newcombe_difference(65, 500, 18, 300, BRIDGED_CONFIDENCE)
    assert gaps.avoidable_bias.confidence == pytest.approx(1 - 0.05 / 3)


def test_few_rows_leave_the_mismatch_open_and_say_how_many_would_settle_it():
    few = study(0.0, 0.0, 0.04, rows=(2000, 150, 150, 1500))
    found = diagnose(few)
    assert found.verdict == (Verdict.UNDETERMINED,)
    open_ones = [f for f in found.findings if f.kind is FindingKind.MISMATCH_UNDETERMINED]
    assert len(open_ones) == 1
    needed = open_ones[0].evidence["test_rows_needed"]
    assert isinstance(needed, int)
    assert needed > 150
    assert f"About {needed:,} test rows (now 150)" in open_ones[0].text
    more = study(0.0, 0.0, 0.04, rows=(2000, needed, needed, 1500))
    errors = measure_errors(more.trials[0].result, more.provenance.rows, more.bayes)
    assert judge(measure_gaps(errors), 0.02) == (Verdict.DATA_MISMATCH,)


def test_the_sentence_names_all_three():
    both = study(0.1, 0.2, 0.3)
    found = diagnose(both)
    headline = report_content(both, found).headline
    assert headline.startswith("High bias, high variance and data mismatch: training error 10.0 %")
    assert "bridge error 20.0 % is" in headline
    assert "test error 30.0 % is" in headline
    assert headline.endswith("above bridge error, each more than the tolerated 2.0.")


def test_every_report_shows_the_bridge_in_its_place():
    record = study(0.01, 0.015, 0.1)
    found = diagnose(record)
    document = json.loads(render_json(found))
    assert document["errors"]["bridge"]["n"] == 20_000
    assert document["gaps"]["data_mismatch"]["value"] == pytest.approx(0.085)
    assert "test_variance" not in document["gaps"]
    assert document["verdict"] == ["data_mismatch"]
    names = [row[0] for row in csv_rows(found)]
    assert names[:5] == [
        f"{n}_error" for n in ("bayes", "training", "bridge", "validation", "test")
    ]
    assert names[5:] == [
        "avoidable_bias",
        "variance",
        "data_mismatch",
        "selection_optimism",
        "test_mismatch",
    ]
    markdown = render_markdown(record, found)
    ladder = markdown[markdown.index("```") :]
    places = [ladder.index(name) for name in ("Training error", "Bridge error", "Validation error")]
    assert places == sorted(places)
    assert "Bridge − training" in markdown
    assert "validation_error - bridge_error AS data_mismatch" in markdown
    html = render_html(record, found)
    assert "Data mismatch" in html
    assert "Mismatch on test rows" in html
    assert "20,000 bridge" in html


def test_the_ladder_has_five_rungs_and_a_band_for_each_judged_gap():
    chart = ladder_chart(diagnose(study(0.01, 0.015, 0.1)))
    rows = [row for layer in chart["layer"] for row in layer["data"]["values"]]
    names = [row["name"] for row in sorted(rows, key=lambda row: row["row"])]
    assert names == [
        "Bayes error (the floor)",
        "avoidable bias",
        "Training error",
        "variance",
        "Bridge error",
        "data mismatch",
        "Validation error",
        "selection optimism",
        "Test error",
        "mismatch on test rows",
    ]
    assert draw(chart, "", "l").count('"var(--band)"') == 3

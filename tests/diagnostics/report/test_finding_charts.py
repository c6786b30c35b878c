"""Each finding about trials has its picture with its numbers, or leads to where it is drawn."""

import re
from dataclasses import replace

import pytest
from netclinic.diagnostics.charts.chart_svg import draw
from netclinic.diagnostics.charts.ranking_chart import RANKS, ranking
from netclinic.diagnostics.findings import Finding, FindingKind, Severity
from netclinic.diagnostics.report.finding_charts import finding_charts
from netclinic.diagnostics.report.report_findings import SEEN
from netclinic.diagnostics.report.report_html import render_html
from netclinic.diagnostics.studies.alike_trials import compare_with_best
from netclinic.diagnostics.studies.trial_choice import shown_trials

from tests.diagnostics.drawn import EVIDENCE, drawn_diagnosis, drawn_study

RANKED = (FindingKind.WINNER_IN_DOUBT, FindingKind.VALIDATION_TOO_SMALL)


@pytest.fixture(scope="module")
def study():
    return drawn_study()


@pytest.fixture(scope="module")
def diagnosis(study):
    return drawn_diagnosis(study)


@pytest.fixture(scope="module")
def charts(study, diagnosis):
    return finding_charts(study, diagnosis, shown_trials(study))


def test_each_of_them_has_a_chart_with_words_and_numbers(charts):
    assert set(charts) == set(EVIDENCE)
    for it in charts.values():
        assert "<svg" in draw(it.chart, it.label, it.anchor)
        assert len(it.label) > 40
        assert len(it.caption) > 40
        assert it.table.rows


def test_findings_of_the_ranking_share_one(charts):
    assert charts[RANKED[0]] is charts[RANKED[1]]


def test_curves_are_of_the_trials_that_the_evidence_names(charts):
    lines = {
        row["line"].split()[0]
        for layer in charts[FindingKind.OVERFITTED_TRIALS].chart["layer"]
        for row in layer["data"]["values"]
        if "line" in row
    }
    assert lines == {"5", "6", "7"}
    assert "and of 2 more such trials" in charts[FindingKind.OVERFITTED_TRIALS].caption
    assert "more" not in charts[FindingKind.UNSTEADY_END].caption


def test_curves_of_the_diagnosed_trial_are_not_drawn_twice(study, diagnosis):
    own = Finding(
        FindingKind.UNSTEADY_END,
        Severity.WARNING,
        {"shown": diagnosis.trial, "numbers": str(diagnosis.trial)},
        "unsteady.",
    )
    only = replace(diagnosis, findings=(own,))
    assert finding_charts(study, only, shown_trials(study)) == {}
    assert 'href="#curves">See the training curves' in render_html(study, only)


def test_the_page_draws_a_shared_chart_once_and_links_to_it(study, diagnosis, charts):
    page = render_html(study, diagnosis)
    anchors = [it.anchor for it in charts.values()]
    for anchor in set(anchors):
        assert page.count(f'id="{anchor}"') == 1
        assert page.count(f'href="#{anchor}"') == anchors.count(anchor) - 1
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids


def test_the_ranking_says_who_can_be_told_from_the_best(study):
    trained = shown_trials(study).ranked
    it = ranking(study, trained)
    assert len(it.table.rows) == RANKS
    told = [row[-1] for row in it.table.rows]
    assert told[0] == "the best"
    assert told[1:] == sorted(told[1:]), "no, then yes"
    alike = compare_with_best(study).alike
    assert told.count("no") == it.alike == min(RANKS - 1, alike)
    assert ranking(replace(study, provenance=None), trained) is None
    assert ranking(study, trained[:1]) is None


def test_what_leads_elsewhere_has_a_place_on_the_page():
    assert {anchor for anchor, _ in SEEN.values()} == {
        "ladder",
        "search",
        "curves",
        "layers",  # of whose findings none is told without the layers' numbers
        "regions",  # the same
    }


def test_a_learning_rate_that_was_not_searched_has_no_chart(study, diagnosis):
    low = tuple(f for f in diagnosis.findings if f.kind is FindingKind.LOW_RATE_REGULARISES)
    fixed = replace(study, ranges=study.ranges[1:])
    only = replace(diagnosis, findings=low)
    assert finding_charts(fixed, only, shown_trials(study)) == {}

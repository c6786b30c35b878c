"""docs/remedies.md is the code's own text, and leaves no kind, prediction or objection out."""

import re
from pathlib import Path

import pytest
from netclinic.diagnostics.findings import RemedyKind
from netclinic.diagnostics.remedies.gains import _PREDICTIONS
from netclinic.diagnostics.remedies.objections import _RULES
from netclinic.diagnostics.remedies.table import TABLE
from netclinic.diagnostics.report.remedies_reference import _AGAINST, _GAINS, reference
from netclinic.diagnostics.report.report_labels import REMEDIES

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "remedies.md").read_text(encoding="utf-8")


def test_the_page_is_made_from_the_code():
    assert reference() == PAGE


@pytest.mark.parametrize("kind", RemedyKind)
def test_every_kind_has_its_section_with_the_findings_that_ask_for_it(kind):
    (section,) = re.findall(
        rf"^## {re.escape(REMEDIES[kind])}$(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE
    )
    assert f"`{kind.value}`, for [" in section
    asking = sum(kind in asked for asked in TABLE.values())
    assert section.count("](findings.md#") == asking
    assert ("Spoken against: " in section) == (kind in _AGAINST)


def test_every_prediction_and_every_objection_is_told():
    assert set(_GAINS) == set(_PREDICTIONS)
    assert set(_AGAINST) == {kind for kinds, _ in _RULES for kind in kinds}


def test_names_keep_their_capitals_within_a_sentence():
    assert "[the Bayes error contradicts the held-out error]" in PAGE


def test_its_links_lead_somewhere():
    findings = (DOCS / "findings.md").read_text(encoding="utf-8")
    for target in set(re.findall(r"\]\(findings\.md#([a-z0-9-]+)\)", PAGE)):
        assert f'id="{target}"' in findings or re.search(rf"\b{target}\b", findings), target

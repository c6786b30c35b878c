"""Every kind of finding is explained, in the report and in docs/findings.md."""

import re
from pathlib import Path

import pytest
from netclinic.diagnostics.explanations.explanations import EXPLANATIONS, GROUPS, anchor
from netclinic.diagnostics.findings import FindingKind
from netclinic.diagnostics.report.findings_reference import reference
from netclinic.diagnostics.report.report_labels import FINDINGS
from netclinic.diagnostics.report.report_markdown import render_markdown

DOCS = Path(__file__).parents[3] / "docs" / "findings.md"


@pytest.mark.parametrize("kind", FindingKind)
def test_every_kind_has_an_explanation_in_plain_sentences(kind):
    for text in EXPLANATIONS[kind]:
        assert text[0].isupper()
        assert text.endswith((".", ")"))
        assert len(text) > 40
        assert "`" not in text, "a page shows it as it is"


def test_no_kind_is_explained_twice():
    assert sum(map(len, GROUPS.values())) == len(EXPLANATIONS)


def test_the_page_has_a_section_with_an_anchor_a_kind():
    anchors = re.findall(r'<a id="([a-z0-9-]+)"></a>\n\n### (.+)', reference())
    assert dict(anchors) == {anchor(kind): FINDINGS[kind] for kind in FindingKind}


def test_the_page_is_up_to_date():
    assert DOCS.read_text(encoding="utf-8") == reference(), "run: make docs"


def test_the_page_names_the_remedies_that_a_finding_asks_for():
    section = reference().split('<a id="best-at-edge"></a>')[1].split("<a id=")[0]
    assert "Widen the search range" in section


def test_the_markdown_report_explains_the_kinds_that_occur_and_no_others(study, diagnosis):
    text = render_markdown(study, diagnosis)
    told = text.split("## What these findings mean")[1].split("\n## ")[0]
    titles = re.findall("^### (.+)$", told, flags=re.MULTILINE)
    assert sorted(titles) == sorted({FINDINGS[f.kind] for f in diagnosis.findings})

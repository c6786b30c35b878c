import re

import pytest
from markdown_it import MarkdownIt
from netclinic.diagnostics.report.report_html import render_html
from netclinic.diagnostics.report.report_markdown import render_markdown
from netclinic.diagnostics.report.wording import verdict_sentence

from .test_markdown import words

HOSTILE = "<img src=x> *a* _b_ `c` [d](e) | # ~f~ &amp; \\ 1_000"


@pytest.fixture(scope="module")
def markdown(study, diagnosis):
    return render_markdown(study, diagnosis)


def test_it_opens_with_the_verdict(markdown, diagnosis):
    assert markdown.startswith(f"# {verdict_sentence(diagnosis)}\n")


def test_it_has_the_sections_of_the_page(markdown, study, diagnosis):
    page = re.findall(r"<h2[^>]*>([^<]*)</h2>", render_html(study, diagnosis))
    sections = re.findall(r"^## (.*)$", markdown, re.MULTILINE)
    # One trial's curves as numbers stand for the page's pictures of several.
    named = sorted(s.replace(f"of trial {diagnosis.trial}", "of the best trials") for s in sections)
    assert named == sorted(page)


def test_it_says_everything_that_the_diagnosis_says(markdown, diagnosis):
    said = [f.text for f in diagnosis.findings] + [r.reason for r in diagnosis.remedies]
    said += [*diagnosis.not_checked, "6.1 % (4.1–9.1 %)", "+5.7 points (3.5 to 9.1)"]
    assert [text for text in said if text not in markdown] == []


def test_it_counts_the_pruned_trials(pruned_study, diagnosis):
    early = sum(t.state == "PRUNED" for t in pruned_study.trials)
    markdown = render_markdown(pruned_study, diagnosis)
    assert f" finished, {early} pruned (stopped early), " in markdown


def test_the_ladder_fits_a_terminal(markdown):
    ladder = markdown.split("```")[1]
    assert max(map(len, ladder.splitlines())) <= 80
    assert ladder.count("●") == 4


def test_a_bar_stands_where_its_error_lies(markdown):
    lines = {line[:18].strip(): line for line in markdown.split("```")[1].splitlines()}
    columns = [lines[name].index("●") for name in ("Training error", "Validation error")]
    assert columns[0] < columns[1] < lines["Test error"].index("●")


def test_hostile_names_staywords(study_of, diagnosis_of):
    study = study_of(8, name=HOSTILE)
    markdown = render_markdown(study, diagnosis_of(study))
    assert f"Study: {HOSTILE}" in "".join(words(markdown.replace("- Study", "\n\nStudy")))
    kinds = {
        child.type
        for token in MarkdownIt("commonmark", {"html": True}).parse(markdown)
        for child in token.children or []
    }
    assert "html_inline" not in kinds
    assert "image" not in kinds
    assert "link_open" not in kinds


def test_a_fence_in_the_spec_does_not_end_the_block(study_of, diagnosis_of):
    study = study_of(8)
    object.__setattr__(study, "spec_text", 'a = "```"\n# not a heading')
    markdown = render_markdown(study, diagnosis_of(study))
    assert 'a = "```"\n# not a heading' in "".join(words(markdown))


def test_tables_have_as_many_cells_as_headings(markdown):
    for block in re.findall(r"(?:^\|.*\|\n)+", markdown, re.MULTILINE):
        counts = {line.count("|") for line in block.splitlines()}
        assert len(counts) == 1

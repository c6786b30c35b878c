"""The layers of the diagnosed trial in the reports: the sentence, the table and the links."""

import re
from dataclasses import replace

from netclinic.diagnostics.charts.layer_chart import MOST
from netclinic.diagnostics.findings import Finding, FindingKind, Severity
from netclinic.diagnostics.report.report_html import render_html
from netclinic.diagnostics.report.report_layers import layer_part
from netclinic.diagnostics.report.report_markdown import render_markdown

from tests.diagnostics.measured import with_signs
from tests.diagnostics.vital_signs.test_vital_signs import END, LAYER, START, moment, unlike

DEAD = Finding(FindingKind.DEAD_UNITS, Severity.WARNING, {"layer": "hidden.1"}, "Dead.")
PLATEAU = Finding(FindingKind.PLATEAU, Severity.PROBLEM, {"layer": None}, "Flat.")
TITLE = "The layers of the best trial"


def _part(study, diagnosis, *signs):
    part = layer_part(with_signs(study, diagnosis.trial, signs), diagnosis)
    assert part is not None
    return part


def test_without_measurements_there_is_no_section(study, diagnosis) -> None:
    told = replace(diagnosis, findings=(DEAD,))
    assert layer_part(study, told) is None
    page = render_html(study, told)
    assert TITLE not in page
    assert "#layers" not in page
    assert TITLE not in render_markdown(study, told)


def test_only_the_diagnosed_trial_is_shown(study, diagnosis) -> None:
    other = next(t.number for t in study.trials if t.number != diagnosis.trial)
    assert layer_part(with_signs(study, other, (START, END)), diagnosis) is None


def test_the_sentence_says_what_was_and_was_not_looked_at(study, diagnosis) -> None:
    rows = study.provenance.rows.train
    told = _part(study, diagnosis, START, END).lead
    assert f"in trial {diagnosis.trial} on 512 of {rows:,} training rows" in told
    assert "before the first step and with the weights that training kept" in told
    assert told.endswith("not looked at: the other rows, the epochs between.")
    blind = _part(study, diagnosis, START, unlike(END, 2, dead=None)).lead
    assert blind.endswith("the epochs between, the activations behind hidden.1.")
    begun = _part(study, diagnosis, START).lead
    assert begun.endswith("before the first step; not looked at: the other rows, everything after.")


def test_where_the_probe_took_every_row_none_was_left_out(study, diagnosis) -> None:
    rows = study.provenance.rows.train
    told = _part(study, diagnosis, START._replace(rows=rows), END._replace(rows=rows)).lead
    assert f"on all {rows:,} training rows" in told
    assert told.endswith("not looked at: the epochs between.")
    unknown = replace(study, provenance=None)
    assert "on 512 training rows" in _part(unknown, diagnosis, START, END).lead


def test_the_table_has_every_number_of_both_moments(study, diagnosis) -> None:
    end = unlike(END, 1, variance=4.0, gradient_norm=3e-5, update_ratio=0.5, dead=0.75, moved=0.9)
    part = _part(study, diagnosis, START, end)
    assert part.told == "start → end"
    row = dict(zip(part.table.header, part.table.rows[1], strict=True))
    assert row == {
        "layer": "hidden.0",
        "units": "64",
        "activation spread": "1 → 2",
        "gradient norm": "1 → 3e-5",
        "weight norm": "8 → 8",
        "update ratio": "0.01 → 0.5",
        "dead units": "0.0 % → 75.0 %",
        "saturated": "–",
        "moved": "0.9",
    }
    assert [r[0] for r in part.table.rows] == ["inputs", "hidden.0", "hidden.1", "output"]
    unfinite = _part(study, diagnosis, START, unlike(END, 1, gradient_norm=None))
    assert unfinite.table.rows[1][3] == "1 → –"


def test_a_named_layer_is_marked_with_what_names_it(study, diagnosis) -> None:
    told = replace(diagnosis, findings=(DEAD, PLATEAU))
    part = _part(study, told, START, END)
    assert part.marked
    assert [(row[0], row[-1]) for row in part.table.rows[1:3]] == [
        ("hidden.0", "–"),
        ("▲ hidden.1", "Dead units"),
    ]
    assert not _part(study, replace(diagnosis, findings=(PLATEAU,)), START, END).marked


def test_findings_of_layers_lead_to_them(study, diagnosis) -> None:
    told = replace(diagnosis, findings=(DEAD, PLATEAU))
    page = render_html(with_signs(study, diagnosis.trial, (START, END)), told)
    assert page.count('<a href="#layers">See the layers</a>') == 2
    section = page[page.index('aria-labelledby="layers"') :].split("</section>")[0]
    assert section.count('role="img"') == 4
    assert "▲ hidden.1" in section
    assert "By layer, gradient norm: at the end from 1 (hidden.0)" in section
    assert "hollow" not in re.sub("<[^>]*>", "", section), "the legend shows it"


def test_the_markdown_has_the_sentence_and_the_table(study, diagnosis) -> None:
    text = render_markdown(with_signs(study, diagnosis.trial, (START, END)), diagnosis)
    section = text.split(f"## {TITLE}\n")[1].split("\n## ")[0]
    assert "on 512 of" in section
    assert "Each number: start → end" in section
    assert "| hidden.0 | 64 | 1 → 1 | 1 → 1 |" in section


def test_it_says_where_not_all_layers_are_drawn(study, diagnosis) -> None:
    assert "Drawn are" not in _part(study, diagnosis, START, END).caption
    many = tuple(LAYER._replace(layer=f"hidden.{n}") for n in range(60))
    part = _part(study, diagnosis, moment("start")._replace(layers=many))
    assert f"Drawn are {MOST} of 60 layers." in part.caption
    assert len(part.table.rows) == 60

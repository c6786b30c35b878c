"""The section on several labels: a table and a chart with the numbers that were counted."""

import pytest
from netclinic.diagnostics import diagnose, render_html, render_markdown
from netclinic.diagnostics.charts.label_chart import MOST as DRAWN
from netclinic.diagnostics.charts.label_chart import label_chart
from netclinic.diagnostics.report.report_label_errors import MOST, label_part

from tests.diagnostics import planted
from tests.diagnostics.page_text import as_read

STUDY = planted.multilabel(
    (0.01,) * 3, (0.05,) * 3, counted=planted.labels(cat=2, dog=(30, 36, 36))
)


def test_the_table_has_the_counts_of_each_label_the_worst_first():
    part = label_part(diagnose(STUDY))
    assert part is not None
    assert part.told == "Of 1 of 2 labels most of the rarer rows are surely missed."
    assert part.table.rows[0] == (
        *("dog", "with it", "30 of 120", "72 of 80", "80–96 %", "2 of 800", "0.1"),
        *("9 of 40 (from 0.5: 36)", "4 of 400 (from 0.5: 1)"),
    )
    assert part.table.rows[1][0] == "cat"


@pytest.mark.parametrize(
    ("missed", "told"),
    [
        ({"a": 2}, "Of no label most of the rarer rows are surely missed."),
        (
            {"a": 2, "b": 22},
            "Of no label most of the rarer rows are surely missed. Of 1 of 2 labels most held-out "
            "ones are, which are too few to be sure.",
        ),
        (
            {"a": 39, "b": 22},
            "Of 1 of 2 labels most of the rarer rows are surely missed. Of 1 more most held-out "
            "ones are, which are too few to be sure.",
        ),
    ],
)
def test_what_is_not_sure_is_told_as_such(missed, told):
    study = planted.multilabel((0.01,) * 3, (0.05,) * 3, counted=planted.labels(**missed))
    part = label_part(diagnose(study))
    assert part is not None
    assert part.told == told


def test_both_pages_show_it_and_a_study_without_labels_does_not():
    page = render_html(STUDY, diagnose(STUDY))
    assert "The labels</h3>" in page
    assert "Share of rows missed by label." in page
    assert "| dog | with it | 30 of 120 | 72 of 80 |" in as_read(
        render_markdown(STUDY, diagnose(STUDY))
    )
    other = planted.study([planted.trial()])
    assert "The labels</h3>" not in render_html(other, diagnose(other))
    assert label_part(diagnose(other)) is None


def test_the_chart_draws_training_and_held_out_shares_with_limits():
    chart = label_chart(diagnose(STUDY).labels)
    assert chart is not None
    first = chart["data"]["values"][0]
    assert (first["label"], first["training"], first["error"]) == ("dog", 0.25, 0.9)
    assert first["low"] < 0.9 < first["high"]
    assert label_chart(()) is None


def test_of_many_labels_the_worst_are_shown():
    many = planted.labels(**{f"a label with a very long name {i}": i % 41 for i in range(60)})
    study = planted.multilabel((0.01,) * 3, (0.05,) * 3, counted=many)
    diagnosis = diagnose(study)
    part, chart = label_part(diagnosis), label_chart(diagnosis.labels)
    assert part is not None
    assert chart is not None
    assert len(part.table.rows) == MOST
    assert "the 30 of 60 labels that are missed most" in part.sentences[0]
    assert len({row["label"] for row in chart["data"]["values"]}) == DRAWN

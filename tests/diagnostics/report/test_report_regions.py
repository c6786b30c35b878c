"""Regions in the reports: the sentences, the table and the chart."""

import json
from dataclasses import replace

import pytest
from netclinic.diagnostics.charts.chart_svg import draw
from netclinic.diagnostics.charts.region_chart import MOST, region_chart
from netclinic.diagnostics.findings import Finding, FindingKind, Severity
from netclinic.diagnostics.report.report_html import render_html
from netclinic.diagnostics.report.report_json import render_json
from netclinic.diagnostics.report.report_markdown import render_markdown
from netclinic.diagnostics.report.report_regions import region_part, suffers
from netclinic.diagnostics.statistics.intervals import wilson
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.data import ClassRows, TargetVariance
from netclinic.storage.records.regions import RegionRecord

from tests.diagnostics.regions.test_region_findings import BIASED, FOUND, KNOWN, NOISY, QUIET

NOTHING = FOUND._replace(regions=(QUIET,))
SKIPPED = FOUND._replace(regions=(), skipped="[diagnosis] regions = false")


def test_what_is_reported_comes_first(diagnosis) -> None:
    part = region_part(replace(diagnosis, regions=FOUND))
    assert part is not None
    assert part.told == (
        "High bias for the rows with x1 > 0.5; high variance for the rows with x0 > 1.2; noise for "
        "the rows of b; more than elsewhere, and more than is tolerated."
    )
    assert (
        "Looked at were 9 slices of columns. 900 rows formed them and chose 4 pairs"
        in (part.sentences[1])
    )
    assert "800 other rows judge these" in part.sentences[1]
    single = region_part(replace(diagnosis, regions=FOUND._replace(judged=1)))
    assert single is not None
    assert "chose 1 pair of a region" in single.sentences[1]
    assert "each interval has 99 %" in part.sentences[2]


def test_where_classes_count_alike_it_is_said_of_which_rows(diagnosis) -> None:
    rows = ClassRows(("a", "rare"), (500, 30), (200, 20), (200, 20))
    counted = replace(diagnosis, regions=FOUND)
    part, other = (
        region_part(replace(counted, unit=Unit(balanced=True)), rows),
        region_part(counted),
    )
    assert part is not None
    assert other is not None
    assert part.sentences[1].endswith("fewer than 20 rows of it: class rare.")
    # Limits of a region's errors are those of its rows, which can be counted.
    assert part.table == other.table


def test_the_users_groups_are_drawn_whatever_they_suffer_from(diagnosis) -> None:
    groups = tuple(QUIET._replace(family="group", name=f"site = {name}") for name in "ab")
    for before in ((), FOUND.regions[:1]):
        found = FOUND._replace(regions=(*before, *groups, QUIET))
        chart = region_chart(replace(diagnosis, regions=found))
        assert chart is not None
        drawn = [row["name"] for row in chart["data"]["values"]]
        names = ["the group site = a", "the group site = b", "all rows"]
        assert drawn == [*(["the rows with x1 > 0.5"] if before else []), *names]


def test_where_nothing_stands_out_it_is_said(diagnosis) -> None:
    part = region_part(replace(diagnosis, regions=NOTHING))
    assert part is not None
    assert part.told.startswith("In no region are bias, variance or noise shown to be higher")
    assert part.sentences[2].endswith("at most 5 % miss on average."), "nothing was refuted"
    found = region_part(replace(diagnosis, regions=FOUND))
    assert found is not None
    assert found.sentences[2].endswith("is told from the tolerance on where less is refuted.")


def test_of_a_regression_it_is_said_what_a_point_of_r_squared_is(diagnosis) -> None:
    """The ladder's gaps are in such points, the table's in squared units."""
    unit = Unit(Task.REGRESSION, 1, TargetVariance(48.0, 50.0, 50.0))
    squares = QUIET._replace(training_deviation=1.0, held_out_deviation=1.0)
    found = FOUND._replace(regions=(squares,))
    part = region_part(replace(diagnosis, regions=found, unit=unit))
    assert part is not None
    assert part.sentences[-1] == (
        "Errors and gaps are in squared units of the target; 0.48 of them are a point of R²."
    )
    classes = region_part(replace(diagnosis, regions=FOUND))
    assert classes is not None
    assert not any("R²" in sentence for sentence in classes.sentences)


def test_in_one_line_it_is_told_which_value_carries_a_region(diagnosis) -> None:
    ill = BIASED._replace(name="site≠a", reported=("high_variance", "floor"))
    values = [
        QUIET._replace(name=f"site={it}", held_out_error=error)
        for it, error in (("b", 0.0), ("c", 0.4))
    ]
    part = region_part(replace(diagnosis, regions=FOUND._replace(regions=(ill, *values))))
    assert part is not None
    assert part.told == (
        "High variance for the rows with site≠a; noise for the rows with site≠a; more than "
        "elsewhere, and more than is tolerated. Of site≠a the held-out error is 40.0 % for c (20 "
        "of 50 rows), 0.0 % for b (0 of 50 rows)."
    )


def test_where_the_error_is_higher_it_is_told_which_value_carries_it(diagnosis) -> None:
    worse = QUIET._replace(name="site≠a", error_p=0.003, elsewhere_error=0.05)
    values = [
        QUIET._replace(name=f"site={it}", held_out_error=e) for it, e in (("b", 0), ("c", 0.4))
    ]
    part = region_part(replace(diagnosis, regions=FOUND._replace(regions=(worse, *values))))
    assert part is not None
    assert part.told.endswith(
        "noise makes it so is open. Of site≠a the held-out error is 40.0 % for c (20 of 50 rows), "
        "0.0 % for b (0 of 50 rows)."
    )


def test_where_the_error_is_higher_it_is_said_though_the_cause_is_open(diagnosis) -> None:
    worse = QUIET._replace(
        family="group", name="area=south", verdict=("undetermined",), error_p=0.003
    )
    found = FOUND._replace(regions=(worse._replace(elsewhere_error=0.05), QUIET))
    part = region_part(replace(diagnosis, regions=found))
    assert part is not None
    assert part.told == (
        "In no region are bias, variance or noise shown to be higher than elsewhere. The held-out "
        "error is higher for the group area=south (22.0 %, elsewhere 5.0 %); whether bias, "
        "variance or noise makes it so is open."
    )
    assert part.sentences[2].endswith("is judged apart, with 5 % of its own.")
    row = dict(zip(part.table.header, part.table.rows[0], strict=True))
    assert row["suffers from"] == "undetermined; ▲ higher error"
    assert row["adjusted p"].endswith("error 0.003")
    chart = region_chart(
        replace(
            diagnosis,
            regions=found._replace(
                regions=(worse._replace(family="slice", elsewhere_error=0.05), QUIET)
            ),
        )
    )
    assert chart is not None
    drawn = [row["name"] for row in chart["data"]["values"]]
    assert drawn == ["the rows with area=south", "all rows"]
    same = region_part(replace(diagnosis, regions=found._replace(regions=(worse,))))
    assert same is not None
    assert "The held-out error" not in same.told, "another region says so"


def test_of_several_tasks_each_is_said_once(diagnosis) -> None:
    other = FOUND._replace(regions=(QUIET,), confidence=0.98)
    tasks = {name: replace(diagnosis, regions=it) for name, it in (("a", FOUND), ("b", other))}
    part = region_part(replace(diagnosis, tasks=tasks))
    assert part is not None
    told, *looked = part.sentences
    assert told == part.told
    assert [text[:19] for text in looked[:2]] == ["a: Looked at were 9", "b: Looked at were 9"]
    assert not any("In no region" in text for text in looked)
    assert "a: The chance that any" in looked[2]
    assert "b: The chance that any" in looked[3]
    assert "has 98 %" in looked[3]
    alike = region_part(replace(diagnosis, tasks={"a": tasks["a"], "b": tasks["a"]}))
    assert alike is not None
    assert len(alike.sentences) == 5, "the level stands there once where it is that of all"


def test_without_a_search_there_is_no_section(study, diagnosis) -> None:
    for none in (diagnosis, replace(diagnosis, regions=SKIPPED)):
        assert region_part(none) is None
        assert region_chart(none) is None
        assert "By region" not in render_html(study, none)
        assert "By region" not in render_markdown(study, none)


def test_a_row_has_every_number_with_its_interval(diagnosis) -> None:
    part = region_part(replace(diagnosis, regions=FOUND))
    assert part is not None
    row = dict(zip(part.table.header, part.table.rows[0], strict=True))
    assert row["region"] == "the rows with x1 > 0.5"
    assert row["suffers from"] == "▲ high bias"
    low, high = wilson(20, 100, 0.99)[1:]
    assert row["training error"] == f"20 of 100 rows: 20.0 % ({100 * low:.1f}–{100 * high:.1f} %)"
    assert row["floor"] == "10.0 % (5.0–20.0 %)"
    assert row["avoidable bias"] == "+30.0 (+25.0 to +35.0)"
    assert row["variance"] == "+2.0 (−10.0 to +20.0)"
    assert row["adjusted p"] == "bias 0.001, noise 0.01"


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (QUIET, "high bias, as elsewhere"),
        (QUIET._replace(same_as="x1 > 0.4"), "high bias, as x1 > 0.4"),
        (QUIET._replace(verdict=("undetermined",)), "undetermined"),
        (
            KNOWN._replace(verdict=("high_bias", "high_variance")),
            "high bias, as elsewhere; ▲ high variance",
        ),
    ],
)
def test_what_a_region_suffers_from(region: RegionRecord, words: str) -> None:
    assert suffers(region) == words


def test_many_regions_are_not_all_shown(diagnosis) -> None:
    many = FOUND._replace(regions=(BIASED, *[QUIET] * 40))
    part = region_part(replace(diagnosis, regions=many))
    assert part is not None
    assert len(part.table.rows) == 25
    assert part.sentences[-1] == "16 more are in diagnosis.json."


def test_the_chart_shows_the_reported_regions_and_all_rows(diagnosis) -> None:
    chart = region_chart(replace(diagnosis, regions=FOUND))
    assert chart is not None
    rows = chart["data"]["values"]
    assert [row["name"] for row in rows] == [
        "the rows with x1 > 0.5",
        "the rows with x0 > 1.2",
        "the rows of b",
        "all rows",
    ]
    assert (rows[0]["training"], rows[0]["held_out"], rows[0]["floor"]) == (0.2, 0.22, 0.1)
    assert rows[0]["text"] == "high bias: training 20 %, held out 22 %"
    assert rows[-1]["held_out"] == diagnosis.errors.test.value
    domain = chart["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain[1] >= max(row["held_out_high"] for row in rows)
    svg = draw(chart, "", "g")
    for word in ("the rows with x1 &gt; 0.5", "all rows", "var(--band)", "var(--accent)"):
        assert word in svg


def test_the_chart_is_not_endless_and_long_names_are_cut(diagnosis) -> None:
    long = NOISY._replace(name="a" * 80)
    chart = region_chart(replace(diagnosis, regions=FOUND._replace(regions=(long,) * 20)))
    assert chart is not None
    rows = chart["data"]["values"]
    assert len(rows) == MOST + 1
    assert rows[0]["name"].endswith("a…")
    assert len(rows[0]["name"]) == 47


def test_the_reports_and_the_json_have_them(study, diagnosis) -> None:
    told = replace(diagnosis, regions=FOUND)
    page, text = render_html(study, told), render_markdown(study, told)
    assert 'aria-labelledby="regions"' in page
    assert "Errors by region. High bias for the rows with x1" in page
    assert "## By region" in text
    assert "| the rows with x0 \\> 1.2 | ▲ high variance |" in text
    stored = json.loads(render_json(told))["regions"]
    assert stored["regions"][0]["name"] == "x1 > 0.5"
    assert stored["regions"][0]["verdict"] == ["high_bias"]
    assert stored["confidence"] == 0.99
    assert "regions" not in json.loads(render_json(diagnosis))


def test_a_finding_on_a_region_leads_to_the_regions(study, diagnosis) -> None:
    finding = Finding(FindingKind.REGION_NOISE, Severity.WARNING, {}, "Noisy there.")
    page = render_html(study, replace(diagnosis, regions=FOUND, findings=(finding,)))
    assert '<a href="#regions">See the regions</a>' in page
    assert '<h2 id="regions">' in page

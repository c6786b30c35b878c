import re
import xml.etree.ElementTree as ET

import pytest
from netclinic.diagnostics.charts.chart_svg import draw
from netclinic.diagnostics.charts.curve_chart import ERROR, LOSS, curve_chart, with_curves
from netclinic.diagnostics.charts.ladder_chart import ladder_chart
from netclinic.diagnostics.charts.search_chart import search_chart
from netclinic.diagnostics.studies.trial_choice import shown_trials
from netclinic.storage.records.study import SearchRange


@pytest.fixture(scope="module")
def charts(study, diagnosis):
    shown = shown_trials(study)
    trials = with_curves(shown.ranked, diagnosis.trial, 8)
    return {
        "ladder": ladder_chart(diagnosis),
        **{r.name: search_chart(r, shown) for r in study.ranges},
        "loss": curve_chart(trials, diagnosis.trial, LOSS),
        "error": curve_chart(trials, diagnosis.trial, ERROR),
    }


@pytest.fixture(scope="module")
def pictures(charts):
    return {name: draw(chart, f"about {name}", name) for name, chart in charts.items()}


def test_every_picture_is_well_formed_and_named(pictures):
    for name, svg in pictures.items():
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        assert root.get("aria-label") == f"about {name}"
        assert root.get("width") is None, "the page sets the width"


def test_pictures_hold_nothing_but_shapes_and_words(pictures):
    for svg in pictures.values():
        tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}
        assert tags <= {"svg", "g", "path", "line", "rect", "text", "clipPath", "defs"}
        assert re.findall(r'https?://[^"]*', svg) == ["http://www.w3.org/2000/svg"]


def test_every_colour_follows_the_page(pictures):
    for name, svg in pictures.items():
        colours = set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg))
        bare = {c for c in colours if not c.startswith("var(--")}
        assert bare <= {"none", "transparent"}, name


def test_ids_differ_between_pictures(pictures):
    ids = [i for svg in pictures.values() for i in re.findall(r'\bid="([^"]*)"', svg)]
    assert len(ids) == len(set(ids))
    for name, svg in pictures.items():
        used = re.findall(r"url\(#([^)]*)\)", svg)
        assert set(used) <= {i for i in ids if i.startswith(f"{name}-")}


def test_names_are_escaped(study):
    hostile = SearchRange("<b>&\"'", "choice", None, None, ("<script>alert(1)</script>", "b"))
    svg = draw(search_chart(hostile, shown_trials(study)), '"><script>x</script>', "h")
    texts = [e.text for e in ET.fromstring(svg).iter() if e.text]
    assert "<script" not in svg
    assert any("<script>" in text for text in texts)


def test_the_same_chart_gives_the_same_picture(charts, pictures):
    assert draw(charts["ladder"], "about ladder", "ladder") == pictures["ladder"]


def test_every_trial_is_in_the_scatter(study, pictures):
    shown = shown_trials(study)
    drawn = ET.fromstring(pictures["learning_rate"]).iter("{http://www.w3.org/2000/svg}path")
    accent = [p for p in drawn if p.get("fill") == "var(--accent)"]
    alarm = pictures["learning_rate"].count('"var(--alarm)"')
    assert len(accent) >= 10
    assert alarm == shown.diverged_total


def test_coordinates_are_rounded_and_labels_are_not():
    chart = {
        "mark": "point",
        "data": {"values": [{"x": 1 / 3, "y": 0.001}]},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative", "axis": {"values": [0.001]}},
        },
    }
    svg = draw(chart, "", "n")
    assert ">0.001</text>" in svg
    assert not re.search(r'="[^"]*\d\.\d{3}', svg)


def test_a_chart_is_drawn_once_whatever_it_is_called(charts, pictures, monkeypatch) -> None:
    monkeypatch.setattr("vl_convert.vegalite_to_svg", lambda *_, **__: pytest.fail("drawn anew"))
    again = draw(charts["loss"], "something else", "other")
    assert 'aria-label="something else"' in again
    plain = re.sub(r'aria-label="[^"]*"', "", pictures["loss"]).replace("loss-", "other-")
    assert re.sub(r'aria-label="[^"]*"', "", again) == plain
    with pytest.raises(pytest.fail.Exception):
        draw({**charts["loss"], "width": 321}, "", "")

import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from netclinic.diagnostics.diagnosis import diagnose
from netclinic.diagnostics.explanations.explanations import EXPLANATIONS
from netclinic.diagnostics.findings import Verdict
from netclinic.diagnostics.report.report_html import render_html
from netclinic.diagnostics.report.report_labels import LEANINGS, VERDICTS
from netclinic.diagnostics.report.report_markdown import render_markdown
from netclinic.diagnostics.report.wording import verdict_sentence
from netclinic.storage.records.results import Curves
from netclinic.storage.records.study import SearchRange

from tests.diagnostics.page_text import as_read

HOSTILE = "<script>alert('x')</script>\"&{{ 7 * 7 }} | é"
VOID = {"meta", "link", "br", "hr", "img", "input"}


class _Page(HTMLParser):
    """Collect the tags, attributes and text of a page, and check that tags are balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(as_read(" ".join(self.words)).split())


@pytest.fixture(scope="module")
def html(study, diagnosis):
    return render_html(study, diagnosis)


@pytest.fixture(scope="module")
def page(html):
    return _Page(html)


def test_the_page_opens_with_the_verdict(page, diagnosis):
    text = page.text
    sentence = text.index(verdict_sentence(diagnosis))
    order = [
        sentence,
        text.index("Where the error comes from"),
        text.index("What to do next"),
        text.index("Findings"),
        text.index("The search"),
        text.index("Training curves of the best trials"),
        text.index("The ten best trials"),
        text.index("What was not checked"),
        text.index("Where each number comes from"),
        text.index("Provenance"),
    ]
    assert order == sorted(order)
    assert "of a Bayes error that was estimated, the thicker part is likely" in text


def test_the_page_says_everything_that_the_diagnosis_says(page, study, diagnosis):
    said = [study.name, "1,077 training", "2 × cpu", study.provenance.data_fingerprint]
    said += [f.text for f in diagnosis.findings] + [r.reason for r in diagnosis.remedies]
    said += [*diagnosis.not_checked, "6.1 % (4.1–9.1 %)", "+5.7 points (3.5 to 9.1)"]
    said += ["netclinic run SPEC -S study.name=digits-l2 -S 'search.weight_decay={log=[1e-4,1]}'"]
    assert [text for text in said if text not in page.text] == []


def test_nothing_is_fetched_and_nothing_runs(page, html):
    addresses = [
        (tag, name, value)
        for tag, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster")
    ]
    inside = {f"#{a['id']}" for _, a in page.tags if "id" in a}
    leaving = [it for it in addresses if it[2] not in inside]
    assert leaving == [("link", "href", "data:,")]
    assert "script" not in {tag for tag, _ in page.tags}
    assert not [n for _, attributes in page.tags for n in attributes if n.startswith("on")]
    assert re.findall(r"@import|@font-face|url\((?!#)", html) == []


def test_the_page_is_named_and_its_headings_step_down_by_one(page):
    assert ("html", {"lang": "en"}) in page.tags
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_every_picture_has_words(page):
    pictures = [a for tag, a in page.tags if tag == "svg" and "aria-hidden" not in a]
    assert len(pictures) == 9
    assert all(len(a["aria-label"] or "") > 40 for a in pictures)


def test_ids_are_unique(page):
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    labelled = {a["aria-labelledby"] for _, a in page.tags if "aria-labelledby" in a}
    assert labelled <= set(ids)


def test_every_finding_leads_to_its_explanation(page, diagnosis):
    wanted = {f"about-{f.kind.value.replace('_', '-')}" for f in diagnosis.findings}
    linked = [a["href"] for tag, a in page.tags if tag == "a" and "about-" in (a["href"] or "")]
    assert len(linked) == len(diagnosis.findings)
    assert set(linked) == {f"#{it}" for it in wanted}
    explained = {a["id"] for _, a in page.tags if (a.get("id") or "").startswith("about-")}
    assert explained == wanted
    assert all(EXPLANATIONS[f.kind].found in page.text for f in diagnosis.findings)


def test_hostile_names_stay_words(study_of, diagnosis_of):
    study = study_of(8, name=HOSTILE)
    study = replace(study, spec_text=f'[study]\nname = "{HOSTILE}"\n</code></pre>{HOSTILE}')
    page = _Page(render_html(study, diagnosis_of(study)))
    assert "script" not in {tag for tag, _ in page.tags}
    assert page.text.count("<script>alert('x')</script>") >= 4
    assert "49" not in page.text.split("Provenance")[1]


def test_every_verdict_has_its_word_beside_its_colour(study, diagnosis):
    bridged = replace(
        diagnosis,
        errors=diagnosis.errors._replace(bridge=diagnosis.errors.validation),
        gaps=diagnosis.gaps._replace(
            test_variance=None,
            data_mismatch=diagnosis.gaps.variance,
            test_mismatch=diagnosis.gaps.variance,
        ),
    )
    for verdict, badge in VERDICTS.items():
        told = bridged if verdict is Verdict.DATA_MISMATCH else diagnosis
        page = _Page(render_html(study, replace(told, verdict=(verdict,), leaning=())))
        assert f"{badge.sign} {badge.word}" in page.text
    for verdict, badge in LEANINGS.items():
        told = bridged if verdict is Verdict.DATA_MISMATCH else diagnosis
        leaning = replace(told, verdict=(Verdict.UNDETERMINED,), leaning=(verdict,))
        page = _Page(render_html(study, leaning))
        assert f"{badge.sign} {badge.word}" in page.text
        assert VERDICTS[Verdict.UNDETERMINED].word not in page.text.split(":")[0]
    both = (Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE)
    assert (
        "High bias ▲ High variance"
        in _Page(render_html(study, replace(diagnosis, verdict=both))).text
    )


def test_a_study_without_curves_remedies_findings_or_origin(study, diagnosis):
    bare = tuple(
        replace(t, result=t.result._replace(curves=Curves((), (), (), (), ())))
        for t in study.trials
    )
    foreign = replace(study, trials=bare, spec=None, spec_text=None, provenance=None, bayes=None)
    plain = replace(diagnosis, findings=(), remedies=())
    text = _Page(render_html(foreign, plain)).text
    assert "no finding asks for a change" in text
    assert "Nothing stood out" in text
    assert "not made by netclinic" in text
    assert "Training curves" not in text


def test_pruned_trials_are_counted_and_have_a_legend(page, pruned_study, diagnosis):
    early = sum(t.state == "PRUNED" for t in pruned_study.trials)
    text = _Page(render_html(pruned_study, diagnosis)).text
    finished = len(pruned_study.finished())
    assert f"64 trials: {finished} finished, {early} pruned (stopped early)" in text
    assert "pruned (no final error; drawn on top)" in text
    assert f"64 trials, {early} of them pruned, " in text
    assert "others" not in text.split("64 trials: ")[1].split(".")[0]
    assert "pruned" not in page.text


def test_a_diagnosis_of_the_study_itself(study):
    diagnosis = diagnose(study)
    text = _Page(render_html(study, diagnosis)).text
    said = [f.text for f in diagnosis.findings] + [r.reason for r in diagnosis.remedies]
    assert len(said) > 3
    assert [words for words in said if words.replace("`", "") not in text] == []


def test_ranges_of_every_law_have_a_picture_and_a_line(study, diagnosis):
    more = (
        SearchRange("units", "int", 16, 2048),
        SearchRange("activation", "choice", None, None, ("relu", "tanh")),
    )
    trials = tuple(
        replace(t, parameters={**t.parameters, "units": 1024 + t.number, "activation": "tanh"})
        for t in study.trials
    )
    wider = replace(study, trials=trials, ranges=(*study.ranges, *more))
    page = _Page(render_html(wider, diagnosis))
    best = 1024 + diagnosis.trial
    assert sum(tag == "svg" and "aria-label" in a for tag, a in page.tags) == 3 + 2 * 5
    assert re.search(rf"units {best} 10\d\d to 10\d\d 16 to 2048 int", page.text)
    assert "activation tanh tanh relu | tanh choice" in page.text


def test_the_same_study_gives_the_same_page(html, study, diagnosis):
    assert render_html(study, diagnosis) == html


@pytest.mark.slow
def test_a_large_study_makes_a_small_page_and_says_what_it_left_out(study_of, diagnosis_of):
    study = study_of(4096, epochs=4)
    began = time.perf_counter()
    html = render_html(study, diagnosis_of(study))
    assert time.perf_counter() - began < 20, "two seconds on a quiet machine"
    assert len(html) < 3_000_000
    assert re.search(r"Drawn are 600 of 3,\d{3} finished trials", html)


@pytest.mark.parametrize("given", [False, True])
def test_how_a_floor_was_estimated_is_told_once_below_the_ladder(study, diagnosis, given):
    told = study.bayes._replace(given=given, method="told at length", details={})
    of_floor = diagnosis.errors.bayes._replace(method="told at length")
    errors = diagnosis.errors._replace(bayes=of_floor)
    both = replace(study, bayes=told), replace(diagnosis, errors=errors)
    text, markdown = _Page(render_html(*both)).text, render_markdown(*both)
    assert text.count("Told at length.") == markdown.count("Told at length.") == 1
    below = "How the Bayes error came about"
    if given:
        assert below not in text + markdown
    else:
        assert f"{below} Told at length." in text
        assert f"{below}: Told at length." in markdown

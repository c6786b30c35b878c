"""The page in headless Chromium: what a reader would stumble over, and axe-core's rules."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from netclinic.diagnostics.findings import Finding, FindingKind, Objection, RemedyKind, Severity
from netclinic.diagnostics.remedies.tried import tried_remedies
from netclinic.diagnostics.report.report_html import render_html
from netclinic.diagnostics.studies.selection import selection_of
from playwright.sync_api import Page, sync_playwright

from tests.diagnostics.drawn import drawn_diagnosis, drawn_study
from tests.diagnostics.learning_curves import FORECAST
from tests.diagnostics.measured import with_signs
from tests.diagnostics.regions.test_region_findings import FOUND
from tests.diagnostics.tried import HARMFUL, IN_VAIN, OPEN, TRIED
from tests.diagnostics.vital_signs.test_vital_signs import END, START, unlike

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="needs chromium (a Debian package)")
# --no-sandbox: as root, Chromium starts only so.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"
WIDE_ELEMENTS = """
[...document.querySelectorAll('body *')]
  .filter(e => !e.closest('.wide') || e.classList.contains('wide'))
  .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)
  .map(e => e.tagName + '.' + e.className)
"""
# Intervals in sentences that begin on one line and end on the next.
BROKEN_INTERVALS = """() => {
  const broken = [];
  for (const place of document.querySelectorAll("h1, p")) {
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      for (const found of texts.currentNode.data.matchAll(/[0-9.,]+–\\u2060?[0-9.,]+/g)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, found.index);
        range.setEnd(texts.currentNode, found.index + found[0].length);
        const lines = new Set([...range.getClientRects()].map(it => Math.round(it.top)));
        if (lines.size > 1) broken.push(found[0]);
      }
    }
  }
  return broken;
}"""
CUT_TEXTS = """
[...document.querySelectorAll('figure svg')].flatMap(svg => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(t => { const b = t.getBoundingClientRect();
    return b.left < box.left - 1 || b.right > box.right + 1 || b.bottom > box.bottom + 1; })
  .map(t => t.textContent); })
"""


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=["plain", "drawn"])
def address(request, study, diagnosis, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report, and one with every finding that has a picture of its own."""
    path: Path = tmp_path_factory.mktemp("page") / "report.html"
    if request.param == "drawn":
        study = drawn_study()
        diagnosis = drawn_diagnosis(study)
    against = Objection(RemedyKind.L2, FindingKind.HIGH_VARIANCE, "It underfits.", {"gap": 0.1})
    chosen = selection_of(study, diagnosis.unit)
    told = replace(diagnosis, regions=FOUND, spoken_against=(against,), selection=chosen)
    layer = Finding(FindingKind.DEAD_UNITS, Severity.INFO, {"layer": "hidden.0"}, "Dead.")
    tried = tried_remedies((TRIED, HARMFUL, IN_VAIN, OPEN), told.tolerance, told.unit.task)
    told = replace(told, findings=(*told.findings, layer), tried=tried, learning_curve=FORECAST)
    saturated = unlike(END, 2, saturated=0.3, gradient_norm=1e-6)
    study = with_signs(study, told.trial, (unlike(START, 1, gradient_norm=0.0), saturated))
    path.write_text(render_html(study, told), encoding="utf-8")
    return path.as_uri()


def test_it_opens_without_console_messages_or_requests(page: Page, address: str) -> None:
    said, asked = [], set()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.add(request.url))
    page.goto(address)
    assert said == []
    assert address in asked
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}


@pytest.mark.parametrize("pixels", [320, 360, 390, 768, 1100])
def test_it_does_not_scroll_sideways(page: Page, address: str, pixels: int) -> None:
    page.set_viewport_size({"width": pixels, "height": 800})
    page.goto(address)
    page.evaluate(UNFOLD)
    assert page.evaluate("innerWidth") == pixels
    assert page.evaluate(WIDE_ELEMENTS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= pixels


def test_no_interval_is_broken_in_two(page: Page, address: str) -> None:
    page.goto(address)
    for pixels in range(320, 440, 10):
        page.set_viewport_size({"width": pixels, "height": 800})
        assert page.evaluate(BROKEN_INTERVALS) == []


@pytest.mark.parametrize("pixels", [390, 1100])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(page: Page, address: str, scheme, pixels: int) -> None:
    """By axe-core: WCAG 2.2 A and AA, contrast among them, and its own best practices."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": pixels, "height": 800})
    page.goto(address)
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
    page.evaluate(UNFOLD)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_every_link_within_the_page_has_a_target(page: Page, address: str) -> None:
    page.goto(address)
    links = page.eval_on_selector_all("a[href^='#']", "all => all.map(a => a.hash.slice(1))")
    ids = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    assert links
    assert set(links) <= set(ids)
    assert len(ids) == len(set(ids))


def test_no_label_of_a_chart_is_cut(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1100, "height": 800})
    page.goto(address)
    assert page.evaluate(CUT_TEXTS) == []


def test_it_is_whole_without_scripts(browser, page: Page, address: str) -> None:
    page.goto(address)
    with_scripts = page.inner_text("body")
    without = browser.new_page(java_script_enabled=False)
    without.goto(address)
    assert without.inner_text("body") == with_scripts
    assert len(with_scripts) > 2000
    without.close()

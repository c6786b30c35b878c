"""The page of all studies: what it says, and that it can be read by everybody."""

import re
import shutil
from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from netclinic.diagnostics.report.studies_html import render_studies
from netclinic.storage import StudyStanding, StudyState, StudySummary
from playwright.sync_api import sync_playwright

from tests.diagnostics.page_text import as_read

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
THEN = datetime(2026, 1, 2, 3, 4, 5)


def standing(
    name: str,
    state: StudyState,
    best: float | None,
    verdict: tuple[str, ...] | None,
    task: str | None = "classification",
    wanted: int | None = 64,
    rows: int | None = 359,
    *,
    balanced: bool = False,
) -> StudyStanding:
    summary = StudySummary(1, name, 48, 48, 0, 0, 0, best, THEN, verdict, task)
    return StudyStanding(summary, state, 48, wanted, rows, balanced)


def leaning(it: StudyStanding, *likely: str) -> StudyStanding:
    return it._replace(summary=it.summary._replace(leaning=likely))


STUDIES = (
    standing("digits", StudyState.FINISHED, 0.0195, ("high_variance",)),
    standing("a/b <i>", StudyState.RUNNING, None, None),
    standing("squares", StudyState.STOPPED, 2934.4, ("high_bias", "high_variance"), "regression"),
    standing("long_" * 20, StudyState.FINISHED, 0.12, ("healthy",), balanced=True),
    standing("plain", StudyState.OPTUNA, 0.25, None, None, None, None),
    leaning(standing("odd", StudyState.FINISHED, 7.5, ("undetermined",)), "high_bias"),
)


def cells(page: str, name: str) -> list[str]:
    """The texts of a study's row, its name first."""
    (row,) = [
        r for r in re.findall(r"<tr role=.row.>\n.*?</tr>", as_read(page), re.DOTALL) if name in r
    ]
    texts = re.findall(r"<t[hd] .*?>(.*?)</t[hd]>", row, re.DOTALL)
    return [" ".join(re.sub("<.*?>", "", text).split()) for text in texts]


def test_each_study_has_its_row() -> None:
    page = render_studies(STUDIES, "trials.db")
    then = "2026-01-02 03:04"
    data = "JSON · CSV"
    assert cells(page, "digits") == [
        *("digits", "✓ Finished", "48 of 64", "1.9 % (0.9–4.0 %)", "▲ High variance", then, data)
    ]
    assert cells(page, "a/b")[1:5] == ["▶ Running", "48 of 64", "–", "–"]
    assert cells(page, "squares")[3:5] == ["2,934", "▲ High bias ▲ High variance"]
    assert cells(page, "long_")[3] == "12.0 % balanced error"
    assert cells(page, "plain")[1:4] == ["i By Optuna", "48", "0.25"]
    assert cells(page, "odd")[3] == "7.5", "no share, so no percentage"
    assert cells(page, "odd")[4] == "? Likely high bias"
    assert "<title>1 running – Studies" in page
    assert "Database: trials.db" in page


def test_only_a_diagnosed_study_leads_to_a_report() -> None:
    page = render_studies(STUDIES, "trials.db")
    assert 'href="studies/digits/report"' in page
    assert 'href="studies/a%2Fb%20%3Ci%3E/trials.csv"' in page
    assert 'href="studies/a%2Fb%20%3Ci%3E/report"' not in page
    assert 'href="studies/plain/report"' not in page
    assert "<i>" not in page


def test_without_studies_it_says_what_to_type() -> None:
    page = render_studies((), "my trials.db")
    assert "netclinic run study.toml --storage &#39;my trials.db&#39;" in page
    told = render_studies((), "trials.db", "No <server>. Type `a & b`.\nThen wait.")
    assert "<p>No &lt;server&gt;. Type <code>a &amp; b</code>.</p>\n<p>Then wait.</p>" in told


@pytest.mark.skipif(not CHROMIUM, reason="needs chromium (a Debian package)")
def test_everybody_can_read_it() -> None:
    """By axe-core, light and dark, at any width; its script is the one that its policy allows."""
    html = render_studies(STUDIES, "trials.db")
    said: list[str] = []
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        # As a server gives it: a page looks for itself every five seconds.
        page.route("http://studies/", lambda it: it.fulfill(body=html, content_type="text/html"))
        page.goto("http://studies/")
        for pixels in (320, 420, 800, 980, 1100):
            page.set_viewport_size({"width": pixels, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= pixels
        for scheme, pixels in (("light", 1100), ("dark", 420)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": pixels, "height": 800})
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("typeof look") == "function", "its script has run"
        browser.close()
    assert said == []

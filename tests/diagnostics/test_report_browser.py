"""The page in headless Chromium, driven over WebDriver's HTTP protocol with nothing but urllib."""

import json
import re
import shutil
import subprocess
import urllib.request

import pytest
from netclinic.diagnostics.report_html import render_html

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs chromium and chromium-driver (Debian packages)"
)
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE_ELEMENTS = """
return [...document.querySelectorAll('body *')]
  .filter(e => !e.closest('.wide') || e.classList.contains('wide'))
  .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)
  .map(e => e.tagName + '.' + e.className)
"""
# Contrast after WCAG 2.2, 1.4.3: every text against the nearest background that is not clear.
FAINT_TEXTS = """
document.querySelectorAll('details').forEach(d => d.open = true);
const parts = c => c.match(/[\\d.]+/g).map(Number);
const light = c => { const [r, g, b] = parts(c).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const back = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (parts(c).length < 4 || parts(c)[3] > 0) return c; } return 'rgb(255, 255, 255)'; };
const found = [];
for (const e of document.querySelectorAll('body *')) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
  const style = getComputedStyle(e);
  const ink = e.tagName === 'text' ? style.fill : style.color;
  const [a, b] = [light(ink), light(back(e))].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) found.push(e.tagName + ': ' + e.textContent.slice(0, 40));
}
return found
"""
CUT_TEXTS = """
return [...document.querySelectorAll('figure svg')].flatMap(svg => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(t => { const b = t.getBoundingClientRect();
    return b.left < box.left - 1 || b.right > box.right + 1 || b.bottom > box.bottom + 1; })
  .map(t => t.textContent); })
"""


class Browser:
    """One session of headless Chromium."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}/session"
        options = {"binary": CHROMIUM, "args": ARGUMENTS}
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        made = self._send("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        self._root += "/" + made["sessionId"]

    def _send(self, method: str, path: str, body: dict | None = None):
        request = urllib.request.Request(
            self._root + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, address: str) -> None:
        self._send("POST", "/url", {"url": address})

    def ask(self, script: str):
        return self._send("POST", "/execute/sync", {"script": script, "args": []})

    def devtools(self, command: str, **parameters) -> None:
        self._send("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def log(self, kind: str) -> list[dict]:
        return self._send("POST", "/se/log", {"type": kind})

    def width(self, pixels: int) -> None:
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=pixels,
            height=800,
            deviceScaleFactor=1,
            mobile=False,
        )

    def colours(self, scheme: str) -> None:
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.devtools("Emulation.setEmulatedMedia", media="screen", features=[feature])

    def close(self) -> None:
        self._send("DELETE", "")


@pytest.fixture(scope="module")
def browser():
    driver = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, text=True)
    with driver:
        try:
            lines = iter(driver.stdout.readline, "")
            started = next(m for line in lines if (m := re.search(r"on port (\d+)\.", line)))
            opened = Browser(int(started[1]))
            yield opened
            opened.close()
        finally:
            driver.terminate()


@pytest.fixture(scope="module")
def address(study, diagnosis, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render_html(study, diagnosis), encoding="utf-8")
    return path.as_uri()


def test_it_opens_without_console_messages_or_requests(browser, address):
    browser.log("performance")
    browser.open(address)
    assert browser.log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.log("performance")]
    asked = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert address in asked
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}


@pytest.mark.parametrize("pixels", [320, 360, 390, 768, 1100])
def test_it_does_not_scroll_sideways(browser, address, pixels):
    browser.width(pixels)
    browser.open(address)
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.ask("return innerWidth") == pixels
    assert browser.ask(WIDE_ELEMENTS) == []
    assert browser.ask("return document.documentElement.scrollWidth") <= pixels


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(browser, address, scheme):
    browser.colours(scheme)
    browser.open(address)
    assert browser.ask("return matchMedia('(prefers-color-scheme: dark)').matches") == (
        scheme == "dark"
    )
    assert browser.ask(FAINT_TEXTS) == []


def test_no_label_of_a_chart_is_cut(browser, address):
    browser.width(1100)
    browser.open(address)
    assert browser.ask(CUT_TEXTS) == []


def test_it_is_whole_without_scripts(browser, address):
    browser.open(address)
    with_scripts = browser.ask("return document.body.innerText")
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(address)
    try:
        assert browser.ask("return document.body.innerText") == with_scripts
        assert len(with_scripts) > 2000
    finally:
        browser.devtools("Emulation.setScriptExecutionDisabled", value=False)

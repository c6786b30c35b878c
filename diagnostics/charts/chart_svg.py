"""From a Vega-Lite description to an inline SVG that follows the page's light or dark colours.

The pictures are drawn by vl-convert, which carries Vega and its own fonts: nothing is fetched, no
browser is needed, no script reaches the page.
"""

import functools
import json
import re
from html import escape
from typing import Any

# Stand-ins that Vega accepts as colours; each becomes the CSS variable of that name in the page.
INK = "#010101"  # text
SOFT = "#010102"  # secondary text, axes
LINE = "#010103"  # grid lines
FAINT = "#010104"  # marks that are context
ACCENT = "#010105"  # the one colour: what the chart is about
ALARM = "#010106"  # diverged
BAND = "#010107"  # shaded areas
_VARIABLES = {
    INK: "--ink",
    SOFT: "--soft",
    LINE: "--line",
    FAINT: "--faint",
    ACCENT: "--accent",
    ALARM: "--alarm",
    BAND: "--band",
}

_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": None,
    "font": "DejaVu Sans, sans-serif",  # wide letters: what is measured with them fits any other
    "padding": {"left": 4, "right": 6, "top": 4, "bottom": 4},
    "view": {"stroke": None},
    "axis": {
        "labelColor": SOFT,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12.5,
        "titleFontWeight": "normal",
        "titlePadding": 7,
        "domainColor": SOFT,
        "tickColor": SOFT,
        "gridColor": LINE,
        "labelFlush": False,
    },
}


_COORDINATE = re.compile(r"-?\d+\.\d{3,}(?![\d.e])")


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}"


def draw(chart: dict[str, Any], label: str, name: str) -> str:
    """The chart as one ``<svg role="img">`` element.

    Args:
        chart: A Vega-Lite specification with its data inside.
        label: What the chart shows, for those who cannot see it (plain text).
        name: Unique on the page: it prefixes the ids inside the picture.
    """
    return _inline(_svg(json.dumps({**chart, "config": _CONFIG})), label, name)


@functools.lru_cache(maxsize=128)
def _svg(chart: str) -> str:
    """What Vega draws, kept: most charts of a study are the same in its next report, as by treat.

    Args:
        chart: As ``draw`` has it, with its settings, as JSON.
    """
    import vl_convert  # half a second and 80 MB: only when a page is really made

    return vl_convert.vegalite_to_svg(json.loads(chart), allowed_base_urls=[])


def _inline(svg: str, label: str, name: str) -> str:
    """Strip what a page does not need, name ids apart, tie colours to CSS variables."""
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(f'"{colour}"', f'"var({variable})"')
    svg = re.sub(r' (?:class|role|aria-[a-z]+|font-family|pointer-events)="[^"]*"', "", svg)
    svg = re.sub(r'<path d="[^"]*" display="none"\s*/>', "", svg)
    svg = re.sub(r'<path d="[^"]*"(?: fill="none")?(?: stroke="none")?\s*/>', "", svg)
    # Coordinates stand in attributes; a label such as 0.001 stands between tags and stays.
    svg = re.sub(r'="[^"]*"', lambda m: _COORDINATE.sub(_rounded, m[0]), svg)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    while "<g></g>" in svg:
        svg = svg.replace("<g></g>", "")
    root, body = svg.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', root)
    assert box is not None, "vl-convert always writes a viewBox"
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {box[0]} role="img"'
    return f'{opening} aria-label="{escape(label, quote=True)}">{body}'

"""Vital signs of a trial's layers in order, the start hollow and the end filled."""

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from ...storage.records.signs import LayerSigns, MomentSigns
from ..number_text import plain_number
from ..studies.trial_choice import thinned
from .chart_scales import magnitude_axis, share_axis
from .chart_svg import ACCENT, FAINT, INK, SOFT

MARK = "▲"  # beside the name of a layer that a finding names
MOST = 48  # layers that are drawn
_WIDTH = 390  # of names and marks together
_LETTER = 7.6  # pixels
_LETTERS = 18  # of a layer's name
_ROOM = 300  # pixels that the rows share, where each can be as high as it should
_RING, _DOT = 95, 42  # a dot lies in its ring where nothing changed


class LayerChart(NamedTuple):
    """A picture of one sign, or of two that are shares."""

    chart: dict[str, Any]  # Vega-Lite
    label: str  # for those who cannot see it


def spread_of(layer: LayerSigns) -> float | None:
    """Standard deviation over rows of what a unit of a layer gives (root mean square of units)."""
    return None if layer.variance is None else max(0.0, layer.variance) ** 0.5


class _Sign(NamedTuple):
    name: str
    value: Callable[[LayerSigns], float | None]
    shape: str = "circle"


_PANELS = (
    (_Sign("activation spread (standard deviation)", spread_of),),
    (_Sign("gradient norm", lambda layer: layer.gradient_norm),),
    (_Sign("update-to-weight ratio", lambda layer: layer.update_ratio),),
    (
        _Sign("dead units", lambda layer: layer.dead),
        _Sign("saturated", lambda layer: layer.saturated, "diamond"),
    ),
)


class _Row(NamedTuple):
    place: int  # of the layer among the drawn ones
    layer: str
    moment: str
    value: float


def layer_charts(moments: Sequence[MomentSigns], named: Collection[str]) -> tuple[LayerChart, ...]:
    """A chart each of activation spread, gradient norm, update ratio, and of what is flat.

    What was measured of no layer is not drawn.

    Args:
        moments: the start, or the start and the end.
        named: names of the layers to mark.
    """
    layers = drawn_layers(moments[0], named)
    charts = []
    for panel in _PANELS:
        measured = [(sign, rows) for sign in panel if (rows := _rows(moments, layers, sign))]
        if not measured:
            continue
        title = ", ".join(
            f"{sign.name} ({sign.shape}s)" if len(measured) > 1 else sign.name
            for sign, _ in measured
        )
        values = [row.value for _, rows in measured for row in rows]
        axis = share_axis(title) if len(panel) > 1 else magnitude_axis(values, title)
        label = " ".join(_label(sign, rows) for sign, rows in measured)
        charts.append(LayerChart(_chart(measured, layers, named, axis), label))
    return tuple(charts)


def drawn_layers(moment: MomentSigns, named: Collection[str]) -> list[str]:
    """At most ``MOST`` layers in order: the named ones, of the rest an even choice."""
    layers = [each.layer for each in moment.layers]
    first = [layer for layer in layers if layer in named][:MOST]
    rest = [layer for layer in layers if layer not in named]
    left = MOST - len(first)
    chosen = {*first, *(thinned(rest, left) if left > 1 else [])}
    return [layer for layer in layers if layer in chosen]


def _rows(moments: Sequence[MomentSigns], layers: Sequence[str], sign: _Sign) -> list[_Row]:
    places = {layer: place for place, layer in enumerate(layers)}
    return [
        _Row(places[each.layer], each.layer, moment.moment, value)
        for moment in moments
        for each in moment.layers
        if each.layer in places and (value := sign.value(each)) is not None
    ]


def _label(sign: _Sign, rows: Sequence[_Row]) -> str:
    last = [row for row in rows if row.moment == rows[-1].moment]
    low, high = (choose(last, key=lambda row: row.value) for choose in (min, max))
    return (
        f"By layer, {sign.name}: at the {last[0].moment} from {plain_number(low.value, 3)} "
        f"({low.layer}) to {plain_number(high.value, 3)} ({high.layer})."
    )


def _chart(
    measured: Sequence[tuple[_Sign, Sequence[_Row]]],
    layers: Sequence[str],
    named: Collection[str],
    axis: dict[str, Any],
) -> dict[str, Any]:
    step = max(13, min(26, _ROOM // len(layers)))
    names = [(f"{MARK} " if layer in named else "") + _short(layer) for layer in layers]
    room = round(_LETTER * max(map(len, names))) + 8
    x = {"field": "value", "type": "quantitative", **axis}
    low = axis["scale"]["domain"][0]
    nothing = 0.0 if low > 0 else None  # which a logarithmic axis cannot show
    drawn: list[Any] = []
    for place, (sign, rows) in enumerate(measured):
        apart = round(step * 0.17) * (2 * place - 1) if len(measured) > 1 else 0
        shown = [row._asdict() for row in rows if row.value != nothing]
        drawn += [
            _change(shown, x, apart),
            _points(shown, "start", sign.shape, x, apart),
            _points(shown, "end", sign.shape, x, apart),
        ]
        drawn.append(_zeros([row for row in rows if row.value == nothing]))
    return {
        "width": _WIDTH - room,
        "height": step * len(layers),
        "encoding": {"y": _layers_axis(layers, names, named, room)},
        "layer": drawn,
    }


def _layers_axis(
    layers: Sequence[str], names: Sequence[str], named: Collection[str], room: int
) -> dict[str, Any]:
    marked = [place for place, layer in enumerate(layers) if layer in named]
    here = f"indexof({marked}, datum.value) >= 0"
    axis = {
        "title": None,
        "values": list(range(len(layers))),
        "labelExpr": f"{json.dumps(names, ensure_ascii=False)}[datum.value]",
        "labelColor": {"condition": {"test": here, "value": ACCENT}, "value": SOFT},
        "labelFontWeight": {"condition": {"test": here, "value": "bold"}, "value": "normal"},
        "labelOverlap": False,
        "minExtent": room,
        "maxExtent": room,
        "domain": False,
        "ticks": False,
    }
    scale = {"domain": [-0.5, len(layers) - 0.5], "reverse": True, "nice": False, "zero": False}
    return {"field": "place", "type": "quantitative", "axis": axis, "scale": scale}


def _short(layer: str) -> str:
    """A name without its middle where it is long: its ends tell most."""
    if len(layer) <= _LETTERS:
        return layer
    return f"{layer[:6]}…{layer[7 - _LETTERS :]}"


def _change(rows: Sequence[dict[str, Any]], x: dict[str, Any], down: int) -> dict[str, Any]:
    """A thin line from the start to the end."""
    start, end = ({r["place"]: r for r in rows if r["moment"] == m} for m in ("start", "end"))
    both = [{**start[place], "to": end[place]["value"]} for place in start if place in end]
    mark = {"type": "rule", "color": FAINT, "strokeWidth": 1.5, "yOffset": down}
    encoding = {"x": x, "x2": {"field": "to"}}
    return {"data": {"values": both}, "mark": mark, "encoding": encoding}


def _points(
    rows: Sequence[dict[str, Any]], moment: str, shape: str, x: dict[str, Any], down: int
) -> dict[str, Any]:
    filled = moment == "end"
    mark = {
        "type": "point",
        "shape": shape,
        "size": _DOT if filled else _RING,
        "filled": filled,
        "color": ACCENT if filled else INK,
        "strokeWidth": 1.4,
        "opacity": 1,
        "yOffset": down,
    }
    values = [row for row in rows if row["moment"] == moment]
    return {"data": {"values": values}, "mark": mark, "encoding": {"x": x}}


def _zeros(rows: Sequence[_Row]) -> dict[str, Any]:
    """Where a logarithmic axis has no place for 0, it stands in words at its lower end."""
    when: dict[int, list[str]] = {}
    for row in rows:
        when.setdefault(row.place, []).append(row.moment)
    values = [
        {"place": place, "text": f"0 ({' and '.join(moments)})"} for place, moments in when.items()
    ]
    mark = {"type": "text", "align": "left", "fontSize": 11, "color": INK}
    encoding = {"x": {"value": 2}, "text": {"field": "text"}}
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}

"""A report's section on the layers of the diagnosed trial: a sentence and a table."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ...storage.records.signs import LayerSigns, MomentSigns
from ...storage.records.study import StudyRecord
from ..charts.layer_chart import MARK, drawn_layers, spread_of
from ..findings import Diagnosis
from ..number_text import MISSING, percent, plain_number
from .report_findings import LAYERS, SEEN
from .report_labels import FINDINGS
from .report_tables import Table

_DIGITS = 3
_LISTED = 5  # layers in a sentence


class LayerPart(NamedTuple):
    """What a report says of layers."""

    lead: str  # on what was measured, and what was not
    marked: bool  # whether a finding names one of the layers
    caption: str  # how the pictures are read
    told: str  # how a number of the table is read: "start → end"
    table: Table


def layer_part(study: StudyRecord, diagnosis: Diagnosis) -> LayerPart | None:
    """The section's content; ``None`` where the trial's layers were not looked at."""
    moments = looked_at(study, diagnosis)
    if not moments:
        return None
    named = named_layers(diagnosis)
    return LayerPart(
        _lead(study, diagnosis.trial, moments),
        any(layer.layer in named for layer in moments[0].layers),
        _caption(moments, named),
        " → ".join(moment.moment for moment in moments),
        _table(moments, named),
    )


def looked_at(study: StudyRecord, diagnosis: Diagnosis) -> tuple[MomentSigns, ...]:
    """The moments at which the layers of the diagnosed trial were measured; empty: at none."""
    result = next((t.result for t in study.trials if t.number == diagnosis.trial), None)
    return () if result is None else tuple(it for it in result.signs if it.layers)


def named_layers(diagnosis: Diagnosis) -> Mapping[str, tuple[str, ...]]:
    """The layers that findings name, each with those findings' titles."""
    named: dict[str, tuple[str, ...]] = {}
    for finding in diagnosis.findings:
        layer = finding.evidence.get("layer") if SEEN.get(finding.kind) == LAYERS else None
        if isinstance(layer, str):
            named[layer] = (*named.get(layer, ()), FINDINGS[finding.kind])
    return named


def _lead(study: StudyRecord, trial: int, moments: tuple[MomentSigns, ...]) -> str:
    last = moments[-1]
    whole = study.provenance.rows.train if study.provenance is not None else None
    rows = f"{last.rows:,} of {whole:,}" if whole is not None else f"{last.rows:,}"
    rows = f"all {whole:,}" if last.rows == whole else rows
    when = " and ".join(
        {"start": "before the first step", "end": "with the weights that training kept"}[it.moment]
        for it in moments
    )
    unseen = [] if last.rows == whole else ["the other rows"]
    unseen.append("everything after" if last.moment == "start" else "the epochs between")
    blind = [each.layer for each in last.layers[1:-1] if each.dead is None]
    if blind:
        more = ", …" if len(blind) > _LISTED else ""
        unseen.append(f"the activations behind {', '.join(blind[:_LISTED])}{more}")
    return (
        f"Measured in trial {trial} on {rows} training rows, without dropout or augmentation, "
        f"{when}; not looked at: {', '.join(unseen)}."
    )


def _caption(moments: tuple[MomentSigns, ...], named: Mapping[str, tuple[str, ...]]) -> str:
    layers = moments[0].layers
    drawn = len(drawn_layers(moments[0], named))
    fewer = "" if drawn == len(layers) else f" Drawn are {drawn} of {len(layers)} layers."
    ring = "A dot within its ring has not changed. " if len(moments) > 1 else ""
    return (
        "From the inputs above to the outputs below; spread and gradients that fall or grow by "
        "powers of ten from layer to layer vanish or explode. A unit is dead whose activation is "
        "flat on all rows looked at, a number saturated where an activation with two level sides "
        f"is nearly flat. {ring}Where there is no mark, nothing could be measured.{fewer}"
    )


def _table(moments: tuple[MomentSigns, ...], named: Mapping[str, tuple[str, ...]]) -> Table:
    header = ("layer", "units", *_COLUMNS, "moved")
    by_layer = [{each.layer: each for each in moment.layers} for moment in moments]
    rows = []
    for name, first in by_layer[0].items():
        measured = [layers[name] for layers in by_layer if name in layers]
        moved = measured[-1].moved if moments[-1].moment == "end" else None
        cells = (_cell(measured, value, text) for value, text in _COLUMNS.values())
        row = (f"{MARK} {name}" if name in named else name, plain_number(first.units), *cells)
        titles = (", ".join(named.get(name, ())) or MISSING,) if named else ()
        rows.append((*row, plain_number(moved, _DIGITS), *titles))
    return Table((*header, *(("findings",) if named else ())), tuple(rows))


def _cell(
    layers: list[LayerSigns],
    value: Callable[[LayerSigns], float | None],
    text: Callable[[float | None], str],
) -> str:
    values = [value(layer) for layer in layers]
    return " → ".join(map(text, values)) if any(v is not None for v in values) else MISSING


def _number(value: float | None) -> str:
    return plain_number(value, _DIGITS)


_COLUMNS: Mapping[str, tuple[Callable[[LayerSigns], float | None], Callable[..., str]]] = {
    "activation spread": (spread_of, _number),
    "gradient norm": (lambda layer: layer.gradient_norm, _number),
    "weight norm": (lambda layer: layer.weight_norm, _number),
    "update ratio": (lambda layer: layer.update_ratio, _number),
    "dead units": (lambda layer: layer.dead, percent),
    "saturated": (lambda layer: layer.saturated, percent),
}

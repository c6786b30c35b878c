"""A remedy's reason, with the numbers of the evidence, and the change of the spec that tries it."""

from collections.abc import Callable, Mapping, Sequence

from ..error_text import size_in_full
from ..findings import Finding, FindingKind, RemedyKind, Severity
from ..leaning import likely_high
from ..number_text import percent, plain_number
from ..studies.curve_shapes import EPOCHS_AT_LEAST
from ..studies.ranges import override
from ..studies.stopping import patience_of, stopped_early
from ..units import Task, Unit
from .augmentation_advice import augmentation
from .case import Advice, Case, gap_of, says
from .convolution_advice import convolutions, would_convolve
from .held_back import drew_lower_rates, ends_too_low, last_fall, least_decay
from .own_width import wider_own_network, without_activation

_MOST_DROPOUT = 0.5


def _bigger_network(asking: Sequence[Finding], case: Case) -> Advice:
    hidden = case.spec["network"]["hidden"]
    searched = case.spec["search"].get("units") or {}
    result = case.best.result
    size = f"{result.parameters:,} parameters" if result else "this network"
    reason = (
        f"The {gap_of(asking, case)} {says(asking)} that {size} are too few to learn what can be "
        "learnt."
    )
    if case.transferred:
        return (
            f"{reason} It is as wide as the one that it began with: begin with a wider one.",
            None,
        )
    if widths := searched.get("int") or searched.get("choice"):
        widest = min(max(widths), 32_768)
        if "int" in searched:
            return reason, override("units", "int", widest, 2 * widest)
        return reason, f"-S search.units={{choice=[{widest},{2 * widest}]}}"
    if channels := case.spec["network"].get("channels"):
        return reason, f"-S network.channels={_twice(channels, 1)}"
    if not is_ours(case):
        change = wider_own_network(case.spec)
        if linear := without_activation(result):
            return (
                f"{reason} But no activation was seen behind {linear}. Without one, layers are "
                "together no more than one linear layer, however many and wide they are: unless "
                "one is hidden in a loop, put nnx.relu or the like between them before all else.",
                change,
            )
        return reason if change else f"{reason} Give it more units or layers in its code.", change
    return reason, f"-S network.hidden={_twice(hidden, 32) if hidden else '[128]'}"


def is_ours(case: Case) -> bool:
    """Whether the network is of a kind whose layers the spec knows."""
    return ":" not in case.spec["network"]["kind"]


def _twice(widths: Sequence[int], least: int) -> str:
    doubled = [min(max(2 * int(width), least), 65_536) for width in widths]
    return str(doubled).replace(" ", "")


def _more_epochs(asking: Sequence[Finding], case: Case) -> Advice:
    epochs = int(case.spec["training"]["epochs"])
    result, patience = case.best.result, patience_of(case.spec)
    if patience and result and stopped_early(case.spec, result):
        return (
            f"Early stopping ended the training after epoch {result.epochs:,}; more patience than "
            f"{patience:,} may lower the {gap_of(asking, case)}.",
            f"-S training.patience={2 * patience}",
        )
    falling = case.first(FindingKind.STILL_IMPROVING)
    error_fell = falling is not None and falling.evidence.get("validation_fall") is not None
    open_bias = case.first(FindingKind.BIAS_UNDETERMINED)
    lower, short = gap_of(asking, case) or "validation error", last_fall(case)
    if open_bias and not likely_high(open_bias) and not error_fell:
        above = size_in_full(float(open_bias.evidence["gap"] or 0), case.unit)
        lower = f"training error, which was measured {above} above the Bayes error"
    reason = (
        f"{falling.text} More epochs are the cheapest way to lower the {lower}."
        if falling and falling.evidence["relative_fall"] is None
        else f"The training loss still fell by "
        f"{percent(float(falling.evidence['relative_fall'] or 0))} "
        f"over the last {falling.evidence['epochs_compared']} of {epochs} epochs: the cheapest "
        f"way to lower the {lower}."
        if falling
        else f"{epochs} epoch{' is' if epochs == 1 else 's are'} too few to tell whether the "
        f"training loss comes to rest, and in the last it fell by {percent(short)}: the cheapest "
        f"way to lower the {lower}."
        if short is not None
        else f"Longer training may lower the {gap_of(asking, case)}, though the training loss was "
        f"not found to be still falling at epoch {epochs}."
    )
    return reason, f"-S training.epochs={max(2 * epochs, EPOCHS_AT_LEAST)}"


def _other_architecture(asking: Sequence[Finding], case: Case) -> Advice:
    if found := would_convolve(case):
        return convolutions(asking, found, case)
    reason = (
        f"If nothing above lowers the {gap_of(asking, case)}, another kind of network may suit it."
    )
    searched = {r.name for r in case.study.ranges}
    dense = is_ours(case) and case.spec["network"]["kind"] != "resnet"
    if searched & {"layers", "activation"} or not dense or case.transferred:
        return reason, None
    change = override("layers", "int", 1, 4)
    if not case.spec["network"]["hidden"] and "units" not in searched:
        change += " " + override("units", "int", 16, 256)  # the spec gives no width to take
    return f"{reason} To start with, search the depth.", change


def _l2(asking: Sequence[Finding], case: Case) -> Advice:
    used = case.best.result.weight_decay if case.best.result else 0.0
    reason = (
        f"A stronger weight decay than the best trial's {plain_number(used)} holds the weights "
        f"back, against the {gap_of(asking, case)}.{_stronger_ones(used, case)}"
    )
    # AdamW's decay is beside the gradient, where only the learning rate makes it small.
    most = 10.0 if case.spec["training"]["optimizer"] == "adamw" else 1.0
    low = min(max(used, least_decay(case)), most / 10)
    return reason, override("weight_decay", "log", low, min(max(1000 * low, 0.1), most))


def _stronger_ones(used: float, case: Case) -> str:
    """What the search saw of stronger weight decays than that of the best trial."""
    seen = [t for t in case.study.ranked() if t.result]
    stronger = [t for t in seen if t.result and t.result.weight_decay > used]
    if not stronger or case.best.value is None or stronger[0].value is None:
        return ""
    which = ", the best of them" if len(stronger) > 1 else ":"
    least = float(stronger[0].value) - float(case.best.value)
    lies = f"{size_in_full(least, case.unit)} above" if least > 0 else "no higher than"
    return (
        f" {len(stronger):,} of {len(seen):,} trials had a stronger one{which} trial "
        f"{stronger[0].number}, whose validation error is {lies} the best trial's."
    )


def _dropout(asking: Sequence[Finding], case: Case) -> Advice:
    reason = (
        f"Dropping units at random keeps them from learning the training rows by heart, against "
        f"the {gap_of(asking, case)}."
    )
    used = case.spec["search"].get("dropout", 0.0)  # a number: see ``cannot_drop_more``
    change = override("dropout", "uniform", used, used + (0.4 if used else 0.5))
    if not is_ours(case) and not used:
        return (
            f"{reason} A network of your own needs netclinic.models.Dropout in its code; then "
            f"search its rate ({change.removeprefix('-S ')}).",
            None,
        )
    more = f" So far its rate is {plain_number(used)}." if used else ""
    return reason + more, change


def has_layers(case: Case) -> bool:
    """Whether the network has hidden layers that the spec knows: those can be dropped from."""
    network = case.spec["network"]
    layers = network["hidden"] or network.get("channels") or case.spec["search"].get("layers")
    return bool(layers) and is_ours(case)


def cannot_drop_more(case: Case) -> bool:
    """Whether dropout is searched, is strong already, or there is no layer to drop units of."""
    used = case.spec["search"].get("dropout", 0.0)
    return (
        isinstance(used, Mapping)
        or used > _MOST_DROPOUT
        or not (has_layers(case) or used or not is_ours(case))
    )


def _early_stopping(asking: Sequence[Finding], case: Case) -> Advice:
    overfitted = case.first(FindingKind.OVERFITTED_AFTER)
    change = f"-S training.patience={max(3, int(case.spec['training']['epochs']) // 5)}"
    if overfitted is None or overfitted.severity is Severity.INFO:  # where the loss alone rose
        return (
            f"Stopping earlier can lower the {gap_of(asking, case)}, but here the validation error "
            "did not clearly rise, so expect little.",
            change,
        )
    return f"{overfitted.text} Early stopping keeps the weights of the best epoch.", change


def _extend_range(asking: Sequence[Finding], case: Case) -> Advice:
    changes = [
        override(
            str(e["parameter"]),
            str(e["law"]),
            _number(e["widened_low"]),
            _number(e["widened_high"]),
        )
        for e in (f.evidence for f in asking)
    ]
    slow = any(ends_too_low(it, case) for it in asking)
    why = (
        " But the training loss still fell at the end, and the bias is high: with higher rates as "
        "many epochs lead farther."
        if slow
        else ""
    )
    return f"{texts_of(asking)}{why}", " ".join(changes)


def texts_of(findings: Sequence[Finding]) -> str:
    """Their texts, one behind the other."""
    return " ".join(f.text for f in findings)


def _number(value: float | int | str | None) -> float:
    return float(value if value is not None else 0)


def _warmup(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} A learning rate that rises over the first steps is often stable where "
        "the full one is not from the start.",
        override("warmup", "uniform", 0, 0.2),
    )


def _clipping(asking: Sequence[Finding], case: Case) -> Advice:
    lower = drew_lower_rates(case) if asking[0].kind is FindingKind.STEPS_TOO_LARGE else 0
    tried = f" Far lower rates, which {lower:,} trials had, did no better." if lower else ""
    return (
        f"{texts_of(asking)}{tried} Shortening the few gradients that are very long keeps one "
        "minibatch from throwing the weights away.",
        override("clip_norm", "log", 0.1, 10),
    )


def _clean_labels(asking: Sequence[Finding], _: Case) -> Advice:
    return f"{texts_of(asking)} Look at these rows first, and correct what is wrong.", None


def _rows_of_region(asking: Sequence[Finding], case: Case) -> Advice:
    where = "; ".join(_region(f, case.unit) for f in asking)
    return (
        f"The network knows too few rows there: {where}. Rows from such a region lower the error "
        "more than as many from elsewhere.",
        None,
    )


def _inputs_of_region(asking: Sequence[Finding], case: Case) -> Advice:
    where = "; ".join(_region(f, case.unit) for f in asking)
    return (
        f"Simple models do better there: {where}. Look at where it errs: a bigger network, "
        "or a column that says more directly what sets them apart, is what is missing.",
        None,
    )


def _labels_of_region(asking: Sequence[Finding], case: Case) -> Advice:
    where = "; ".join(str(f.evidence["region"]) for f in asking)
    labels, apart = "labels", "tells the classes apart"
    if case.unit.task is Task.REGRESSION:
        labels, apart = "targets", "explains them"
    return (
        f"Nothing does well there: {where}. Look at the {labels} of rows that are answered "
        f"wrongly: where they are right, only a column that {apart} lowers the error, and another "
        "network does not.",
        None,
    )


def _region(finding: Finding, unit: Unit) -> str:
    """``1.2 < age ≤ 3 (gap 25.0 points, 499 training rows)``."""
    it = finding.evidence
    gap = size_in_full(float(it["gap"] or 0), unit)
    return f"{it['region']} (gap {gap}, {it['training_rows']:,} training rows judged)"


ADVICE: Mapping[RemedyKind, Callable[[Sequence[Finding], Case], Advice]] = {
    RemedyKind.BIGGER_NETWORK: _bigger_network,
    RemedyKind.MORE_EPOCHS: _more_epochs,
    RemedyKind.OTHER_ARCHITECTURE: _other_architecture,
    RemedyKind.L2: _l2,
    RemedyKind.DROPOUT: _dropout,
    RemedyKind.AUGMENTATION: augmentation,
    RemedyKind.EARLY_STOPPING: _early_stopping,
    RemedyKind.EXTEND_RANGE: _extend_range,
    RemedyKind.WARMUP: _warmup,
    RemedyKind.CLIPPING: _clipping,
    RemedyKind.CLEAN_LABELS: _clean_labels,
    RemedyKind.ROWS_OF_REGION: _rows_of_region,
    RemedyKind.INPUTS_OF_REGION: _inputs_of_region,
    RemedyKind.LABELS_OF_REGION: _labels_of_region,
}

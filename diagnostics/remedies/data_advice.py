"""A remedy's reason and change where the data, not the network or the search, ask for it."""

import json
import math
import shlex
from collections.abc import Callable, Mapping, Sequence

from ..findings import Finding, FindingKind, RemedyKind
from .advice import texts_of
from .case import Advice, Case, gap_of
from .more_data import is_measured

_NOT_BY_CHANCE = ("grouped", "ordered", "ready_made", "ready_made_test")


def _more_data(asking: Sequence[Finding], case: Case) -> Advice:
    rows = case.provenance.rows.train
    what = "More rows, of other groups," if case.study.deals_groups else "More rows"
    reason = f"{what} are the surest cure of the {gap_of(asking, case)}; {rows:,} were trained on."
    if not is_measured(case):
        study = shlex.quote(case.study.name)
        reason += f" `netclinic learning-curve {study}` forecasts what they would bring."
    data = case.spec["data"]
    if (kept := data.get("train_rows")) is not None:
        there = _rows_to_train_on(case)
        more = 2 * int(kept) if there is None else min(2 * int(kept), there)
        return reason, f"-S data.train_rows={more}" if more > kept else None
    if (drawn := data.get("rows")) is not None:
        return reason, f"-S data.rows={2 * int(drawn)}"
    return reason, None


def _rows_to_train_on(case: Case) -> int | None:
    """Rows of the training split before ``train_rows``, as far as is sure; ``None``: not known.

    The split sizes are fractions of all rows, of which rounding hides some.
    """
    data, rows = case.spec["data"], case.provenance.rows
    share = data.get("validation")
    if case.provenance.dealt != "random" or not isinstance(share, float):
        return None
    every = math.ceil((rows.validation - 0.5) / share)
    return every - rows.validation - rows.test - (rows.bridge or 0)


def _balanced_objective(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} Comparing trials by the balanced error lets each class count alike, "
        "however few rows it has; the diagnosis then tells each class's error.",
        "-S study.objective=balanced_error",
    )


def _class_weights(asking: Sequence[Finding], case: Case) -> Advice:
    rarest = asking[0].evidence["rarest"]
    reason = (
        f"{texts_of(asking)} Weights that let each class count alike in the training loss make "
        f"{rarest!r} worth learning; some more mistakes on common classes are their price."
    )
    change = "-S training.class_weights=balanced"
    if case.spec.get("study", {}).get("objective") == "balanced_error":
        return reason, change
    return (
        f"{reason} Compared by the share of wrong rows, a trial that never answers it could still "
        "win the search, so trials are compared by the balanced error, too.",
        f"-S study.objective=balanced_error {change}",
    )


def _compare_sources(asking: Sequence[Finding], case: Case) -> Advice:
    shifted = next((it for it in asking if it.kind is FindingKind.SHIFT), None)
    if shifted:
        return (
            f"{shifted.text}{_most_different(case)} Look at a hundred test rows that are answered "
            "wrongly, beside training rows that are like them: what changed in between (time, "
            "place, device, how a column is filled in)?",
            None,
        )
    return (
        f"The {gap_of(asking, case)} comes from rows that are unlike the training rows."
        f"{_most_different(case)} Look at a hundred {_unlike(case)} rows that are answered "
        "wrongly: what sets them apart (light, device, place, time, the share of a kind) is what "
        "the training rows lack.",
        None,
    )


def _most_different(case: Case) -> str:
    """A sentence, after a space, on the features that tell those rows from the training rows."""
    features = next(
        (
            it.evidence.get("features")
            for it in case.findings
            if it.kind is FindingKind.DRIFT and it.evidence.get("split") == _unlike(case)
        ),
        None,
    )
    return f" A classifier tells them by {features} most of all: begin there." if features else ""


def _matching_data(asking: Sequence[Finding], case: Case) -> Advice:
    return (
        f"Add training rows from where the {_unlike(case)} rows come from, or change training rows "
        f"to be like them (the same noise, blur or units), against the {gap_of(asking, case)}. "
        "More rows like those trained on, regularisation or a bigger network do not cure it.",
        None,
    )


def _unlike(case: Case) -> str:
    """The split whose rows are unlike the training rows, to be looked at."""
    return "test" if case.errors and case.errors.corrected else "validation"


def _add_bridge(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} Rows of the training rows' kind that are held out tell whether "
        "the held-out error comes from this, or from what the network learnt by heart.",
        "-S data.bridge=0.1",
    )


def _fix_split(asking: Sequence[Finding], case: Case) -> Advice:
    reason = f"{texts_of(asking)} Keep equal or related rows in one split, then judge anew."
    told = {it.kind: it.evidence for it in asking}
    found = told.get(FindingKind.HIDDEN_GROUPS, {})
    if group := found.get("group"):
        others = json.loads(str(found.get("ignored", "[]")))
        ignored = [*(case.spec["data"].get("ignore") or ()), *others] if others else []
        columns = [f"-S data.group={json.dumps(group)}"]
        columns += [f"-S data.ignore={json.dumps(ignored)}"] if ignored else []
        return reason, " ".join(["-S data.split=grouped", *columns])
    if FindingKind.DUPLICATES_ACROSS_SPLITS not in told:
        return reason, None
    if case.provenance.dealt == "random":
        return reason, "-S data.split=distinct"
    if case.study.deals_groups:
        reason = f"{reason} Equal rows of two groups are in truth of one: let these be one, too."
    reason = f"{reason} Here that is to leave out of the training rows what others repeat."
    if case.provenance.dealt not in _NOT_BY_CHANCE or case.spec["data"].get("copies"):
        return reason, None
    return (
        f"{reason} The error may rise by it: as much had the copies flattered it.",
        "-S data.copies=leave_out",
    )


def _check_outliers(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} Correct what is wrong there; where it is right, learn what ranges "
        "less, so that a few rows do not decide everything, such as the logarithm of a target "
        'above 0 (data.target_transform = "log"), or of one more than a count that may be 0, which '
        "is to be written into the data.",
        None,
    )


def _learn_logarithm(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} Where it matters by how many percent an answer is off, learn the "
        'logarithm: under [data] target_transform = "log", in a study of another name, as errors '
        "are then those of the logarithm.",
        None,
    )


def _empty_codes(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} If so, leave these fields of the source empty (NaN in arrays) and "
        'write missing = "fill" under [data]: the network is then told where a value is missing, '
        "and the others are scaled by themselves.",
        None,
    )


def _one_unit(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} Find out where these rows come from, a source, a device or a time, "
        "and bring them into the unit of the others: a network takes the numbers as they are, and "
        "scaling squeezes all others together.",
        None,
    )


def _check_column(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} Find out how the column is made. Where it is not known when the "
        "network is to be used, leave it out (data.ignore of tables), and judge anew.",
        None,
    )


DATA_ADVICE: Mapping[RemedyKind, Callable[[Sequence[Finding], Case], Advice]] = {
    RemedyKind.MORE_DATA: _more_data,
    RemedyKind.BALANCED_OBJECTIVE: _balanced_objective,
    RemedyKind.CLASS_WEIGHTS: _class_weights,
    RemedyKind.ADD_BRIDGE: _add_bridge,
    RemedyKind.COMPARE_SOURCES: _compare_sources,
    RemedyKind.MATCHING_DATA: _matching_data,
    RemedyKind.FIX_SPLIT: _fix_split,
    RemedyKind.CHECK_OUTLIERS: _check_outliers,
    RemedyKind.LEARN_LOGARITHM: _learn_logarithm,
    RemedyKind.EMPTY_CODES: _empty_codes,
    RemedyKind.ONE_UNIT: _one_unit,
    RemedyKind.CHECK_COLUMN: _check_column,
}

"""What a study that Optuna alone made says of its search; it holds neither network nor data."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import numpy as np

from ...storage.records.study import SearchRange, StudyRecord
from ...storage.records.trials import TrialRecord
from ..findings import DiagnosisError, Finding, FindingKind, Severity
from ..number_text import percent, plain_number
from .curve_shapes import chance_of_fall, last_quarter
from .parting import cut_value, misplaced
from .search_findings import best_at_edge

_REPORTS_AT_LEAST = 8
_FALLING_P = 0.01
_FEW_FAILED = 3
_CHANCE = 0.05  # that failures part so well from the others by luck, over all parameters
_SHUFFLES = 1_000
_MANY_FAILED = 0.25

_NOT_SAID = (
    "Bias and variance: they are differences of training, validation and Bayes error, and Optuna "
    "keeps one value a trial. `netclinic run` measures them; `netclinic diagnose --curves LOG` "
    "reads the log of a training.",
    "Luck: the best of many values is flattered. What else the value depends on, such as the seed, "
    "is not stored; train the best again with other seeds.",
    "Causes: parameters that go together with failures or with good values need not be why.",
)


class PlainDiagnosis(NamedTuple):
    """What can be said of a search by its values alone."""

    study: str
    direction: str  # "minimize" | "maximize"
    best: TrialRecord
    value: float  # of the best trial, as the study has it
    states: Mapping[str, int]  # trials by Optuna's state, in lower case
    findings: tuple[Finding, ...]
    changes: tuple[str, ...]  # the calls of Optuna that search other ranges
    not_said: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The content for JSON: built-in types only."""
        return {
            "study": self.study,
            "direction": self.direction,
            "best": {
                "trial": self.best.number,
                "value": self.value,
                "parameters": dict(self.best.parameters),
            },
            "trials": dict(self.states),
            "findings": [finding.as_dict() for finding in self.findings],
            "changes": list(self.changes),
            "not_said": list(self.not_said),
        }


def diagnose_plain(study: StudyRecord) -> PlainDiagnosis:
    """Say of another's study what its values, parameters and reports bear out.

    Args:
        study: with values negated where it maximises, so that the lower is the better. A trial's
            reports are the ``validation_error`` of its curves.

    Raises:
        DiagnosisError: no trial completed.
    """
    states = Counter(trial.state.lower() for trial in study.trials)
    best = study.best()
    if best is None or best.value is None:
        shown = ", ".join(f"{n} {state}" for state, n in sorted(states.items())) or "none"
        raise DiagnosisError(
            f"study {study.name!r} has no complete trial (trials: {shown}), so nothing can be said "
            "of it yet."
        )
    sign = -1.0 if study.direction == "maximize" else 1.0

    def written(value: float) -> str:
        return plain_number(sign * value)

    edges, failed = best_at_edge(study), failed_trials(study)
    found = (
        failed,
        *edges,
        reports_improving(best, written),
        best_report(best, written),
    )
    findings = sorted((f for f in found if f), key=lambda f: list(Severity).index(f.severity))
    return PlainDiagnosis(
        study=study.name,
        direction=study.direction,
        best=best,
        value=sign * best.value,
        states=dict(states),
        findings=tuple(findings),
        changes=_changes(study, best, edges, failed),
        not_said=_NOT_SAID,
    )


def failed_trials(study: StudyRecord) -> Finding | None:
    """Report how many trials failed, and which parameter's values part them from the complete.

    For each numeric parameter the threshold with the fewest trials on its wrong side is found. That
    it is no luck is judged by shuffling which trials failed, over all parameters and both sides at
    once (a permutation test of the largest; Westfall & Young 1993): p < 0.05.
    """
    ended = [t for t in study.trials if t.state in ("FAIL", "COMPLETE")]
    failed = np.array([t.state == "FAIL" for t in ended])
    count = int(failed.sum())
    if not count:
        return None
    share = count / len(ended)
    parting = _parting(study, ended, failed)
    pruned = any(t.state == "PRUNED" for t in study.trials)
    which = "trials that were not pruned" if pruned else "trials"
    text = f"{count:,} of {len(ended):,} {which} failed ({percent(share)})"
    evidence: dict[str, float | int | str | None] = {"failed": count, "share": share}
    if count < _FEW_FAILED:
        text += ", too few to say what they have in common."
    elif parting is None:
        text += ": no single parameter parts them from the others."
    else:
        name, at, above, excepted, chance = parting
        side = "above" if above else "below"
        but = f", {excepted} excepted" if excepted else ""
        text += f": those with {name} {side} {plain_number(at)}{but}."
        evidence |= {"parameter": name, "threshold": at, "side": side}
        evidence |= {"misplaced": excepted, "p_value": chance}
    severity = Severity.WARNING if share >= _MANY_FAILED else Severity.INFO
    return Finding(FindingKind.FAILED_TRIALS, severity, evidence, text)


def _parting(
    study: StudyRecord, ended: list[TrialRecord], failed: np.ndarray
) -> tuple[str, float, bool, int, float] | None:
    """Parameter, threshold, whether failures lie above, trials misplaced, and the p-value."""
    if failed.sum() < _FEW_FAILED or failed.all():
        return None
    numeric = {
        r.name: np.array([float(t.parameters[r.name]) for t in ended])
        for r in study.ranges
        if r.law != "choice" and all(r.name in t.parameters for t in ended)
    }
    if not numeric:
        return None
    everywhere = {name: misplaced(values, failed) for name, values in numeric.items()}
    name = min(everywhere, key=lambda n: everywhere[n].min())
    counts = everywhere[name]
    fewest = int(counts.min())
    chance = _luck(numeric.values(), failed, fewest)
    if chance >= _CHANCE:
        return None
    cut, side = np.unravel_index(int(counts.argmin()), counts.shape)
    law = next(r.law for r in study.ranges if r.name == name)
    return name, cut_value(numeric[name], int(cut), law), side == 0, fewest, chance


def _luck(parameters: Collection[np.ndarray], failed: np.ndarray, fewest: int) -> float:
    """Probability that shuffled failures part as well somewhere, of all parameters."""
    rng = np.random.default_rng(0)
    as_good = 0
    for _ in range(_SHUFFLES):
        shuffled = rng.permutation(failed)
        as_good += any(misplaced(values, shuffled).min() <= fewest for values in parameters)
    return (1 + as_good) / (1 + _SHUFFLES)


def reports_improving(best: TrialRecord, written: Callable[[float], str]) -> Finding | None:
    """Find whether the best trial's reports were still getting better in their last quarter."""
    reports = _reports(best)
    if len(reports) < _REPORTS_AT_LEAST:
        return None
    part, chance = last_quarter(reports), chance_of_fall(reports)
    if chance >= _FALLING_P or part[-1] >= part[0]:
        return None
    text = (
        f"The best trial, {best.number}, was still improving at the end: over the last {len(part)} "
        f"of {len(reports)} reports from {written(part[0])} to {written(part[-1])}. Longer "
        "training may improve it further."
    )
    evidence = {"reports": len(reports), "compared": len(part), "p_value": chance}
    return Finding(FindingKind.STILL_IMPROVING, Severity.WARNING, evidence, text)


def best_report(best: TrialRecord, written: Callable[[float], str]) -> Finding | None:
    """Report where the best trial's reports were best, if well before the end."""
    reports = _reports(best)
    if len(reports) < _REPORTS_AT_LEAST:
        return None
    at = int(np.argmin(reports))
    if at >= len(reports) - 1 or reports[at] == reports[-1]:
        return None
    text = (
        f"The best trial, {best.number}, reported its best at {at + 1} of {len(reports)} reports: "
        f"{written(reports[at])}, at the end {written(reports[-1])}. As the best of "
        f"{len(reports)} it is flattered."
    )
    evidence = {"at": at + 1, "best": reports[at], "last": reports[-1]}
    return Finding(FindingKind.BEST_EPOCH, Severity.INFO, evidence, text)


def _reports(trial: TrialRecord) -> list[float]:
    """What a trial reported, in order; empty where a report is not finite."""
    values = trial.result.curves.validation_error if trial.result else ()
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else []


def _changes(
    study: StudyRecord, best: TrialRecord, edges: Collection[Finding], failed: Finding | None
) -> tuple[str, ...]:
    """The calls that search on beyond an end, and no more where trials fail.

    Failures narrow a range where they are many, as far as the best trial's value stays in it.
    """
    ranges: dict[str, SearchRange] = {it.name: it for it in study.ranges}
    changed: dict[str, SearchRange] = {}
    for edge in edges:
        if edge.severity is Severity.WARNING:
            name, low, high = (
                edge.evidence[k] for k in ("parameter", "widened_low", "widened_high")
            )
            changed[str(name)] = ranges[str(name)]._replace(low=low, high=high)
    if failed and failed.severity is Severity.WARNING and "parameter" in failed.evidence:
        name, at = str(failed.evidence["parameter"]), float(failed.evidence["threshold"] or 0)
        above = failed.evidence["side"] == "above"
        if (float(best.parameters[name]) <= at) is above:
            end = {"high" if above else "low": at}
            changed[name] = changed.get(name, ranges[name])._replace(**end)
    return tuple(map(_call, changed.values()))


def _call(searched: SearchRange) -> str:
    """The call that searches a range, as an objective would write it."""
    name, low, high = repr(searched.name), searched.low, searched.high
    assert low is not None
    assert high is not None
    if searched.law == "int":  # a threshold lies between two whole numbers
        log = ", log=True" if searched.log else ""
        return f"trial.suggest_int({name}, {math.ceil(low)}, {math.floor(high)}{log})"
    log = ", log=True" if searched.law == "log" else ""
    return f"trial.suggest_float({name}, {low:.4g}, {high:.4g}{log})"

"""What it takes to try a remedy: trials, epochs, and seconds at the study's own speed."""

import re

from ...storage.records.study import StudyRecord
from ..findings import Cost, RemedyKind
from .case import Case

_NOTHING_TRAINED = {RemedyKind.COMPARE_SOURCES, RemedyKind.LABEL_THRESHOLDS}
# With these a trial and epoch takes longer than it did, by how much is not known.
_SLOWER = {
    RemedyKind.BIGGER_NETWORK,
    RemedyKind.OTHER_ARCHITECTURE,
    RemedyKind.MORE_DATA,
    RemedyKind.MATCHING_DATA,
    RemedyKind.AUGMENTATION,
}


def cost_of(kind: RemedyKind, change: str | None, case: Case) -> Cost | None:
    """What a remedy's study costs; ``None`` where nothing is trained.

    As many trials as have ended here, which is what `netclinic treat` runs, but for what the change
    says; more trials are added to this one,
    and more seeds to a search like it: a study's seeds cannot be changed once it is there.

    Args:
        kind: of the remedy.
        change: of the spec, if there is one.
        case: what is known.
    """
    if kind in _NOTHING_TRAINED:
        return None
    study = case.spec.get("study", {})
    trials = sum(trial.result is not None for trial in case.study.trials)
    epochs = int(_changed(change, "training.epochs") or case.spec["training"]["epochs"])
    if kind is RemedyKind.MORE_TRIALS:
        wanted = _changed(change, "study.trials") or 2 * trials
        trials = max(0, wanted - len(case.study.trials))
    if kind is RemedyKind.REPLICATES:
        count = _changed(change, "study.replicates") or 1
        finalists = min(int(study.get("finalists") or 5), len(case.study.finished()))
        trials += finalists * (count - 1) + count
    each = seconds_each(case.study)
    seconds = None if each is None else trials * epochs * each
    return Cost(trials, epochs, seconds, kind in _SLOWER)


def seconds_each(study: StudyRecord) -> float | None:
    """Wall-clock seconds that a trial's epoch took on average, its share of the lanes' time."""
    results = [t.result for t in study.trials if t.result and t.result.epochs]
    seconds, epochs = sum(r.seconds for r in results), sum(r.epochs for r in results)
    return seconds / epochs if seconds > 0 and epochs else None


def _changed(change: str | None, key: str) -> int | None:
    """The whole number that a change sets a key to."""
    found = re.search(rf"(?:^|\s){re.escape(key)}=(\d+)(?=\s|$)", change or "")
    return int(found[1]) if found else None

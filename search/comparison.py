"""Two studies that are to be compared: what the second does otherwise, or why they cannot be."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ..diagnostics.findings import RemedyKind
from ..diagnostics.remedies.treated_study import as_options, treated_name
from ..diagnostics.studies.treated import Tried
from ..storage.records.study import StudyRecord
from .moved_files import fingerprint_of, those_of
from .same_study import differing_keys, spec_now
from .spec_file import resolved_of, spec_from_resolved
from .spec_network import DIGESTS
from .spec_overrides import removal
from .spec_toml import shown, toml_value
from .treatment_plan import OWN, TreatmentError, tried
from .two_winners import what_is_other

MINIMISED = {  # by these studies tell which error of which answers they minimise
    ("data", "target"),
    ("data", "targets"),
    ("data", "task"),
    ("study", "objective"),
    ("study", "objective_task"),
}
FILLED_IN = {("network", key) for key in DIGESTS.values()}  # by netclinic: nobody types them


class Difference(NamedTuple):
    """A key that two specs do not agree on."""

    table: str
    key: str
    first: Any
    second: Any

    @property
    def name(self) -> str:
        """As ``-S`` takes it: "training.epochs"."""
        return f"{self.table}.{self.key}"


def plan_comparison(name: str, other: str, url: str, changes: Sequence[str] = ()) -> Tried:
    """What a study does otherwise than another one, both fit to be compared; nothing is trained.

    Args:
        name: of a study.
        other: of the one whose winner is judged beside that of the former.
        url: of the database.
        changes: of both specs, as for ``resume_study``; where they name a file, of those studies
            that have one of that name, or of that content where names do not tell.

    Raises:
        TreatmentError: both are the same, do not minimise the same, or have other test rows or
            constant answers.
        StudyError: the winner of one is not known; or as for ``resume_study``.
        SpecError: the specs do not allow the changes.
        DataError: the data of one cannot be loaded.
        StorageError: no such study.
    """
    from ..storage import TrialStore
    from .study_start import finished_study

    if name == other:
        raise TreatmentError(
            f"got study {name!r} twice: a study is compared with another one. To try a change: "
            f"netclinic treat {shlex.quote(name)} -S TABLE.KEY=VALUE"
        )
    with TrialStore(url) as store:
        first, second = (finished_study(it, store) for it in (name, other))
    # Read anew, both have the defaults of the keys that came after they were stored.
    stored = [(it, spec_from_resolved(it.spec or {})) for it in (first, second)]
    own = [those_of(it.name, spec, fingerprint_of(it), changes) for it, spec in stored]
    _refuse_needless({it for each in own for it in each}, changes)
    specs = [spec_now(it.name, spec, each) for (it, spec), each in zip(stored, own, strict=True)]
    before, after = map(resolved_of, specs)
    differing = [it for it in differences(before, after) if it[:2] != ("study", "name")]
    _refuse_other_measure(first, second, [it for it in differing if it[:2] in MINIMISED])
    if apart := what_is_other(*specs):
        _refuse_other_rows(first, second, apart, differing)
    advised = (first.diagnosis or {}).get("remedies", ())
    kind = next((it.value for it in RemedyKind if treated_name(name, it.value) == other), OWN)
    remedy = next((it for it in advised if it["kind"] == kind), {"kind": kind})
    return tried(remedy, [_change(it) for it in differing if it[:2] not in FILLED_IN])


def _refuse_needless(taken: Collection[str], changes: Sequence[str]) -> None:
    for change in changes:
        if change not in taken:
            raise TreatmentError(
                f"-S {change}: neither study has a file of that name, or one that holds the same"
            )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What two resolved specs say of a trial otherwise."""
    return [
        Difference(table, key, before[table].get(key), after[table].get(key))
        for table, key in differing_keys(before, after)
    ]


def told(differing: Sequence[Difference], first: str, second: str) -> str:
    """Differences in words: "training.epochs is 6 in 'a' and 7 in 'b'".

    Args:
        differing: those to tell.
        first: what stands behind the first value, "in 'a'".
        second: what stands behind the second.
    """

    def of(value: Any) -> str:
        return "absent" if value is None else shown(value)

    return "; ".join(
        f"{it.name} is {of(it.first)} {first} and {of(it.second)} {second}" for it in differing
    )


def _change(it: Difference) -> str:
    """A difference as ``-S`` takes it."""
    return removal(it.name) if it.second is None else f"{it.name}={toml_value(it.second)}"


def _refuse_other_measure(
    first: StudyRecord, second: StudyRecord, differing: Sequence[Difference]
) -> None:
    if not differing:
        return
    learn_the_same = all(it.table == "study" for it in differing)
    advice = _anew(first, second, differing) if learn_the_same else "Compare studies that do"
    raise TreatmentError(
        f"studies {first.name!r} and {second.name!r} do not minimise the same error of the same "
        f"answers: {_told(first, second, differing)}. {advice}"
    )


def _refuse_other_rows(
    first: StudyRecord, second: StudyRecord, what: str, differing: Sequence[Difference]
) -> None:
    rows = [it for it in differing if it.table == "data" or it.key == "seed"]
    raise TreatmentError(
        f"studies {first.name!r} and {second.name!r} have other {what.removeprefix('the ')}, so "
        f"their errors cannot be compared row by row: {_told(first, second, rows)}. "
        f"{_anew(first, second, rows)}"
    )


def _told(first: StudyRecord, second: StudyRecord, differing: Sequence[Difference]) -> str:
    return told(differing, f"in {first.name!r}", f"in {second.name!r}")


def _anew(first: StudyRecord, second: StudyRecord, differing: Sequence[Difference]) -> str:
    """What to type to get a study that the first can be compared with."""
    like = [_change(it._replace(second=it.first)) for it in differing]
    changes = ["study.name=NAME", *like]
    return f"Run {second.name!r} anew like {first.name!r}: netclinic run SPEC {as_options(changes)}"

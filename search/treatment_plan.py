"""What trying a remedy on a study takes: the spec of the study that tries it."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..diagnostics.remedies.treated_study import (
    changes_of,
    makes_other_test_rows,
    treated_name,
)
from ..diagnostics.studies.treated import Tried
from ..storage.records.study import StudyRecord
from ..storage.records.treatments import TreatmentRecord
from .resolved_text import resolved_text
from .spec_errors import SpecError
from .spec_file import LoadedSpec, parse_spec
from .spec_network import DIGESTS
from .spec_overrides import with_overrides
from .spec_toml import toml_value

OWN = "own"  # the remedy's name where it is the user's own idea
_NOTHING = "no remedy is advised that a change of the spec could try"
_OWN_IDEA = "An idea of your own is tried by -S TABLE.KEY=VALUE"
# What is advised where the spec does not tell whether its change would do: whoever types it knows.
_WHERE_IT_FITS = {
    "augmentation": (
        "Where rows are images, it is tried by -S 'search.augment_shift={uniform=[0,0.2]}'"
    ),
    "dropout": (
        "Where your network has a netclinic.models.Dropout, it is tried by -S "
        "'search.dropout={uniform=[0,0.5]}'"
    ),
}


class TreatmentError(Exception):
    """Two studies cannot be compared as asked; the message says why and what to type next."""


class Wanted(NamedTuple):
    """What a user wants to try."""

    remedy: str | None = None  # a RemedyKind's value; None: the first that is advised
    changes: tuple[str, ...] = ()  # overrides of the user's own, beside or in place of a remedy's


FIRST = Wanted()


class Plan(NamedTuple):
    """What is to be done."""

    tried: Tried
    loaded: LoadedSpec  # of the study with the remedy
    moved: tuple[str, ...] = ()  # overrides that only say where files of both studies lie now

    @property
    def name(self) -> str:
        """Of the study with the remedy."""
        return self.loaded.spec.study.name


class AdvisedPlans(NamedTuple):
    """What is to be done of all that is advised."""

    plans: tuple[Plan, ...]
    left_out: tuple[str, ...]  # of each remedy that cannot be planned its name, and why


def plan_treatment(study: StudyRecord, wanted: Wanted, moved: Sequence[str] = ()) -> Plan:
    """What trying a remedy on a study takes.

    Args:
        study: that was diagnosed.
        wanted: what to try.
        moved: overrides that only say where files lie now, which are none of the wanted changes.

    Raises:
        TreatmentError: there is no such remedy, it is nothing that a spec can say, or the study is
            not one to be treated.
        SpecError: the spec does not allow the changes.
    """
    _refuse_undiagnosed(study)
    assert study.spec is not None
    remedy = _chosen(study, wanted)
    changes = (*changes_of(remedy.get("change") or ""), *wanted.changes)
    kind = str(remedy["kind"])
    content, touched, _ = with_overrides({}, (*moved, *changes))
    chosen = content.get("study", {})
    ended = sum(t.result is not None for t in study.trials)
    defaults = {"name": remedy.get("study") or treated_name(study.name, kind), "trials": ended}
    missing = {key: value for key, value in defaults.items() if key not in chosen}
    overrides = [f"study.{key}={toml_value(value)}" for key, value in missing.items()]
    loaded = parse_spec(
        resolved_text(_begun_with(study.spec, touched)),
        file=f"the spec of study {study.name!r}",
        folder=Path.cwd(),
        overrides=[*overrides, *moved, *changes],
    )
    if loaded.spec.study.name == study.name:
        raise TreatmentError(
            f"the study with the remedy needs another name than {study.name!r}: -S study.name=NAME"
        )
    told = [it for it in changes if not it.replace(" ", "").startswith("study.name=")]
    return Plan(tried(remedy, told), loaded, tuple(moved))


def _begun_with(spec: Mapping[str, Any], touched: Collection[tuple[str, str]]) -> dict[str, Any]:
    """The spec that changes are made in: without a timeout, and digests of files no more named.

    Args:
        spec: of the study, resolved.
        touched: tables and keys that the changes set or remove.
    """
    other = {digest for key, digest in DIGESTS.items() if ("network", key) in touched}
    network = {key: value for key, value in spec["network"].items() if key not in other}
    return {**spec, "study": {**spec["study"], "timeout": None}, "network": network}


def advised_plans(
    study: StudyRecord, changes: Sequence[str], moved: Sequence[str] = ()
) -> AdvisedPlans:
    """What trying each advised remedy takes that a change of the spec can try, in their order.

    Those that were tried with the same change already are not planned again. One whose change does
    not go with the user's own is left out, and said.

    Args:
        study: that was diagnosed.
        changes: overrides of the user's own, made beside each remedy's.
        moved: as for ``plan_treatment``.

    Raises:
        TreatmentError: nothing is advised that could be tried, the changes name the study, which
            all of them would share, or the study is not one to be treated.
        SpecError: the spec does not allow the changes, whatever the remedy.
    """
    if any(it.replace(" ", "").startswith("study.name=") for it in changes):
        raise TreatmentError(
            "each remedy is tried in a study of its own, so no one name fits; leave out -S "
            "study.name, and the studies are named after the remedies"
        )
    _refuse_undiagnosed(study)
    there = _comparable(study)
    if not there and not study.treatments:
        raise TreatmentError(f"study {study.name!r}: {_nothing(study)}. {_OWN_IDEA}")
    plans, refused = [], []
    for kind in there:
        try:
            plans.append(plan_treatment(study, Wanted(kind, tuple(changes)), moved))
        except SpecError as error:
            refused.append((kind, error))
    if refused and not plans:
        raise refused[0][1]
    done = {(it.remedy, it.spec_change) for it in study.treatments}
    return AdvisedPlans(
        tuple(it for it in plans if (it.tried.remedy, it.tried.spec_change) not in done),
        tuple(f"{kind}: {error}" for kind, error in refused),
    )


def tried(remedy: Mapping[str, Any], changes: Sequence[str]) -> Tried:
    """What is tried, by a remedy as a diagnosis has it, or its kind alone, and all that changes."""
    gain = remedy.get("gain") or {}
    predicted = (gain.get(key) for key in ("error", "low", "high"))
    return Tried(str(remedy["kind"]), " -S ".join(changes), *predicted)


def _chosen(study: StudyRecord, wanted: Wanted) -> dict[str, Any]:
    """The remedy that is to be tried, as the diagnosis has it; of an own idea its kind alone.

    One that was tried, and is therefore advised no more, comes as it was tried: so the same command
    tells again what came of it.
    """
    if wanted.remedy is None and wanted.changes:
        return {"kind": OWN}
    advised, there = _advised(study), _comparable(study)
    if wanted.remedy is None and there:
        return dict(advised[there[0]])
    if advised.get(str(wanted.remedy), {}).get("change"):
        return dict(advised[str(wanted.remedy)])
    tried_so = next((it for it in reversed(study.treatments) if it.remedy == wanted.remedy), None)
    if tried_so is not None and not wanted.changes and wanted.remedy != OWN:
        return _as_tried(tried_so)
    if wanted.remedy is not None and wanted.changes:  # these say how
        return dict(advised.get(wanted.remedy, {"kind": wanted.remedy}))
    known = f"of those that are advised, a change of the spec can try: {', '.join(there)}"
    got = "" if wanted.remedy is None else f"got remedy {wanted.remedy!r}; "
    fits = wanted.remedy in advised and (wanted.remedy != "dropout" or _is_own_network(study))
    how = _WHERE_IT_FITS.get(wanted.remedy or "") if fits else None
    nothing = known if there else _nothing(study)
    raise TreatmentError(f"study {study.name!r}: {got}{nothing}. {how or _OWN_IDEA}")


def _is_own_network(study: StudyRecord) -> bool:
    return ":" in (study.spec or {})["network"]["kind"]


def _comparable(study: StudyRecord) -> list[str]:
    """The kinds of advised remedies that a change of the spec tries on the same test rows."""
    dealt = study.provenance and study.provenance.dealt
    return [
        kind
        for kind, it in _advised(study).items()
        if it.get("change") and not makes_other_test_rows(it["change"], dealt)
    ]


def _nothing(study: StudyRecord) -> str:
    """Why nothing that is advised can be tried."""
    others = [kind for kind, it in _advised(study).items() if it.get("change")]
    if not others:
        return _NOTHING
    return (
        f"what is advised ({', '.join(others)}) makes other test rows, on which errors cannot be "
        "compared: run it as the report says"
    )


def _as_tried(record: TreatmentRecord) -> dict[str, Any]:
    gain = {"error": record.gain_of, "low": record.gain_low, "high": record.gain_high}
    said = {"kind": record.remedy, "change": record.spec_change, "study": record.treated_study}
    return {**said, "gain": gain}


def _advised(study: StudyRecord) -> dict[str, dict[str, Any]]:
    """The remedies that a study's diagnosis advises, by kind, in their order."""
    assert study.diagnosis is not None
    return {it["kind"]: it for it in study.diagnosis.get("remedies", ())}


def _refuse_undiagnosed(study: StudyRecord) -> None:
    if study.spec is None or study.diagnosis is None:
        raise TreatmentError(
            f"study {study.name!r} has no diagnosis yet, which says what to try: finish it with "
            f"`netclinic resume {shlex.quote(study.name)}`"
        )

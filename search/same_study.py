"""Whether a study that is gone on with is still the one that was begun."""

import shlex
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..datasets.dataset import Dataset
from ..models.own_code import code_digest
from ..models.transfer_source import read_source
from ..storage.records.runs import Provenance
from .moved_files import gone, placed, told_where, was_moved
from .spec import StudySpec
from .spec_file import resolved_of
from .spec_overrides import with_overrides
from .spec_toml import toml_value

# What may differ between runs of one study: it says how long to go on, not what a trial is.
FREE_KEYS = {("study", "trials"), ("study", "timeout")}
FREE_TABLES = {"compute"}
NOTHING: Mapping[str, Any] = MappingProxyType({})


class StudyError(Exception):
    """The study cannot be run as asked; the message says why and what to type next."""


def spec_now(name: str, stored: StudySpec, changes: Sequence[str] = ()) -> StudySpec:
    """A study's spec as it is gone on with; what its files hold is what they held.

    Args:
        name: of the study.
        stored: its spec.
        changes: ``"table.key=value"`` each, of what decides no trial: where files lie now, the
            table ``[compute]``, trials and timeout. Whether data are the same is not looked at.

    Raises:
        StudyError: a change decides trials; a file is not there; or the code of a user's network,
            or weights to begin with, have changed.
        SpecError: the spec does not allow the changes.
        OwnCodeError: the code cannot be found.
        TransferError: the weights cannot be read.
    """
    before = resolved_of(stored)
    content, *_ = with_overrides({}, changes)
    refuse_gone(name, stored, content)
    spec = placed(name, stored, changes).spec if changes else stored
    if spec.network.init_from is not None:
        weights = {"network": {"init_digest": read_source(spec.network.init_from).digest}}
        refuse_other_weights(name, before, weights)
    if spec.network.is_own:
        code = {"network": {"code": code_digest(spec.network.kind)}}
        refuse_other_code(name, before, code)
    if changes:
        refuse_other_spec(name, before, resolved_of(spec), same_data=True)
    return spec


def refuse_gone(name: str, stored: StudySpec, changed: Mapping[str, Any] = NOTHING) -> None:
    """Refuse to go on with a study whose files are not where they lay, unless it is said where.

    Args:
        name: of the study.
        stored: its spec.
        changed: what a user changes in it, by table and key.

    Raises:
        StudyError: names the files, and what to type where they were moved.
    """
    missing = [(table, key) for table, key in gone(stored) if key not in changed.get(table, {})]
    if not missing:
        return
    resolved = resolved_of(stored)
    listed = "\n  ".join(f"[{table}] {key}: {resolved[table][key]}" for table, key in missing)
    raise StudyError(
        f"files of study {name!r} are not there any more:\n  {listed}\nPut them back or, if they "
        f"were moved, say where they lie now: netclinic resume {shlex.quote(name)} "
        f"{told_where(stored, missing)} (treat, compare and learning-curve take -S, too)"
    )


def refuse_other_spec(
    name: str, stored: Mapping[str, Any], new: Mapping[str, Any], *, same_data: bool
) -> None:
    """Refuse to go on with a study under another spec: its trials would not be comparable.

    Files may lie elsewhere now, where something tells that they are the same.

    Args:
        name: of the study.
        stored: its spec, resolved.
        new: the spec that is to go on with it, likewise.
        same_data: whether the data have the fingerprint that they had.

    Raises:
        StudyError: names the keys that differ.
    """
    differing = [
        f"[{table}] {key}: the study has {_said(stored, table, key)}, the spec "
        f"{_said(new, table, key)}"
        for table, key in differing_keys(stored, new)
        if not was_moved((table, key), stored, new, same_data=same_data)
    ]
    if differing:
        listed = "\n  ".join(differing)
        raise StudyError(
            f"the database has a study {name!r} with another spec:\n  {listed}\n"
            f"To go on with the stored one: netclinic resume {shlex.quote(name)}. To start "
            "another study: netclinic run SPEC -S study.name=NAME"
        )


def _said(spec: Mapping[str, Any], table: str, key: str) -> str:
    """A value as a spec has it, to be copied into one."""
    value = spec.get(table, {}).get(key)
    return "none" if value is None else toml_value(value)


def differing_keys(stored: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Table and key of what two resolved specs say of a trial otherwise."""
    return [
        (table, key)
        for table in sorted({*stored, *new} - FREE_TABLES)
        for key in sorted({*stored.get(table, {}), *new.get(table, {})})
        if (table, key) not in FREE_KEYS
        and stored.get(table, {}).get(key) != new.get(table, {}).get(key)
    ]


def refuse_other_code(name: str, stored: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Refuse to go on with a user's network whose code is another one.

    Raises:
        StudyError: the digests differ.
    """
    what = f"the code of the network of study {name!r} has changed"
    _refuse_other_digest("code", stored, new, what, "the code")


def refuse_other_weights(name: str, stored: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Refuse to go on with a study whose trials began with other weights.

    Raises:
        StudyError: the digests differ.
    """
    what = f"the weights that trials of study {name!r} begin with have changed"
    _refuse_other_digest("init_digest", stored, new, what, "them")


def _refuse_other_digest(
    key: str, stored: Mapping[str, Any], new: Mapping[str, Any], what: str, restored: str
) -> None:
    before, now = (s.get("network", {}).get(key) for s in (stored, new))
    if before and now and before != now:
        raise StudyError(
            f"{what} since it began (SHA-256 {before[:12]} then, {now[:12]} now), so its trials "
            f"would not be comparable. Restore {restored}, or start another study: "
            "netclinic run SPEC -S study.name=NAME"
        )


def refuse_other_data(name: str, then: Provenance | None, dataset: Dataset) -> None:
    """Refuse to go on with a study on other data than it began with.

    Args:
        name: of the study.
        then: where its trials come from, as stored.
        dataset: the data as they are now.

    Raises:
        StudyError: the fingerprints differ.
    """
    if then and then.data_fingerprint != dataset.fingerprint:
        raise StudyError(
            f"the data of study {name!r} has changed since it began (fingerprint "
            f"{then.data_fingerprint[:12]} then, {dataset.fingerprint[:12]} now), so its "
            "trials would not be comparable. Restore the data, or start another study: "
            "netclinic run SPEC -S study.name=NAME"
        )

"""From a spec, or a stored study's name, to a study that trials can be launched in."""

import contextlib
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optuna.distributions import distribution_to_json

from ..datasets.dataset import Dataset
from ..datasets.wording import counted
from ..models.devices import prepare_devices
from ..models.own_code import code_digest
from ..models.placement import Placement
from ..models.transfer_source import read_source
from ..storage import NameTaken, TrialStore
from ..storage.records.runs import Provenance
from ..storage.records.study import NewStudy, StudyRecord
from .data_placement import placement_of
from .provenance import gather_provenance
from .space import distribution, searched
from .spec import StudySpec
from .spec_file import LoadedSpec, resolved_of, spec_from_resolved
from .spec_network import DIGESTS
from .study_data import load_data

# What may differ between runs of one study: it says how long to go on, not what a trial is.
FREE_KEYS = {("study", "trials"), ("study", "timeout")}
FREE_TABLES = {"compute"}
# Keys that name files, whose content the data's fingerprint tells; soft labels decide no trial.
# Of those of [network] a digest does.
_FILES = {
    *(("data", key) for key in ("source", "labels", "group", "order", "features")),
    ("diagnosis", "soft_labels"),
}


class StudyError(Exception):
    """The study cannot be run as asked; the message says why and what to type next."""


@dataclass(frozen=True)
class OpenStudy:
    """A study that this process works on."""

    study_id: int
    spec: StudySpec
    dataset: Dataset
    store: TrialStore
    placement: Placement  # of the data


def start_study(loaded: LoadedSpec, dataset: Dataset, store: TrialStore) -> OpenStudy:
    """Create the spec's study, or open it when the database has it.

    Raises:
        StudyError: the database has a study of this name with another spec or other data.
        SpecError: its spec is not one that this version can read.
    """
    name = loaded.spec.study.name
    placement = placement_of(loaded.spec, dataset)
    provenance = gather_provenance(loaded.spec, dataset, loaded.folder, placement)
    if store.find_study(name) is None:
        laws = tuple(
            (name, distribution_to_json(distribution(entry)))
            for name, entry in searched(loaded.spec.search).items()
        )
        new = NewStudy(name, loaded.text, loaded.resolved, laws, provenance)
        with contextlib.suppress(NameTaken):  # another process was faster: help it
            return OpenStudy(store.create_study(new), loaded.spec, dataset, store, placement)
    # Read anew, the stored spec has the defaults of the keys that came after it was stored.
    stored = resolved_of(spec_from_resolved(store.spec_of(name)[1]))
    refuse_other_code(name, stored, loaded.resolved)
    refuse_other_weights(name, stored, loaded.resolved)
    then = store.load_study(name, curves_of=0).provenance
    same_data = then is not None and then.data_fingerprint == dataset.fingerprint
    refuse_other_spec(name, stored, loaded.resolved, same_data=same_data)
    refuse_other_data(name, then, dataset)
    study_id = store.study_id(name)
    store.add_provenance(study_id, provenance)
    return OpenStudy(study_id, loaded.spec, dataset, store, placement)


def reopen_study(
    name: str, store: TrialStore, *, trials: int | None, timeout: float | None
) -> OpenStudy:
    """Open a stored study by name.

    Args:
        name: of the study.
        store: the database.
        trials: how many trials it shall have now; ``None`` for what its spec says.
        timeout: seconds; ``None`` for what its spec says.

    Raises:
        StorageError: no such study, or netclinic did not create it.
        StudyError: the data, the code of a user's network, or weights to begin with have changed.
        OwnCodeError: that code is gone.
        TransferError: those weights are gone.
        DataError: the data cannot be loaded.
    """
    study_id = store.study_id(name)
    spec = spec_from_resolved(store.spec_of(name)[1])
    changes = {k: v for k, v in (("trials", trials), ("timeout", timeout)) if v is not None}
    spec = spec.model_copy(update={"study": spec.study.model_copy(update=changes)})
    if spec.network.init_from is not None:
        weights = {"network": {"init_digest": read_source(spec.network.init_from).digest}}
        refuse_other_weights(name, resolved_of(spec), weights)
    if spec.network.is_own:
        now = {"network": {"code": code_digest(spec.network.kind)}}
        refuse_other_code(name, resolved_of(spec), now)
    dataset = load_data(spec, Path.cwd())
    refuse_other_data(name, store.load_study(name, curves_of=0).provenance, dataset)
    prepare_devices(spec.compute.host_devices)
    placement = placement_of(spec, dataset)
    provenance = gather_provenance(spec, dataset, Path.cwd(), placement)
    store.add_provenance(study_id, provenance)
    return OpenStudy(study_id, spec, dataset, store, placement)


def finished_study(name: str, store: TrialStore) -> StudyRecord:
    """The study, whose winner is known; without curves.

    Raises:
        StudyError: it is not.
        StorageError: no such study.
    """
    record = store.load_study(name, curves_of=0)
    counts = store.counts(record.study_id)
    if left := counts.running + counts.waiting:
        raise StudyError(
            f"study {name!r} has {counted(left, 'unfinished trial')}, so its winner is not known "
            f"yet: finish it with `netclinic resume {shlex.quote(name)}`"
        )
    if record.spec is None or record.best() is None:
        raise StudyError(
            f"study {name!r} has no winner that could be trained again: no trial of it was trained "
            "to its end by netclinic"
        )
    return record


def refuse_unwritable(folder: Path) -> None:
    """Find out before the first trial, not after the last, that results cannot be written.

    Raises:
        StudyError: names the folder and the reason.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StudyError(
            f"{folder}: the network and the reports cannot be written there "
            f"({error.strerror}). Make room or name another folder: --output FOLDER"
        ) from error


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
        f"[{table}] {key}: the study has {stored.get(table, {}).get(key)!r}, "
        f"the spec {new.get(table, {}).get(key)!r}"
        for table, key in differing_keys(stored, new)
        if not _was_moved(table, key, (stored.get(table, {}), new.get(table, {})), same_data)
    ]
    if differing:
        listed = "\n  ".join(differing)
        raise StudyError(
            f"the database has a study {name!r} with another spec:\n  {listed}\n"
            f"To go on with the stored one: netclinic resume {shlex.quote(name)}. To start "
            "another study: netclinic run SPEC -S study.name=NAME"
        )


def _was_moved(
    table: str, key: str, tables: tuple[Mapping[str, Any], Mapping[str, Any]], same_data: bool
) -> bool:
    """Whether a key names the same file at another place, in a stored and in a new table."""
    digest = DIGESTS.get(key) if table == "network" else None
    if digest is None and not (same_data and (table, key) in _FILES):
        return False
    before, now = (Path(it.get(key) or "") for it in tables)
    if digest is None:
        return before.is_absolute() and now.is_absolute() and before.name == now.name
    told, then = (it.get(digest) for it in tables)
    # Of one file's networks each has its digest.
    return told is not None and told == then and (key != "kind" or before.name == now.name)


def with_files_of(stored: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """A stored spec, its files where they lie now.

    Args:
        stored: resolved.
        now: the spec that a run goes on with, likewise; nothing else of it is taken.
    """
    found = {table: dict(keys) for table, keys in stored.items()}
    for table, key in (*_FILES, *(("network", key) for key in DIGESTS)):
        if key in now.get(table, {}):
            found[table][key] = now[table][key]
    return found


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

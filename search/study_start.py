"""From a spec, or a stored study's name, to a study that trials can be launched in."""

import contextlib
import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from optuna.distributions import distribution_to_json

from ..datasets.dataset import Dataset
from ..datasets.wording import counted
from ..models.devices import prepare_devices
from ..models.placement import Placement
from ..storage import NameTaken, TrialStore
from ..storage.records.study import NewStudy, StudyRecord
from .data_placement import placement_of
from .provenance import gather_provenance
from .same_study import (
    StudyError,
    refuse_other_code,
    refuse_other_data,
    refuse_other_spec,
    refuse_other_weights,
    spec_now,
)
from .space import distribution, searched
from .spec import StudySpec
from .spec_file import LoadedSpec, resolved_of, spec_from_resolved
from .study_data import load_data


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
    name: str,
    store: TrialStore,
    *,
    trials: int | None,
    timeout: float | None,
    changes: Sequence[str] = (),
) -> OpenStudy:
    """Open a stored study by name.

    Args:
        name: of the study.
        store: the database.
        trials: how many trials it shall have now; ``None`` for what its spec says.
        timeout: seconds; ``None`` for what its spec says.
        changes: as for ``spec_now``.

    Raises:
        StorageError: no such study, or netclinic did not create it.
        StudyError: as of ``spec_now``; or the data has changed.
        SpecError: as of ``spec_now``.
        OwnCodeError: the code of a user's network is gone.
        TransferError: weights to begin with are gone.
        DataError: the data cannot be loaded.
    """
    study_id = store.study_id(name)
    spec = spec_now(name, spec_from_resolved(store.spec_of(name)[1]), changes)
    asked = {k: v for k, v in (("trials", trials), ("timeout", timeout)) if v is not None}
    spec = spec.model_copy(update={"study": spec.study.model_copy(update=asked)})
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

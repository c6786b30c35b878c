"""A study from its spec, or its name, to its reports: what ``netclinic run`` and ``resume`` do.

What takes a second to import comes after the data, which is looked at aside meanwhile.
"""

import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..diagnostics.bayes.data_question import DataQuestion, answered, ask
from ..models.devices import prepare_devices
from .aside import Aside
from .batch_size import with_batch_size
from .costs import Costs
from .kept_readings import read_once
from .progress import Phase, Progress
from .spec_file import LoadedSpec, resolved_of
from .study_data import load_data

if TYPE_CHECKING:
    from ..diagnostics.bayes.data_reading import DataReading


def run_study(
    loaded: LoadedSpec,
    url: str,
    folder: Path,
    stop: threading.Event | None = None,
    *,
    imported: float = 0.0,
    aside: bool = False,
) -> Generator[Progress]:
    """Run the study that a spec describes, or go on with it where it was left.

    Args:
        loaded: the spec.
        url: of the database.
        folder: for the best network and the reports.
        stop: set it to end after the segment in flight; unfinished trials are then queued, as
            they are where the iteration is left.
        imported: seconds that the program took to load, for the record.
        aside: whether small models look at the data in a process of their own, from the start on;
            otherwise here, at the end. They say the same.

    Yields:
        A ``Progress`` after each phase and segment; the last one has a ``conclusion``.

    Raises:
        StudyError: a study of this name has another spec, or other data; or the folder cannot be
            written, or holds another study's files.
        DataError: the data cannot be used.
        StorageError: the database cannot be used.
        OSError: after the last look: the reports cannot be written.
    """
    stop = stop or threading.Event()
    yield Progress(Phase.LOADING, loaded.spec.study.trials)
    costs = Costs(imported)
    with Aside(apart=aside) as beside:
        with costs.measured("load"):
            dataset = load_data(loaded.spec, loaded.folder)
            loaded = with_batch_size(loaded, len(dataset.train.labels))
        reading = _begin_reading(ask(dataset, loaded.resolved), beside)
        with costs.measured("import"):
            prepare_devices(loaded.spec.compute.host_devices)
            from ..storage import TrialStore, check_database
            from .optuna_database import prepare_database
            from .orchestrator import Orchestrator
            from .study_folder import refuse_taken, refuse_taken_before, take
            from .study_start import refuse_unwritable, start_study
        name = loaded.spec.study.name
        check_database(url)
        refuse_unwritable(folder)
        refuse_taken_before(folder, url)
        prepare_database(url)
        with TrialStore(url) as store:
            refuse_taken(folder, name, store, url)
            study = start_study(loaded, dataset, store)
            take(folder, name, store, url)
            yield from Orchestrator(study, folder, stop, costs, reading, beside).steps()


def resume_study(
    name: str,
    url: str,
    folder: Path,
    stop: threading.Event | None = None,
    *,
    trials: int | None = None,
    timeout: float | None = None,
    changes: Sequence[str] = (),
    imported: float = 0.0,
    aside: bool = False,
) -> Generator[Progress]:
    """Go on with a stored study; first the trials that were cut short, then those that are left.

    Args:
        name: of the study.
        url: of the database.
        folder: for the best network and the reports.
        stop: as for ``run_study``.
        trials: how many trials the study shall have now; by default what its spec says.
        timeout: seconds for this run; by default what the spec says.
        changes: as for ``same_study.spec_now``: where files lie now, or how to compute.
        imported: as for ``run_study``.
        aside: as for ``run_study``.

    Yields:
        As ``run_study``.

    Raises:
        StudyError: the data or the code has changed, a file is gone, a change decides trials, or as
            for ``run_study`` of the folder.
        SpecError: the spec does not allow the changes.
        DataError: the data cannot be loaded.
        StorageError: no such study, or the database cannot be used.
        OSError: as ``run_study``.
    """
    stop = stop or threading.Event()
    costs = Costs(imported)
    with Aside(apart=aside) as beside:
        with costs.measured("import"):
            prepare_devices()
            from ..storage import TrialStore
            from .orchestrator import Orchestrator
            from .study_folder import take
            from .study_start import reopen_study
        with TrialStore(url) as store:
            with costs.measured("load"):
                study = reopen_study(name, store, trials=trials, timeout=timeout, changes=changes)
            reading = _begin_reading(ask(study.dataset, resolved_of(study.spec)), beside)
            take(folder, name, store, url)
            yield from Orchestrator(study, folder, stop, costs, reading, beside).steps()


def _begin_reading(asked: DataQuestion, aside: Aside) -> Callable[[], "DataReading"]:
    # A library, which starts no process unbidden, keeps no files unbidden either.
    return aside.begin(read_once if aside.apart else answered, asked)

"""A study that Optuna alone made, read through Optuna, so that its database stays as it is."""

import math
import warnings

import optuna
from optuna.distributions import distribution_to_json
from optuna.trial import FrozenTrial, TrialState

from ..storage import MadeByOptuna, StorageError, TrialStore, normalize_url, shown_url
from ..storage.encoded import search_range
from ..storage.records.results import Curves, Outcome, TrialResult
from ..storage.records.study import SearchRange, StudyRecord
from ..storage.records.trials import TrialRecord

_OUTCOMES = {TrialState.COMPLETE: Outcome.COMPLETED, TrialState.PRUNED: Outcome.PRUNED}


def plain_study(name: str, url: str) -> StudyRecord | None:
    """The study if Optuna alone made it, ``None`` if netclinic did.

    Raises:
        StorageError: see ``load_plain_study``.
    """
    try:
        with TrialStore(url) as store:
            store.spec_of(name)
    except MadeByOptuna:
        return load_plain_study(name, url)
    return None


def load_plain_study(name: str, url: str) -> StudyRecord:
    """Read a study with Optuna; nothing is written.

    Where the study maximises, values and reports are negated: the lower is the better, as
    everywhere in netclinic. Reports take the place of the validation error's curve, and what
    Optuna does not know is ``None``, 0 or NaN.

    Raises:
        StorageError: the database cannot be read, there is no such study, or it has several
            objectives.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    where = shown_url(url)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna's, of its own deprecated calls
        try:
            storage = optuna.storages.RDBStorage(normalize_url(url), skip_table_creation=True)
            try:
                names = optuna.get_all_study_names(storage)
                if name not in names:
                    there = ", ".join(map(repr, names)) or "none"
                    raise StorageError(
                        f"{where}: there is no study {name!r}; the database holds {there}."
                    )
                study = optuna.load_study(study_name=name, storage=storage)
                directions, trials = study.directions, study.get_trials(deepcopy=False)
            finally:
                storage.remove_session()
                storage.engine.dispose()
        except RuntimeError as error:  # the tables are those of another Optuna version
            raise StorageError(f"{where}: Optuna {optuna.__version__}: {error}") from error
    if len(directions) > 1:
        raise StorageError(
            f"study {name!r} has {len(directions)} objectives; allowed is one. A front of trials "
            "has no best one to look at."
        )
    maximised = directions[0] is optuna.study.StudyDirection.MAXIMIZE
    return StudyRecord(
        study_id=0,
        name=name,
        direction="maximize" if maximised else "minimize",
        spec_text=None,
        spec=None,
        provenance=None,
        ranges=_ranges(trials),
        trials=tuple(_trial(trial, -1.0 if maximised else 1.0) for trial in trials),
    )


def _ranges(trials: list[FrozenTrial]) -> tuple[SearchRange, ...]:
    """Every parameter's range; where trials differ, that of the newest."""
    newest = {name: law for trial in trials for name, law in trial.distributions.items()}
    return tuple(search_range(name, distribution_to_json(law)) for name, law in newest.items())


def _trial(trial: FrozenTrial, sign: float) -> TrialRecord:
    value = trial.value if trial.state is TrialState.COMPLETE else None
    known = value is not None and math.isfinite(value)
    return TrialRecord(
        trial_id=trial._trial_id,
        number=trial.number,
        state=trial.state.name,
        parameters=dict(trial.params),
        value=sign * value if value is not None and known else None,
        started=trial.datetime_start,
        completed=trial.datetime_complete,
        result=_result(trial, sign),
    )


def _result(trial: FrozenTrial, sign: float) -> TrialResult | None:
    outcome = _OUTCOMES.get(trial.state)
    if outcome is None:
        return None
    steps = sorted(trial.intermediate_values.items())
    reports = tuple(sign * value if math.isfinite(value) else None for _, value in steps)
    missing = (None,) * len(reports)
    unknown = dict.fromkeys(
        name for name in TrialResult._fields if name not in TrialResult._field_defaults
    )
    known = {
        "trial_id": trial._trial_id,
        "outcome": outcome,
        "learning_rate": math.nan,
        "weight_decay": math.nan,
        "momentum": math.nan,
        "epochs": len(reports),
        "parameters": 0,
        "seconds": trial.duration.total_seconds() if trial.duration else 0.0,
        "lanes": 1,
        "strategy": "none",
        "curves": Curves(missing, missing, missing, reports, missing),
    }
    return TrialResult(**{**unknown, **known})

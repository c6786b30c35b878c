"""What Optuna's pruners look at, kept so that a judgement costs about the same in a long study."""

from collections.abc import Container, Sequence

from optuna import Study
from optuna.pruners import HyperbandPruner
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, TrialState


class Mirror(InMemoryStorage):
    """One study in memory, which need not look for its completed trials among all."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._completed: list[FrozenTrial] = []  # Optuna changes a trial by putting a copy in place

    def set_trial_state_values(
        self, trial_id: int, state: TrialState, values: Sequence[float] | None = None
    ) -> bool:
        """As Optuna's, and remember the trial if it completed."""
        changed = super().set_trial_state_values(trial_id, state, values)
        if changed and state == TrialState.COMPLETE:
            self._completed.append(self.get_trial(trial_id))
        return changed

    def get_all_trials(
        self,
        study_id: int,
        deepcopy: bool = True,
        states: Container[TrialState] | None = None,
    ) -> list[FrozenTrial]:
        """As Optuna's, but for the completed ones in the order in which they completed."""
        if states == (TrialState.COMPLETE,) and not deepcopy:
            return list(self._completed)
        return super().get_all_trials(study_id, deepcopy=deepcopy, states=states)


class Hyperband(HyperbandPruner):
    """Optuna's, which works out anew at each judgement to which bracket every trial belongs."""

    def __init__(self, min_resource: int, max_resource: int, reduction_factor: int) -> None:
        """Start with no trials; the arguments are Optuna's."""
        super().__init__(min_resource, max_resource, reduction_factor)
        self._bracket_of: dict[int, int] = {}

    def _get_bracket_id(self, study: Study, trial: FrozenTrial) -> int:
        known = self._bracket_of.get(trial.number)
        if known is None:
            known = super()._get_bracket_id(study, trial)
            if self._pruners:  # until its first judgement it knows of no brackets, and says 0
                self._bracket_of[trial.number] = known
        return known

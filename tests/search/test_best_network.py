"""Which trial's network is the best."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from netclinic.search.best_network import BestNetwork
from netclinic.search.recorder import Look
from netclinic.storage import LaunchedTrial

from tests.storage.conftest import pruned, result


class Lanes:
    """Stands for the lanes that hold the weights."""

    signature = SimpleNamespace(network=None)

    def variables_of(self, state: object, lane: int) -> None:
        """No weights."""


def test_a_pruned_trial_is_never_the_best(tmp_path: Path) -> None:
    saved: list[int] = []
    nothing: Any = None
    best = BestNetwork(tmp_path, nothing, nothing, None)
    best._save = lambda network, weights, trial: saved.append(trial.number)  # type: ignore

    def consider(*results) -> None:
        trials = tuple(LaunchedTrial(i, i, {}) for i in range(4))
        if save := best.consider(Look(results, (), (), trials, nothing, Lanes())):
            save()

    consider(pruned(0, 0.1))
    assert (best.best, saved) == (None, [])
    consider(pruned(1, 0.1), result(2, 0.3))
    assert (best.best, saved) == ((0.3, 2), [2])
    consider(pruned(3, 0.2))
    assert (best.best, saved) == ((0.3, 2), [2])

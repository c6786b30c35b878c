"""Which finalists to train no further with new seeds: Optuna's Wilcoxon pruner, by replicates.

A finalist is compared with the best one over the seeds that both have; seeds of one number make a
pair. It is asked before each replicate, the finalists by their rank, on the replicates before it
alone. So neither lanes nor the clock enter, and a run that goes on comes to the same decisions.
"""

import warnings
from collections.abc import Mapping, Sequence

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.pruners import WilcoxonPruner
from optuna.trial import create_trial

from .spec_pruning import fewest_pairs


def clearly_worse(errors: Mapping[int, Sequence[float]], p_threshold: float) -> tuple[int, ...]:
    """The finalists to stop.

    Args:
        errors: finalist → its validation errors by replicate, equally many of each; by rank.
        p_threshold: of the one-sided signed-rank test.
    """
    if len(errors) < 2:
        return ()
    best = min(errors, key=lambda finalist: sum(errors[finalist]))
    mirror = optuna.create_study(
        storage=optuna.storages.InMemoryStorage(),
        pruner=_pruner(p_threshold),
        sampler=optuna.samplers.RandomSampler(0),  # never asked
    )
    mean = sum(errors[best]) / len(errors[best])
    steps = dict(enumerate(map(float, errors[best])))
    mirror.add_trial(create_trial(value=mean, intermediate_values=steps))
    return tuple(f for f in errors if f != best and _pruned(mirror, errors[f]))


def _pruner(p_threshold: float) -> WilcoxonPruner:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        return WilcoxonPruner(p_threshold=p_threshold, n_startup_steps=fewest_pairs(p_threshold))


def _pruned(mirror: optuna.Study, errors: Sequence[float]) -> bool:
    trial = mirror.ask()
    for replicate, error in enumerate(errors):
        trial.report(error, replicate)
    return trial.should_prune()

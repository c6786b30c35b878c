"""A workload as netclinic's lanes take it."""

from pathlib import Path
from typing import Any, NamedTuple

from workloads import DEVICES, SEED, Workload


class Problem(NamedTuple):
    """What is trained on what."""

    signature: Any  # netclinic.models.signature.Signature
    data: Any  # netclinic.datasets.dataset.Dataset
    trials: list[Any]  # netclinic.models.lanes.Trial


def problem(workload: Workload, count: int | None = None) -> Problem:
    """Load the data and draw the first ``count`` trials, by default all; prepares the devices."""
    from netclinic.models.devices import prepare_devices

    prepare_devices(DEVICES)
    from netclinic.models.filling import Trial
    from netclinic.search import parse_spec
    from netclinic.search.sampler import draw
    from netclinic.search.space import searched
    from netclinic.search.study_data import load_data
    from netclinic.search.trial_shape import trial_hyperparameters, trial_signature

    here = Path(__file__).parent
    spec = parse_spec(workload.spec, file="", folder=here).spec
    data = load_data(spec, here)
    space = searched(spec.search)
    numbers = range(workload.trials if count is None else count)
    trials = [Trial(n, trial_hyperparameters(spec, draw(space, SEED, n))) for n in numbers]
    return Problem(trial_signature(spec, data, {}), data, trials)

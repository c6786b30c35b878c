"""How many lanes a study's trials are trained in."""

from collections.abc import Iterable

from ..datasets.dataset import Dataset
from ..models.devices import on_cpu
from ..models.lanes import LanePlan, plan_lanes
from ..models.probe import MOST, probed_lanes
from ..storage.records import TrialRecord
from .sampler import draw
from .space import searched
from .spec import StudySpec
from .trial_shape import trial_signature


def choose_plan(spec: StudySpec, dataset: Dataset, trials: Iterable[TrialRecord]) -> LanePlan:
    """The lanes that the spec asks for, or where it says "auto" those that suit.

    Under ``vmap`` the rounding of a trial's numbers depends on K. So a study goes on with the K
    that its trials were trained with; the smallest, where memory ended on the way. A new study on a
    GPU asks a probe about its first trial's network.

    Args:
        spec: of the study.
        dataset: to train on.
        trials: of the study, so far.
    """
    compute = spec.compute
    strategy = None if compute.strategy == "auto" else compute.strategy
    devices = None if compute.devices == "auto" else compute.devices
    form = None if compute.convolution == "auto" else compute.convolution
    if compute.lanes != "auto":
        return plan_lanes(compute.lanes, strategy, devices, form)
    plan = plan_lanes(None, strategy, devices, form)
    if plan.strategy == "map":
        return plan
    used = [t.result.lanes for t in trials if t.result and t.result.strategy == plan.strategy]
    if used:
        return plan_lanes(min(used), strategy, devices, form)
    return plan if on_cpu() else plan._replace(lanes=_probed(spec, dataset, plan))


def _probed(spec: StudySpec, dataset: Dataset, plan: LanePlan) -> int:
    pruning, compute = spec.pruning, spec.compute
    held, segment = spec.study.trials, compute.segment
    if pruning.kind != "none":
        held, segment = min(held, pruning.window), pruning.tick(spec.training.epochs)
    first = draw(searched(spec.search), spec.study.seed, 0)
    return probed_lanes(
        trial_signature(spec, dataset, first),
        (dataset.train, dataset.validation, dataset.test),
        plan.devices,
        segment,
        most=min(MOST, -(-held // plan.devices)),
        form=plan.form,
    )

"""The lanes that a study's trials are trained in."""

from collections.abc import Iterable

from ..datasets.dataset import Dataset
from ..models.convolution import ON_ACCELERATORS
from ..models.devices import on_cpu
from ..models.lane_plan import LanePlan, plan_lanes
from ..models.probe import MOST, Work, probed_plan
from ..models.signature import Signature
from ..storage.records.trials import TrialRecord
from .sampler import draw
from .space import searched
from .spec import StudySpec
from .trial_shape import trial_signature


def choose_plan(
    spec: StudySpec, dataset: Dataset, trials: Iterable[TrialRecord], *, stream: bool = False
) -> LanePlan:
    """The lanes that the spec asks for, or where it says "auto" those that suit.

    Under ``vmap`` the rounding of a trial's numbers depends on K, and on any device on the form of
    convolutions. So a study goes on with the K that its trials were trained with, the smallest,
    where memory ended on the way, and with their form. A new study on a GPU asks a probe about its
    first trial's network, one with convolutions also for their form.

    Args:
        spec: of the study.
        dataset: to train on.
        trials: of the study, so far.
        stream: whether the rows are read in chunks.
    """
    compute = spec.compute
    strategy = None if compute.strategy == "auto" else compute.strategy
    devices = None if compute.devices == "auto" else compute.devices
    form = None if compute.convolution == "auto" else compute.convolution
    lanes = None if compute.lanes == "auto" else compute.lanes
    ended = [t.result for t in trials if t.result]
    form = form or next((r.convolution for r in ended if r.convolution), None)
    plan = plan_lanes(lanes, strategy, devices, form)._replace(stream=stream)
    if plan.strategy == "map":
        return plan
    used = [r.lanes for r in ended if r.strategy == plan.strategy]
    if lanes is None and used:
        lanes = min(used)
        plan = plan_lanes(lanes, strategy, devices, form)._replace(stream=stream)
    if on_cpu():
        return plan
    first = trial_signature(spec, dataset, draw(searched(spec.search), spec.study.seed, 0))
    asks = form is None and first.network.convolutions
    forms = ON_ACCELERATORS if asks else (plan.form,)
    if lanes is not None and len(forms) == 1:
        return plan
    found = _probed(spec, dataset, first, plan, forms)
    return found if lanes is None else plan._replace(form=found.form)


def _probed(
    spec: StudySpec, dataset: Dataset, signature: Signature, plan: LanePlan, forms: tuple[str, ...]
) -> LanePlan:
    pruning, segment, held = spec.pruning, spec.compute.segment, spec.study.trials
    if pruning.prunes_trials:
        held, segment = min(held, pruning.window), pruning.tick(spec.training.epochs)
    splits = (dataset.train, dataset.validation, dataset.test)
    most = min(MOST, -(-held // plan.devices))
    segments = -(-spec.training.epochs // segment)
    work = Work(-(-spec.study.trials // plan.devices), segments)
    return probed_plan(signature, splits, plan, segment, forms, work, most, dataset.bridge)

"""How a device trains lanes best side by side: tried for a moment, then remembered."""

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import jax

from ..datasets.dataset import Split
from .filling import Trial
from .hyperparameters import plain
from .lane_plan import LanePlan
from .lanes import fetched
from .memory import memory_limit, out_of_memory
from .placement import AnyRows, hold_rows, make_lanes
from .probe_cache import Finding, remember, remembered
from .signature import Signature

FIRST, FIRST_AT_MOST = 8, 64  # lanes a device that are tried first; powers of two
FILLED = 64  # times that the first lanes are filled, where there are trials for more than FIRST
MOST = 4096
GAIN = 1.1  # trials/s must grow at least so much for twice the lanes
HOPELESS = 2.0  # a form so many times as slow on the first lanes is not tried on more
ROUNDS, ENOUGH = 3, 2.0  # timed segments of each K; no further one after so many seconds
PATIENCE = 60.0  # seconds for each form; most of them are spent compiling
LEARNING_RATE = 1e-4  # of the trials, which learn hardly anything and so never diverge


class Work(NamedTuple):
    """What a device is to train."""

    trials: int
    segments: int  # of each trial

    def seconds(self, lanes: int, segment: float) -> float:
        """Seconds that all of it takes in so many lanes, at ``segment`` seconds a segment."""
        return -(-self.trials // lanes) * self.segments * segment


class Choice(NamedTuple):
    """The best that was found."""

    lanes: int  # a device
    speed: float  # of a device: trials trained for a segment, a second


def probed_plan(
    signature: Signature,
    splits: tuple[Split, Split, Split],
    plan: LanePlan,
    epochs: int,
    forms: Sequence[str],
    work: Work,
    most: int = MOST,
    bridge: Split | None = None,
) -> LanePlan:
    """``plan`` with the K, and the form of convolutions, that trains this signature fastest.

    Found once for each signature, size of the data set and of the work, number and kind of devices
    and version of jax, and kept on disk.

    Args:
        signature: of the trials.
        splits: training, validation and test rows.
        plan: its strategy and devices.
        epochs: epochs a segment.
        forms: of convolutions, to choose from; one where there is nothing to choose.
        work: of a device; what is small is not worth a long probe.
        most: lanes a device that are ever of use.
        bridge: rows that lie on the devices, too.
    """
    most = _power_of_two(most) if most > FIRST else most  # the others would not be tried
    device = jax.devices()[0]
    rows = [split.inputs.shape for split in (*splits, bridge) if split]
    here = [plan.strategy, plan.devices, plan.stream, device.device_kind, jax.__version__]
    amount = [_power_of_two(work.trials), work.segments]
    question = [signature, rows, epochs, [*forms], amount, most, here]
    known = remembered(question)
    if known is None or known.form not in forms:
        placed = hold_rows(*splits, plan, bridge)

        def seconds_of(form: str) -> Callable[[int], float | None]:
            def seconds(each: int) -> float | None:
                tried = plan._replace(lanes=each * plan.devices, form=form)
                return segment_seconds(signature, placed, tried, epochs, memory_limit())

            return seconds

        choices = choose_form({form: seconds_of(form) for form in forms}, work, most)
        form = max(choices, key=lambda form: choices[form].speed)
        known = Finding(choices[form].lanes, form)
        remember(question, known)
    return plan._replace(lanes=known.lanes * plan.devices, form=known.form)


def choose_form(
    forms: Mapping[str, Callable[[int], float | None]],
    work: Work,
    most: int = MOST,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Choice]:
    """Find the best number of lanes of each form, and leave the hopeless ones early.

    Args:
        forms: for each, the ``seconds`` of ``choose_lanes``.
        work: of a device.
        most: never more lanes than this.
        clock: in seconds.

    Returns:
        What was found of each form. One that was far slower than another on the first lanes was
        tried on no more.
    """
    first = {form: _first(seconds, work, most, clock) for form, seconds in forms.items()}
    best = max(start.choice.speed for start in first.values())
    return {
        form: choose_lanes(forms[form], work, most, clock, start)
        if HOPELESS * start.choice.speed > best
        else start.choice
        for form, start in first.items()
    }


class _Start(NamedTuple):
    """What the first number of lanes told."""

    choice: Choice
    cost: float  # seconds that trying a number takes, compiling included


def _first_lanes(work: Work, most: int) -> int:
    """The lanes to begin with: more for thousands of trials, as each number costs a compile."""
    filled = _power_of_two(max(1, work.trials // FILLED))
    return min(max(FIRST, min(filled, FIRST_AT_MOST)), most)


def _first(
    seconds: Callable[[int], float | None], work: Work, most: int, clock: Callable[[], float]
) -> _Start:
    """The first number of lanes, halved until memory holds it."""
    lanes = _first_lanes(work, most)
    while True:
        began = clock()
        taken = seconds(lanes)
        if taken is not None:
            return _Start(Choice(lanes, lanes / taken), clock() - began)
        if lanes == 1:
            return _Start(Choice(1, 0.0), clock() - began)
        lanes //= 2


def choose_lanes(
    seconds: Callable[[int], float | None],
    work: Work,
    most: int = MOST,
    clock: Callable[[], float] = time.monotonic,
    start: _Start | None = None,
) -> Choice:
    """Quadruple the number of lanes while it pays, then try the one between.

    Every number costs a compile. So none is tried any more once the whole work would take less
    time, at the best speed found, than one more trial of a number does.

    Args:
        seconds: what a segment of so many lanes takes; ``None`` where memory does not hold them.
        work: of a device.
        most: never more lanes than this.
        clock: in seconds; after ``PATIENCE`` of them no further number is tried.
        start: what the first number told, where it was tried before.

    Returns:
        The best number that was tried: among those, twice the lanes trained hardly more trials a
        second. The first one when the work is small; 1 at speed 0 when none fits.
    """
    began = clock()
    best, cost = start or _first(seconds, work, most, clock)
    if best.lanes < _first_lanes(work, most):  # memory has ended already
        return best
    factor = 4
    while factor > 1 and clock() - began < PATIENCE:
        if work.seconds(best.lanes, best.lanes / best.speed) <= cost:
            break
        lanes = factor * best.lanes
        taken = seconds(lanes) if lanes <= most else None
        if taken is not None and lanes / taken >= GAIN ** math.log2(factor) * best.speed:
            best = Choice(lanes, lanes / taken)
        else:
            factor //= 2
    return best


def segment_seconds(
    signature: Signature,
    rows: AnyRows,
    plan: LanePlan,
    epochs: int,
    limit: int | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> float | None:
    """Seconds to fill every lane of ``plan`` and to train it for a segment: a median.

    Args:
        signature: of the trials.
        rows: placed for as many devices.
        plan: the lanes.
        epochs: epochs a segment.
        limit: bytes of a device's memory; ``None`` where it is not known.
        clock: in seconds.

    Returns:
        ``None`` when the lanes need more memory than there is; then nothing was run, as far as the
        compiler's estimate tells.
    """
    lanes = make_lanes(signature, rows, plan, 0, epochs)
    tried = plain(LEARNING_RATE, len(signature.task.parts))
    trials = {lane: Trial(lane, tried) for lane in range(plan.lanes)}
    times: list[float] = []
    try:
        if limit is not None and lanes.device_bytes() > limit:
            return None
        state = lanes.empty()
        while len(times) <= ROUNDS and sum(times[1:]) < ENOUGH:  # the first compiles
            began = clock()
            state, curves = lanes.train_segment(lanes.fill(state, trials))
            fetched(curves)
            times.append(clock() - began)
    except jax.errors.JaxRuntimeError as error:
        if not out_of_memory(error):
            raise
        return None
    return statistics.median(times[1:])


def _power_of_two(number: int) -> int:
    return 1 << (number.bit_length() - 1)

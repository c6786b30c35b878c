"""How a device trains lanes best side by side: tried for a moment, then remembered."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax

from ..datasets.dataset import Split
from .hyperparameters import Hyperparameters
from .lanes import LanePlan, Trial, fetched
from .memory import memory_limit, out_of_memory
from .placement import AnyRows, hold_rows, make_lanes
from .probe_cache import Finding, remember, remembered
from .signature import Signature

FIRST = 8  # lanes a device; a power of two
MOST = 4096
GAIN = 1.1  # trials/s must grow at least so much for twice the lanes
ROUNDS, ENOUGH = 3, 2.0  # timed segments of each K; no further one after so many seconds
PATIENCE = 60.0  # seconds for each form; most of them are spent compiling
_TRIAL = Hyperparameters(1e-4, 0.0, 0.0)  # learns hardly anything, and so never diverges


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
    most: int = MOST,
) -> LanePlan:
    """``plan`` with the K, and the form of convolutions, that trains this signature fastest.

    Found once for each signature, size of the data set, number and kind of devices and version of
    jax, and kept on disk.

    Args:
        signature: of the trials.
        splits: training, validation and test rows.
        plan: its strategy and devices.
        epochs: epochs a segment.
        forms: of convolutions, to choose from; one where there is nothing to choose.
        most: lanes a device that are ever of use.
    """
    most = _power_of_two(most) if most > FIRST else most  # the others would not be tried
    device = jax.devices()[0]
    rows = [split.inputs.shape for split in splits]
    here = [plan.strategy, plan.devices, plan.stream, device.device_kind, jax.__version__]
    question = [signature, rows, epochs, [*forms], most, here]
    known = remembered(question)
    if known is None or known.form not in forms:
        placed = hold_rows(*splits, plan)

        def speed(form: str) -> Choice:
            def seconds(each: int) -> float | None:
                tried = plan._replace(lanes=each * plan.devices, form=form)
                return segment_seconds(signature, placed, tried, epochs, memory_limit())

            return choose_lanes(seconds, most)

        choices = {form: speed(form) for form in forms}
        form = max(forms, key=lambda form: choices[form].speed)
        known = Finding(choices[form].lanes, form)
        remember(question, known)
    return plan._replace(lanes=known.lanes * plan.devices, form=known.form)


def choose_lanes(
    seconds: Callable[[int], float | None],
    most: int = MOST,
    clock: Callable[[], float] = time.monotonic,
) -> Choice:
    """Double the number of lanes while it pays; halve it where even the first does not fit.

    Args:
        seconds: what a segment of so many lanes takes; ``None`` where memory does not hold them.
        most: never more lanes than this.
        clock: in seconds; after ``PATIENCE`` of them no further number is tried.

    Returns:
        The largest number that trained clearly more trials a second than half of it; 1 at speed 0
        when none fits.
    """
    began = clock()
    lanes = min(FIRST, most)
    while (taken := seconds(lanes)) is None:
        if lanes == 1:
            return Choice(1, 0.0)
        lanes //= 2
    while 2 * lanes <= most and clock() - began < PATIENCE:
        longer = seconds(2 * lanes)
        if longer is None or 2 * lanes / longer < GAIN * lanes / taken:
            break
        lanes, taken = 2 * lanes, longer
    return Choice(lanes, lanes / taken)


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
    trials = {lane: Trial(lane, _TRIAL) for lane in range(plan.lanes)}
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

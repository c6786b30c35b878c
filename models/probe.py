"""How many lanes a device trains best side by side: tried for a moment, then remembered."""

import statistics
import time
from collections.abc import Callable

import jax

from ..datasets.dataset import Split
from .convolution import FASTER
from .lanes import LanePlan, Lanes, PlacedRows, Trial, fetched, place_rows
from .memory import memory_limit, out_of_memory
from .probe_cache import remember, remembered
from .training import Hyperparameters, Signature

FIRST = 8  # lanes a device; a power of two
MOST = 4096
GAIN = 1.1  # trials/s must grow at least so much for twice the lanes
ROUNDS = 3  # timed segments of each K
PATIENCE = 60.0  # seconds; most of them are spent compiling
_TRIAL = Hyperparameters(1e-4, 0.0, 0.0)  # learns hardly anything, and so never diverges


def probed_lanes(
    signature: Signature,
    splits: tuple[Split, Split, Split],
    devices: int,
    epochs: int,
    most: int = MOST,
    form: str = FASTER,
) -> int:
    """K over all devices for trials of this signature under ``vmap``.

    Found once for each signature, form of convolutions, size of the data set, number and kind of
    devices and version of jax, and kept on disk.

    Args:
        signature: of the trials.
        splits: training, validation and test rows.
        devices: how many devices there will be.
        epochs: epochs a segment.
        most: lanes a device that are ever of use.
        form: of convolutions, a key of ``convolution.FORMS``.
    """
    most = _power_of_two(most) if most > FIRST else most  # the others would not be tried
    device = jax.devices()[0]
    rows = [split.inputs.shape for split in splits]
    question = [signature, rows, devices, epochs, most, form, device.device_kind, jax.__version__]
    if (known := remembered(question)) is not None:
        return known * devices
    placed = place_rows(*splits, LanePlan(devices, "vmap", devices))

    def seconds(each: int) -> float | None:
        plan = LanePlan(each * devices, "vmap", devices, form)
        return segment_seconds(signature, placed, plan, epochs, memory_limit())

    each = choose_lanes(seconds, most)
    remember(question, each)
    return each * devices


def choose_lanes(
    seconds: Callable[[int], float | None],
    most: int = MOST,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Double the number of lanes while it pays; halve it where even the first does not fit.

    Args:
        seconds: what a segment of so many lanes takes; ``None`` where memory does not hold them.
        most: never more lanes than this.
        clock: in seconds; after ``PATIENCE`` of them no further number is tried.

    Returns:
        The largest number that trained clearly more trials a second than half of it; 1 when none
        fits.
    """
    began = clock()
    lanes = min(FIRST, most)
    while (taken := seconds(lanes)) is None:
        if lanes == 1:
            return 1
        lanes //= 2
    while 2 * lanes <= most and clock() - began < PATIENCE:
        longer = seconds(2 * lanes)
        if longer is None or 2 * lanes / longer < GAIN * lanes / taken:
            break
        lanes, taken = 2 * lanes, longer
    return lanes


def segment_seconds(
    signature: Signature,
    rows: PlacedRows,
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
    lanes = Lanes(signature, rows, plan, 0, epochs)
    trials = {lane: Trial(lane, _TRIAL) for lane in range(plan.lanes)}
    times = []
    try:
        if limit is not None and lanes.device_bytes() > limit:
            return None
        state = lanes.empty()
        for _ in range(1 + ROUNDS):  # the first compiles
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

"""What a run spent, in words."""

from ...storage.records.runs import RunCosts
from ..number_text import duration


def costs_text(costs: RunCosts) -> str:
    """Seconds by phase: ``12 s: import 1.9 s, …, compile 0.6 s (2 programs), train 7.4 s, …``.

    Where they come to more than the whole, it is said why.
    """
    programs = f"{costs.programs:,} program{'' if costs.programs == 1 else 's'}"
    phases = (
        ("import", costs.import_seconds),
        ("load", costs.load_seconds),
        ("compile", costs.compile_seconds),
        ("train", costs.train_seconds),
        ("evaluate", costs.evaluate_seconds),
        ("store", costs.store_seconds),
        ("diagnose", costs.diagnose_seconds),
    )
    parts = [
        f"{name} {duration(seconds)}{f' ({programs})' if name == 'compile' else ''}"
        for name, seconds in phases
    ]
    more = sum(seconds for _, seconds in phases) > costs.total_seconds
    beside = "; compiling and storing go on beside training" if more else ""
    return f"{duration(costs.total_seconds)}: {', '.join(parts)}{beside}"


def speed_text(costs: RunCosts) -> str:
    """How fast the devices were while lanes trained: ``45.2 GFLOP/s``; empty if none did."""
    speed = costs.flops_per_second
    digits = 1 if speed < 1e11 else 0
    return f"{speed / 1e9:,.{digits}f} GFLOP/s" if speed else ""

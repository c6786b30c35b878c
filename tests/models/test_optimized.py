"""What the other tests compile without optimisation, compiled as users get it."""

import os
import subprocess
import sys
from pathlib import Path

BIT_EQUAL = [
    "test_the_same_trials_bit_for_bit_for_every_k[7-2-resident]",
    "test_a_refilled_lane_is_bit_equal_to_one_that_began_empty[map-resident]",
]


def test_lanes_are_bit_equal_in_optimised_programs_too() -> None:
    optimised = {"JAX_DISABLE_MOST_OPTIMIZATIONS": "0", "XLA_FLAGS": ""}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *(f"test_lanes.py::{name}" for name in BIT_EQUAL)],
        cwd=Path(__file__).parent,
        env=os.environ | optimised,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout

"""benchmarks/engine/gpu.py where there is no GPU: it measures nothing, and says so."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "engine" / "gpu.py", *options],
        capture_output=True,
        text=True,
        env=os.environ | {"JAX_PLATFORMS": "cpu"},
    )


def test_without_a_gpu_it_ends_with_a_reason() -> None:
    done = run()
    assert done.returncode == 1
    assert done.stderr.startswith("no GPU: JAX finds only a CPU here, so nothing was measured.")
    assert "--platform cpu --small" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_cpu_is_only_for_trying() -> None:
    done = run("--platform", "cpu")
    assert done.returncode == 2
    assert "add --small" in done.stderr

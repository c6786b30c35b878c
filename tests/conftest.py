"""Sloppiness fails: strict dtypes and ranks in every test, warnings are errors (pyproject)."""

import os
from pathlib import Path

import hypothesis
from netclinic.models.devices import prepare_devices

# Many tests compile the same small programs: each is compiled once for all processes.
COMPILED = Path(__file__).parents[1] / ".pytest_cache" / "xla"
SETTINGS = {
    "JAX_NUMPY_DTYPE_PROMOTION": "strict",
    "JAX_NUMPY_RANK_PROMOTION": "raise",
    "JAX_PLATFORMS": "cpu",
    "JAX_COMPILATION_CACHE_DIR": str(COMPILED),
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}
for name, value in SETTINGS.items():
    os.environ.setdefault(name, value)

# This imports jax, so it comes last. Two devices: every test walks the many-device path.
prepare_devices(2)

hypothesis.settings.register_profile("netclinic", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.load_profile("netclinic")

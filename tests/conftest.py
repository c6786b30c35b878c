"""Sloppiness fails: strict dtypes and ranks in every test, warnings are errors (pyproject)."""

import os
from pathlib import Path

os.environ.setdefault("JAX_NUMPY_DTYPE_PROMOTION", "strict")
os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Many tests compile the same small programs: each is compiled once for all processes.
CACHE = Path(__file__).parents[1] / ".pytest_cache" / "xla"
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(CACHE))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

import hypothesis
from netclinic.models.devices import prepare_devices

# Before jax is imported: two host devices, so that every test walks the many-device path.
prepare_devices(2)

hypothesis.settings.register_profile(
    "netclinic", deadline=None, derandomize=True, max_examples=50
)
hypothesis.settings.load_profile("netclinic")

"""Sloppiness fails: strict dtypes and ranks in every test, warnings are errors (pyproject)."""

import os

os.environ.setdefault("JAX_NUMPY_DTYPE_PROMOTION", "strict")
os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import hypothesis
from netclinic.models.devices import prepare_devices

# Before jax is imported: two host devices, so that every test walks the many-device path.
prepare_devices(2)

hypothesis.settings.register_profile(
    "netclinic", deadline=None, derandomize=True, max_examples=50
)
hypothesis.settings.load_profile("netclinic")

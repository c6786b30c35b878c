"""Sloppiness fails: strict dtypes and ranks in every test, warnings are errors (pyproject)."""

import os

# Before jax is imported: two host devices, so that every test walks the many-device path.
os.environ.setdefault("JAX_NUMPY_DTYPE_PROMOTION", "strict")
os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import hypothesis

hypothesis.settings.register_profile(
    "netclinic", deadline=None, derandomize=True, max_examples=50
)
hypothesis.settings.load_profile("netclinic")

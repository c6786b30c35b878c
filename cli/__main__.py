"""``python -m netclinic.cli``."""

from . import console

raise SystemExit(console())

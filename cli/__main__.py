"""``python -m netclinic.cli``."""

from . import main

raise SystemExit(main())

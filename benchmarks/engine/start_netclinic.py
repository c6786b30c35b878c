"""How long netclinic takes from the command to its first training step; prints JSON.

Run: python start_netclinic.py SPEC. It runs ``netclinic run SPEC``, looks at the clock on the way
and stops after the first segment.
"""

import builtins
import json
import os
import sys
import threading
import time
from typing import Any

from processes import STARTED

LAUNCHED, BEGUN = "first trials launched", "first step begun"


class ImportClock:
    """Seconds that the main thread spends in import statements, nested ones counted once."""

    def __init__(self) -> None:
        """Count from now on."""
        self.seconds = 0.0
        self._import = builtins.__import__
        self._inside = False
        self._main = threading.get_ident()
        builtins.__import__ = self._timed

    def _timed(self, *arguments: Any, **named: Any) -> Any:
        if self._inside or threading.get_ident() != self._main:
            return self._import(*arguments, **named)
        self._inside, began = True, time.monotonic()
        try:
            return self._import(*arguments, **named)
        finally:
            self.seconds += time.monotonic() - began
            self._inside = False


class Marks:
    """When the run passed which place, and what it had spent on imports until then."""

    def __init__(self, imports: ImportClock, started: float) -> None:
        """Begin where the interpreter has started: what came before is nobody's import."""
        self._imports, self._started = imports, started
        self.places: dict[str, tuple[float, float]] = {}  # seconds from the start, import seconds

    def mark(self, place: str) -> None:
        """Note the first time that ``place`` is passed."""
        seen = (time.monotonic() - self._started, self._imports.seconds)
        self.places.setdefault(place, seen)


def watch_lanes(marks: Marks) -> None:
    """Mark what the lanes are told, from now on."""
    from netclinic.models.lanes import Lanes

    fill, train_segment = Lanes.fill, Lanes.train_segment

    def filled(self: Any, state: Any, trials: Any, *more: Any) -> Any:
        if trials:
            marks.mark(LAUNCHED)
        return fill(self, state, trials, *more)

    def trained(self: Any, state: Any) -> Any:
        begun = train_segment(self, state)
        if LAUNCHED in marks.places:
            marks.mark(BEGUN)
        return begun

    Lanes.fill, Lanes.train_segment = filled, trained


class Watch:
    """Stands for ``run_study`` without importing it before the command does."""

    def __init__(self, marks: Marks) -> None:
        """Import nothing yet."""
        self._marks = marks

    def __call__(
        self, loaded: Any, url: str, folder: Any, stop: threading.Event, **named: Any
    ) -> Any:
        """Run the study with marks, and stop after the first segment."""
        from netclinic.search import optuna_database, study_run
        from netclinic.search.progress import Phase

        prepare = optuna_database.prepare_database

        def prepared(url: str) -> None:
            self._marks.mark("search imported")
            watch_lanes(self._marks)
            prepare(url)

        optuna_database.prepare_database = prepared
        for progress in study_run.run_study(loaded, url, folder, stop, **named):
            if progress.phase is Phase.TRAINING:
                self._marks.mark("first segment trained")
                stop.set()
            yield progress


def main() -> None:
    marks = Marks(ImportClock(), float(os.environ[STARTED]))
    marks.mark("interpreter started")
    import netclinic.search
    from netclinic.cli import main as command

    netclinic.search.run_study = Watch(marks)
    command(["run", sys.argv[1], "--storage", "sqlite:///study.db", "--output", "out"])
    seconds, imports = marks.places[BEGUN]
    measured = {"seconds": seconds, "beyond_imports": seconds - imports, "places": marks.places}
    print(json.dumps(measured))


if __name__ == "__main__":
    main()

"""What the live view costs: its share of a run's CPU time while trials train. Prints a table.

Run on a quiet machine: make bench-live-view. Each round is a whole ``netclinic run`` on a
terminal of its own, whose output is thrown away. The view's seconds are the CPU time of the threads
that draw and that take looks into account, while they do so.
"""

import json
import os
import pty
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS = 5
TRIALS = 1024
SPEC = Path(__file__).parents[1] / "examples" / "digits.toml"
COLUMNS, LINES = "100", "40"


class Spent:
    """CPU seconds of calls, in whatever thread, and how many there were."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.seconds, self.calls = 0.0, 0

    def timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """``call``, counted."""

        def counted(*arguments: Any, **named: Any) -> Any:
            began = time.thread_time()
            try:
                return call(*arguments, **named)
            finally:
                self.seconds += time.thread_time() - began
                self.calls += 1

        return counted


def measure(out: str) -> None:
    """Run netclinic in this process and write down what its view took while trials trained."""
    from netclinic.cli import main, progress_view
    from netclinic.search.progress import Phase
    from rich.live import Live

    drawing, looking = Spent(), Spent()
    Live.refresh = drawing.timed(Live.refresh)
    show, training = progress_view.LiveView.show, []

    def shown(view: Any, progress: Any) -> None:
        looking.timed(show)(view, progress)
        if progress.phase is Phase.TRAINING:
            spent = drawing.seconds + looking.seconds
            training.append((time.process_time(), time.monotonic(), spent, drawing.calls))

    progress_view.LiveView.show = shown
    sys.argv = ["netclinic", "run", str(SPEC), "-S", f"study.trials={TRIALS}"]
    try:
        main()
    finally:
        whole, wall, view, pictures = (
            b - a for a, b in zip(training[0], training[-1], strict=True)
        )
        found = {"whole": whole, "wall": wall, "view": view, "pictures": pictures}
        Path(out).write_text(json.dumps(found))


def on_terminal(folder: Path) -> dict[str, float]:
    """One round, in a fresh process on a terminal that nobody reads."""
    outer, inner = pty.openpty()
    threading.Thread(target=_drain, args=(outer,), daemon=True).start()
    place = {"COLUMNS": COLUMNS, "LINES": LINES, "TERM": "xterm-256color"}
    command = [sys.executable, str(Path(__file__).resolve()), str(folder / "found.json")]
    subprocess.run(
        command, cwd=folder, env={**os.environ, **place}, stdout=inner, stderr=inner, check=True
    )
    os.close(inner)
    return json.loads((folder / "found.json").read_text())


def _drain(end: int) -> None:
    try:
        while os.read(end, 65536):
            pass
    except OSError:  # the other end was closed
        pass


def compare() -> None:
    """All rounds."""
    rounds = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(on_terminal(Path(folder)))
    shares = [r["view"] / r["whole"] for r in rounds]
    each = [1000 * r["view"] / r["pictures"] for r in rounds]
    print(f"{SPEC.name}, {TRIALS:,} trials, {ROUNDS} rounds; while trials train, medians (range)")
    print(f"CPU seconds in all    {statistics.median(r['whole'] for r in rounds):.2f}")
    print(f"of the view           {statistics.median(r['view'] for r in rounds):.3f}")
    print(
        f"its share             {statistics.median(shares):.2%} "
        f"({min(shares):.2%}–{max(shares):.2%}); the goal is less than 1 %"
    )
    print(
        f"a picture             {statistics.median(each):.2f} ms ({min(each):.2f}–{max(each):.2f})"
    )
    print(
        f"pictures a second     {statistics.median(r['pictures'] / r['wall'] for r in rounds):.1f}"
    )


if __name__ == "__main__":
    measure(sys.argv[1]) if len(sys.argv) > 1 else compare()

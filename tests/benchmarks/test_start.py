"""Where make bench-engine looks at the clock between the command and the first training step."""

import json
import os
import subprocess
import sys
import time

from .test_stored import SPEC


def test_the_places_are_passed_in_order_and_the_run_stops(engine, tmp_path) -> None:
    program = engine("measure").HERE / "start_netclinic.py"
    started = engine("processes").STARTED
    (tmp_path / "study.toml").write_text(SPEC.replace("trials = 3", "trials = 300"))
    before = time.monotonic()
    done = subprocess.run(
        [sys.executable, program, "study.toml"],
        cwd=tmp_path,
        env=os.environ | {started: str(before), "XDG_CACHE_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    whole = time.monotonic() - before
    measured = json.loads(done.stdout.splitlines()[-1])
    seconds, imports = zip(*measured["places"].values(), strict=True)
    assert [*seconds] == sorted(seconds)
    assert [*imports] == sorted(imports)
    assert 0 < imports[-1] < seconds[-1] < whole
    begun = measured["places"]["first step begun"]
    assert measured["seconds"] == begun[0]
    assert measured["beyond_imports"] == begun[0] - begun[1]

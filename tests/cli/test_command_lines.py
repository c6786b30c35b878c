"""Commands that are printed can be copied, however narrow the terminal."""

import subprocess

import pytest
from netclinic.cli.command_lines import folded_command

SHOW = "netclinic() { printf '%s\\n' \"$@\"; }\n"
CHANGES = [
    *("study.name=churn-by-region-weight-decay", "search.weight_decay={log=[1e-4,1]}"),
    *("training.epochs=9", 'network.arguments={"a b"=[1, 2]}'),
]


def test_a_command_without_changes_stays_as_it_is() -> None:
    assert folded_command("netclinic run SPEC") == "netclinic run SPEC"


@pytest.mark.parametrize("width", [54, 60, 72, 80, 120])
def test_a_shell_takes_the_lines_for_one_command(width: int, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    quoted = " ".join(f"-S '{change}'" for change in CHANGES)
    command = f"netclinic run SPEC --storage sqlite:////data/shared/studies/trials.db {quoted}"
    folded = folded_command(command)
    # rich, which lays the line out beside a mark, has nothing left to break
    assert all(len(line) <= width - 5 for line in folded.splitlines())
    said = subprocess.run(["sh", "-c", SHOW + folded], capture_output=True, text=True, check=True)
    expected = ["run", "SPEC", "--storage", "sqlite:////data/shared/studies/trials.db"]
    for change in CHANGES:
        expected += ["-S", change]
    assert said.stdout.splitlines() == expected

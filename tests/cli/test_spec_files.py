import io
import json
import sys
import tomllib
from pathlib import Path

import pytest
from netclinic.search import load_spec

from tests.full_disk import fill_disk

SPEC = """\
[study]
name = "x"
[data]
source = "iris"
[training]
batch_size = 16
"""


def test_init_writes_a_spec_that_runs(call) -> None:
    called = call("init")
    assert called.code == 0
    assert called.err == (
        "Wrote study.toml. Change what you like in it, then: netclinic run study.toml\n"
    )
    assert load_spec(Path("study.toml")).spec.study.trials == 64


def test_init_never_overwrites_unasked(call) -> None:
    Path("mine.toml").write_text("mine")
    called = call("init", "mine.toml")
    assert called.code == 2
    assert "mine.toml exists already" in called.err
    assert Path("mine.toml").read_text() == "mine"
    assert call("init", "mine.toml", "--force").code == 0
    assert "[study]" in Path("mine.toml").read_text()


def test_init_where_it_cannot_write(call) -> None:
    called = call("init", "no/such/folder.toml")
    assert called.code == 1
    assert called.err == (
        "error: no/such/folder.toml: No such file or directory. Create the folder no/such first\n"
    )


@pytest.mark.parametrize("force", [False, True])
def test_init_on_a_full_disk_leaves_no_half_of_a_spec(call, monkeypatch, force) -> None:
    if force:
        Path("study.toml").write_text("mine")
    fill_disk(monkeypatch)
    called = call("init", *(["--force"] if force else []))
    assert (called.code, called.err) == (1, "error: study.toml: No space left on device\n")
    assert [p.read_text() for p in Path.cwd().iterdir()] == ["mine"] * force


def test_schema_is_json_schema(call) -> None:
    schema = json.loads(call("schema").out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"study", "data", "search"} <= schema["properties"].keys()


def test_a_dry_run_prints_a_spec_and_stores_nothing(call) -> None:
    Path("iris.toml").write_text(SPEC)
    called = call("run", "iris.toml", "--dry-run", "--trials", "3", "--seed", "7")
    assert called.code == 0
    assert called.err == "Nothing was trained or stored.\n"
    assert [p.name for p in Path.cwd().iterdir()] == ["iris.toml"]
    given = {"name": "x", "trials": 3, "seed": 7}
    assert tomllib.loads(called.out)["study"] == {
        **given,
        "replicates": 1,
        "objective": "error",
        "finalists": 5,
    }
    comments = [line for line in called.out.splitlines() if line.startswith("#")]
    assert comments[:3] == [
        "# Data: iris, 4 features",
        "# Classes: 3 (setosa, versicolor, virginica)",
        "# Rows: 90 training, 30 validation, 30 test",
    ]
    assert len([c for c in comments if c[2:].strip()[:1].isdigit()]) == 3
    Path("again.toml").write_text(called.out)
    assert (
        load_spec(Path("again.toml")).resolved
        == load_spec(Path("iris.toml"), ["study.trials=3", "study.seed=7"]).resolved
    )


def test_a_dry_run_tells_which_columns_are_categories_and_which_are_constant(call) -> None:
    """Neither shows in a CSV file: "5 %" is text, and a column of one number learns nothing."""
    lines = [f"{i % 4} %,7,k{i % 3},{'' if i % 5 else i},{i % 2}" for i in range(60)]
    Path("t.csv").write_text("rate,u,v,w,y\n" + "\n".join(lines) + "\n")
    Path("t.toml").write_text(
        '[study]\nname = "t"\n[data]\nsource = "t.csv"\ntarget = "y"\nmissing = "fill"\n'
    )
    told = call("run", "t.toml", "--dry-run").out.splitlines()
    assert [told[3], *told[5:7]] == [
        "# Categories: rate (4), v (3)",
        "# Note: 1 of 4 columns has one value in all 36 training rows, so nothing is learnt from "
        "it: 'u'.",
        "# Note: A column of text holds numbers, each of which is a category of its own: 'rate' "
        "(4 values, such as '0 %'). Where they are quantities, write them as numbers alone: so far "
        "the network is not told which of two is more.",
    ]
    Path("t.toml").write_text('[study]\nname = "t"\n[data]\nsource = "digits"\n')
    assert "one value" not in call("run", "t.toml", "--dry-run").out, "of pixels it is ordinary"


def test_the_options_of_run_are_changes_of_the_spec(call) -> None:
    Path("iris.toml").write_text(SPEC)
    for option, key in (("--trials", "trials"), ("--timeout", "timeout"), ("--seed", "seed")):
        called = call("run", "iris.toml", option, "-1")
        assert called.code == 2
        assert f"[study] {key}: got -1" in called.err
    called = call("run", "iris.toml", "-S", "study.trials=0", "-S", "data.sorce=1", "--dry-run")
    assert called.code == 2
    assert len(called.err.splitlines()) == 2, "all problems at once"
    last = call("run", "iris.toml", "-S", "study.seed=1", "--seed", "2", "--dry-run")
    assert "\nseed = 2\n" in last.out


def test_a_spec_from_stdin(call, monkeypatch, tmp_path) -> None:
    """Its relative paths start where the command runs."""
    (tmp_path / "own.csv").write_text("x,y\n" + "".join(f"{i},{i % 2}\n" for i in range(40)))
    text = '[study]\nname = "piped"\n[data]\nsource = "own.csv"\ntarget = "y"\n'

    def send(spec: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(spec)))

    send(text.encode())
    called = call("run", "-", "--dry-run", "-S", "study.trials=3")
    assert called.code == 0
    assert tomllib.loads(called.out)["data"]["source"] == str(tmp_path / "own.csv")
    send(text.replace("piped", "-x").encode())
    assert call("run", "-", "--dry-run").err.startswith("error: stdin: [study] name: got ")
    send(b"\xff")
    called = call("run", "-")
    assert called.code == 2
    assert "SPEC: stdin: byte 0xff is not UTF-8; send the spec in UTF-8" in called.err

"""A study begins with the best network of another one: by the commands that a user types."""

import json
import shutil
from pathlib import Path

from netclinic.models.checkpoint import read_weights

from .conftest import IRIS
from .test_run import GIVEN


def write_target(init_from: str, more: str = "") -> None:
    text = IRIS.replace('"tiny"', '"target"')
    text = text.replace("[network]\n", f'[network]\ninit_from = "{init_from}"\n{more}')
    Path("target.toml").write_text(text)


def test_an_exported_network_is_gone_on_from(call, finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    folder = call("export", "tiny").out.splitlines()[-1]
    assert folder == "netclinic-export/tiny/best"
    write_target(folder, 'transfer = "frozen"\n')
    called = call("run", "target.toml", "--no-progress", "--trials", "2", *GIVEN)
    assert called.code == 0, called.err
    before, after = read_weights(Path(folder)), read_weights(Path("netclinic-out/target/best"))
    assert (after["hidden.0.kernel"] == before["hidden.0.kernel"]).all()
    assert (after["output.kernel"] != before["output.kernel"]).any()
    again = json.loads(Path("netclinic-out/target/best/network.json").read_text())
    assert again["scale"] == json.loads(Path(folder, "network.json").read_text())["scale"]


def test_what_is_wrong_is_said_before_anything_is_stored(call, finished, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    write_target("nowhere")
    called = call("run", "target.toml", "--no-progress")
    assert called.code == 2
    assert f"[network] init_from: {tmp_path}/nowhere holds no saved network" in called.err
    write_target("netclinic-out/tiny/best")
    called = call("run", "target.toml", "--no-progress", "-S", "network.hidden=[9]")
    assert called.code == 1
    assert "network.hidden does not fit network.init_from: got [9], expected [8]" in called.err
    assert "target" not in call("studies").out

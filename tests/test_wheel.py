"""A wheel, installed into an environment of its own far from the checkout, runs the demo."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def call(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy, so that no build folder is left in the checkout."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = call("git", "ls-files", "-z", "-co", "--exclude-standard", cwd=ROOT).split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    call(sys.executable, "-m", "build", "--wheel", "--outdir", out, source, cwd=out)
    (found,) = out.glob("netclinic-*.whl")
    return found


@pytest.mark.slow
def test_the_wheel_holds_what_the_rooms_need(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for room in ("cli", "datasets", "diagnostics", "models", "search", "service", "storage"):
        ours = {f"netclinic/{f.relative_to(ROOT)}" for f in (ROOT / room).rglob("*.py")}
        assert ours <= names
        assert f"netclinic/{room}/py.typed" in names
    for extra in ("diagnostics/report/templates", "storage/migrations"):
        files = [f for f in (ROOT / extra).rglob("*") if f.suffix in {".py", ".j2", ".css", ".js"}]
        assert {f"netclinic/{f.relative_to(ROOT)}" for f in files} <= names
    assert not [name for name in names if name.startswith(("netclinic/tests", "tests"))]


@pytest.mark.slow
def test_an_environment_with_the_wheel_runs_the_demo(wheel: Path, tmp_path) -> None:
    """The dependencies are this environment's; test_architecture sees to it that all are named."""
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    site = Path(call(python, "-c", SITE, cwd=tmp_path).strip())
    packages = [entry for entry in sys.path if entry.endswith("site-packages")]
    (site / "packages.pth").write_text("\n".join(packages))  # read without their own .pth files
    options = ("--quiet", "--no-deps", "--no-index")
    pip = (sys.executable, "-m", "pip", "--python", python)
    call(*pip, "install", *options, wheel, cwd=tmp_path)
    (tmp_path / "digits.toml").write_text((ROOT / "examples" / "digits.toml").read_text())
    netclinic = tmp_path / "env" / "bin" / "netclinic"
    printed = call(netclinic, "run", "digits.toml", "--trials", "8", cwd=tmp_path)
    assert "digits, trial" in printed
    report = tmp_path / "netclinic-out" / "digits" / "report.html"
    assert "</html>" in report.read_text()
    where = call(python, "-c", "import netclinic.search as s; print(s.__file__)", cwd=tmp_path)
    assert str(site) in where

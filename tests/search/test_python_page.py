"""The code in docs/python.md runs as it stands, one block after the other."""

import re
from pathlib import Path

from netclinic import datasets, diagnostics, search, storage

from .conftest import GIVEN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
# The day of the page takes a minute, of which most is training.
QUICK = {"bayes_error": 0.01, "regions": False, "vital_signs": False}
FASTER = {
    '"trials": 32': '"trials": 4',
    '"source": "breast_cancer"}': '"source": "iris"}, "diagnosis": QUICK',
    '"hidden": [32]': '"hidden": [4]',
    '"epochs": 20}': '"epochs": 2, "batch_size": 16}',
    "training.epochs=40": "training.epochs=3",
    "repeats=4": "repeats=3",
    'url, out / "tumours")\nit = last': 'url, out / "tumours", seeds=2)\nit = last',
    "url, folders)": "url, folders, seeds=2)",
    "load_breast_cancer": "load_iris",
    "(arrays, overrides=": "(arrays, overrides=[*FLOOR] + ",
}


def test_the_day_of_the_page_passes(tmp_path: Path, monkeypatch, capsys) -> None:
    code = "".join(re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL))
    for slow, fast in FASTER.items():
        assert slow in code
        code = code.replace(slow, fast)
    monkeypatch.chdir(tmp_path)
    names: dict = {"QUICK": QUICK, "FLOOR": GIVEN}
    exec(code, names)
    said = capsys.readouterr().out
    assert "training 0 of 4 None" in said or "compiling 0 of 4 None" in said
    assert "finished 4" in said
    assert "validation: 0." in said
    assert "tumours-own" in said
    assert isinstance(names["found"], search.Diagnosed)
    for name in ("tumours", "decay", "tumours-own", "for-a-colleague"):
        assert (tmp_path / "netclinic-out" / name / "report.html").exists()
    assert len(names["best"].predict(names["x"])) == 150


def test_what_it_names_is_there() -> None:
    errors = re.findall(r"`(\w+Error)`", PAGE)
    rooms = (search, datasets, storage, diagnostics)
    assert len(errors) == 7
    assert all(any(name in room.__all__ for room in rooms) for name in errors)
    assert {"resume_study", "load_spec"} <= set(search.__all__)
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target

"""``netclinic predict``: answers for new rows, in every form, and what it refuses."""

import csv
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_iris

IRIS = load_iris()


@pytest.fixture(scope="module")
def best(finished):
    return finished / "netclinic-out" / "tiny" / "best"


def write_table(best) -> None:
    """The rows under the names that the network learnt, in another order, with the answer."""
    names = json.loads((best / "network.json").read_text())["feature_names"]
    order = [2, 0, 3, 1]
    with Path("new.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["species", *(names[i] for i in order)])
        for row, label in zip(IRIS.data, IRIS.target, strict=True):
            writer.writerow([IRIS.target_names[label], *(row[i] for i in order)])


def test_a_table_is_answered_for(call, best) -> None:
    write_table(best)
    told = call("predict", best, "new.csv", "-f", "csv")
    assert told.code == 0
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert list(rows[0]) == ["prediction", *(f"p({name})" for name in IRIS.target_names)]
    assert len(rows) == 150
    for row in rows:
        sure = {name: float(row[f"p({name})"]) for name in IRIS.target_names}
        assert sum(sure.values()) == pytest.approx(1, abs=1e-6)
        assert row["prediction"] == max(sure, key=lambda name: sure[name])
    np.save("new.npy", IRIS.data)
    same = json.loads(call("predict", best, "new.npy", "-f", "json").out)
    assert [it["prediction"] for it in same] == [row["prediction"] for row in rows]
    np.savez("new.npz", x=IRIS.data[:2])
    assert call("predict", best, "new.npz").out.splitlines()[0].split()[0] == "prediction"


def test_the_code_of_a_network_of_ours_is_not_asked_for(call, best) -> None:
    np.save("new.npy", IRIS.data[:2])
    told = call("predict", best, "new.npy", "--network", "net.py:Net")
    assert told.code == 1
    assert "got net.py:Net, but the network is one of netclinic's (mlp)" in told.err


def test_rows_are_said_to_be_taken_for_features_of_the_users_own(
    call, best, tmp_path, monkeypatch
) -> None:
    """Raw rows that had as many numbers were answered for without a word, and wrongly."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(best, "best")
    description = Path("best/network.json")
    told = json.loads(description.read_text())
    description.write_text(json.dumps({**told, "feature_step": "features.py:logs"}))
    np.save("new.npy", IRIS.data[:2])
    called = call("predict", "best", "new.npy")
    assert called.code == 0
    assert "new.npy: taken for what features.py:logs makes of rows" in " ".join(called.err.split())
    assert call("predict", best, "new.npy").err == ""


def test_rows_far_from_all_that_were_learnt_from_are_told(call, best) -> None:
    """Of a length of 1e26 it was sure, without a word."""
    rows = IRIS.data[:3].copy()
    rows[1, 0], rows[2, 2] = 1e26, -9999
    np.save("new.npy", rows)
    told = call("predict", best, "new.npy")
    assert told.code == 0
    assert told.err == (
        "new.npy: 2 of 3 rows hold a number more than 100 standard deviations from the mean of the "
        "training rows, in column 'sepal length (cm)' and 1 other column (1e26 for one, the mean "
        f"is {told.err.split('the mean is ')[1][:5]}): the network learnt from none like that, "
        "however sure it is of its answer. Check the unit, and codes for what is missing.\n"
    )
    rows[1, 0] = 1e300
    np.save("new.npy", rows)
    refused = call("predict", best, "new.npy")
    assert (refused.code, refused.out) == (1, "")
    assert "'sepal length (cm)' holds 1e+300, too large a number to answer for" in refused.err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.csv", None, "none.csv does not exist"),
        ("rows.txt", "a", "rows are read from .csv, .parquet, .npz, .npy files"),
        ("rows.csv", "a,b\n1,2\n", "the table lacks 'petal length (cm)'"),
        ("rows.csv", "a,b\n", "has a header but no rows"),
        ("rows.csv", "a;b\n1;2\n", "it seems to be separated by ';'. Write it with commas"),
        ("rows.npy", np.ones((2, 3)), "got inputs of shape (2, 3), expected (rows, 4)"),
        ("rows.npy", np.ones(2), "it must hold rows of numbers"),
        ("rows.npy", np.ones((0, 4)), "it must hold rows of numbers"),
        ("rows.npz", np.ones((2, 4)), "the rows must be named x"),
    ],
)
def test_what_cannot_be_answered_for_is_told(call, best, name, content, message) -> None:
    if isinstance(content, np.ndarray):
        save = np.save if name.endswith(".npy") else lambda name, it: np.savez(name, y=it)
        save(name, content)
    elif content is not None:
        Path(name).write_text(content)
    told = call("predict", best, name)
    assert (told.code, told.out) == (1, "")
    assert message in " ".join(told.err.split())
    assert "Traceback" not in told.err


def test_rows_that_lack_values_are_answered_for_as_they_were_learnt_from(call) -> None:
    """Of all rows the answers are as often wrong as the study's splits say, together."""
    chance = np.random.default_rng(0)
    lines = ["length,kind,y"]
    for _ in range(300):
        length, kind = chance.normal(), chance.choice(["round", "square"])
        answer = "big" if (length > 0) == (kind == "round") else "small"
        told = ["" if chance.random() < 0.2 else it for it in (f"{length:.3f}", kind)]
        lines.append(",".join([*told, answer]))
    Path("shapes.csv").write_text("\n".join(lines) + "\n")
    Path("shapes.toml").write_text(
        '[study]\nname = "shapes"\ntrials = 2\n[data]\nsource = "shapes.csv"\ntarget = "y"\n'
        "[network]\nhidden = [8]\n[training]\nepochs = 2\nbatch_size = 16\n"
    )
    refused = call("run", "shapes.toml", "--no-progress")
    assert refused.code == 1
    assert 'write, under [data], missing = "fill"' in refused.err.lower()
    done = call("run", "shapes.toml", "--no-progress", "-S", "data.missing=fill")
    assert done.code == 0, done.err
    out = Path("netclinic-out/shapes")
    with Path("shapes.csv").open() as file:
        table = list(csv.DictReader(file))
    told = json.loads(call("predict", out / "best", "shapes.csv", "-f", "json").out)
    wrong = sum(it["prediction"] != row["y"] for it, row in zip(told, table, strict=True))
    errors = json.loads((out / "diagnosis.json").read_text())["errors"]
    parts = [errors[name] for name in ("training", "validation", "test")]
    assert [it["n"] for it in parts] == [180, 60, 60]
    assert wrong == pytest.approx(sum(it["value"] * it["n"] for it in parts))
    Path("odd.csv").write_text("length,kind\n0.1,Round\n,oval\n0.2,Round\n0.3,\n0.4,round\n")
    odd = call("predict", out / "best", "odd.csv")
    assert odd.code == 0
    assert odd.err == (
        "odd.csv: column 'kind': 'Round', 'oval' stand in no training row, but in 3 of these: "
        "taken as none of the known categories.\n"
    )
    assert not call("predict", out / "best", "shapes.csv").err
    Path("latin.csv").write_bytes("length,kind,name\n0.1,röund,Jö\n".encode("latin-1"))
    latin = call("predict", out / "best", "latin.csv")
    assert latin.code == 1
    assert latin.err.startswith("error: latin.csv is not UTF-8 text. Write the file")
    Path("latin.csv").write_bytes("length,kind,name\n0.1,round,Jö\n".encode("latin-1"))
    assert call("predict", out / "best", "latin.csv").code == 0, "names are not looked at"


def test_a_folder_without_a_network_is_told(call) -> None:
    told = call("predict", "nowhere", "new.csv")
    assert told.code == 1
    assert "holds no saved network" in told.err
    assert "`netclinic run` writes one to netclinic-out/STUDY/best" in told.err


def draw(folder: Path, count: int, size: int = 6) -> None:
    """Dark and light squares, by class."""
    chance = np.random.default_rng(0)
    for number in range(count):
        for name, light in (("dark", 40), ("light", 200)):
            place = folder / name / f"{number}.png"
            place.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.clip(light + chance.normal(0, 20, (size, size)), 0, 255)
            Image.fromarray(pixels.astype(np.uint8)).save(place)


def test_pictures_are_answered_for_by_file(call, best, tmp_path, monkeypatch) -> None:
    draw(Path("squares"), 40)
    Path("squares.toml").write_text(
        '[study]\nname = "squares"\ntrials = 2\n[data]\nsource = "squares/"\n'
        "[network]\nhidden = [8]\n[training]\nepochs = 20\nbatch_size = 16\n"
        "[search]\nlearning_rate = 0.05\n[diagnosis]\nregions = false\nvital_signs = false\n"
    )
    done = call("run", "squares.toml", "--no-progress")
    assert done.code == 0, done.err
    network = "netclinic-out/squares/best"
    told = call("predict", network, "squares", "-f", "json")
    answers = json.loads(told.out)
    assert not told.err
    assert len(answers) == 80
    assert {it["picture"]: it["prediction"] for it in answers} == {
        f"{name}/{number}.png": name for name in ("dark", "light") for number in range(40)
    }
    (alone,) = json.loads(call("predict", network, "squares/dark/3.png", "-f", "json").out)
    assert alone == {
        **next(it for it in answers if it["picture"] == "dark/3.png"),
        "picture": "3.png",
    }
    draw(Path("large"), 1, size=9)
    large = call("predict", network, "large")
    assert [line.split()[:2] for line in large.out.splitlines()[2:]] == [
        ["dark/0.png", "dark"],
        ["light/0.png", "light"],
    ]
    assert large.err == (
        "large: 2 of 2 pictures were of another size, and made 6 × 6 pixels (height × width).\n"
    )
    monkeypatch.chdir("large")
    Path("light/0.png").unlink()
    here = call("predict", tmp_path / network, ".")
    assert here.err.startswith(".: 1 of 1 pictures was of another size, and made 6 × 6 ")
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    assert "empty has no pictures (.png, " in call("predict", network, "empty").err
    other = call("predict", best, "large").err
    assert "large holds pictures, but the network learnt from rows of another kind" in other

"""Every file of examples/ runs, shortened, from the spec to the report."""

import io
import runpy
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from netclinic.diagnostics.bayes import data_reading
from netclinic.diagnostics.report import report_html
from netclinic.search import best_curvature, load_spec, run_study
from netclinic.storage import TrialStore

from tests.datasets.test_hugging_face import save
from tests.read_once import read_once

FOLDER = Path(__file__).parents[1] / "examples"
SHORT = ("study.trials=2", "training.epochs=2", "compute.lanes=2")
# Of examples that show how to train: what is estimated from rows is tested elsewhere, for minutes.
NOT_ESTIMATED = ("diagnosis.bayes_error=0.01", "diagnosis.regions=false")
ESTIMATED = {
    *("digits", "imbalance", "known_floor", "multilabel", "multitask", "regions"),
    *("regression", "regression_replicates", "soft_labels"),
}
# Those, and a few that show something of their own, have their charts drawn (a second a report) and
# the loss's curvature looked at where little was learnt (up to four); the others do without, as in
# tests/search.
WHOLE = {*ESTIMATED, "bridge", "cnn", "own_network", "replicates", "vital_signs"}
# These and those with a network or an optimiser of their own have their layers looked at, by a
# program for each; the networks that go on from another one are looked at in tests/search.
LOOKED_AT = WHOLE | {
    *("adagrad", "adam", "clipping", "dropout", "nesterov", "normalization", "resnet"),
    *("rmsprop", "selu", "signals"),
}
UNSEEN = "diagnosis.vital_signs=false"
SMALL = "network.hidden=[8]"
ONE_STAGE = ("network.channels=[2]",)
# Of what small models and regions are sought in.
FEW_ROWS = ("data.train_rows=400", "data.validation=100", "data.test=100")
# Example → what shortens it further.
OVERRIDES: dict[str, tuple[str, ...]] = {
    "adagrad": (),
    "adam": (),
    "augmentation": ("network.channels=[4]", "network.stride=[2]"),
    "batch_size": ("search.batch_size.choice=[64]",),
    "clipping": (),
    "bridge": (),
    "cnn": ("network.channels=[4,8]",),
    "digits": FEW_ROWS,
    "early_stopping": ("training.patience=1",),
    "dropout": ("network.hidden=[16]",),
    "features": (),
    "grouped": (),
    "frozen": (SMALL, "network.init_from=source/best"),
    "hugging_face": ("network.channels=[4,8]",),
    "images": ("network.channels=[4,8]",),
    "known_floor": ("diagnosis.regions=false", *FEW_ROWS),
    "label_smoothing": (),
    "memory_mapped": (),
    "nesterov": (),
    "ordered": (),
    "resnet": ("network.channels=[2,3]",),
    "rmsprop": (),
    "selu": ("network.hidden=[16]",),
    "signals": ("network.channels=[4]", "network.stride=[4]"),
    "signs": ("network.channels=[4]",),
    "replicates": ("study.replicates=3", "study.finalists=2"),
    "imbalance": FEW_ROWS,
    "multilabel": FEW_ROWS,
    "multitask": ("search.learning_rate.log=[0.001,0.002]", *FEW_ROWS),
    "regions": FEW_ROWS,
    "regression": ("data.rows=300",),
    "regression_replicates": ("data.rows=300", "study.replicates=3", "study.finalists=2"),
    "own_network": ("search.arguments.width.choice=[4]", "network.arguments.blocks=1"),
    "schedule": (),
    "shapes": ("search.layers.int=[1,2]", "search.units.int=[3,8]"),
    "soft_labels": ("diagnosis.regions=false",),
    "normalization": ("network.hidden=[16]",),
    "streaming": (),
    "transfer": (*ONE_STAGE, "network.init_from=source/best"),
    "transfer_source": ONE_STAGE,
    "vital_signs": ("network.hidden=[16]",),
}


# Example → what its Bayes error says of where it comes from.
METHOD = {
    "known_floor": ("of people (44 of 400 rows)", "in 10.0 % of rows, as counted on 500 labels"),
    "soft_labels": ("over 400 rows of soft labels",),
}


def copy_code(name: str) -> Callable[[Path], None]:
    """What puts the Python file of an example beside it."""

    def copy(folder: Path) -> None:
        shutil.copy(FOLDER / name, folder)

    return copy


def copy_soft_labels(folder: Path) -> None:
    """What puts the annotators' shares beside the rows that they are like."""
    copy_code("known_floor.py")(folder)
    shutil.copy(FOLDER / "annotators.csv", folder)


def write_pictures(folder: Path) -> None:
    """Write some of the digits as the comment in images.toml says."""
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    pairs = zip(digits.images[:300], digits.target[:300], strict=True)
    for i, (pixels, digit) in enumerate(pairs):
        place = folder / "pictures" / str(digit)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray((15 * pixels).astype(np.uint8)).save(place / f"{i}.png")


def save_digits(folder: Path) -> None:
    """Write some of the digits as hugging_face.py lets ``datasets`` do, which may not be there."""
    from PIL import Image
    from sklearn.datasets import load_digits

    def png(pixels: np.ndarray) -> bytes:
        file = io.BytesIO()
        Image.fromarray((15 * pixels).astype(np.uint8)).save(file, "PNG")
        return file.getvalue()

    digits = load_digits()
    pictures = [{"bytes": png(pixels), "path": None} for pixels in digits.images[:300]]
    names = {"names": list("0123456789"), "_type": "ClassLabel"}
    columns = {"image": pictures, "label": digits.target[:300].tolist()}
    save(folder / "saved-digits", columns, {"image": {"_type": "Image"}, "label": names})


def write_points(folder: Path) -> None:
    """Write fewer of the points that the code writes."""
    runpy.run_path(str(FOLDER / "memory_mapped.py"))["write"](folder, 600)


def run_source(source: str, code: str, *overrides: str) -> Callable[[Path], None]:
    """What runs the study whose network an example begins with, the code of its data beside it."""

    def run(folder: Path) -> None:
        copy_code(code)(folder)
        spec = Path(shutil.copy(FOLDER / f"{source}.toml", folder))
        loaded = load_spec(spec, [*SHORT, *NOT_ESTIMATED, UNSEEN, *overrides])
        url, out = f"sqlite:///{folder}/s.db", folder / "source"
        for _ in run_study(loaded, url, out, threading.Event()):
            pass

    return run


# Example → what writes its data, or its code, beside it.
DATA: dict[str, Callable[[Path], None]] = {
    "bridge": copy_code("bridge.py"),
    "features": copy_code("features.py"),
    "frozen": run_source("digits", "frozen.py", "data.source=frozen.py:digits", SMALL),
    "grouped": copy_code("grouped.py"),
    "hugging_face": save_digits,
    "images": write_pictures,
    "imbalance": copy_code("imbalance.py"),
    "known_floor": copy_code("known_floor.py"),
    "memory_mapped": write_points,
    "multilabel": copy_code("multilabel.py"),
    "multitask": copy_code("multitask.py"),
    "ordered": copy_code("ordered.py"),
    "own_network": copy_code("own_network.py"),
    "regions": copy_code("regions.py"),
    "signals": copy_code("features.py"),
    "signs": copy_code("signs.py"),
    "soft_labels": copy_soft_labels,
    "transfer": run_source("transfer_source", "transfer.py", *ONE_STAGE),
    "transfer_source": copy_code("transfer.py"),
}


def test_every_example_is_listed() -> None:
    assert sorted(OVERRIDES) == sorted(path.stem for path in FOLDER.glob("*.toml"))


@pytest.mark.parametrize("name", OVERRIDES)
def test_the_example_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_reading, "read_data", read_once)
    if name not in WHOLE:
        monkeypatch.setattr(report_html, "draw", lambda *_: '<svg role="img"></svg>')
        monkeypatch.setattr(best_curvature, "curvature_of_best", lambda *_: None)
    spec = tmp_path / f"{name}.toml"
    spec.write_text((FOLDER / spec.name).read_text())
    if name in DATA:
        DATA[name](tmp_path)
    shorter = () if name in ESTIMATED else NOT_ESTIMATED
    unseen = () if name in LOOKED_AT else (UNSEEN,)
    loaded = load_spec(spec, [*SHORT, *shorter, *unseen, *OVERRIDES[name]])
    url = f"sqlite:///{tmp_path}/trials.db"
    for _ in run_study(loaded, url, tmp_path / "out", threading.Event()):
        pass
    with TrialStore(url) as store:
        study = store.load_study(loaded.spec.study.name)
    assert len(study.finished()) == 2
    assert study.bayes is not None
    assert all(part in study.bayes.method for part in METHOD.get(name, ()))
    assert (tmp_path / "out" / "report.html").exists()


def test_the_annotators_shares_are_those_that_the_code_writes(tmp_path: Path) -> None:
    code = runpy.run_path(str(FOLDER / "known_floor.py"))
    code["write_annotations"](tmp_path / "annotators.csv")
    assert (tmp_path / "annotators.csv").read_text() == (FOLDER / "annotators.csv").read_text()

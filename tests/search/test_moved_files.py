"""Files that were moved: each command that trains by the stored spec can be told where they lie."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from netclinic.models.own_code import load_builder
from netclinic.search import (
    Folders,
    Phase,
    SpecError,
    StudyError,
    TreatmentError,
    Wanted,
    compare_studies,
    diagnose_again,
    measure_learning_curve,
    plan_comparison,
    plan_of,
    plans_of,
    resume_study,
    treat_study,
)
from netclinic.search.moved_files import fingerprint_of, those_of
from netclinic.search.spec_file import spec_from_resolved
from netclinic.storage import TrialStore

from .conftest import UNSEEN, load, run, url_in
from .test_study_start import NETWORK, STEP, TEXT


def places(folder: Path) -> list[str]:
    """Where the study's files lie, as ``-S`` takes it."""
    return [
        f"data.source={folder}/rows.npz",
        f"network.kind={folder}/code.py:Small",
        f"data.features={folder}/code.py:doubled",
    ]


def write(folder: Path, *, shifted: float = 0.0) -> None:
    folder.mkdir()
    random = np.random.default_rng(0)
    labels = np.arange(600) % 3
    inputs = random.normal(size=(600, 3)) + np.eye(3)[labels] + shifted
    np.savez(folder / "rows.npz", x=inputs, y=labels)
    (folder / "code.py").write_text(NETWORK + STEP)


@pytest.fixture(scope="module")
def two(made_once) -> Path:
    """Two studies whose files are there no more."""

    def fill(folder: Path) -> None:
        write(folder / "before")
        for name, epochs in (("small", 1), ("long", 2)):
            named = f"study.name={name}", f"training.epochs={epochs}", "study.trials=2"
            run(folder, *named, *places(folder / "before"), UNSEEN, text=TEXT)
        shutil.rmtree(folder / "before")

    return made_once("moved", fill)


@pytest.fixture
def folder(two, tmp_path) -> Path:
    load_builder.cache_clear()  # as in another process
    folder = Path(shutil.copytree(two, tmp_path / "studies"))
    write(folder / "now")
    return folder


def resume(folder: Path, *changes: str, trials: int = 3) -> None:
    resumed = resume_study("small", url_in(folder), folder / "out", trials=trials, changes=changes)
    list(resumed)


def test_what_is_to_be_typed_is_told(folder) -> None:
    source, step, kind = "data.source", "data.features", "network.kind"
    told = (
        r"(?s)^files of study 'small' are not there any more:\n  \[data\] source: .*/rows.npz\n"
        r"  \[data\] features: .*\n  \[network\] kind: .*lie now: netclinic resume small "
        rf"-S {source}=FOLDER/rows.npz -S {step}=FOLDER/code.py:doubled "
        rf"-S {kind}=FOLDER/code.py:Small "
    )
    url, out = url_in(folder), folder / "out"
    with pytest.raises(StudyError, match=told):
        resume(folder)
    with pytest.raises(StudyError, match=told):
        list(measure_learning_curve("small", url, out))
    with pytest.raises(StudyError, match=told):
        plan_of("small", url, Wanted(None, ("training.epochs=3",)))
    with pytest.raises(StudyError, match=told):
        plans_of("small", url, ())
    with pytest.raises(StudyError, match=told):
        plan_comparison("small", "long", url)
    some = f"data.source={folder}/now/rows.npz"
    with pytest.raises(StudyError, match=r"any more:\n  \[data\] features: "):
        resume(folder, some)
    assert diagnose_again("small", url).diagnosis  # what was found out is stored


def test_a_study_is_resumed(folder) -> None:
    resume(folder, *places(folder / "now"))
    assert len(load(folder).trials) == 3
    spec = (folder / "out" / "spec_resolved.toml").read_text()
    assert "/before/" not in spec
    assert f"{folder}/now/rows.npz" in spec


def test_a_relative_path_starts_at_the_working_directory(folder, monkeypatch) -> None:
    monkeypatch.chdir(folder / "now")
    resume(folder, *(f"{it.partition('=')[0]}={it.rpartition('/')[2]}" for it in places(folder)))
    assert len(load(folder).trials) == 3


def test_other_data_and_other_code_are_refused(folder) -> None:
    write(folder / "other", shifted=1.0)
    of_data = f"data.source={folder}/other/rows.npz"
    with pytest.raises(StudyError, match=r"^the data of study 'small' has changed since it began"):
        resume(folder, *places(folder / "now"), of_data)
    (folder / "other" / "code.py").write_text(NETWORK + STEP + "# changed\n")
    of_code = f"network.kind={folder}/other/code.py:Small"
    with pytest.raises(StudyError, match=r"^the code of the network of study 'small' has changed"):
        resume(folder, *places(folder / "now"), of_code)
    with pytest.raises(SpecError, match=r"no such file: .*nowhere/code.py"):
        resume(folder, *places(folder / "now"), f"network.kind={folder}/nowhere/code.py:Small")
    assert len(load(folder).trials) == 2


def test_what_decides_trials_is_refused_and_how_to_compute_is_not(folder) -> None:
    with pytest.raises(StudyError, match=r"\[training\] epochs: the study has 1, the spec 2"):
        resume(folder, *places(folder / "now"), "training.epochs=2")
    resume(folder, *places(folder / "now"), "compute.lanes=1")
    result = load(folder).trials[2].result
    assert result is not None
    assert result.lanes == 1


def test_a_learning_curve_is_measured(folder) -> None:
    walk = measure_learning_curve(
        "small", url_in(folder), folder / "out", repeats=3, changes=places(folder / "now")
    )
    assert list(walk)[-1].curve is not None


def test_two_studies_are_compared(folder) -> None:
    url, changes = url_in(folder), places(folder / "now")
    tried = plan_comparison("small", "long", url, changes)
    assert tried.spec_change == "training.epochs=2"
    both = "small", "long"
    walk = compare_studies(both, tried, url, folder / "out", seeds=2, changes=changes)
    assert list(walk)[-1].treated is not None
    write(folder / "other", shifted=1.0)
    with pytest.raises(TreatmentError, match="neither study has a file of that name, or one that"):
        plan_comparison("small", "long", url, [*changes, f"data.source={folder}/other/rows.npz"])


def test_files_that_were_renamed_too_are_told_by_what_they_hold(folder) -> None:
    url, now = url_in(folder), folder / "now"
    changes = [it.replace("rows.npz", "data.npz").replace("code", "net") for it in places(now)]
    (now / "rows.npz").rename(now / "data.npz")
    (now / "code.py").rename(now / "net.py")
    resume(folder, *changes)
    plan = plan_of("small", url, Wanted(None, (*changes, "training.epochs=3")))
    assert plan.moved == tuple(changes)
    tried = plan_comparison("small", "long", url, changes)
    walk = compare_studies(("small", "long"), tried, url, folder / "out", seeds=2, changes=changes)
    assert list(walk)[-1].treated is not None
    write(folder / "other", shifted=1.0)
    others = [changes[0].replace("now/data", "other/rows"), *changes[1:]]
    with pytest.raises(StudyError, match=r"^the data of study 'small' has changed since it began"):
        resume(folder, *others, trials=4)


def test_two_files_of_one_name_are_told_by_what_they_hold(folder) -> None:
    """The studies have other training rows, which a comparison allows; each finds its own file."""
    url, mine, theirs = url_in(folder), folder / "now/rows.npz", folder / "theirs/rows.npz"
    theirs.parent.mkdir()
    arrays = dict(np.load(mine))
    np.savez(theirs, **{**arrays, "x": arrays["x"] + 1.0})
    code = places(folder / "now")[1:]
    run(
        folder,
        "study.name=other",
        "study.trials=2",
        f"data.source={theirs}",
        *code,
        UNSEEN,
        text=TEXT,
    )
    (folder / "elsewhere").mkdir()
    theirs.rename(folder / "elsewhere/rows.npz")
    sources = f"data.source={mine}", f"data.source={folder}/elsewhere/rows.npz"
    with TrialStore(url) as store:
        for name, own in (("small", sources[0]), ("other", sources[1])):
            record = store.load_study(name, curves_of=0)
            spec = spec_from_resolved(record.spec or {})
            for each in (sources, sources[::-1]):
                found = those_of(name, spec, fingerprint_of(record), (*each, *code))
                assert found == (own, *code)


def test_a_remedy_is_tried_and_tried_again_from_elsewhere(folder) -> None:
    url = url_in(folder)
    for place in ("now", "later"):
        changes = (*places(folder / place), "training.epochs=3")
        plan = plan_of("small", url, Wanted(None, changes))
        assert plan.moved == tuple(places(folder / place))
        assert plan.tried.spec_change == "training.epochs=3"
        folders = Folders(folder / "out", folder / "treated")
        stop, looks = threading.Event(), []
        for look in treat_study("small", plan, url, folders, stop, seeds=2):
            looks.append(look)
            if place == "now" and look.phase is Phase.JUDGING:
                stop.set()
        assert (looks[-1].treated is not None) == (place == "later")
        if place == "now":
            (folder / "now").rename(folder / "later")
            load_builder.cache_clear()
    with TrialStore(url) as store:
        assert store.load_study("small").treatments[0].treated_study == "small-own"


def test_other_data_under_the_same_name_are_an_idea_to_try(folder) -> None:
    write(folder / "other", shifted=1.0)
    source = f"data.source={folder}/now/rows.npz"
    run(folder, "study.name=plain", "study.trials=1", source, UNSEEN, text=TEXT)
    change = f"data.source={folder}/other/rows.npz"
    plan = plan_of("plain", url_in(folder), Wanted(None, (change,)))
    assert plan.moved == ()
    assert plan.tried.spec_change == change
    (folder / "now" / "rows.npz").unlink()
    with pytest.raises(StudyError, match=r"any more:\n  \[data\] source: "):  # to judge beside
        plan_of("plain", url_in(folder), Wanted(None, (change,)))

"""Regions of a study: sought, stored, diagnosed; and what keeps them from being sought."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets.dataset import DataError
from netclinic.diagnostics.bayes import looked_at
from netclinic.diagnostics.bayes.data_question import ask
from netclinic.models.answers import Answers
from netclinic.search import region_search
from netclinic.search.aside import Aside
from netclinic.search.region_search import look_for_regions, regions_of_answers
from netclinic.search.spec_file import parse_spec, spec_from_resolved
from netclinic.search.study_data import load_data

from tests.read_once import read_once
from tests.search.conftest import DIAGNOSED, UNSEEN, load, run

EXAMPLES = Path(__file__).parents[2] / "examples"
SPEC = (EXAMPLES / "regions.toml").read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("regions")
    shutil.copy(EXAMPLES / "regions.py", found)
    run(found, UNSEEN, text=SPEC)
    return found


def test_the_example_has_exactly_the_three_regions_that_it_was_made_of(folder: Path) -> None:
    study = load(folder, "three-regions")
    assert study.regions is not None
    told = {kind: r.name for r in study.regions.regions for kind in r.reported}
    assert sum(len(r.reported) for r in study.regions.regions) == 3
    columns = {"high_variance": "x0 > ", "high_bias": "x1 > ", "floor": "x2 > "}
    assert all(told[kind].startswith(column) for kind, column in columns.items())
    assert study.diagnosis is not None
    kinds = [f["kind"] for f in study.diagnosis["findings"]]
    assert {"region_high_bias", "region_high_variance", "region_noise"} <= set(kinds)


def sought(folder: Path, name: str = "three-regions", **diagnosis):
    study = load(folder, name)
    assert study.spec is not None
    study.spec["diagnosis"].update(diagnosis)  # type: ignore[attr-defined]
    dataset = load_data(spec_from_resolved(study.spec), folder)
    seen = read_once(ask(dataset, {})).seen
    wait = look_for_regions(folder / "out", study, dataset, seen, Aside())
    return wait and wait()


def test_they_can_be_switched_off(folder: Path) -> None:
    assert sought(folder, regions=False).skipped == "[diagnosis] regions = false"


def test_without_the_network_it_is_said_how_to_get_it(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "out" / "best")
    assert "`netclinic resume three-regions` trains it again" in sought(tmp_path / "copy").skipped


def test_a_failure_is_told_and_loses_no_diagnosis(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise np.linalg.LinAlgError("singular\n matrix")

    monkeypatch.setattr(region_search, "find_regions", fail)
    it = sought(folder)
    assert it.skipped == "the search for them failed: singular matrix"
    assert it.regions == ()


def test_large_splits_are_drawn_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_search, "ROWS_AT_MOST", 400)
    it = sought(folder)
    assert it.skipped is None
    assert (it.choosing_rows, it.judging_rows) == (600, 600)


def test_rows_that_the_mixture_saw_are_drawn_before_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So few rows that the mixture sees a part of them, and all of these are among those drawn."""
    monkeypatch.setattr(region_search, "ROWS_AT_MOST", 400)
    monkeypatch.setattr(looked_at, "_ROWS_AT_MOST", 500)
    known = []

    def spy(training, held_out, *_):
        known.extend(np.isfinite(rows.seen[:, 0]).sum() for rows in (*training, *held_out))
        raise ValueError("seen")

    monkeypatch.setattr(region_search, "find_regions", spy)
    sought(folder)
    assert sum(known) == 500
    assert abs(known[0] - known[1]) < 40  # of the training rows both halves have about as many


def test_where_classes_count_alike_each_has_as_many_rows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def spy(training, held_out, columns, *_):
        seen.extend([*training, *held_out])
        assert columns.classes == ("no", "yes")
        raise ValueError("seen")

    def always_no(folder, spec, dataset, best, rows):
        return {
            name: Answers(np.tile([1.0, 0.0], (len(those), 1)), None)
            for name, those in rows.items()
        }

    monkeypatch.setattr(region_search, "find_regions", spy)
    monkeypatch.setattr(region_search, "best_answers", always_no)
    study = load(folder, "three-regions")
    assert study.spec is not None
    study.spec["study"]["objective"] = "balanced_error"  # type: ignore[index]
    dataset = load_data(spec_from_resolved(study.spec), folder)
    wait = look_for_regions(folder / "out", study, dataset, None, Aside())
    assert wait is not None
    assert wait().skipped == "the search for them failed: seen"
    for split, parts in ((dataset.train, seen[:2]), (dataset.validation, seen[2:3])):
        fewest = np.bincount(split.labels).min()
        found = sum(np.bincount(rows.labels, minlength=2) for rows in parts)
        assert found.tolist() == [fewest, fewest]
    assert all(rows.seen is None for rows in seen)  # of the mixture that weighs classes by rows
    assert all((rows.errors == (rows.labels == 1)).all() for rows in seen)


def test_errors_of_a_target_far_from_0_are_those_of_its_residuals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 32-bit float near 1e9 is a multiple of 64."""
    x = np.random.default_rng(0).normal(size=400)
    np.savez(tmp_path / "far.npz", x=x[:, None], y=1e9 + 2 * x)
    text = '[study]\nname = "far"\n[data]\nsource = "far.npz"\ntask = "regression"\n'
    spec = parse_spec(text, file="far.toml", folder=tmp_path).spec
    dataset = load_data(spec, tmp_path)
    assert dataset.target is not None
    seen = []

    def spy(training, held_out, *_):
        seen.extend([*training, *held_out])
        raise ValueError("seen")

    def half_a_deviation_off(rows):
        labels = {name: getattr(dataset, name).labels[it] for name, it in rows.items()}
        half = np.float32(0.5)
        return {name: Answers(it[:, None] + half, None) for name, it in labels.items()}

    monkeypatch.setattr(region_search, "find_regions", spy)
    wait = regions_of_answers(spec, dataset, 0, half_a_deviation_off, None, Aside())
    assert wait().skipped == "the search for them failed: seen"
    for rows in seen:
        assert rows.errors == pytest.approx((0.5 * dataset.target.scale) ** 2, rel=1e-5)


def test_groups_are_looked_at_and_an_unknown_one_is_refused(folder: Path) -> None:
    with pytest.raises(DataError, match=r'diagnosis\.groups .* got "country", allowed is a column'):
        sought(folder, groups="country")
    with pytest.raises(DataError, match="1,500 different numbers, allowed are at most 20"):
        sought(folder, groups="x0")


def write_hospitals(folder: Path) -> None:
    """A table of 3 hospitals; in that of the south a fifth of the diagnoses is wrong."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3000, 4))
    ill = x @ np.ones(4) + 0.2 * rng.normal(size=3000) > 0
    where = rng.choice(["north", "south", "west"], 3000)
    ill ^= (where == "south") & (rng.random(3000) < 0.2)
    lines = [f"{','.join(f'{v:.5f}' for v in row)}" for row in x]
    rows = zip(range(3000), lines, where, ill, strict=True)
    text = "\n".join(["id,a,b,c,d,hospital,ill", *(f"u{i},{n},{h},{y}" for i, n, h, y in rows)])
    (folder / "hospitals.csv").write_text(text)


HOSPITALS = SPEC.replace('source = "regions.py:rows"', 'source = "hospitals.csv"\ntarget = "ill"')


def test_groups_may_be_told_by_a_column_that_is_no_input(tmp_path: Path) -> None:
    write_hospitals(tmp_path)
    told = ('data.ignore=["id", "hospital"]', 'diagnosis.groups="hospital"', "study.trials=2")
    run(tmp_path, *told, "training.epochs=10", UNSEEN, text=HOSPITALS)
    study = load(tmp_path, "three-regions")
    assert study.regions is not None
    found = {r.name: r for r in study.regions.regions if r.family == "group"}
    assert set(found) == {f"hospital = {name}" for name in ("north", "south", "west")}
    assert sum(region.held_out_rows for region in found.values()) == 750  # all test rows
    for name, region in found.items():
        errors = (region.training_error, region.held_out_error)
        assert all((0.15 < e < 0.3) if "south" in name else e < 0.08 for e in errors)
    assert study.spec is not None
    study.spec["diagnosis"]["groups"] = "id"  # type: ignore[index]
    with pytest.raises(DataError, match='"id" has 3,000 different values, allowed are at most 20'):
        load_data(spec_from_resolved(study.spec), tmp_path)


def test_the_group_of_a_grouped_split_is_a_group(tmp_path: Path) -> None:
    write_hospitals(tmp_path)
    text = HOSPITALS.replace(
        "validation = 0.25\ntest = 0.25",
        'split = "grouped"\ngroup = "hospital"\nignore = ["id"]\nvalidation = 0.33\ntest = 0.33',
    )
    spec = parse_spec(
        text, file="study.toml", folder=tmp_path, overrides=('diagnosis.groups="hospital"',)
    ).spec
    marked = load_data(spec, tmp_path).marked
    assert marked is not None
    assert (marked.column, marked.values) == ("hospital", ("north", "south", "west"))
    assert [len(set(marked.of_rows[name])) for name in ("train", "validation", "test")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        (
            ("study.objective=balanced_error",),
            "fewer than two classes have 20 training rows and 20 held-out rows to choose "
            "regions, and as many others to judge them",
        ),
        ((), "30 held-out rows are too few to judge parts of; 60 would do"),
    ],
)
def test_where_they_are_not_sought_the_diagnosis_says_why(
    overrides: tuple[str, ...], why: str, tmp_path: Path
) -> None:
    run(tmp_path, "study.trials=2", "training.epochs=2", *DIAGNOSED, UNSEEN, *overrides)
    study = load(tmp_path)
    assert study.regions is not None
    assert study.regions.skipped is not None
    assert why in study.regions.skipped
    assert study.diagnosis is not None
    assert any(why in sentence for sentence in study.diagnosis["not_checked"])


def test_of_a_quantity_regions_are_measured_in_its_squared_units(tmp_path: Path) -> None:
    run(
        tmp_path,
        *DIAGNOSED,
        UNSEEN,
        "study.trials=2",
        "training.epochs=2",
        "data.source=diabetes",
        "data.task=regression",
        "data.validation=0.2",
        "data.test=0.2",
    )
    study = load(tmp_path)
    assert study.regions is not None
    assert study.provenance is not None
    assert study.provenance.target_variance is not None
    assert study.regions.skipped is None
    variance = study.provenance.target_variance.train
    assert study.regions.tolerance == pytest.approx(0.02 * variance, rel=1e-3)
    whole = [r for r in study.regions.regions if r.family == "cluster"]
    # Two epochs learn little: errors lie about the target's variance, some thousands.
    assert all(variance / 10 < r.training_error < 20 * variance for r in whole)
    assert study.diagnosis is not None
    assert not [t for t in study.diagnosis["not_checked"] if t.startswith("Regions of the data")]

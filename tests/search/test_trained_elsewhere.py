"""A network that was trained elsewhere is judged by what it predicted."""

import html
from dataclasses import replace

import numpy as np
import pytest
from netclinic.datasets.dataset import DataError
from netclinic.diagnostics import Verdict, render_html, render_json, render_markdown
from netclinic.diagnostics.findings import FindingKind, RemedyKind
from netclinic.diagnostics.report.report_content import report_content
from netclinic.search import SpecError, diagnose_predictions

ROWS = {"train": 240, "validation": 150, "test": 150}


def nearest(known, labels, inputs):
    """What a nearest neighbour answers: it knows its training rows by heart."""
    far = ((inputs[:, None, :] - known[None]) ** 2).sum(axis=2)
    return labels[far.argmin(axis=1)]


def save(path, quantity=False, answer=nearest, **more):
    rng, found = np.random.default_rng(0), {}
    for split, rows in ROWS.items():
        inputs = rng.normal(size=(rows, 4))
        noise = rng.normal(size=rows)
        values = 10 * inputs[:, 0] + noise if quantity else np.where(inputs[:, 0] + noise > 0, 1, 0)
        found |= {f"x_{split}": inputs, f"y_{split}": values}
        found[f"p_{split}"] = answer(found["x_train"], found["y_train"], inputs)
        found |= {f"{name}_{split}": made(inputs) for name, made in more.items()}
    np.savez(path, **found)
    return found


@pytest.fixture(scope="module")
def memoriser(tmp_path_factory):
    path = tmp_path_factory.mktemp("predictions") / "model.npz"
    found = save(path, h=lambda inputs: inputs[:, :2])
    told = diagnose_predictions(path)
    return found, told.study, told.diagnosis


def test_errors_are_those_of_the_predictions(memoriser) -> None:
    found, study, diagnosis = memoriser
    for name, split in (("training", "train"), ("validation", "validation"), ("test", "test")):
        error = getattr(diagnosis.errors, name)
        assert error.value == pytest.approx(np.mean(found[f"p_{split}"] != found[f"y_{split}"]))
        assert error.n == ROWS[split]
    assert study.only_predictions
    assert diagnosis.verdict == (Verdict.HIGH_VARIANCE,)
    assert diagnosis.errors.bayes.low <= 0.25 <= diagnosis.errors.bayes.high  # arctan(1) / π
    assert diagnosis.regions is not None
    assert "learnt_cluster" in diagnosis.regions.looked_at


def test_where_classes_count_alike_a_rare_one_loses_no_rows_to_the_others(monkeypatch) -> None:
    """Of many validation rows some are kept, which tell how rare classes fare."""
    monkeypatch.setattr("netclinic.search.validation_rows.KEPT", 60)
    rng, found = np.random.default_rng(0), {}
    for split, rows in ROWS.items():
        kinds = (np.arange(rows) % 15 == 0).astype(int)
        found |= {f"x_{split}": rng.normal(size=(rows, 2)), f"y_{split}": kinds}
        found[f"p_{split}"] = np.zeros(rows, int)
    given = ["diagnosis.regions=false", "diagnosis.bayes_error=0.0"]
    study, *_ = diagnose_predictions(found, [*given, "study.objective=balanced_error"])
    assert study.row_errors[0].class_rows == (50, 10)
    plain, *_ = diagnose_predictions(found, given)
    assert sum(plain.row_errors[0].class_rows or ()) == 60


def test_rows_may_lack_numbers_as_trees_take_them(tmp_path) -> None:
    found = save(tmp_path / "model.npz")
    for split in ROWS:
        found[f"x_{split}"][::5, 1] = np.nan
    with pytest.raises(DataError, match=r"Write -S data\.missing=fill, in Python overrides"):
        diagnose_predictions(found)
    study, diagnosis, _ = diagnose_predictions(found, ["data.missing=fill"])
    assert study.provenance is not None
    assert [it.kind for it in study.provenance.data_notes] == ["missing_values"]
    assert FindingKind.MISSING_VALUES in [it.kind for it in diagnosis.findings]
    assert diagnosis.verdict == (Verdict.HIGH_VARIANCE,)


def test_arrays_in_memory_are_judged_as_those_of_a_file(tmp_path) -> None:
    found, given = save(tmp_path / "model.npz"), ["diagnosis.regions=false"]
    of_file = diagnose_predictions(str(tmp_path / "model.npz"), given)
    told = diagnose_predictions(found, given)
    assert told.diagnosis == replace(of_file.diagnosis, study="arrays")
    page = render_html(told.study, told.diagnosis)
    assert "<dd>arrays</dd>" in page
    assert "model.npz" not in page
    frame = told._repr_html_()
    assert frame.startswith("<iframe")
    assert html.unescape(frame.split('"')[1]) == page


def test_of_a_quantity_the_logarithm_may_be_judged(tmp_path) -> None:
    """Predictions are given in the units of y all the same."""
    rng, found = np.random.default_rng(0), {}
    for split, rows in ROWS.items():
        x = rng.normal(size=(rows, 2))
        y = np.exp(5 + 2 * x[:, 0] + 0.1 * rng.normal(size=rows))
        found |= {f"x_{split}": x, f"y_{split}": y, f"p_{split}": np.exp(5 + 2 * x[:, 0])}
    np.savez(tmp_path / "model.npz", **found)
    given = ["data.task=regression", "data.target_transform=log"]
    study, diagnosis, _ = diagnose_predictions(tmp_path / "model.npz", given)
    error = diagnosis.errors.test.value
    assert error == pytest.approx(np.mean(np.log(found["p_test"] / found["y_test"]) ** 2), rel=1e-5)
    assert 0.007 < error < 0.014
    text = render_html(study, diagnosis)
    assert "squared units of the target’s natural logarithm" in text
    assert "0.01 means that predictions are typically a tenth off" in text
    np.savez(tmp_path / "model.npz", **found | {"p_test": -found["p_test"]})
    with pytest.raises(DataError, match=r"p_test is -.* is for quantities above 0"):
        diagnose_predictions(tmp_path / "model.npz", given)


def labelled(told: str) -> dict[str, np.ndarray]:
    """Three labels a row, told in one of three ways; of training rows they are known by heart."""
    rng, found = np.random.default_rng(0), {}
    weights = rng.normal(size=(4, 3))
    for split, rows in ROWS.items():
        inputs = rng.normal(size=(rows, 4))
        clean = inputs @ weights
        labels = (clean + rng.normal(size=clean.shape) > 0).astype(int)
        logits = np.abs(clean) * (2 * labels - 1) if split == "train" else clean
        given = {"logits": logits, "probabilities": 1 / (1 + np.exp(-logits)), "bits": logits > 0}
        found |= {f"x_{split}": inputs, f"y_{split}": labels, f"p_{split}": given[told]}
    return found


def test_of_several_labels_the_share_of_wrong_ones_is_judged() -> None:
    found = labelled("bits")
    asked = ["data.task=multilabel"]
    study, diagnosis, _ = diagnose_predictions(found, asked)
    errors = diagnosis.errors
    wrong = found["p_test"] != found["y_test"]
    assert (errors.training.value, errors.test.value) == (0, pytest.approx(wrong.mean()))
    assert errors.test.deviation == pytest.approx(wrong.mean(axis=1).std())
    assert diagnosis.verdict == (Verdict.HIGH_VARIANCE,)
    assert diagnosis.regions is not None
    assert diagnosis.regions.looked_at["class"] == 3
    assert "trial 0" not in render_html(study, diagnosis)
    for told in ("logits", "probabilities"):
        alike = diagnose_predictions(labelled(told), [*asked, "diagnosis.regions=false"])
        assert alike.diagnosis.errors == errors, told


def test_a_single_label_a_row_may_be_one_of_several() -> None:
    found = {name: it[:, :1] if name[0] in "yp" else it for name, it in labelled("bits").items()}
    told = diagnose_predictions(found, ["data.task=multilabel", "diagnosis.regions=false"])
    wrong = found["p_test"] != found["y_test"]
    assert told.diagnosis.errors.test.value == pytest.approx(wrong.mean())


def test_classes_may_count_alike() -> None:
    rng, found = np.random.default_rng(0), {}
    for split, rows in ROWS.items():
        inputs = rng.normal(size=(4 * rows, 2))
        labels = (inputs[:, 0] + 0.3 * rng.normal(size=4 * rows) > 1.2).astype(int)
        said = labels if split == "train" else (inputs[:, 0] > 2).astype(int)
        found |= {f"x_{split}": inputs, f"y_{split}": labels, f"p_{split}": said}
    given = ["study.objective=balanced_error", "diagnosis.regions=false"]
    study, diagnosis, _ = diagnose_predictions(found, given)
    for name, split in (("training", "train"), ("validation", "validation"), ("test", "test")):
        wrong, labels = found[f"p_{split}"] != found[f"y_{split}"], found[f"y_{split}"]
        expected = np.mean([wrong[labels == it].mean() for it in (0, 1)])
        assert getattr(diagnosis.errors, name).value == pytest.approx(expected), name
    assert diagnosis.unit.balanced
    assert diagnosis.verdict == (Verdict.HIGH_VARIANCE,)
    assert "trial 0" not in render_html(study, diagnosis)


def test_remedies_ask_for_no_spec(memoriser) -> None:
    _, study, diagnosis = memoriser
    kinds = [it.kind for it in diagnosis.remedies]
    assert kinds[:2] == [RemedyKind.MORE_DATA, RemedyKind.L2]
    assert all((it.change, it.cost) == (None, None) for it in diagnosis.remedies)
    content = report_content(study, diagnosis)
    assert {(it.command, it.trial, it.cost) for it in content.advice} == {(None, None, "")}
    said = " ".join(it.reason for it in content.advice)
    assert "240 were trained on" in said
    assert not any(it in said for it in ("netclinic learning-curve", "best trial", " 0 "))


def test_reports_tell_of_no_search(memoriser) -> None:
    _, study, diagnosis = memoriser
    for text in (render_html(study, diagnosis), render_markdown(study, diagnosis)):
        assert "Where the error comes from" in text
        assert "may have chosen the network" in text
        assert "The training: whether it had ended" in text
        gaps = text[: text.index("How it was found")]
        assert "trial" not in gaps, "there was none"
        for never in (
            "The search",
            "ten best trials",
            "this study",
            "netclinic sql",
            "trial 0",
            "Cost",
        ):
            assert never not in text
    assert '"high_variance"' in render_json(diagnosis)


def test_a_quantity_is_judged_in_its_squared_units(tmp_path) -> None:
    found = save(tmp_path / "model.npz", quantity=True, answer=lambda *it: 10 * it[2][:, 0])
    diagnosis = diagnose_predictions(tmp_path / "model.npz", ["data.task=regression"]).diagnosis
    missed = np.mean((found["p_test"] - found["y_test"]) ** 2)
    assert diagnosis.errors.test.value == pytest.approx(missed, rel=1e-4)
    assert diagnosis.verdict == (Verdict.HEALTHY,)


def test_a_quantity_that_is_predicted_exactly_is_no_error(tmp_path) -> None:
    """As trees and nearest neighbours tell their training rows."""
    save(tmp_path / "model.npz", quantity=True)
    diagnosis = diagnose_predictions(tmp_path / "model.npz", ["data.task=regression"]).diagnosis
    training = diagnosis.errors.training
    assert (training.value, training.low, training.high) == (0, 0, 0)
    assert Verdict.HIGH_VARIANCE in diagnosis.verdict


def test_what_a_spec_says_of_the_data_and_the_floor_counts(tmp_path) -> None:
    save(tmp_path / "model.npz", answer=lambda *it: np.zeros(len(it[2]), int))
    given = ["diagnosis.bayes_error=0.25", "diagnosis.regions=false"]
    diagnosis = diagnose_predictions(tmp_path / "model.npz", given).diagnosis
    assert diagnosis.errors.bayes.value == 0.25
    assert diagnosis.findings[0].kind is FindingKind.HIGH_BIAS
    assert [it.kind for it in diagnosis.remedies][:2] == [
        RemedyKind.BIGGER_NETWORK,
        RemedyKind.MORE_EPOCHS,
    ]


def test_what_becomes_of_a_rare_class_is_told(tmp_path) -> None:
    path, rng, found = tmp_path / "model.npz", np.random.default_rng(0), {}
    for split, rows in ROWS.items():
        found[f"x_{split}"] = rng.normal(size=(rows, 4))
        found[f"y_{split}"] = np.where(np.arange(rows) % 20 == 0, "rare", "common")
        found[f"p_{split}"] = np.array(["common"] * rows)
    np.savez(path, **found)
    given = ["diagnosis.bayes_error=0.0", "diagnosis.regions=false"]
    diagnosis = diagnose_predictions(path, given).diagnosis
    (rare,) = [it for it in diagnosis.findings if it.kind is FindingKind.CLASS_IMBALANCE]
    assert "The network is wrong in 8 of 8 validation rows of 'rare'." in rare.text
    (weights,) = [it for it in diagnosis.remedies if it.kind is RemedyKind.CLASS_WEIGHTS]
    assert "make 'rare' worth learning" in weights.reason


@pytest.mark.parametrize(
    ("override", "error", "message"),
    [
        ("training.epochs=5", SpecError, r"only keys of \[data\] and \[diagnosis\], and study.obj"),
        ("data.source=iris", SpecError, "the rows are those of the file"),
        ("data.bridge=0.1", SpecError, "the network learnt from all training rows"),
        ("data.train_rows=50", SpecError, "the network learnt from all training rows"),
        ("data.tsk=regression", SpecError, "task"),
        ("study.trials=5", SpecError, "and study.objective, mean something here"),
        ("study.objective=eror", SpecError, "objective"),
        ("data.task=multitask", SpecError, "targets: required"),
        ("data.targets={y='regression'}", SpecError, "task"),
    ],
)
def test_what_means_nothing_here_is_refused(tmp_path, override, error, message) -> None:
    save(tmp_path / "model.npz")
    with pytest.raises(error, match=message):
        diagnose_predictions(tmp_path / "model.npz", [override])
